"""Decodes one picture of any DICOM file with pydicom; runs in a worker process, since files are not trusted.

The values come back through the process's pipe: copying costs a hundredth of decoding, and unlike shared
memory it needs no `/dev/shm`, which containers keep too small for a volume.
"""

import contextlib
import warnings
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.lookup_tables import modality_table

_DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
_RLE = "1.2.840.10008.1.2.5"
# Of the decoders that pydicom finds installed it takes the first, not the fastest.
_FASTEST = {
    "1.2.840.10008.1.2.4.80": "pyjpegls",
    "1.2.840.10008.1.2.4.81": "pyjpegls",
    "1.2.840.10008.1.2.4.90": "pylibjpeg",
    "1.2.840.10008.1.2.4.91": "pylibjpeg",
    _RLE: "pylibjpeg",
}
_UNDEFINED_PIXELS = (
    b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff",
    b"\xe0\x7f\x10\x00OW\x00\x00\xff\xff\xff\xff",
)
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def decode_frame(path: str, number: int, colour: bool, tiles: int = 0) -> NDArray[Any]:
    """Decode frame `number` (from 0) of a file, or tile `number` of a mosaic with `tiles` along each side.

    Returns
    -------
    (j, i) of any number type, or (j, i, 3) uint8
        Stored values, or what the modality look-up table makes of them where there is one; colours where
        `colour` asks for them.

    Raises
    ------
    BadInput
        When no decoder can read it; the message says why.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _tile(_mosaic(path), number, tiles) if tiles else _picture(path, number, colour)
        except Exception as error:
            # Decoders raise whatever they like on bad bytes; the caller needs one sentence for the user.
            text = QT_TRANSLATE_NOOP("Message", "Its pixels cannot be decoded ({reason}).")
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise BadInput(message(text, reason=reason.rstrip("."))) from None


def _picture(path: str, number: int, colour: bool) -> NDArray[Any]:
    dataset = _dataset(path)
    return _colour(dataset, number) if colour else _looked_up(dataset, _stored(dataset, number))


@lru_cache(maxsize=1)  # the next tile that is asked for is in the same mosaic
def _mosaic(path: str) -> NDArray[Any]:
    return _picture(path, 0, False)


def _tile(picture: NDArray[Any], number: int, tiles: int) -> NDArray[Any]:
    rows, columns = picture.shape[0] // tiles, picture.shape[1] // tiles
    j, i = number // tiles * rows, number % tiles * columns
    return np.ascontiguousarray(picture[j : j + rows, i : i + columns])


@lru_cache(maxsize=2)
def _dataset(path: str) -> Any:
    from pydicom import dcmread
    from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

    dataset = dcmread(path, force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit = dataset.original_encoding[0]
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        _recover_pixels(dataset, path)
    _swap_palette(dataset)
    return dataset


def _swap_palette(dataset: Any) -> None:
    """Turn 16-bit palettes of big-endian files round: pydicom takes their entries for little endian."""
    if dataset.original_encoding[1] is not False:
        return
    for colour in ("Red", "Green", "Blue"):
        data = dataset.get(f"{colour}PaletteColorLookupTableData")
        if data and dataset[f"{colour}PaletteColorLookupTableDescriptor"].value[2] == 16:
            swapped = np.frombuffer(data, ">u2").astype("<u2").tobytes()
            dataset[f"{colour}PaletteColorLookupTableData"].value = swapped


def _recover_pixels(dataset: Any, path: str) -> None:
    """Take encapsulated pixels whose end is cut off (PS3.5 A.4): pydicom drops such an element."""
    data = Path(path).read_bytes()
    for start in _UNDEFINED_PIXELS:
        position = data.rfind(start)
        if position >= 0:
            if "Rows" not in dataset:
                _reread_header(dataset, data[:position])
            dataset.PixelData = data[position + len(start) :] + _SEQUENCE_END
            dataset["PixelData"].is_undefined_length = True
            return


def _reread_header(dataset: Any, header: bytes) -> None:
    from io import BytesIO

    from pydicom import dcmread

    dataset.update(dcmread(BytesIO(header), force=True))


def _looked_up(dataset: Any, values: NDArray[Any]) -> NDArray[Any]:
    table = modality_table(dataset)
    return values if table is None else table.apply(values)


def _stored(dataset: Any, number: int) -> NDArray[Any]:
    """Give the stored values of a frame, shape (j, i), in native byte order."""
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    single_bit = dataset.get("BitsAllocated") == 1
    if syntax == _DEFLATED_FRAMES or (syntax == _RLE and single_bit):
        values = _unpack(_fragment(dataset, number), dataset, syntax)
    else:
        values = _decoded(dataset, number)
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def _decoded(dataset: Any, number: int) -> NDArray[Any]:
    from pydicom.pixels import pixel_array

    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    index = number if frames > 1 else None
    *others, last = _plugins(str(dataset.file_meta.TransferSyntaxUID))
    for plugin in others:
        with contextlib.suppress(Exception):  # it may be stricter than the next
            return pixel_array(dataset, index=index, decoding_plugin=plugin)
    return pixel_array(dataset, index=index, decoding_plugin=last)


@lru_cache(maxsize=16)
def _plugins(syntax: str) -> list[str]:
    """Give the decoders to try, the fastest first; "" stands for those that pydicom chooses."""
    from pydicom.pixels import get_decoder

    fastest = _FASTEST.get(syntax)
    installed = () if fastest is None else get_decoder(syntax).available_plugins
    return sorted(installed, key=lambda plugin: plugin != fastest) or [""]


def _fragment(dataset: Any, number: int) -> bytes:
    from pydicom.encaps import get_frame

    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    return get_frame(dataset.PixelData, number, number_of_frames=frames)


def _unpack(fragment: bytes, dataset: Any, syntax: str) -> NDArray[Any]:
    """Decode what pydicom has no decoder for: deflated frames and RLE of single bits."""
    data = zlib.decompress(fragment, wbits=-15) if syntax == _DEFLATED_FRAMES else _pack_bits(fragment[64:])
    rows, columns, allocated = int(dataset.Rows), int(dataset.Columns), int(dataset.BitsAllocated)
    if allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), count=rows * columns, bitorder="little")
        return bits.reshape(rows, columns)
    kind = "i" if dataset.get("PixelRepresentation") else "u"
    return np.frombuffer(data, f"<{kind}{allocated // 8}", count=rows * columns).reshape(rows, columns)


def _pack_bits(data: bytes) -> bytes:
    """Undo the run-length coding of one segment (PS3.5 G.3.2)."""
    out, position = bytearray(), 0
    while position < len(data) - 1:
        count = data[position]
        if count < 128:
            out += data[position + 1 : position + 2 + count]
            position += 2 + count
        else:
            if count > 128:
                out += data[position + 1 : position + 2] * (257 - count)
            position += 2
    return bytes(out)


def _colour(dataset: Any, number: int) -> NDArray[np.uint8]:
    """Give a frame as RGB."""
    from pydicom.pixels import apply_color_lut

    values = _decoded(dataset, number)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        values = apply_color_lut(values, dataset)
        return _eight_bits(values, 8 * values.dtype.itemsize)
    return _eight_bits(values, int(dataset.BitsStored))


def _eight_bits(values: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    shifted = values >> (bits - 8) if bits > 8 else values
    return np.ascontiguousarray(shifted[..., :3], dtype=np.uint8)
