"""`sense reconstruct`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP
from reconstruction.stage import Holes, MeshFormat, Stage
from reconstruction.world_box import WorldBox

if TYPE_CHECKING:
    from core.posed_camera import PosedCamera
    from reconstruction.estimate import Estimate
    from reconstruction.photograph import Rejected
    from reconstruction.stages import StageOptions


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


@dataclass(frozen=True)
class ReconstructionReport:
    """What `sense reconstruct` prints, and `report.json` holds."""

    output: Path
    facts: Mapping[str, Any]
    rejected: "tuple[Rejected, ...]"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        rejected = [{"path": str(one.path), "reason": str(one.reason)} for one in self.rejected]
        return {"output": str(self.output), **self.facts, "rejected": rejected}

    def __str__(self) -> str:
        """Give a few lines."""
        facts = self.facts
        lines = [
            f"{facts['registered']} of {facts['photographs']} photographs, {facts['points']} points,"
            f" {facts['reprojection_error_px']:.2f} px, scale: {facts['scale_source']}"
        ]
        lines += _ground_lines(facts["ground_control"]) + _marker_lines(facts["markers"])
        lines += distance_lines(facts["measured"])
        if "triangles" in facts:
            lines.append(f"{facts['dense_points']} dense points, {facts['triangles']} triangles")
        if "texture_filled_share" in facts:
            lines.append(f"{facts['texture_filled_share']:.1%} of the faces are in no photograph")
        lines += [facts["no_surface"]] if "no_surface" in facts else []
        kept = [name for name, stage in facts["stages"].items() if stage["resumed"]]
        lines += [f"Kept from an earlier run: {', '.join(kept)}"] if kept else []
        lines += [f"{one['name']}: {one['reason']}. {one['hint']}" for one in facts["unregistered"]]
        return "\n".join(lines)


def _ground_lines(ground: Mapping[str, Any] | None) -> list[str]:
    """Tell how well ground control points agree."""
    if ground is None:
        return []
    if not ground["used"]:
        return ["The ground control points do not fix the scale; they were not used."]
    lines = [f"Scale known to {ground['scale_sigma']:.1%}"]
    for one in ground["points"]:
        metres = "" if one["metres"] is None else f", {one['metres']:.3f} m"
        lines.append(f"Ground control point {one['name']}: {one['pixels']:.1f} px{metres}")
    return lines


def _marker_lines(markers: Mapping[str, Any] | None) -> list[str]:
    """Tell how well printed markers agree."""
    if markers is None:
        return []
    used = markers["markers"]
    most = max(one["millimetres"] for one in used)
    return [
        f"{len(used)} printed markers: scale known to {markers['scale_sigma']:.2%}, {most:.2f} mm off at most"
    ]


def distance_lines(measured: Mapping[str, Any] | None) -> list[str]:
    """Tell how well measured distances agree."""
    if measured is None:
        return []
    if not measured["used"]:
        return ["No measured distance has both its ends in two photographs; they were not used."]
    lines = [f"Scale known to {measured['scale_sigma']:.2%}"]
    for one in measured["distances"]:
        off, sigma = 1000 * one["off_m"], 1000 * one["sigma_m"]
        lines.append(f"{one['name']}: {one['metres']:.4f} m, {off:+.1f} mm (expected {sigma:.1f} mm)")
    return lines


@dataclass(frozen=True)
class EstimateReport:
    """What `sense reconstruct --estimate` prints."""

    estimate: "Estimate"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {"estimate": self.estimate.to_json()}

    def __str__(self) -> str:
        """Give one line."""
        return f"{self.estimate.sentence}, {self.estimate.disk_bytes / 2**30:.1f} GB of disk"


def reconstruct_command(
    context: Context, options: ReconstructOptions
) -> ReconstructionReport | EstimateReport:
    """Reconstruct the cameras, points and surface of a folder of photographs."""
    from core.atomic_write import refuse_existing
    from core.errors import UsageError
    from core.message import message
    from reconstruction.reconstruct import estimate_of, reconstruct
    from reconstruction.stages import StageOptions

    output = options.output.expanduser().absolute()
    refuse_existing(output, force=options.force or options.estimate)
    if options.export and Stage.MESH.comes_after(options.stages):
        text = QT_TRANSLATE_NOOP("Message", "Only a mesh can be exported: --stages ends before there is one.")
        raise UsageError(message(text))
    chosen = with_options(StageOptions.of(options.quality, options.stages), options)
    images = options.images.expanduser()
    if options.estimate:
        return EstimateReport(estimate_of(images, output, chosen, progress=context.progress))
    made = reconstruct(
        images,
        output,
        chosen,
        ground=None if options.gcp is None else options.gcp.expanduser(),
        measured=None if options.measured is None else options.measured.expanduser(),
        masks=None if options.masks is None else options.masks.expanduser(),
        restart=options.restart,
        exports=options.export,
        progress=context.progress,
    )
    context.library.audit.append("reconstruction.reconstruct", ())
    return ReconstructionReport(output, made.facts, made.rejected)


def with_options(stages: "StageOptions", options: ReconstructOptions) -> "StageOptions":
    """Give the options of a quality with all else that was chosen; those of the run itself are left to it.

    Raises
    ------
    BadInput
        When a set of cameras cannot be read.
    """
    structure = replace(
        stages.structure,
        seed=options.seed,
        intrinsics=_camera_set(options.intrinsics),
        cameras=_camera_set(options.cameras),
    )
    mesh = replace(stages.mesh, largest_hole=options.holes.largest, box=options.box)
    if options.triangles is not None:
        mesh = replace(mesh, most_triangles=options.triangles)
    dense = replace(stages.dense, search=replace(stages.dense.search, seed=options.seed))
    side_m = None if options.marker_mm is None else options.marker_mm / 1000
    return replace(stages, structure=structure, dense=dense, mesh=mesh, marker_side_m=side_m)


def _camera_set(path: Path | None) -> "dict[str, PosedCamera] | None":
    from formats.camera_set import read_camera_set

    return None if path is None else read_camera_set(path.expanduser())
