"""The wanted elements of one file as bytes: what both readers give and one decoder turns into an Instance."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP
from imaging.frame_values import FrameValues, Vector3
from imaging.lookup_tables import NO_TABLES, TableFacts
from imaging.mosaic import Mosaic
from imaging.slide_layout import SlideLayout

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
    """What the functional groups of an enhanced file say (PS3.3 C.7.6.16).

    Parameters
    ----------
    positions_lps_mm : tuple of tuple of float
        One for each frame, or () where not all are known.
    in_patient : bool
        False where the positions are those in an ultrasound volume.
    values : tuple of FrameValues
        Each only once.
    value_of_frame : tuple of int
        Which of `values` holds for each frame.
    """

    positions_lps_mm: tuple[Vector3, ...] = ()
    in_patient: bool = True
    values: tuple[FrameValues, ...] = ()
    value_of_frame: tuple[int, ...] = ()


@dataclass(frozen=True)
class Detector:
    """Where the first detector of a nuclear medicine file says that the first frame lies (PS3.3 C.8.4.11).

    Parameters
    ----------
    position_lps_mm, orientation : tuple of float, optional
        ImagePositionPatient and ImageOrientationPatient.
    """

    position_lps_mm: tuple[float, ...] | None = None
    orientation: tuple[float, ...] | None = None


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
    tables : TableFacts
        Look-up tables.
    detector : Detector, optional
        None for files that are not nuclear medicine.
    region_spacing_ij_mm : tuple of float, optional
        Distance of columns and of rows in the regions of an ultrasound picture.
    mosaic : Mosaic, optional
        How the slices of a Siemens mosaic lie.
    slide : SlideLayout, optional
        Where the tiles of a slide lie.
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
    tables: TableFacts = NO_TABLES
    detector: Detector | None = None
    region_spacing_ij_mm: tuple[float, float] | None = None
    mosaic: Mosaic | None = None
    slide: SlideLayout | None = None
