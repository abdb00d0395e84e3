"""A reconstruction's folder as it is looked at: cameras, points, mesh and figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from formats.camera_set import read_camera_set

if TYPE_CHECKING:
    from render.scene import SceneNode


class Layer(StrEnum):
    """What there is to see of a reconstruction, the best last."""

    SPARSE = "sparse"
    DENSE = "dense"
    MESH = "mesh"


FILES = {Layer.SPARSE: "sparse.ply", Layer.DENSE: "dense.ply", Layer.MESH: "mesh.glb"}


@dataclass(frozen=True, eq=False)
class StoredResult:
    """What `sense reconstruct` wrote into a folder.

    Parameters
    ----------
    folder : Path
        Where it lies.
    cameras : mapping
        By the names of the photographs.
    layers : mapping
        Points and surfaces that are there, in the cameras' world.
    facts : mapping
        What `report.json` says.
    """

    folder: Path
    cameras: Mapping[str, PosedCamera]
    layers: "Mapping[Layer, tuple[SceneNode, ...]]"
    facts: Mapping[str, Any]

    @property
    def has_scale(self) -> bool:
        """Whether lengths are metres."""
        return self.facts.get("unit") == "m"

    @property
    def best(self) -> Layer:
        """The layer that shows most."""
        return max(self.layers, key=list(Layer).index)


def is_result(folder: Path) -> bool:
    """Tell whether a folder is one of a reconstruction."""
    return (folder / "cameras.json").is_file() and (folder / FILES[Layer.SPARSE]).is_file()


def read_result(folder: Path, *, progress: Progress = SILENT) -> StoredResult:
    """Read a reconstruction's folder.

    Raises
    ------
    BadInput
        When it is none, or damaged.
    """
    from render.gltf_scene import read_gltf
    from render.surface_files import read_surfaces

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
            layers[layer] = read_gltf(path) if layer is Layer.MESH else read_surfaces(path, ".ply")
    return StoredResult(folder, cameras, layers, _facts(folder / "report.json"))


def _facts(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        facts = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=str(error).rstrip("."))) from error
    return facts if isinstance(facts, dict) else {}
