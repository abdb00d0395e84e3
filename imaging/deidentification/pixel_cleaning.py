"""Text that is part of the picture, blanked by rules (DICOM PS3.15 E.3.1).

The only rule is that of ultrasound: what lies outside of the calibrated regions is text. There is no
character recognition here, so that every other picture that may show text is for a person to look at.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

# SOP classes of ultrasound and of secondary capture, and the roots of their later ones (PS3.4 B.5).
_ULTRASOUND = ("1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.3")
_CAPTURE = ("1.2.840.10008.5.1.4.1.1.7",)
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

LOOK = QT_TRANSLATE_NOOP("Message", "{name} may show text in its picture: look at it.")
NOT_CLEANED = QT_TRANSLATE_NOOP(
    "Message", "{name} may show text in its picture, and no rule says where: it was not cleaned, look at it."
)


def may_show_text(dataset: "FileDataset") -> bool:
    """Tell whether the picture says that text is burned in, or is of a kind that often has some."""
    if not any(name in dataset for name in _PIXELS):
        return False
    burned = str(dataset.get("BurnedInAnnotation", "") or "").strip().upper()
    if burned in ("YES", "NO"):
        return burned == "YES"
    return _is_of(dataset, _ULTRASOUND + _CAPTURE)


def clean_pixels(dataset: "FileDataset") -> bool:
    """Blank what lies outside of the ultrasound regions; tell whether anything was done.

    The picture is stored uncompressed afterwards.

    Raises
    ------
    BadInput
        When the picture may show text and no rule says where, or when it cannot be decoded.
    """
    regions = _regions(dataset) if _is_of(dataset, _ULTRASOUND) else []
    if not regions:
        if may_show_text(dataset):
            raise BadInput(message(NOT_CLEANED, name=""))
        return False
    if "PixelData" not in dataset:
        return False
    frames = _decoded(dataset)
    outside = np.ones((int(dataset.Rows), int(dataset.Columns)), bool)
    for x0, y0, x1, y1 in regions:
        outside[y0 : y1 + 1, x0 : x1 + 1] = False
    frames[:, outside] = _black(dataset)
    _store(dataset, frames)
    dataset.BurnedInAnnotation = "NO"
    return True


def _is_of(dataset: "FileDataset", classes: tuple[str, ...]) -> bool:
    uid = str(dataset.get("SOPClassUID", ""))
    return any(uid == one or uid.startswith(f"{one}.") for one in classes)


def _regions(dataset: "FileDataset") -> list[tuple[int, int, int, int]]:
    """Give the corners, inclusive (PS3.3 C.8.5.5)."""
    found: list[tuple[int, int, int, int]] = []
    for item in dataset.get("SequenceOfUltrasoundRegions") or []:
        corners = [item.get(f"RegionLocation{name}") for name in ("MinX0", "MinY0", "MaxX1", "MaxY1")]
        if all(isinstance(corner, int) for corner in corners):
            x0, y0, x1, y1 = corners
            found.append((max(x0, 0), max(y0, 0), x1, y1))
    return found


def _decoded(dataset: "FileDataset") -> NDArray[Any]:
    """Give all frames, shape (frames, rows, columns) or (frames, rows, columns, 3)."""
    from pydicom.pixels import pixel_array

    try:
        pixels = np.array(pixel_array(dataset))
    except Exception as error:
        # Decoders raise whatever they like on bad bytes.
        text = QT_TRANSLATE_NOOP("Message", "{name}: its pixels cannot be decoded and cleaned.")
        raise BadInput(message(text, name="")) from error
    picture = (int(dataset.Rows), int(dataset.Columns)) + ((3,) if dataset.SamplesPerPixel == 3 else ())
    return pixels.reshape(-1, *picture)


def _black(dataset: "FileDataset") -> int:
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


def _store(dataset: "FileDataset", frames: NDArray[Any]) -> None:
    from pydicom.uid import ExplicitVRLittleEndian

    if frames.ndim == 4:
        dataset.PhotometricInterpretation = "RGB"
        dataset.PlanarConfiguration = 0
    data = frames.astype(frames.dtype.newbyteorder("<")).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if frames.itemsize == 1 else "OW"
    dataset["PixelData"].is_undefined_length = False
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
