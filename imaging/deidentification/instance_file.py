"""De-identifies one file; runs in a worker process, since files are not trusted."""

import logging
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.provenance import program_version
from imaging.deidentification.cleaning import Change, Cleaner
from imaging.deidentification.identifiers import identifiers_of
from imaging.deidentification.pixel_cleaning import LOOK, clean_pixels, may_show_text
from imaging.deidentification.profile import EDITION, ProfileOption, Rules
from imaging.deidentification.pseudonyms import Pseudonyms
from imaging.header import DirectoryListing, read_header, read_plain
from imaging.instance import Instance
from imaging.raw_header import TRUNCATED
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
    """

    options: frozenset[ProfileOption]
    key: bytes


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
    try:
        # What an import refuses is refused here, for the same reason.
        header = read_plain([source])[0] or read_header(source)
        if isinstance(header, DirectoryListing):
            text = QT_TRANSLATE_NOOP("Message", "{name} is a DICOMDIR: it lists files and is not copied.")
            return message(text, name="")
        if not isinstance(header, Instance):
            return header
        with _quiet():
            dataset = _read(source)
            cleaned = _clean(dataset, choices)
            _write(dataset, target)
            return cleaned
    except BadInput as error:
        return error.message
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read or its copy not written: {reason}.")
        return message(text, name="", reason=error.strerror or "unknown error")
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception:
        # pydicom raises whatever it likes on bad bytes, and its sentences quote values: patient data.
        text = QT_TRANSLATE_NOOP("Message", "{name} is damaged or breaks the rules of DICOM.")
        return message(text, name="")


@contextmanager
def _quiet() -> Iterator[None]:
    from pydicom import config

    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


def _read(source: str) -> "FileDataset":
    from pydicom import dcmread

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            dataset = dcmread(source, force=True)
        except EOFError as error:
            raise BadInput(message(TRUNCATED, name="")) from error
    if any("end of file" in str(warning.message).lower() for warning in caught):
        raise BadInput(message(TRUNCATED, name=""))
    _refuse(dataset)
    return dataset


def _refuse(dataset: "FileDataset") -> None:
    if not dataset.get("SOPInstanceUID") or not dataset.get("SOPClassUID"):
        text = QT_TRANSLATE_NOOP(
            "Message", "{name} does not say which DICOM object it is (SOP class and instance)."
        )
        raise BadInput(message(text, name=""))
    if "EncapsulatedDocument" in dataset:
        text = QT_TRANSLATE_NOOP("Message", "{name} encloses a document, which cannot be cleaned.")
        raise BadInput(message(text, name=""))


@lru_cache(maxsize=1)
def _version() -> str:
    return f"SENSE_{program_version()}"[:16]


@lru_cache(maxsize=1)
def _rules(options: frozenset[ProfileOption]) -> Rules:
    return Rules(options)


def _clean(dataset: "FileDataset", choices: DeidentifyChoices) -> CleanedInstance:
    rules, pseudonyms = _rules(choices.options), Pseudonyms(choices.key)
    notes: tuple[Message, ...] = ()
    # The syntax is needed to decode; what else the file's meta information says goes.
    syntax = _transfer_syntax(dataset)
    dataset.file_meta.TransferSyntaxUID = syntax
    pixels_cleaned = False
    if ProfileOption.CLEAN_PIXEL in rules.options:
        pixels_cleaned = clean_pixels(dataset)
    elif may_show_text(dataset):
        notes = (message(LOOK, name=""),)
    identity = _identity(dataset)
    cleaner = Cleaner(
        rules,
        pseudonyms,
        identifiers_of(dataset, rules),
        patient=pseudonyms.patient(identity),
        days=pseudonyms.days(identity),
    )
    cleaner.clean(dataset)
    if pixels_cleaned:
        cleaner.changes["(7FE0,0010)", "PixelData", "cleaned"] += 1
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
