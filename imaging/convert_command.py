"""`sense convert`."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message

if TYPE_CHECKING:
    from imaging.conversion import Converted
    from imaging.conversion_source import Source
    from imaging.reference_series import ReferenceSeries


class DicomForm(StrEnum):
    """What a `.dcm` is to hold."""

    SEGMENTATION = "seg"
    LABEL_MAP_SEGMENTATION = "labelmap-seg"
    STRUCTURE_SET = "rtstruct"


@dataclass(frozen=True)
class ConvertOptions:
    """What to convert, and into what.

    Parameters
    ----------
    input : str
        A file, or the UID of a series of the library that holds one object.
    output : Path
        Its name chooses the format.
    reference : str, optional
        Series UID in the library or folder of the images.
    to : DicomForm, optional
        What a `.dcm` is to hold; a structure set by default where the input is a segmentation object.
    force : bool
        Replace an existing output.
    """

    input: str = field(
        metadata={
            "help": "SEG, RTSTRUCT, label map (.nii.gz, .nrrd), mesh (.stl, .obj, .ply, .glb) or series UID",
            "positional": True,
            "metavar": "IN",
            "title": QT_TRANSLATE_NOOP("Command", "File or series UID"),
            "starts_as": "segments_file",
            "written": False,
        }
    )
    output: Path = field(
        metadata={
            "help": "NAME.dcm, .nii.gz, .nrrd, .stl, .obj, .ply or .glb",
            "positional": True,
            "metavar": "OUT",
            "title": QT_TRANSLATE_NOOP("Command", "New file"),
            "written": True,
        }
    )
    reference: str | None = field(
        default=None,
        metadata={
            "help": "the images, for SEG and RTSTRUCT",
            "metavar": "SERIES_UID|DIR",
            "title": QT_TRANSLATE_NOOP("Command", "Series UID or folder of the images"),
            "starts_as": "series_uid",
        },
    )
    to: DicomForm | None = field(
        default=None,
        metadata={
            "help": "what NAME.dcm is to hold",
            "title": QT_TRANSLATE_NOOP("Command", "Kind of DICOM object"),
        },
    )
    force: bool = field(
        default=False,
        metadata={
            "help": "replace an existing output",
            "title": QT_TRANSLATE_NOOP("Command", "Replace an existing file"),
        },
    )


@dataclass(frozen=True)
class ConvertReport:
    """What `sense convert` prints."""

    source: "Source"
    converted: "Converted"

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the terminal is told beside the result."""
        return self.converted.notes

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints; the affine is that of the voxels, to RAS."""
        converted = self.converted
        return {
            "from": self.source.form.value,
            "to": converted.form.value,
            "output": str(converted.files[0]),
            "files": [str(file) for file in converted.files],
            **_grid(converted),
            "segments": _segments(converted),
            "meshes": [
                {
                    "label": mesh.name,
                    "vertices": len(mesh.vertices_lps_mm),
                    "triangles": len(mesh.triangles),
                    "volume_ml": mesh.volume_mm3 / 1000.0,
                    "surface_mm2": mesh.area_mm2,
                }
                for mesh in converted.meshes
            ],
            "warnings": [str(note) for note in converted.notes],
        }

    def __str__(self) -> str:
        """Give the files that were written."""
        return "\n".join(str(file) for file in self.converted.files)


def _grid(converted: "Converted") -> dict[str, Any]:
    if converted.segmentation is None:
        return {}
    geometry = converted.segmentation.geometry
    affine = geometry.ras_from_ijk
    return {
        "shape": list(geometry.shape_ijk),
        "spacing_mm": list(geometry.spacing_mm),
        "affine": None if affine is None else affine.tolist(),
    }


def _segments(converted: "Converted") -> list[dict[str, Any]]:
    segmentation = converted.segmentation
    if segmentation is None:
        return []
    counts = segmentation.voxel_counts()
    spacing = segmentation.geometry.spacing_mm
    voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000.0
    regular = segmentation.geometry.lps_from_ijk is not None and segmentation.geometry.spacing_known
    return [
        {
            "number": segment.number,
            "label": segment.label,
            "type": segment.type.to_json(),
            "voxels": counts[segment.number],
            "volume_ml": counts[segment.number] * voxel_ml if regular else None,
        }
        for segment in segmentation.structures
    ]


def convert_command(context: Context, options: ConvertOptions) -> ConvertReport:
    """Convert one segmentation and note it in the audit trail."""
    from imaging.conversion import convert, form_of
    from imaging.conversion_source import Form, read_source

    wanted = Form(options.to.value) if options.to else None
    form_of(options.output, Form.LABEL_MAP)  # a wrong name is told before anything is read
    path = _input(context.library, options.input)
    source = read_source(path, context.progress)
    reference = _reference(context.library, options.reference, source)
    converted = convert(
        source,
        options.output.absolute(),
        form_of(options.output, source.form, wanted),
        reference,
        inputs=(reference.series_uid,) if reference else (),
        force=options.force,
        progress=context.progress,
    )
    context.library.audit.append("care.convert", (reference.series_uid,) if reference else ())
    return ConvertReport(source, converted)


def _input(library: Library, given: str) -> Path:
    """Find the file: the one that is named, or the one of a series of the library."""
    path = Path(given).expanduser()
    if path.is_file():
        return path.absolute()
    from imaging.index import StudyIndex

    with StudyIndex.open(library) as index:
        instances = index.all_instances(given)
    if instances:
        return Path(instances[0].path)
    text = QT_TRANSLATE_NOOP("Message", "{path} is neither a file nor a series of the library.")
    raise BadInput(message(text, path=given))


def _reference(library: Library, given: str | None, source: "Source") -> "ReferenceSeries | None":
    """Find the reference that is named, or the one that the object names where the library has it."""
    from imaging.index import StudyIndex
    from imaging.reference_series import reference_series

    if given:
        return reference_series(library, given)
    named = source.referenced_series
    if not named:
        return None
    with StudyIndex.open(library) as index:
        known = any(series.geometry is not None for series in index.find_series(named))
    return reference_series(library, named) if known else None
