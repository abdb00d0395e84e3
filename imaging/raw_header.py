"""The wanted elements of one file as bytes: what both readers give and one decoder turns into an Instance."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP
from imaging.instance import Vector3

TRUNCATED = QT_TRANSLATE_NOOP("Message", "{name} is truncated: it ends before the data that it announces.")


@dataclass(frozen=True)
class PixelElement:
    """Where a file says its pixel data are.

    Parameters
    ----------
    offset : int, optional
        Of the first value byte in the file; None where the data set is deflated.
    length : int, optional
        As announced; None for the undefined length of encapsulated pixel data.
    available : int
        Bytes that are really there after the element's head.
    """

    offset: int | None
    length: int | None
    available: int


@dataclass(frozen=True)
class FrameGroups:
    """What the functional groups of an enhanced file say (PS3.3 C.7.6.16), as far as all frames agree.

    Parameters
    ----------
    positions_lps_mm : tuple of tuple of float
        One for each frame, or () where orientation or spacing differ between frames.
    orientation : tuple of 6 float, optional
        ImageOrientationPatient of all frames.
    spacing_mm : tuple of 2 float, optional
        PixelSpacing of all frames, as stored (rows first).
    rescale : tuple of 2 float, optional
        Slope and intercept of all frames.
    mixed : bool
        The frames differ in orientation, spacing or rescaling.
    """

    positions_lps_mm: tuple[Vector3, ...] = ()
    orientation: tuple[float, ...] | None = None
    spacing_mm: tuple[float, ...] | None = None
    rescale: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    mixed: bool = False


@dataclass(frozen=True)
class RawHeader:
    """Elements of one file, undecoded.

    Parameters
    ----------
    path, size_bytes, modified_ns : str, int, int
        The file.
    transfer_syntax : str
        From the file meta information, or what was found out where that is absent.
    values : mapping of int to bytes
        Value fields of the wanted top-level elements by tag.
    little_endian : bool
        Byte order of binary numbers.
    pixels : PixelElement, optional
        None where there are no pixel data.
    frame_groups : FrameGroups, optional
        None for files that are not enhanced multi-frame.
    references : tuple of str
        UIDs that a derived object refers to.
    complete : bool
        False when the file ends in the middle of an element.
    float_pixels : bool
        The pixel data are Float or Double Float Pixel Data.
    """

    path: str
    size_bytes: int
    modified_ns: int
    transfer_syntax: str
    values: Mapping[int, bytes]
    little_endian: bool = True
    pixels: PixelElement | None = None
    frame_groups: FrameGroups | None = None
    references: tuple[str, ...] = ()
    complete: bool = True
    float_pixels: bool = False
