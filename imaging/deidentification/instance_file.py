"""De-identifies one file; runs in a worker process, since files are not trusted."""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.message import Message, message
from core.provenance import program_version
from imaging.deidentification.batch_facts import BatchFacts, PictureKey, read_facts
from imaging.deidentification.cleaning import Change, Cleaner
from imaging.deidentification.defacing import deface
from imaging.deidentification.graphics import clean_overlays
from imaging.deidentification.identifiers import Identifiers, identifiers_of
from imaging.deidentification.pixel_cleaning import LOOK, clean_pixels
from imaging.deidentification.pixel_regions import may_show_text
from imaging.deidentification.profile import EDITION, ProfileOption, Rules
from imaging.deidentification.pseudonyms import Pseudonyms
from imaging.deidentification.reading import read_dataset, told
from imaging.instance import Instance
from imaging.sniffing import FileKind

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset
    from pydicom.uid import UID

IMPLEMENTATION_UID = "2.25.302117562873949275041738294310577264911"
_IMPLICIT, _EXPLICIT, _BIG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
_PLAIN = (_IMPLICIT, _EXPLICIT, _BIG)


@dataclass(frozen=True)
class DeidentifyChoices:
    """What a worker needs to know.

    Parameters
    ----------
    options : frozenset of ProfileOption
        Beside the Basic Profile.
    key : bytes
        For consistent replacements.
    facts : str
        Path of the facts about the batch; "" for a file on its own.
    """

    options: frozenset[ProfileOption]
    key: bytes
    facts: str = ""


@dataclass(frozen=True)
class CleanedInstance:
    """What became of a file; nothing in it tells who the patient is.

    Parameters
    ----------
    study_uid, series_uid, instance_uid : str
        As written.
    changes : dict of (tags, keywords, action) to int
        How often which attribute was changed in which way.
    notes : tuple of Message
        What a person has to know.
    """

    study_uid: str
    series_uid: str
    instance_uid: str
    changes: dict[Change, int]
    notes: tuple[Message, ...] = ()


def deidentify_file(
    source: str, target: str, choices: DeidentifyChoices
) -> CleanedInstance | FileKind | Message:
    """Write the de-identified copy of `source` to `target`.

    Returns
    -------
    CleanedInstance, FileKind or Message
        The kind for an archive, which the caller opens; a sentence where the file cannot be de-identified.
    """

    def clean(header: Instance) -> CleanedInstance:
        dataset = read_dataset(source)
        cleaned = _clean(dataset, header, choices)
        _write(dataset, target)
        return cleaned

    return told(source, clean)


@lru_cache(maxsize=1)
def _version() -> str:
    return f"SENSE_{program_version()}"[:16]


@lru_cache(maxsize=1)
def _rules(options: frozenset[ProfileOption]) -> Rules:
    return Rules(options)


def _clean(dataset: "FileDataset", header: Instance, choices: DeidentifyChoices) -> CleanedInstance:
    rules, pseudonyms = _rules(choices.options), Pseudonyms(choices.key)
    facts, identifiers = _facts(dataset, rules, choices)
    notes: tuple[Message, ...] = ()
    # The syntax is needed to decode; what else the file's meta information says goes.
    syntax = _transfer_syntax(dataset)
    dataset.file_meta.TransferSyntaxUID = syntax
    pixels_cleaned = False
    if ProfileOption.CLEAN_PIXEL in rules.options:
        pixels_cleaned = clean_pixels(dataset, facts.blanked.get(_picture_key(header)))
    elif may_show_text(dataset):
        notes = (message(LOOK, name=""),)
    defaced = _deface(dataset, header, facts)
    identity = _identity(dataset)
    cleaner = Cleaner(
        rules,
        pseudonyms,
        identifiers,
        patient=pseudonyms.patient(identity),
        days=pseudonyms.days(identity),
        sop_class_uid=str(dataset.SOPClassUID),
    )
    cleaner.clean(dataset)
    if ProfileOption.CLEAN_GRAPHICS in rules.options:
        cleaner.changes.update(clean_overlays(dataset))
    if pixels_cleaned:
        cleaner.changes["(7FE0,0010)", "PixelData", "cleaned"] += 1
    if defaced:
        cleaner.changes["(7FE0,0010)", "PixelData", "defaced"] += 1
    dataset.PatientID = dataset.PatientName = cleaner.patient
    _mark(dataset, rules)
    _renew_meta(dataset)
    return CleanedInstance(
        study_uid=str(dataset.get("StudyInstanceUID", "") or ""),
        series_uid=str(dataset.get("SeriesInstanceUID", "") or ""),
        instance_uid=str(dataset.SOPInstanceUID),
        changes=dict(cleaner.changes),
        notes=notes,
    )


def _facts(
    dataset: "FileDataset", rules: Rules, choices: DeidentifyChoices
) -> tuple[BatchFacts, Identifiers]:
    if choices.facts:
        return read_facts(choices.facts)
    return BatchFacts(), identifiers_of(dataset, rules)


def _deface(dataset: "FileDataset", header: Instance, facts: BatchFacts) -> bool:
    face = facts.faces.get(header.series_uid)
    if isinstance(face, Message):
        raise BadInput(face)
    return face is not None and deface(dataset, header, face)


def _picture_key(header: Instance) -> PictureKey:
    return PictureKey(header.series_uid, header.rows, header.columns)


def _identity(dataset: "FileDataset") -> str:
    """Give what tells the patient from others: the ID, else name and birth date, else the study."""
    identity = str(dataset.get("PatientID") or "").strip(" \0")
    if identity:
        return identity
    name = str(dataset.get("PatientName") or "").strip(" ^=\0")
    return (
        f"{name}\0{dataset.get('PatientBirthDate') or ''}"
        if name
        else str(dataset.get("StudyInstanceUID", ""))
    )


def _transfer_syntax(dataset: "FileDataset") -> "UID":
    """Give what the file says, unless it says wrong how its elements are written."""
    from pydicom.uid import UID

    stored = str(dataset.file_meta.get("TransferSyntaxUID", "") or "")
    implicit, little = dataset.original_encoding
    met = _IMPLICIT if implicit else (_EXPLICIT if little else _BIG)
    return UID(met if stored in ("", *_PLAIN) else stored)


def _mark(dataset: "FileDataset", rules: Rules) -> None:
    """Say that and how the instance was de-identified (PS3.15 E.1.1, PS3.3 C.12.1.1)."""
    from pydicom.dataset import Dataset

    dataset.PatientIdentityRemoved = "YES"
    chosen = [option.value for option in ProfileOption if option in rules.options and option != "basic"]
    dataset.DeidentificationMethod = [f"DICOM PS3.15 {EDITION} Basic Profile", *chosen]
    items: list[Dataset] = []
    for value, meaning in rules.codes():
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
        items.append(item)
    dataset.DeidentificationMethodCodeSequence = items
    state = "REMOVED"
    if ProfileOption.RETAIN_FULL_DATES in rules.options:
        state = "UNMODIFIED"
    elif ProfileOption.RETAIN_DATES in rules.options:
        state = "MODIFIED"
    dataset.LongitudinalTemporalInformationModified = state


def _renew_meta(dataset: "FileDataset") -> None:
    """Write the preamble and the file meta information anew (PS3.10 7.1): titles and private data go."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    meta = FileMetaDataset()
    meta.FileMetaInformationGroupLength = 0  # filled in when it is written
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    meta.ImplementationVersionName = _version()
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128


def _write(dataset: "FileDataset", target: str) -> None:
    """Write the elements as they were written; pydicom does not know every transfer syntax."""
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    dataset.save_as(
        target, implicit_vr=syntax == _IMPLICIT, little_endian=syntax != _BIG, force_encoding=True
    )


def new_key() -> bytes:
    """Give a secret for one batch that nobody keeps."""
    return secrets.token_bytes(32)
