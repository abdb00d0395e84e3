"""A reconstruction as it is looked at: cameras, points and mesh, from memory or from its folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.textured_mesh import TexturedMesh
from formats.camera_set import read_camera_set
from formats.mesh_parts import mesh_parts
from reconstruction.sparse_model import SparseModel
from reconstruction.stage_results import Reconstruction
from reconstruction.world_frame import ScaleSource
from render.gltf_scene import read_gltf
from render.material import Material, Shading
from render.point_set import PointSet
from render.scene import PointNode, SceneNode, SurfaceNode
from render.surface_files import linear, read_surfaces
from render.surface_mesh import SurfaceMesh
from render.texture import Texture, TextureWrap

_POINT_RADII_PX = np.array([1.5], np.float32)


class Layer(StrEnum):
    """What there is to see of a reconstruction, the best last."""

    SPARSE = "sparse"
    DENSE = "dense"
    MESH = "mesh"


FILES = {Layer.SPARSE: "sparse.ply", Layer.DENSE: "dense.ply", Layer.MESH: "mesh.glb"}


@dataclass(frozen=True, eq=False)
class ShownResult:
    """What there is of a reconstruction.

    Parameters
    ----------
    cameras : mapping
        Posed ones, by the names of the photographs.
    layers : mapping
        Points and surfaces, in the cameras' world.
    has_scale : bool
        Whether lengths are metres.
    facts : mapping
        What `report.json` says; empty while the work goes on.
    folder : Path, optional
        Where it is kept.
    unregistered : mapping
        Why there is no camera of a photograph, by its name.
    no_surface : Message, optional
        Why there is no mesh though one was asked for.
    is_growing : bool
        Whether cameras are still being found; each result like this stands in a world of its own.
    """

    cameras: Mapping[str, PosedCamera]
    layers: Mapping[Layer, tuple[SceneNode, ...]]
    has_scale: bool
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    folder: Path | None = None
    unregistered: Mapping[str, Message] = field(default_factory=dict[str, Message])
    no_surface: Message | None = None
    is_growing: bool = False

    @property
    def best(self) -> Layer:
        """The layer that shows most."""
        return max(self.layers, key=list(Layer).index)


def shown(made: Reconstruction) -> ShownResult:
    """Give what stages have made so far, to be looked at."""
    model = made.placed.world.model
    layers = {Layer.SPARSE: _points(model.points, model.colours)}
    if made.points is not None:
        layers[Layer.DENSE] = _points(made.points.positions, made.points.colours)
    if made.mesh is not None:
        layers[Layer.MESH] = mesh_nodes(made.mesh)
    reasons = {one.photograph.name: one.reason for one in made.placed.structure.unregistered}
    return ShownResult(
        model.cameras,
        layers,
        made.placed.world.scale is not ScaleSource.NONE,
        unregistered=reasons,
        no_surface=made.no_surface,
    )


def growing(model: SparseModel) -> ShownResult:
    """Give cameras and points that are not all of them yet, to be looked at."""
    layers = {Layer.SPARSE: _points(model.points, model.colours)}
    return ShownResult(model.cameras, layers, has_scale=False, is_growing=True)


def is_result(folder: Path) -> bool:
    """Tell whether a folder is one of a reconstruction."""
    return (folder / "cameras.json").is_file() and (folder / FILES[Layer.SPARSE]).is_file()


def read_result(folder: Path, *, progress: Progress = SILENT) -> ShownResult:
    """Read a reconstruction's folder.

    Raises
    ------
    BadInput
        When it is none, or damaged.
    """
    if not is_result(folder):
        text = QT_TRANSLATE_NOOP("Message", "{path} is not the folder of a reconstruction.")
        raise BadInput(message(text, path=str(folder)))
    cameras = {name: one for name, one in read_camera_set(folder / "cameras.json").items() if one.is_posed}
    layers: dict[Layer, tuple[SceneNode, ...]] = {}
    for done, (layer, name) in enumerate(FILES.items()):
        text = QT_TRANSLATE_NOOP("Message", "Reading {name}")
        progress.report(done / len(FILES), message(text, name=name))
        path = folder / name
        if path.is_file():
            layers[layer] = read_gltf(path) if layer is Layer.MESH else _stored_points(path)
    facts = _facts(folder / "report.json")
    reasons = {one["name"]: _told(one, "reason") for one in facts.get("unregistered", ())}
    why = _told(facts, "no_surface") if "no_surface" in facts else None
    return ShownResult(cameras, layers, facts.get("unit") == "m", facts, folder, reasons, why)


def _told(facts: Mapping[str, Any], name: str) -> Message:
    """Give what a report says, so that it can be translated; reports of older versions have only English."""
    try:
        told = Message.from_json(facts[f"{name}_message"])
        str(told)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return message("{told}", told=str(facts[name]))
    return told


def _facts(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        facts = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=str(error).rstrip("."))) from error
    return facts if isinstance(facts, dict) else {}


def mesh_nodes(mesh: TexturedMesh) -> tuple[SceneNode, ...]:
    """Give the parts of a mesh, as its GLB file shows them."""
    nodes: list[SceneNode] = []
    for part in mesh_parts(mesh):
        texture = None
        if part.page is not None:
            opaque = np.full((*mesh.pages[part.page].shape[:2], 4), 255, np.uint8)
            opaque[..., :3] = mesh.pages[part.page]
            texture = Texture(opaque, TextureWrap.CLAMP, TextureWrap.CLAMP)
        uv = None if mesh.uv is None else np.ascontiguousarray(mesh.uv[part.vertices])
        coloured = mesh.uv is None and mesh.colours is not None
        surface = SurfaceMesh(
            np.ascontiguousarray(mesh.positions[part.vertices]),
            part.triangles,
            uv=uv,
            colours=_linear(mesh.colours[part.vertices]) if coloured and mesh.colours is not None else None,
        )
        material = Material(base_colour_texture=texture, shading=Shading.UNLIT, double_sided=True)
        nodes.append(SurfaceNode(surface, material, name="mesh"))
    return tuple(nodes)


def _stored_points(path: Path) -> tuple[SceneNode, ...]:
    return tuple(
        replace(node, points=replace(node.points, radii=_POINT_RADII_PX))
        if isinstance(node, PointNode)
        else node
        for node in read_surfaces(path, ".ply")
    )


def _points(positions: NDArray[Any], colours: NDArray[np.uint8]) -> tuple[SceneNode, ...]:
    points = PointSet(
        np.ascontiguousarray(positions, np.float32),
        _POINT_RADII_PX,
        colours=_linear(colours),
    )
    return (PointNode(points),)


def _linear(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    opaque = np.full((len(colours), 4), 255, np.uint8)
    opaque[:, :3] = colours
    return linear(opaque)
