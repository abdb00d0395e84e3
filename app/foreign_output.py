"""What libraries in C write where they were not asked to."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OUTPUT, _ERRORS = 1, 2  # The descriptors that C's streams have.


@contextmanager
def foreign_output_to_standard_error() -> Iterator[None]:
    """Keep the standard output for the result: what libraries write there goes to the standard error.

    Some warn with `printf`, OpenBLAS among them, and would spoil an output that programs read.
    """
    sys.stdout.flush()
    try:
        kept = os.dup(_OUTPUT)
        os.dup2(_ERRORS, _OUTPUT)
    except OSError:  # Closed, as in a program without a console.
        yield
        return
    try:
        yield
    finally:
        sys.stdout.flush()
        _flush_c_streams()
        os.dup2(kept, _OUTPUT)
        os.close(kept)


def _flush_c_streams() -> None:
    """Write what C's streams still hold, before the output is the program's own again."""
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
    else:
        ctypes.CDLL("ucrtbase").fflush(None)
