"""`sense fuse`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.fusion.pose_source import Poses

if TYPE_CHECKING:
    from core.result_table import ResultTable
    from reconstruction.fusion.fuse import Fused


def voxel_edge_mm(text: str) -> float:
    """Read the edge of a voxel in millimetres."""
    edge = float(text)
    if not 1 <= edge <= 200:
        raise ValueError("give 1 to 200 mm")
    return edge


@dataclass(frozen=True)
class FuseOptions:
    """What to fuse, and how finely.

    Parameters
    ----------
    frames : Path
        A folder of depth frames.
    output : Path
        The folder that is made.
    poses : Poses
        Where the poses come from.
    voxel_mm : float
        Edge of a voxel.
    furthest : float
        Depths beyond are left out, metres.
    calib : Path, optional
        Calibration instead of what the folder brings.
    force : bool
        Replace an existing output.
    """

    frames: Path = field(
        metadata={
            "help": "folder of frame-NNNNNN.color/depth/pose, or in TUM's layout",
            "positional": True,
            "metavar": "DIR",
            "title": QT_TRANSLATE_NOOP("Command", "Folder of depth frames"),
            "written": False,
            "folder": True,
        }
    )
    output: Path = field(
        metadata={
            "help": "folder for the result",
            "flag": "-o",
            "metavar": "DIR",
            "title": QT_TRANSLATE_NOOP("Command", "New folder"),
            "written": True,
            "folder": True,
        }
    )
    poses: Poses = field(
        default=Poses.GIVEN,
        metadata={
            "help": "where the poses of the frames come from",
            "title": QT_TRANSLATE_NOOP("Command", "Poses of the frames"),
            "labels": {
                "given": QT_TRANSLATE_NOOP("Command", "as the folder gives them"),
                "estimated": QT_TRANSLATE_NOOP("Command", "found by following the camera"),
            },
        },
    )
    voxel_mm: float = field(
        default=10.0, metadata={"help": "edge of a voxel", "metavar": "MM", "parse": voxel_edge_mm}
    )
    furthest: float = field(
        default=8.0, metadata={"help": "leave out what is further away, metres", "metavar": "M"}
    )
    calib: Path | None = field(
        default=None, metadata={"help": "calibration of the camera", "metavar": "FILE"}
    )
    force: bool = field(default=False, metadata={"help": "replace an existing output"})


@dataclass(frozen=True)
class FuseReport:
    """What `sense fuse` prints."""

    output: Path
    fused: "Fused"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        rejected = [{"path": str(one.path), "reason": str(one.reason)} for one in self.fused.rejected]
        mesh = self.fused.mesh
        sizes = {"vertices": len(mesh.positions), "triangles": len(mesh.triangles)}
        return {"output": str(self.output), **self.fused.facts, **sizes, "rejected": rejected}

    @property
    def opens(self) -> tuple[Path, ...]:
        """What the window shows."""
        return (self.output / "mesh.glb",)

    @property
    def table(self) -> "ResultTable":
        """Give the figures in a row, for the window."""
        from core.result_table import Column, ResultTable

        facts, mesh = self.fused.facts, self.fused.mesh
        return ResultTable(
            (
                Column(message(QT_TRANSLATE_NOOP("Message", "Frames"))),
                Column(message(QT_TRANSLATE_NOOP("Message", "Frames fused"))),
                Column(message(QT_TRANSLATE_NOOP("Message", "Vertices"))),
                Column(message(QT_TRANSLATE_NOOP("Message", "Triangles"))),
                Column(message(QT_TRANSLATE_NOOP("Message", "Time a frame")), "ms", 1),
            ),
            (
                (
                    facts["frames"],
                    facts["fused"],
                    len(mesh.positions),
                    len(mesh.triangles),
                    facts["fusion_median_ms"],
                ),
            ),
        )

    @property
    def notes(self) -> tuple[Message, ...]:
        """What was odd about the recording."""
        measured = self.fused.facts["colour_registration"]
        if measured is None or not measured["corrected"]:
            return ()
        text = QT_TRANSLATE_NOOP(
            "Message", "The colours lay {pixels} pixels off the depth; they are brought onto it."
        )
        return (message(text, pixels=measured["shift_px"]),)

    def __str__(self) -> str:
        """Give a line."""
        facts = self.fused.facts
        return (
            f"{facts['fused']} of {facts['frames']} frames, {len(self.fused.mesh.triangles)} triangles,"
            f" {facts['fusion_median_ms']:.1f} ms a frame"
        )


def fuse_command(context: Context, options: FuseOptions) -> FuseReport:
    """Fuse the depth frames of a folder into one coloured surface."""
    from core.atomic_write import refuse_existing
    from core.provenance import Provenance
    from reconstruction.fusion.depth_volume import VolumeOptions
    from reconstruction.fusion.fuse import fuse_frames, write_fused

    output = options.output.expanduser().absolute()
    refuse_existing(output, force=options.force)
    volume = VolumeOptions(voxel_m=options.voxel_mm / 1000, furthest_m=options.furthest)
    calibration = None if options.calib is None else options.calib.expanduser()
    fused = fuse_frames(
        options.frames.expanduser(),
        volume,
        poses=options.poses,
        calibration=calibration,
        progress=context.progress,
    )
    parameters = {
        "poses": str(options.poses),
        "voxel_mm": options.voxel_mm,
        "furthest_m": options.furthest,
    }
    provenance = Provenance("reconstruction.fuse", (), parameters, "truncated signed distances")
    write_fused(output, fused, provenance, progress=context.progress)
    context.library.audit.append("reconstruction.fuse", ())
    return FuseReport(output, fused)
