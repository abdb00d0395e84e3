"""What is asked of a PACS and what it answers: studies, series and objects by their attributes."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message

STUDY_KEYS = (
    "StudyInstanceUID",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyDescription",
    "AccessionNumber",
    "ModalitiesInStudy",
    "NumberOfStudyRelatedSeries",
    "NumberOfStudyRelatedInstances",
)
SERIES_KEYS = (
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "Modality",
    "SeriesNumber",
    "SeriesDescription",
    "BodyPartExamined",
    "NumberOfSeriesRelatedInstances",
)
INSTANCE_KEYS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")


@dataclass(frozen=True)
class Query:
    """Which studies are looked for; empty fields match everything (PS3.4 C.2.2.2).

    Parameters
    ----------
    patient_id, patient_name, accession, modality : str
        `*` and `?` stand for any characters.
    dates : str
        `YYYYMMDD`, or a range `FROM-TO` of which either end may be open.
    study_uid : str
        StudyInstanceUID.
    """

    patient_id: str = ""
    patient_name: str = ""
    accession: str = ""
    modality: str = ""
    dates: str = ""
    study_uid: str = ""

    def matching(self) -> dict[str, str]:
        """Give the attributes that are matched, by keyword, without the empty ones."""
        values = {
            "PatientID": self.patient_id,
            "PatientName": self.patient_name,
            "AccessionNumber": self.accession,
            "ModalitiesInStudy": self.modality,
            "StudyDate": self.dates,
            "StudyInstanceUID": self.study_uid,
        }
        return {keyword: value for keyword, value in values.items() if value}


def date_range(text: str) -> str:
    """Give the DICOM range of `FROM-TO`; each end is `YYYYMMDD` or `YYYY-MM-DD`, and one may be left out.

    Raises
    ------
    UsageError
        When it is none.
    """
    compact = _DATE.sub(r"\1\2\3", text.strip())
    if (
        not compact
        or re.fullmatch(r"(\d{8})?-?(\d{8})?", compact) is None
        or re.fullmatch(r"\d{16}|-", compact)
    ):
        text_ = QT_TRANSLATE_NOOP("Message", "{dates} is not a date or a range such as 20260101-20260131.")
        raise UsageError(message(text_, dates=repr(text)))
    return compact


@dataclass(frozen=True)
class RemoteStudy:
    """A study that a PACS holds; absent text is "", an absent number None."""

    study_uid: str
    patient_name: str
    patient_id: str
    birth_date: str
    sex: str
    study_date: str
    study_time: str
    description: str
    accession: str
    modalities: tuple[str, ...]
    series: int | None
    instances: int | None

    @staticmethod
    def of(values: Mapping[str, str]) -> "RemoteStudy":
        """Read the attributes of an answer, by keyword."""
        return RemoteStudy(
            study_uid=values.get("StudyInstanceUID", ""),
            patient_name=values.get("PatientName", ""),
            patient_id=values.get("PatientID", ""),
            birth_date=values.get("PatientBirthDate", ""),
            sex=values.get("PatientSex", ""),
            study_date=values.get("StudyDate", ""),
            study_time=values.get("StudyTime", ""),
            description=values.get("StudyDescription", ""),
            accession=values.get("AccessionNumber", ""),
            modalities=tuple(filter(None, values.get("ModalitiesInStudy", "").split("\\"))),
            series=_number(values.get("NumberOfStudyRelatedSeries", "")),
            instances=_number(values.get("NumberOfStudyRelatedInstances", "")),
        )

    def to_json(self) -> dict[str, Any]:
        """Give it as `sense pacs find --json` prints it."""
        return {**asdict(self), "modalities": list(self.modalities)}


@dataclass(frozen=True)
class RemoteSeries:
    """A series that a PACS holds."""

    study_uid: str
    series_uid: str
    modality: str
    number: str
    description: str
    body_part: str
    instances: int | None

    @staticmethod
    def of(values: Mapping[str, str]) -> "RemoteSeries":
        """Read the attributes of an answer, by keyword."""
        return RemoteSeries(
            study_uid=values.get("StudyInstanceUID", ""),
            series_uid=values.get("SeriesInstanceUID", ""),
            modality=values.get("Modality", ""),
            number=values.get("SeriesNumber", ""),
            description=values.get("SeriesDescription", ""),
            body_part=values.get("BodyPartExamined", ""),
            instances=_number(values.get("NumberOfSeriesRelatedInstances", "")),
        )

    def to_json(self) -> dict[str, Any]:
        """Give it as `sense pacs find --level series --json` prints it."""
        return asdict(self)


@dataclass(frozen=True)
class RemoteInstance:
    """One object that a PACS holds; the SOP class may be "" where it was not told."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str

    @staticmethod
    def of(values: Mapping[str, str]) -> "RemoteInstance":
        """Read the attributes of an answer, by keyword."""
        return RemoteInstance(*(values.get(keyword, "") for keyword in INSTANCE_KEYS))


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() else None
