"""`sense measure`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import PartProgress
from core.result_table import Cell, Column, ResultTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.segmentation import Segmentation
    from core.slice_geometry import SliceGeometry
    from imaging.conversion_source import Source
    from imaging.region_statistics import RegionStatistics


@dataclass(frozen=True)
class MeasureOptions:
    """What to measure, and where.

    Parameters
    ----------
    input : str
        UID of a series of the library, or a volume file.
    labels : Path
        SEG, RTSTRUCT, label map or mesh.
    part : str, optional
        Which volume of a series that holds several.
    """

    input: str = field(
        metadata={
            "help": "series UID, .nii.gz or .nrrd",
            "positional": True,
            "metavar": "INPUT",
            "title": QT_TRANSLATE_NOOP("Command", "Volume file or series UID"),
            "starts_as": "series_uid",
            "written": False,
        }
    )
    labels: Path = field(
        metadata={
            "help": "SEG, RTSTRUCT, label map or mesh",
            "positional": True,
            "metavar": "LABELS",
            "title": QT_TRANSLATE_NOOP("Command", "File of the segments"),
            "starts_as": "segments_file",
            "written": False,
        }
    )
    part: str | None = field(
        default=None,
        metadata={
            "help": "which volume of a series that holds several",
            "metavar": "P",
            "title": QT_TRANSLATE_NOOP("Command", "Part of the series"),
            "starts_as": "series_part",
        },
    )


@dataclass(frozen=True)
class MeasureReport:
    """What `sense measure` prints."""

    unit: str
    regions: tuple["RegionStatistics", ...]
    notes: tuple[Message, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "unit": self.unit,
            "labels": [region.to_json() for region in self.regions],
            "warnings": [str(note) for note in self.notes],
        }

    @property
    def table(self) -> ResultTable:
        """Give one row for each label."""
        return ResultTable(_columns(self.unit), tuple(_row(region) for region in self.regions))

    def __str__(self) -> str:
        """Give one line for each label."""
        lines: list[str] = []
        for region in self.regions:
            text = f"{region.number}  {region.label}  {region.volume_ml:.3f} ml"
            if region.mean is not None and region.sd is not None:
                text += f"  {region.mean:.2f} ± {region.sd:.2f} {self.unit}".rstrip()
            lines.append(text)
        return "\n".join(lines)


def _columns(unit: str) -> tuple[Column, ...]:
    of_values = (
        QT_TRANSLATE_NOOP("Message", "Mean"),
        QT_TRANSLATE_NOOP("Message", "SD"),
        QT_TRANSLATE_NOOP("Message", "Lowest"),
        QT_TRANSLATE_NOOP("Message", "P5"),
        QT_TRANSLATE_NOOP("Message", "P95"),
        QT_TRANSLATE_NOOP("Message", "Highest"),
    )
    return (
        Column(message(QT_TRANSLATE_NOOP("Message", "Number"))),
        Column(message(QT_TRANSLATE_NOOP("Message", "Segment"))),
        Column(message(QT_TRANSLATE_NOOP("Message", "Volume")), "ml", 3),
        *(Column(message(title), unit, 1) for title in of_values),
        Column(message(QT_TRANSLATE_NOOP("Message", "Long axis")), "mm", 1),
        Column(message(QT_TRANSLATE_NOOP("Message", "Surface area")), "mm²"),
        Column(message(QT_TRANSLATE_NOOP("Message", "Centre, RAS")), "mm"),
    )


def _row(region: "RegionStatistics") -> tuple[Cell, ...]:
    return (
        *(region.number, region.label, region.volume_ml),
        *(region.mean, region.sd, region.min, region.p5, region.p95, region.max),
        *(region.long_axis_mm, region.surface_mm2),
        ", ".join(f"{value:.1f}" for value in region.centroid_ras_mm),
    )


@dataclass(frozen=True, eq=False)
class _Image:
    """Values (k, j, i) and where they lie."""

    values: "NDArray[Any]"
    geometry: "SliceGeometry"
    unit: str
    notes: tuple[Message, ...] = ()


def measure_command(context: Context, options: MeasureOptions) -> MeasureReport:
    """Measure every label on the image."""
    from imaging.conversion_source import read_source
    from imaging.region_statistics import region_statistics, same_grid

    source = read_source(options.labels.expanduser().absolute())
    image = _image(context, options)
    if image.values.ndim != 3:
        text = QT_TRANSLATE_NOOP("Message", "{path}: colours cannot be measured.")
        raise BadInput(message(text, path=options.input))
    segmentation, notes = _labels(source, image.geometry)
    notes = (*image.notes, *notes)
    if not same_grid(segmentation.geometry, image.geometry):
        text = QT_TRANSLATE_NOOP(
            "Message", "Labels and image lie on different grids; each label voxel takes the nearest value."
        )
        notes = (*notes, message(text))
    regions: list[RegionStatistics] = []
    for number, segment in enumerate(segmentation.structures):
        context.progress.report(0.5 + 0.5 * number / len(segmentation.structures))
        found = region_statistics(segmentation, segment, image.values, image.geometry)
        if found is not None:
            regions.append(found)
    return MeasureReport(image.unit, tuple(regions), notes)


def _labels(source: "Source", geometry: "SliceGeometry") -> tuple["Segmentation", tuple[Message, ...]]:
    from imaging.conversion_source import on_slices

    return on_slices(source, geometry)


def _image(context: Context, options: MeasureOptions) -> _Image:
    from imaging.label_map_files import LABEL_MAP_SUFFIXES, read_grid
    from imaging.object_file import refusing_damage

    path = Path(options.input).expanduser()
    suffix = next((item for item in LABEL_MAP_SUFFIXES if path.name.lower().endswith(item)), "")
    if path.is_file() and suffix:
        with refusing_damage(path):
            voxels, geometry, _told = read_grid(path, suffix)
            return _Image(voxels, geometry, "")
    from imaging.export_command import find_volume
    from imaging.index import StudyIndex
    from imaging.loading import load_series

    with StudyIndex.open(context.library) as index:
        series = find_volume(index, options.input, options.part)
        loaded = load_series(index, series, progress=PartProgress(context.progress, 0.0, 0.5))
        return _Image(loaded.stored, loaded.geometry, series.unit, tuple(loaded.warnings))
