"""
C++ kernels of Sense Workstation; use the wrappers in imaging and render.
"""

from collections.abc import Sequence
import enum
from typing import Annotated

import numpy
from numpy.typing import NDArray


def scan_dicom_headers(paths: list, wanted: Sequence[int]) -> list: ...

class StopFlag:
    def __init__(self) -> None: ...

    def stop(self) -> None: ...

    @property
    def stopped(self) -> bool: ...

class Interpolation(enum.Enum):
    NEAREST = 0

    LINEAR = 1

class Projection(enum.Enum):
    MEAN = 0

    MAXIMUM = 1

    MINIMUM = 2

def reslice(voxels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)], ijk_from_xys: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], samples: int, interpolation: Interpolation, projection: Projection, out: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], stop: StopFlag | None) -> bool: ...

def reslice_colour(voxels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)], ijk_from_xys: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, 4), order='C', device='cpu')], stop: StopFlag | None) -> bool: ...

def grey_picture(values: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], low: float, high: float, inverted: bool, nan_grey: int, out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu')]) -> None: ...
