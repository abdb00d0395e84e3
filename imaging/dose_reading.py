"""Reading RT dose objects (PS3.3 A.18, C.8.8.3)."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.coded_concept import InstanceReference
from core.dose import Dose, DoseType
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.coded_terms import instance_reference
from imaging.geometry import SeriesPart, split_series
from imaging.header import read_header
from imaging.instance import Instance
from imaging.loading import load_part
from imaging.object_file import read_object, refusing_damage
from imaging.tags import RT_DOSE_CLASS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_REFERENCES = ("ReferencedRTPlanSequence", "ReferencedStructureSetSequence", "ReferencedImageSequence")


def read_dose(path: Path, progress: Progress = SILENT) -> Dose:
    """Read the dose of one file, in gray, on its grid in the patient.

    Raises
    ------
    BadInput
        When it is no RT dose, is damaged, or says neither what its values are nor where they lie.
    Cancelled
        Within 200 ms of the cancel.
    """
    facts = _read_facts(path)
    instance = read_header(str(path))
    if not isinstance(instance, Instance):
        raise BadInput(instance if isinstance(instance, Message) else _no_place(path))
    part = _placed(path, instance)
    unit = "" if facts.relative else "Gy"
    series = Series(
        instance.series_uid, instance.study_uid, "", "RTDOSE", "", "", 1, part.geometry, unit=unit
    )
    loaded = load_part(part, series, progress=progress)
    maximum = loaded.value_range[1] if loaded.value_range else 0.0
    return Dose(loaded.volume, maximum=maximum, warnings=loaded.warnings, **vars(facts))


@dataclass(frozen=True)
class _Facts:
    """What the header says about the values; the fields of `Dose` with these names."""

    type: DoseType
    relative: bool
    summation: str
    label: str
    frame_of_reference_uid: str
    references: tuple[InstanceReference, ...]


def _read_facts(path: Path) -> _Facts:
    with refusing_damage(path):
        data = read_object(path, pixels=False)
        if str(data.SOPClassUID) != RT_DOSE_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="RT dose"))
        kind, relative = _meaning(path, data)
        return _Facts(
            kind,
            relative,
            str(data.get("DoseSummationType", "") or ""),
            str(data.get("DoseComment", "") or data.get("SeriesDescription", "") or ""),
            str(data.get("FrameOfReferenceUID", "") or ""),
            _references(data),
        )


def _meaning(path: Path, data: "Dataset") -> tuple[DoseType, bool]:
    """Give the type of the dose, and whether it is relative."""
    unit, kind = str(data.get("DoseUnits", "")), str(data.get("DoseType", "") or DoseType.PHYSICAL)
    if unit not in ("GY", "RELATIVE") or kind not in list(DoseType):
        text = QT_TRANSLATE_NOOP("Message", "{path}: its dose is in no known unit.")
        raise BadInput(message(text, path=str(path)))
    scaling = data.get("DoseGridScaling")
    if scaling is None or float(scaling) <= 0:
        text = QT_TRANSLATE_NOOP("Message", "{path}: without a scaling of its grid its dose is unknown.")
        raise BadInput(message(text, path=str(path)))
    return DoseType(kind), unit == "RELATIVE"


def _placed(path: Path, instance: Instance) -> SeriesPart:
    parts = split_series([instance])
    geometry = parts[0].geometry if len(parts) == 1 else None
    if geometry is None or not geometry.lps_known or not geometry.spacing_known:
        raise BadInput(_no_place(path))
    return parts[0]


def _no_place(path: Path) -> Message:
    text = QT_TRANSLATE_NOOP("Message", "{path}: it does not say where its dose lies in the patient.")
    return message(text, path=str(path))


def _references(data: "Dataset") -> tuple[InstanceReference, ...]:
    return tuple(instance_reference(item) for keyword in _REFERENCES for item in data.get(keyword) or ())
