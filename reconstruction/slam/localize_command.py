"""`sense localize`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP, Message, message

if TYPE_CHECKING:
    from core.posed_camera import PosedCamera
    from core.result_table import ResultTable
    from core.visual_map import VisualMap
    from reconstruction.photograph import Rejected
    from reconstruction.slam.found_place import FoundPlace


@dataclass(frozen=True)
class LocalizeOptions:
    """What is looked for, and where.

    Parameters
    ----------
    map : Path
        A `.smap`, or the folder of a reconstruction.
    images : Path
        A folder of pictures, or one picture.
    intrinsics : Path, optional
        A camera set with the lenses, by the names of the pictures; of one camera, it is that of all.
    sequence : bool
        Whether the pictures follow each other: what comes before tells where to look first.
    """

    map: Path = field(
        metadata={
            "help": ".smap, or a reconstruction",
            "positional": True,
            "metavar": "MAP",
            "title": QT_TRANSLATE_NOOP("Command", "Map"),
            "written": False,
        }
    )
    images: Path = field(
        metadata={
            "help": "folder of pictures, or one picture",
            "positional": True,
            "metavar": "IMAGES",
            "title": QT_TRANSLATE_NOOP("Command", "Folder of pictures"),
            "written": False,
            "folder": True,
        }
    )
    intrinsics: Path | None = field(
        default=None,
        metadata={
            "help": "cameras.json with K and the distortion; without it, the map's or those of EXIF",
            "metavar": "FILE",
        },
    )
    sequence: bool = field(
        default=False,
        metadata={
            "help": "the pictures follow each other: look first where the last one was",
            "title": QT_TRANSLATE_NOOP("Command", "The pictures follow each other"),
        },
    )


@dataclass(frozen=True)
class LocalizeReport:
    """What `sense localize` prints."""

    poses: "Mapping[str, FoundPlace | None]"
    rejected: "tuple[Rejected, ...]"
    median_ms: float
    is_metric: bool
    world: "VisualMap | None" = None
    map_path: Path = Path()
    files: "Mapping[str, Path]" = field(default_factory=dict[str, Path])
    lenses: "Mapping[str, PosedCamera] | None" = None
    shown_by: str = "live"
    """The page that shows every picture beside its place in the map."""

    @property
    def table(self) -> "ResultTable":
        """Give a row a picture, for the window."""
        from core.result_table import Column, ResultTable

        unit = "m" if self.is_metric else ""
        nothing = (None,) * 5
        return ResultTable(
            (
                Column(message(QT_TRANSLATE_NOOP("Message", "Picture"))),
                *(Column(Message("{axis}", {"axis": axis}), unit, 3) for axis in "xyz"),
                Column(message(QT_TRANSLATE_NOOP("Message", "Standard deviation")), unit, 3),
                Column(message(QT_TRANSLATE_NOOP("Message", "Points that agree"))),
            ),
            tuple(
                (name, *(nothing if one is None else (*one.centre_m, one.position_sigma_m, one.inliers)))
                for name, one in self.poses.items()
            ),
        )

    @property
    def notes(self) -> "tuple[Message, ...]":
        """What the window says below the table."""
        text = QT_TRANSLATE_NOOP("Message", "{found} of {count} pictures were found, {ms} ms a picture.")
        found = sum(one is not None for one in self.poses.values())
        return (message(text, found=found, count=len(self.poses), ms=f"{self.median_ms:.0f}"),)

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "poses": {name: None if one is None else _pose(one) for name, one in self.poses.items()},
            "unit": "m" if self.is_metric else None,
            "median_ms": self.median_ms,
            "rejected": [{"path": str(one.path), "reason": str(one.reason)} for one in self.rejected],
        }

    def __str__(self) -> str:
        """Give a line a picture."""
        unit = " m" if self.is_metric else ""
        lines = [_line(name, one, unit) for name, one in self.poses.items()]
        found = sum(one is not None for one in self.poses.values())
        lines.append(f"{found} of {len(self.poses)} placed, {self.median_ms:.0f} ms a picture")
        lines += [f"{one.path.name}: {one.reason}" for one in self.rejected]
        return "\n".join(lines)


def _pose(one: "FoundPlace") -> dict[str, Any]:
    return {
        "rotation_world_from_camera": one.rotation_world_from_camera.tolist(),
        "centre_m": one.centre_m.tolist(),
        "inliers": one.inliers,
        "position_sigma_m": one.position_sigma_m,
    }


def _line(name: str, one: "FoundPlace | None", unit: str) -> str:
    if one is None:
        return f"{name}: not known"
    x, y, z = one.centre_m
    return f"{name}: {x:.3f} {y:.3f} {z:.3f}{unit}, +-{one.position_sigma_m:.3f}{unit}, {one.inliers} points"


def localize_command(context: Context, options: LocalizeOptions) -> LocalizeReport:
    """Find where pictures were taken in a map."""
    from formats.camera_set import read_camera_set
    from reconstruction.slam.localising import localise_files, query_files
    from reconstruction.slam.map_source import open_map

    given = None if options.intrinsics is None else read_camera_set(options.intrinsics.expanduser())
    world = open_map(options.map.expanduser())
    files = query_files(options.images.expanduser())
    made = localise_files(world, files, given, follow_each_other=options.sequence, progress=context.progress)
    context.library.audit.append("reconstruction.localize", ())
    by_name = {path.name: path for path in files}
    return LocalizeReport(
        made.places, made.rejected, made.median_ms, world.is_metric, world, options.map, by_name, given
    )
