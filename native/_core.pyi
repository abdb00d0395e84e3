"""
C++ kernels of Sense Workstation; use the wrappers in imaging and render.
"""

from collections.abc import Sequence
import enum
from typing import Annotated

import numpy
from numpy.typing import NDArray


def scan_dicom_headers(paths: list, wanted: Sequence[int], varying: Sequence[int]) -> list: ...

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

class ValueBlocks:
    def __init__(self, voxels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def whole_range(self) -> tuple[float, float]: ...

class TransferTable:
    def __init__(self, entries: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)], low: float, high: float) -> None: ...

class OccupiedBlocks:
    def __init__(self, blocks: ValueBlocks, transfer: TransferTable | None) -> None: ...

class RayMode(enum.Enum):
    COMPOSITE = 0

    MAXIMUM = 1

    MINIMUM = 2

    MEAN = 3

class Lighting:
    def __init__(self) -> None: ...

    @property
    def shaded(self) -> bool: ...

    @shaded.setter
    def shaded(self, arg: bool, /) -> None: ...

    @property
    def ambient(self) -> float: ...

    @ambient.setter
    def ambient(self, arg: float, /) -> None: ...

    @property
    def diffuse(self) -> float: ...

    @diffuse.setter
    def diffuse(self, arg: float, /) -> None: ...

    @property
    def specular(self) -> float: ...

    @specular.setter
    def specular(self, arg: float, /) -> None: ...

    @property
    def specular_power(self) -> float: ...

    @specular_power.setter
    def specular_power(self, arg: float, /) -> None: ...

    @property
    def surface_gradient(self) -> float: ...

    @surface_gradient.setter
    def surface_gradient(self, arg: float, /) -> None: ...

    @property
    def towards_light(self) -> list[float]: ...

    @towards_light.setter
    def towards_light(self, arg: Sequence[float], /) -> None: ...

class RaycastLook:
    def __init__(self) -> None: ...

    @property
    def mode(self) -> RayMode: ...

    @mode.setter
    def mode(self, arg: RayMode, /) -> None: ...

    @property
    def transfer(self) -> TransferTable: ...

    @transfer.setter
    def transfer(self, arg: TransferTable, /) -> None: ...

    @property
    def lighting(self) -> Lighting: ...

    @lighting.setter
    def lighting(self, arg: Lighting, /) -> None: ...

    @property
    def crop_low(self) -> list[float]: ...

    @crop_low.setter
    def crop_low(self, arg: Sequence[float], /) -> None: ...

    @property
    def crop_high(self) -> list[float]: ...

    @crop_high.setter
    def crop_high(self, arg: Sequence[float], /) -> None: ...

    @property
    def steps_per_voxel(self) -> float: ...

    @steps_per_voxel.setter
    def steps_per_voxel(self, arg: float, /) -> None: ...

    def set_window(self, low: float, high: float) -> None: ...

    def set_gradient_opacity(self, factors: Sequence[float], highest: float) -> None: ...

def raycast(voxels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)], ijk_from_world: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], occupied: OccupiedBlocks, look: RaycastLook, rays: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], parallel: bool, reduction: int, out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, 4), order='C', device='cpu')], stop: StopFlag | None) -> bool: ...

def raycast_depth(voxels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)], ijk_from_world: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], occupied: OccupiedBlocks, look: RaycastLook, rays: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], parallel: bool, out: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], stop: StopFlag | None) -> bool: ...
