"""What `sense reconstruct` can be asked for; the Reconstruct page asks for the same."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from core.message import QT_TRANSLATE_NOOP
from reconstruction.stage import Holes, MeshFormat, Stage
from reconstruction.world_box import WorldBox


class ReconstructionQuality(StrEnum):
    """How much effort is spent."""

    DRAFT = "draft"
    NORMAL = "normal"
    HIGH = "high"


def marker_side_mm(text: str) -> float:
    """Read the side of a marker in millimetres."""
    side = float(text)
    if not 1 <= side <= 5000:
        raise ValueError("give 1 to 5000 mm")
    return side


def triangle_count(text: str) -> int:
    """Read a number of triangles."""
    count = int(text)
    if not 100 <= count <= 20_000_000:
        raise ValueError("give 100 to 20000000")
    return count


def level_count(text: str) -> int:
    """Read a number of levels of detail."""
    count = int(text)
    if not 0 <= count <= 6:
        raise ValueError("give 0 to 6")
    return count


@dataclass(frozen=True)
class ReconstructOptions:
    """What to reconstruct, and how.

    Parameters
    ----------
    images : Path
        A folder of photographs, or a film.
    output : Path
        The folder that is made.
    cameras : Path, optional
        Cameras that are kept as they are, with their world.
    intrinsics : Path, optional
        A camera set of which only the lenses are taken, and kept.
    gcp : Path, optional
        Ground control points, which give scale and frame.
    measured : Path, optional
        Distances measured on the object, which give the scale.
    masks : Path, optional
        A folder with a mask for photographs, black where they are not to be used.
    marker_mm : float, optional
        Side of printed markers other than those of `sense board`, which are known.
    quality : ReconstructionQuality
        Effort.
    stages : Stage
        The last stage to run.
    seed : int
        Of what is random.
    box : WorldBox, optional
        What the mesh is cut to.
    holes : Holes
        Which holes of the mesh are closed.
    triangles : int, optional
        At most so many are left, instead of what the quality asks for.
    levels : int
        So many coarser textured meshes are written besides.
    export : tuple of MeshFormat
        Formats of the mesh besides GLB.
    restart : Stage, optional
        Run this stage and those after it again, also where an earlier run did them.
    estimate : bool
        Only guess what it would take.
    force : bool
        Replace an existing output.
    """

    images: Path = field(
        metadata={"help": "folder of photographs, or a film", "positional": True, "metavar": "IMAGES"}
    )
    output: Path = field(metadata={"help": "folder for the result", "flag": "-o", "metavar": "DIR"})
    cameras: Path | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Cameras to keep"),
            "help": "cameras.json to keep, with its frame",
            "metavar": "FILE",
        },
    )
    intrinsics: Path | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Lenses to keep"),
            "help": "cameras.json of which only K and the distortion are taken",
            "metavar": "FILE",
        },
    )
    gcp: Path | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Ground control points"),
            "help": "ground control points: OpenSfM's JSON or a gcp_list.txt",
            "metavar": "FILE",
        },
    )
    measured: Path | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Measured distances"),
            "help": "JSON with measured distances and the pixels of their ends in two photographs",
            "metavar": "FILE",
        },
    )
    masks: Path | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Folder of masks"),
            "help": "folder of masks, black where photographs are not to be used",
            "metavar": "DIR",
        },
    )
    marker_mm: float | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Side of markers (mm)"),
            "help": "side of printed ArUco or AprilTag markers; those of `sense board` are known",
            "metavar": "MM",
            "parse": marker_side_mm,
        },
    )
    quality: ReconstructionQuality = field(
        default=ReconstructionQuality.NORMAL, metadata={"help": "how much effort is spent"}
    )
    stages: Stage = field(default=Stage.TEXTURE, metadata={"help": "the last stage to run"})
    seed: int = field(
        default=0,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Random seed"),
            "help": "of what is random",
            "metavar": "N",
        },
    )
    box: WorldBox | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Cut to a box"),
            "help": "cut the mesh to a box in the frame of the result; --box=-1,0,-1,1,2,1",
            "metavar": "X0,Y0,Z0,X1,Y1,Z1",
            "parse": WorldBox.parse,
        },
    )
    holes: Holes = field(
        default=Holes.KEEP,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Close holes"),
            "help": "which holes of the mesh are closed, where nothing was seen",
        },
    )
    triangles: int | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Most triangles"),
            "help": "most triangles of the mesh",
            "metavar": "N",
            "parse": triangle_count,
        },
    )
    levels: int = field(
        default=0,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Coarser meshes besides"),
            "help": "coarser meshes besides, mesh-lod1.glb…: each has a quarter of the triangles",
            "metavar": "N",
            "parse": level_count,
        },
    )
    export: tuple[MeshFormat, ...] = field(
        default=(),
        metadata={"help": "write the mesh in this format besides; may be repeated", "one_each": True},
    )
    restart: Stage | None = field(
        default=None,
        metadata={
            "title": QT_TRANSLATE_NOOP("Command", "Run again from"),
            "help": "run this stage and those after it again, whatever is kept",
        },
    )
    estimate: bool = field(
        default=False, metadata={"help": "only tell how long it may take, and how much memory and disk"}
    )
    force: bool = field(
        default=False, metadata={"help": "replace an existing output; stages that nothing changes are kept"}
    )
