"""Opening files of derived objects, and writing them."""

import contextlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.atomic_write import atomic_file, refuse_existing
from core.errors import BadInput, Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


def read_object(path: Path, *, pixels: bool = True) -> "Dataset":
    """Read a DICOM file, with or without a preamble.

    Raises
    ------
    BadInput
        When it is no DICOM file, or ends too early.
    """
    from pydicom import dcmread

    with refusing_damage(path):
        data = dcmread(path, force=True, stop_before_pixels=not pixels)
        if "SOPClassUID" not in data:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no DICOM object.")
            raise BadInput(message(text, path=str(path)))
        return data


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """Turn whatever a parser raises over a file's content into one sentence; its warnings go unheard."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (SenseError, Cancelled, MemoryError):
        raise
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(
            message(text, path=str(path), reason=error.strerror or type(error).__name__)
        ) from error
    except Exception as error:
        # The boundary to an untrusted file: whatever it provokes in a parser is a fact about the file.
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or incomplete ({kind}).")
        raise BadInput(message(text, path=str(path), kind=type(error).__name__)) from error


def write_object(path: Path, data: "Dataset", *, force: bool = False) -> None:
    """Write a complete data set atomically as a DICOM file.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced.
    """
    refuse_existing(path, force=force)
    with atomic_file(path) as partial, contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # of odd values that were taken over from the reference images
        data.save_as(partial, enforce_file_format=True)
