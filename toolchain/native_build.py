"""Compiling `native/` into the source tree, where Python imports it from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from toolchain.layout import BIN, BUILD, EXE, PYTHON, REQUIREMENTS, ROOT
from toolchain.process import Failure, must_run, run, say
from toolchain.stamps import Stamps, digest, files_of


def native_stamp() -> str:
    """Give the hash of everything that the extension is compiled from."""
    sources = files_of(ROOT / "native", "*.cc", "*.h", "CMakeLists.txt", "*.cmake")
    locks = REQUIREMENTS / "build.lock"
    return digest(str(ROOT), sys.version, ROOT / "CMakeLists.txt", locks, *sources, *map(str, sources))


def cmake_configure(stamps: Stamps, *definitions: str) -> None:
    """Configure the build of `native/`, anew in another place or for another Python."""
    nanobind = subprocess.run(
        [str(PYTHON), "-m", "nanobind", "--cmake_dir"], stdout=subprocess.PIPE, text=True, check=True
    )
    options = [f"-DPython_EXECUTABLE={PYTHON}", f"-Dnanobind_DIR={nanobind.stdout.strip()}"]
    options += ["-DCMAKE_BUILD_TYPE=Release", *definitions]
    if os.name != "nt":  # Visual Studio's compiler is found by its own generator only
        options += ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={BIN / 'ninja'}"]
    if shutil.which("ccache"):
        options.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    cmake = BIN / f"cmake{EXE}"
    place = digest(str(ROOT), sys.version, REQUIREMENTS / "build.lock")
    if stamps.missing("configure", place):
        options.append("--fresh")  # forgets the objects too
    configure = [cmake, "--log-level=WARNING", "-S", ROOT, "-B", BUILD]
    must_run(*configure, *options, failure="CMake failed; is there a C++20 compiler? see dev.py --help")
    stamps.done("configure", place)


def cmake_build() -> None:
    """Compile what changed."""
    cores = str(os.cpu_count() or 2)
    build = [BIN / f"cmake{EXE}", "--build", BUILD, "--config", "Release", "--parallel", cores]
    must_run(*build, failure="native/ could not be compiled")


def compile_native(stamps: Stamps) -> None:
    """Compile the extension into the source tree, where Python imports it from."""
    stamp = native_stamp()
    if not stamps.missing("native", stamp) and files_of(ROOT / "native", "_core.*so", "_core.*pyd"):
        return
    say("compiling native/")
    if os.name != "nt" and not any(map(shutil.which, (os.environ.get("CXX", "c++"), "g++", "clang++"))):
        raise Failure("no C++ compiler: install g++ 12 or newer, or clang 15 or newer")
    cmake_configure(stamps)
    cmake_build()
    install = [BIN / f"cmake{EXE}", "--install", BUILD, "--prefix", ROOT, "--config", "Release"]
    must_run(*install, failure="the compiled extension could not be put into the tree")
    stamps.done("native", stamp)


def native_tests() -> int:
    """Compile and run the C++ tests."""
    cmake_configure(Stamps(), "-DSENSE_BUILD_TESTS=ON")
    cmake_build()
    return _run_tests(BUILD)


def sanitized_native_tests() -> int:
    """Compile the C++ tests for the sanitizers of addresses and of threads, elsewhere, and run them."""
    return _sanitized_tests("address") or _sanitized_tests("thread")


def _sanitized_tests(sanitizer: str) -> int:
    folder = BUILD.parent / f"sanitized-{sanitizer}"
    nanobind = subprocess.run(
        [str(PYTHON), "-m", "nanobind", "--cmake_dir"], stdout=subprocess.PIPE, text=True, check=True
    )
    must_run(
        BIN / f"cmake{EXE}",
        "--log-level=WARNING",
        *("-S", ROOT, "-B", folder, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={BIN / 'ninja'}"),
        *(f"-DPython_EXECUTABLE={PYTHON}", f"-Dnanobind_DIR={nanobind.stdout.strip()}"),
        *("-DCMAKE_BUILD_TYPE=Release", "-DSENSE_BUILD_TESTS=ON", f"-DSENSE_SANITIZE={sanitizer}"),
        failure="CMake failed; the sanitizers need GCC or Clang",
    )
    build = [BIN / f"cmake{EXE}", "--build", folder, "--target", "native_tests"]
    must_run(*build, failure="native/ could not be compiled for the sanitizers")
    return _run_tests(folder)


def _run_tests(folder: Path) -> int:
    return run(
        *(BIN / f"ctest{EXE}", "--test-dir", folder, "-C", "Release"),
        *("--output-on-failure", "--no-tests=ignore"),
    )
