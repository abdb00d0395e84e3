"""The records of a DICOMDIR and what each must say (PS3.3 F.5)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imaging.tags import RT_DOSE_CLASS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_CONTENT = ("InstanceNumber", "ContentDate", "ContentTime")
_LABELLED = (*_CONTENT, "ContentLabel", "ContentDescription?", "ContentCreatorName?")
_PATIENT = ("PatientID", "PatientName?")
_STUDY = (
    "StudyDate",
    "StudyTime",
    "StudyID",
    "StudyInstanceUID",
    "AccessionNumber?",
    "StudyDescription?",
)
_SERIES = ("Modality", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription?")
_IMAGE = ("InstanceNumber",)
# Record type and keys; a "?" marks what may be empty.
_TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    RT_DOSE_CLASS: ("RT DOSE", ("InstanceNumber", "DoseSummationType")),
    f"{_STORAGE}481.3": (
        "RT STRUCTURE SET",
        ("InstanceNumber", "StructureSetLabel", "StructureSetDate?", "StructureSetTime?"),
    ),
    f"{_STORAGE}481.5": ("RT PLAN", ("InstanceNumber", "RTPlanLabel", "RTPlanDate?", "RTPlanTime?")),
    f"{_STORAGE}481.8": ("RT PLAN", ("InstanceNumber", "RTPlanLabel", "RTPlanDate?", "RTPlanTime?")),
    f"{_STORAGE}88.59": ("KEY OBJECT DOC", (*_CONTENT, "ConceptNameCodeSequence")),
    f"{_STORAGE}67": ("VALUE MAP", _LABELLED),
    f"{_STORAGE}91.1": ("ANNOTATION", _LABELLED),
    f"{_STORAGE}66.1": ("REGISTRATION", _LABELLED),
    f"{_STORAGE}66.2": ("FIDUCIAL", _LABELLED),
    f"{_STORAGE}66.3": ("REGISTRATION", _LABELLED),
    f"{_STORAGE}66.5": ("SURFACE", _LABELLED),
    f"{_STORAGE}66": ("RAW DATA", ("InstanceNumber?", "ContentDate", "ContentTime")),
}
_FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {
    f"{_STORAGE}88.": (
        "SR DOCUMENT",
        (*_CONTENT, "CompletionFlag", "VerificationFlag", "ConceptNameCodeSequence"),
    ),
    f"{_STORAGE}11.": (
        "PRESENTATION",
        (
            "InstanceNumber",
            "PresentationCreationDate",
            "PresentationCreationTime",
            "ContentLabel",
            "ContentDescription?",
            "ContentCreatorName?",
            "ReferencedSeriesSequence",
        ),
    ),
    f"{_STORAGE}104.": (
        "ENCAP DOC",
        (
            "InstanceNumber",
            "ContentDate?",
            "ContentTime?",
            "DocumentTitle?",
            "ConceptNameCodeSequence?",
            "MIMETypeOfEncapsulatedDocument",
        ),
    ),
    f"{_STORAGE}9.": ("WAVEFORM", _CONTENT),
}
_INVENTED = {"DA": "19000101", "TM": "000000", "IS": "0", "SH": "UNKNOWN", "LO": "UNKNOWN", "CS": "UNKNOWN"}
_INVENTED_UID = "2.25.0"


@dataclass(eq=False)
class Record:
    """One directory record and those below it.

    Parameters
    ----------
    data : Dataset
        Its elements; offsets are set when the directory is written.
    invented : int
        How many values that it must have were not in the file.
    """

    data: "Dataset"
    invented: int = 0
    below: dict[str, "Record"] = field(default_factory=dict[str, "Record"])

    def child(self, key: str, made: "Record") -> "Record":
        """Give the record with that key, `made` where there is none."""
        return self.below.setdefault(key, made)


def upper_records(header: "Dataset") -> tuple[tuple[str, Record], ...]:
    """Give the records of patient, study and series of a file, each with what tells it from others."""
    patient = _record("PATIENT", _PATIENT, header)
    study = _record("STUDY", _STUDY, header)
    series = _record("SERIES", _SERIES, header)
    return (
        (f"{header.get('PatientID', '')}\\{header.get('PatientName', '')}", patient),
        (str(header.get("StudyInstanceUID", "")), study),
        (str(header.get("SeriesInstanceUID", "")), series),
    )


def file_record(header: "Dataset", file_id: tuple[str, ...], transfer_syntax: str) -> Record | None:
    """Give the record of a file; None where no kind of record is meant for it."""
    sop_class = str(header.SOPClassUID)
    found = _TYPES.get(sop_class)
    found = found or next((kind for start, kind in _FAMILIES.items() if sop_class.startswith(start)), None)
    if found is None and "Rows" in header:
        found = "IMAGE", _IMAGE
    if found is None:
        return None
    record = _record(*found, header)
    record.data.ReferencedFileID = list(file_id)
    record.data.ReferencedSOPClassUIDInFile = sop_class
    record.data.ReferencedSOPInstanceUIDInFile = header.SOPInstanceUID
    record.data.ReferencedTransferSyntaxUIDInFile = transfer_syntax
    return record


def _record(kind: str, keys: tuple[str, ...], header: "Dataset") -> Record:
    from pydicom.dataset import Dataset

    data = Dataset()
    data.OffsetOfTheNextDirectoryRecord = 0
    data.RecordInUseFlag = 0xFFFF
    data.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    data.DirectoryRecordType = kind
    data.SpecificCharacterSet = "ISO_IR 192"
    record = Record(data)
    for key in keys:
        _take(record, key.rstrip("?"), header, may_be_empty=key.endswith("?"))
    return record


def _take(record: Record, keyword: str, header: "Dataset", *, may_be_empty: bool) -> None:
    from pydicom.datadict import dictionary_VR

    value: Any = header.get(keyword)
    if value not in (None, ""):
        setattr(record.data, keyword, value)
        return
    vr = dictionary_VR(keyword)
    if may_be_empty:
        setattr(record.data, keyword, [] if vr == "SQ" else "")
    elif vr != "SQ":
        setattr(record.data, keyword, _INVENTED.get(vr, _INVENTED_UID))
        record.invented += 1
