"""
C++ kernels of Sense Workstation; use the wrappers in imaging and render.
"""

from collections.abc import Sequence
import enum
from typing import Annotated

import numpy
from numpy.typing import NDArray


def trace_contours(mask: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> tuple: ...

def fill_contours(points: Annotated[NDArray[numpy.float64], dict(shape=(None, 2), order='C', device='cpu', writable=False)], starts: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu')]) -> None: ...

def decimal_texts(values: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], starts: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> list: ...

def scan_contour_items(bytes: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu', writable=False)], length: int, explicit_vr: bool) -> object: ...

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
    def byte_count(self) -> int: ...

    @property
    def whole_range(self) -> tuple[float, float]: ...

class TransferTable:
    def __init__(self, entries: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)], low: float, high: float) -> None: ...

class OccupiedBlocks:
    @staticmethod
    def by_transfer(blocks: ValueBlocks, transfer: TransferTable) -> OccupiedBlocks: ...

    @staticmethod
    def above(blocks: ValueBlocks, value: float) -> OccupiedBlocks: ...

    @staticmethod
    def by_labels(blocks: ValueBlocks, colours: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)]) -> OccupiedBlocks: ...

class RayMode(enum.Enum):
    COMPOSITE = 0

    MAXIMUM = 1

    MINIMUM = 2

    MEAN = 3

    ISOSURFACE = 4

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
    def surface_value(self) -> float: ...

    @surface_value.setter
    def surface_value(self, arg: float, /) -> None: ...

    @property
    def surface_colour(self) -> list[float]: ...

    @surface_colour.setter
    def surface_colour(self, arg: Sequence[float], /) -> None: ...

    @property
    def steps_per_voxel(self) -> float: ...

    @steps_per_voxel.setter
    def steps_per_voxel(self, arg: float, /) -> None: ...

    def set_window(self, low: float, high: float) -> None: ...

    def set_gradient_opacity(self, factors: Sequence[float], highest: float) -> None: ...

class RayScene:
    def __init__(self) -> None: ...

    def add_volume(self, voxels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)], ijk_from_world: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], occupied: OccupiedBlocks, look: RaycastLook) -> None: ...

    def set_labels(self, labels: Annotated[NDArray, dict(order='C', device='cpu', writable=False)], ijk_from_world: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], occupied: OccupiedBlocks, colours: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)], lighting: Lighting) -> None: ...

    def add_clip_plane(self, normal: Sequence[float], offset: float) -> None: ...

def raycast(scene: RayScene, rays: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], parallel: bool, reduction: int, out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, 4), order='C', device='cpu')], depths: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')] | None, hidden_from: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None, stop: StopFlag | None) -> bool: ...

class TextureWrap(enum.Enum):
    REPEAT = 0

    MIRROR = 1

    CLAMP = 2

class TextureFilter(enum.Enum):
    NEAREST = 0

    LINEAR = 1

    MIPMAPPED = 2

class PointUnit(enum.Enum):
    PIXEL = 0

    LENGTH = 1

class ShadingModel(enum.Enum):
    UNLIT = 0

    PHYSICAL = 1

    TOON = 2

class AlphaMode(enum.Enum):
    OPAQUE = 0

    MASK = 1

    BLEND = 2

class RasterTexture:
    def __init__(self, rgba: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, 4), order='C', device='cpu', writable=False)], wrap_u: TextureWrap, wrap_v: TextureWrap, filter: TextureFilter, srgb: bool) -> None: ...

    @property
    def levels(self) -> int: ...

class RasterMesh:
    def __init__(self, positions: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order='C', device='cpu', writable=False)], triangles: Annotated[NDArray[numpy.int32], dict(shape=(None, 3), order='C', device='cpu', writable=False)], normals: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order='C', device='cpu', writable=False)] | None, uv: Annotated[NDArray[numpy.float32], dict(shape=(None, 2), order='C', device='cpu', writable=False)] | None, tangents: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)] | None, colours: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)] | None) -> None: ...

    @staticmethod
    def of_points(positions: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order='C', device='cpu', writable=False)], radii: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], unit: PointUnit, normals: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order='C', device='cpu', writable=False)] | None, colours: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)] | None) -> RasterMesh: ...

class ToonLook:
    def __init__(self) -> None: ...

    @property
    def shade_colour(self) -> list[float]: ...

    @shade_colour.setter
    def shade_colour(self, arg: Sequence[float], /) -> None: ...

    def set_shade_texture(self, arg: RasterTexture, /) -> None: ...

    @property
    def shift(self) -> float: ...

    @shift.setter
    def shift(self, arg: float, /) -> None: ...

    @property
    def toony(self) -> float: ...

    @toony.setter
    def toony(self, arg: float, /) -> None: ...

    @property
    def equalised(self) -> float: ...

    @equalised.setter
    def equalised(self, arg: float, /) -> None: ...

    @property
    def rim_colour(self) -> list[float]: ...

    @rim_colour.setter
    def rim_colour(self, arg: Sequence[float], /) -> None: ...

    @property
    def rim_power(self) -> float: ...

    @rim_power.setter
    def rim_power(self, arg: float, /) -> None: ...

    @property
    def rim_lift(self) -> float: ...

    @rim_lift.setter
    def rim_lift(self, arg: float, /) -> None: ...

    @property
    def rim_lighting(self) -> float: ...

    @rim_lighting.setter
    def rim_lighting(self, arg: float, /) -> None: ...

    @property
    def outline_colour(self) -> list[float]: ...

    @outline_colour.setter
    def outline_colour(self, arg: Sequence[float], /) -> None: ...

    @property
    def outline_lighting(self) -> float: ...

    @outline_lighting.setter
    def outline_lighting(self, arg: float, /) -> None: ...

class RasterMaterial:
    def __init__(self) -> None: ...

    @property
    def shading(self) -> ShadingModel: ...

    @shading.setter
    def shading(self, arg: ShadingModel, /) -> None: ...

    @property
    def alpha_mode(self) -> AlphaMode: ...

    @alpha_mode.setter
    def alpha_mode(self, arg: AlphaMode, /) -> None: ...

    @property
    def alpha_cutoff(self) -> float: ...

    @alpha_cutoff.setter
    def alpha_cutoff(self, arg: float, /) -> None: ...

    @property
    def double_sided(self) -> bool: ...

    @double_sided.setter
    def double_sided(self, arg: bool, /) -> None: ...

    @property
    def flat(self) -> bool: ...

    @flat.setter
    def flat(self, arg: bool, /) -> None: ...

    @property
    def base_colour(self) -> list[float]: ...

    @base_colour.setter
    def base_colour(self, arg: Sequence[float], /) -> None: ...

    @property
    def metallic(self) -> float: ...

    @metallic.setter
    def metallic(self, arg: float, /) -> None: ...

    @property
    def roughness(self) -> float: ...

    @roughness.setter
    def roughness(self, arg: float, /) -> None: ...

    @property
    def emissive(self) -> list[float]: ...

    @emissive.setter
    def emissive(self, arg: Sequence[float], /) -> None: ...

    @property
    def normal_scale(self) -> float: ...

    @normal_scale.setter
    def normal_scale(self, arg: float, /) -> None: ...

    @property
    def occlusion_strength(self) -> float: ...

    @occlusion_strength.setter
    def occlusion_strength(self, arg: float, /) -> None: ...

    def set_base_colour_texture(self, arg: RasterTexture, /) -> None: ...

    def set_metallic_roughness_texture(self, arg: RasterTexture, /) -> None: ...

    def set_normal_texture(self, arg: RasterTexture, /) -> None: ...

    def set_occlusion_texture(self, arg: RasterTexture, /) -> None: ...

    def set_emissive_texture(self, arg: RasterTexture, /) -> None: ...

    @property
    def toon(self) -> ToonLook: ...

    @toon.setter
    def toon(self, arg: ToonLook, /) -> None: ...

class VertexPose:
    @property
    def positions(self) -> Annotated[NDArray[numpy.float32], dict(shape=(None, 3), writable=False)]: ...

    @property
    def normals(self) -> Annotated[NDArray[numpy.float32], dict(shape=(None, 3), writable=False)]: ...

def add_target(mesh: RasterMesh, positions: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order='C', device='cpu', writable=False)], normals: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order='C', device='cpu', writable=False)] | None) -> None: ...

def set_skin(mesh: RasterMesh, joints: Annotated[NDArray[numpy.int32], dict(shape=(None, 4), order='C', device='cpu', writable=False)], weights: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order='C', device='cpu', writable=False)]) -> None: ...

def pose_figure(mesh: RasterMesh, target_weights: Sequence[float], world_from_rest: Annotated[NDArray[numpy.float64], dict(shape=(None, 4, 4), order='C', device='cpu', writable=False)] | None) -> VertexPose: ...

class LightKind(enum.Enum):
    DIRECTIONAL = 0

    POINT = 1

    SPOT = 2

class ToneMapping(enum.Enum):
    NONE = 0

    NEUTRAL = 1

class RasterLight:
    def __init__(self, kind: LightKind, colour: Sequence[float], position: Sequence[float], direction: Sequence[float], range: float, cos_inner: float, cos_outer: float) -> None: ...

    def cast_shadow(self, draws: Sequence[RasterDraw], edge: int, stop: StopFlag | None) -> bool: ...

class RasterEnvironment:
    def __init__(self, panorama: Annotated[NDArray[numpy.float32], dict(shape=(None, None, 3), order='C', device='cpu', writable=False)], panorama_from_world: Annotated[NDArray[numpy.float64], dict(shape=(4, 4), order='C', device='cpu', writable=False)]) -> None: ...

class RasterLighting:
    def __init__(self) -> None: ...

    def add_light(self, arg: RasterLight, /) -> None: ...

    def set_ambient(self, arg: Sequence[float], /) -> None: ...

    def set_environment(self, arg: RasterEnvironment, /) -> None: ...

    @property
    def exposure(self) -> float: ...

    @exposure.setter
    def exposure(self, arg: float, /) -> None: ...

    @property
    def tone_mapping(self) -> ToneMapping: ...

    @tone_mapping.setter
    def tone_mapping(self, arg: ToneMapping, /) -> None: ...

class RasterCamera:
    def __init__(self, camera_from_world: Annotated[NDArray[numpy.float64], dict(shape=(4, 4), order='C', device='cpu', writable=False)], focal_and_centre: Sequence[float], parallel: bool, near: float, width: int, height: int) -> None: ...

class RasterDraw:
    def __init__(self, mesh: RasterMesh, pose: VertexPose | None, material: RasterMaterial, world_from_mesh: Annotated[NDArray[numpy.float64], dict(shape=(4, 4), order='C', device='cpu', writable=False)]) -> None: ...

    def outline(self, width: float, camera: RasterCamera, on_screen: bool) -> RasterDraw: ...

def rasterise(draws: Sequence[RasterDraw], camera: RasterCamera, lighting: RasterLighting, offsets: Annotated[NDArray[numpy.float64], dict(shape=(None, 2), order='C', device='cpu', writable=False)], table: Annotated[NDArray[numpy.float64], dict(shape=(None, None, None, 2), order='C', device='cpu', writable=False)] | None, centre_table: Annotated[NDArray[numpy.float64], dict(shape=(None, None, None, 2), order='C', device='cpu', writable=False)] | None, rgba: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, 4), order='C', device='cpu')] | None, radiance: Annotated[NDArray[numpy.float32], dict(shape=(None, None, 4), order='C', device='cpu')] | None, depth: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')] | None, draw: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')] | None, triangle: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')] | None, weights: Annotated[NDArray[numpy.float64], dict(shape=(None, None, 3), order='C', device='cpu')] | None, stop: StopFlag | None) -> bool: ...

def surface_nets(mask: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, None), order='C', device='cpu', writable=False)]) -> tuple: ...

def fill_surface(vertices: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], triangles: Annotated[NDArray[numpy.int64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None, None), order='C', device='cpu')]) -> None: ...

def stl_facets(vertices: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], triangles: Annotated[NDArray[numpy.int64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.uint8], dict(shape=(None, 50), order='C', device='cpu')]) -> None: ...

def weld_points(points: Annotated[NDArray[numpy.float64], dict(shape=(None, 3), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]) -> int: ...
