"""The images that a derived object refers to: a series of the library, or a folder of files."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput, UsageError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.slice_geometry import SliceGeometry
from imaging.discovery import discover
from imaging.found_file import Rejected
from imaging.geometry import SeriesPart, split_series
from imaging.header import read_header
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.instance_decoding import derived_uid
from imaging.object_file import read_object
from imaging.segmentation_reading import SEGMENTATION_CLASSES

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True, eq=False)
class ReferenceSeries:
    """The images that a derived object is made on or read against.

    Parameters
    ----------
    part : SeriesPart
        Its slices in order; has a geometry.
    """

    part: SeriesPart

    @property
    def geometry(self) -> SliceGeometry:
        """Where the slices lie."""
        assert self.part.geometry is not None
        return self.part.geometry

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID."""
        return self.part.frames[0].instance.series_uid

    def headers(self) -> list["Dataset"]:
        """Read the headers of the files, each once, in slice order.

        Orientations that differ in their last digits, as scanners write them, are made one: highdicom takes
        them for different planes.
        """
        paths = dict.fromkeys(frame.instance.path for frame in self.part.frames)
        found = [source_header(Path(path)) for path in paths]
        for header in found[1:]:
            if "ImageOrientationPatient" in header and "ImageOrientationPatient" in found[0]:
                header.ImageOrientationPatient = found[0].ImageOrientationPatient
        return found


_AGE = re.compile(r"\d{3}[DWMY]")  # PS3.5 6.2
_WANTED_TEXTS = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
)


def source_header(path: Path) -> "Dataset":
    """Read the header of an image from which a new object takes over patient and study.

    Its text becomes UTF-8, what it lacks of the patient and study modules empty, and a frame of reference
    that it lacks one of its series' own. An age that is none is left out: it would make a new object invalid.
    """
    data = read_object(path, pixels=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of character sets that are not known: the text then stays as it is
        data.decode()
    data.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _WANTED_TEXTS:
        if keyword not in data:
            setattr(data, keyword, None if keyword.endswith(("Date", "Time")) else "")
    if "DeidentificationMethod" in data and not data.DeidentificationMethod:
        data.DeidentificationMethod = "NOT STATED"  # may be absent, but not empty
    if "PatientAge" in data and not _AGE.fullmatch(str(data.PatientAge or "")):
        del data.PatientAge
    if not data.get("FrameOfReferenceUID"):
        data.FrameOfReferenceUID = derived_uid("frame of reference", str(data.get("SeriesInstanceUID", "")))
    return data


def reference_series(library: Library, reference: str) -> ReferenceSeries:
    """Find a series by its UID in the library, or in a folder.

    Raises
    ------
    BadInput
        When there are no such images.
    UsageError
        When the folder holds several series.
    """
    folder = Path(reference).expanduser()
    if folder.exists():
        instances = images_in(folder)
    else:
        with StudyIndex.open(library) as index:
            instances = index.all_instances(reference)
        if not instances:
            text = QT_TRANSLATE_NOOP("Message", "{uid}: the library holds no series with this UID.")
            hint = QT_TRANSLATE_NOOP("Message", "Import it first; sense import --json names the UIDs.")
            raise BadInput(message(text, uid=reference), message(hint))
    parts = [part for part in split_series(instances) if part.geometry is not None and part.frames]
    placed = [part for part in parts if part.geometry is not None and part.geometry.lps_known]
    if not placed:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: the reference holds no images with a place in the patient."
        )
        raise BadInput(message(text, path=reference))
    return ReferenceSeries(max(placed, key=lambda part: len(part.frames)))


def images_in(folder: Path) -> list[Instance]:
    """Give the images in a folder, an archive or a file.

    Raises
    ------
    UsageError
        When they are of several series.
    """
    by_series: dict[str, list[Instance]] = {}
    for found in discover([folder]):
        outcome = None if isinstance(found, Rejected) else read_header(found.path)
        if (
            isinstance(outcome, Instance)
            and outcome.rows
            and outcome.sop_class_uid not in SEGMENTATION_CLASSES
        ):
            by_series.setdefault(outcome.series_uid, []).append(outcome)
    if len(by_series) > 1:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds images of several series: {count}.")
        hint = QT_TRANSLATE_NOOP("Message", "Name the folder of one series, or import it and give its UID.")
        raise UsageError(message(text, path=str(folder), count=len(by_series)), message(hint))
    return next(iter(by_series.values()), [])
