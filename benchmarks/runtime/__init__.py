"""Speed: each module is run as `python -m benchmarks.runtime.NAME`, or all of them by `dev.py bench`."""
