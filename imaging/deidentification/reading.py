"""Reads the data set of one file that is to be de-identified."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.header import DirectoryListing, read_header, read_plain
from imaging.instance import Instance
from imaging.raw_header import TRUNCATED
from imaging.sniffing import FileKind

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset


_Answer = TypeVar("_Answer")


def told(source: str, work: Callable[[Instance], _Answer]) -> "_Answer | FileKind | Message":
    """Do `work(header)` on a DICOM file that an import would take.

    Returns
    -------
    what `work` gave, FileKind or Message
        The kind for an archive, which the caller opens; a sentence where the file cannot be used.
    """
    try:
        # What an import refuses is refused here, for the same reason.
        header = read_plain([source])[0] or read_header(source)
        if isinstance(header, DirectoryListing):
            text = QT_TRANSLATE_NOOP("Message", "{name} is a DICOMDIR: it lists files and is not copied.")
            return message(text, name="")
        if not isinstance(header, Instance):
            return header
        with quiet():
            return work(header)
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
def quiet() -> Iterator[None]:
    """Let pydicom neither warn nor log, for its sentences quote values, and let it write what it has read."""
    from pydicom import config

    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


def read_dataset(source: str, *, pixels: bool = True) -> "FileDataset":
    """Read a file.

    Raises
    ------
    BadInput
        When it is cut short, does not say what it is, or encloses what cannot be cleaned.
    """
    from pydicom import dcmread

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            dataset = dcmread(source, force=True, stop_before_pixels=not pixels)
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
