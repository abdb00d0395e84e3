"""The C++ kernels; the public classes are the Python wrappers in the domain packages."""
