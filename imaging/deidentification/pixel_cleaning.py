"""Blanks the places of a picture that show text (DICOM PS3.15 E.3.1)."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.deidentification.burned_text import Box
from imaging.deidentification.pixel_regions import may_show_text, rule_findings

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

LOOK = QT_TRANSLATE_NOOP("Message", "{name} may show text in its picture: look at it.")
NOT_CLEANED = QT_TRANSLATE_NOOP(
    "Message", "{name} may show text in its picture, and no rule says where: it was not cleaned, look at it."
)


def clean_pixels(dataset: "FileDataset", chosen: Sequence[Box] | None = None) -> bool:
    """Blank what the rules say, or what a person chose; tell whether anything was done.

    The picture is stored uncompressed afterwards.

    Parameters
    ----------
    chosen : sequence of Box, optional
        What a person who has looked at the picture wants blanked; () for nothing.

    Raises
    ------
    BadInput
        When the picture may show text and neither a rule nor a person says where, or when it cannot be
        decoded.
    """
    boxes = [finding.box for finding in rule_findings(dataset)] if chosen is None else list(chosen)
    if not boxes:
        if chosen is None and may_show_text(dataset):
            raise BadInput(message(NOT_CLEANED, name=""))
        return False
    if "PixelData" not in dataset:
        return False
    frames = decoded_frames(dataset)
    blank(frames, boxes, black(dataset))
    store_frames(dataset, frames)
    dataset.BurnedInAnnotation = "NO"
    return True


def blank(frames: NDArray[Any], boxes: Iterable[Box], value: int) -> None:
    """Write `value` into boxes of frames, shape (frames, rows, columns) or (frames, rows, columns, 3)."""
    for box in boxes:
        part = box.within(frames.shape[1], frames.shape[2])
        frames[:, part.y : part.y + part.height, part.x : part.x + part.width] = value


def decoded_frames(dataset: "FileDataset") -> NDArray[Any]:
    """Give all frames as stored values, shape (frames, rows, columns) or (frames, rows, columns, 3).

    Raises
    ------
    BadInput
        When they cannot be decoded.
    """
    from pydicom.pixels import pixel_array

    try:
        pixels = np.array(pixel_array(dataset))
    except Exception as error:
        # Decoders raise whatever they like on bad bytes.
        text = QT_TRANSLATE_NOOP("Message", "{name}: its pixels cannot be decoded and cleaned.")
        raise BadInput(message(text, name="")) from error
    picture = (int(dataset.Rows), int(dataset.Columns)) + ((3,) if dataset.SamplesPerPixel == 3 else ())
    return pixels.reshape(-1, *picture)


def black(dataset: "FileDataset") -> int:
    """Give the stored value that is shown black."""
    photometric = dataset.PhotometricInterpretation
    if photometric == "MONOCHROME1":
        return (1 << int(dataset.BitsStored)) - 1
    if photometric == "PALETTE COLOR":
        return _darkest(dataset)
    return 0


def _darkest(dataset: "FileDataset") -> int:
    entries, first, bits = (int(value) for value in dataset.RedPaletteColorLookupTableDescriptor)
    kind = np.dtype("<u2") if bits > 8 else np.dtype("u1")
    total = sum(
        np.frombuffer(dataset[f"{colour}PaletteColorLookupTableData"].value, kind)[: entries or 65536].astype(
            int
        )
        for colour in ("Red", "Green", "Blue")
    )
    return first + int(np.argmin(total))


def store_frames(dataset: "FileDataset", frames: NDArray[Any]) -> None:
    """Store frames uncompressed, as explicit little endian."""
    from pydicom.uid import ExplicitVRLittleEndian

    if frames.ndim == 4:
        dataset.PhotometricInterpretation = "RGB"
        dataset.PlanarConfiguration = 0
    data = frames.astype(frames.dtype.newbyteorder("<")).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if frames.itemsize == 1 else "OW"
    dataset["PixelData"].is_undefined_length = False
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
