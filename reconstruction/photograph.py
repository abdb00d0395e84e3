"""A photograph as a measuring instrument: its pixels, its camera's lens, and where the camera says it was."""

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.sensors import sensor_width_mm

_HEIF = (".heic", ".heif", ".hif")
PHOTOGRAPH_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".jp2", ".ppm", ".pgm", ".avif")
) | frozenset(_HEIF)
UNREADABLE_SUFFIXES = frozenset((".dng", ".cr2", ".cr3", ".nef", ".arw"))
_MOST_PIXELS = 500_000_000
_SMALLEST_SIDE = 64
_FULL_FRAME_DIAGONAL_MM = 43.2666
_INCH_MM, _CENTIMETRE_MM = 25.4, 10.0
# Tags of EXIF 2.32.
_MAKE, _MODEL, _ORIENTATION, _EXIF, _GPS = 271, 272, 274, 0x8769, 0x8825
_FOCAL_MM, _FOCAL_35MM, _PLANE_X, _PLANE_UNIT, _PLANE_WIDTH = 37386, 41989, 41486, 41488, 40962

# Of the orientations that EXIF tells; mirrored ones are turned like the others.
_TURNS = {3: 2, 4: 2, 5: 1, 6: 1, 7: 3, 8: 3}


class FocalSource(Enum):
    """Where the first focal length comes from."""

    EQUIVALENT = QT_TRANSLATE_NOOP("Message", "EXIF, 35 mm equivalent")
    PLANE = QT_TRANSLATE_NOOP("Message", "EXIF, focal length and focal plane resolution")
    SENSOR = QT_TRANSLATE_NOOP("Message", "EXIF focal length and the table of sensors")
    GIVEN = QT_TRANSLATE_NOOP("Message", "given")
    ASSUMED = QT_TRANSLATE_NOOP("Message", "assumed: the photographs do not tell")


@dataclass(frozen=True)
class GeoPosition:
    """Where the camera says it was, WGS 84; altitude in metres above the sea, None where it is not told."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None


@dataclass(frozen=True)
class Photograph:
    """What the header of a photograph says.

    Parameters
    ----------
    path : Path
        The file.
    size : tuple of int
        Width and height in pixels as stored: the turn that EXIF asks viewers for is not applied, so that
        upright and lying photographs share one camera.
    camera : str
        The same for photographs taken with the same lens at the same focal length.
    focal_px : float
        First guess of the focal length.
    focal_source : FocalSource
        Where it comes from.
    position : GeoPosition, optional
        GPS.
    mask : Path, optional
        A picture that is black where the photograph is not to be used.
    turns : int
        Quarter turns clockwise after which the photograph is upright, as it was held.
    """

    path: Path
    size: tuple[int, int]
    camera: str
    focal_px: float
    focal_source: FocalSource
    position: GeoPosition | None = None
    mask: Path | None = None
    turns: int = 0

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name


def read_photograph(path: Path) -> Photograph:
    """Read the header of a photograph.

    Raises
    ------
    BadInput
        When it is no picture, or of a kind or size that cannot be used.
    """
    if path.suffix.lower() in UNREADABLE_SUFFIXES:
        text = QT_TRANSLATE_NOOP("Message", "{path}: {kind} files cannot be read.")
        hint = QT_TRANSLATE_NOOP("Message", "Convert it to JPEG or PNG, keeping its EXIF.")
        raise BadInput(message(text, path=str(path), kind=path.suffix[1:].upper()), message(hint))
    with _opened(path) as picture:
        width, height = picture.size
        if width * height > _MOST_PIXELS or min(width, height) < _SMALLEST_SIDE:
            text = QT_TRANSLATE_NOOP("Message", "{path}: {width} x {height} pixels are not usable.")
            raise BadInput(message(text, path=str(path), width=width, height=height))
        try:
            exif = picture.getexif()
            details, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
        except (OSError, ValueError, SyntaxError) as error:
            raise _damaged(path, error) from error
    maker = " ".join(str(exif.get(tag, "")).strip("\0 ") for tag in (_MAKE, _MODEL)).strip()
    focal_px, source = _focal((width, height), maker, details)
    lens = f"{_number(details.get(_FOCAL_MM)) or 0:.2f}"
    camera = f"{maker} {lens} {width}x{height}".strip()
    turns = _TURNS.get(exif.get(_ORIENTATION, 1), 0)
    return Photograph(path, (width, height), camera, focal_px, source, _position(gps), turns=turns)


def read_grey(path: Path, longest_side: int) -> NDArray[np.uint8]:
    """Give the grey picture (h, w), reduced where its longer side is longer than `longest_side`.

    Raises
    ------
    BadInput
        When the file is damaged.
    """
    return np.asarray(_reduced(path, longest_side, "L"), np.uint8)


def read_colours(path: Path, longest_side: int) -> NDArray[np.uint8]:
    """Give the picture (h, w, 3) in sRGB, reduced as `read_grey`.

    Raises
    ------
    BadInput
        When the file is damaged.
    """
    return np.asarray(_reduced(path, longest_side, "RGB"), np.uint8)


def _reduced(path: Path, longest_side: int, mode: str) -> Any:
    from PIL import Image

    with _opened(path) as picture:
        scale = min(1.0, longest_side / max(picture.size))
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        try:
            if picture.mode == "I;16":
                picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
            elif picture.mode not in ("L", "RGB"):
                picture = picture.convert("RGB")
            picture = picture.convert(mode)
            return picture if size == picture.size else picture.resize(size, Image.Resampling.BOX)
        except (OSError, ValueError, SyntaxError) as error:
            raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} is damaged: {reason}.")
    return BadInput(message(text, path=str(path), reason=str(error).rstrip(".")))


def _opened(path: Path) -> Any:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    if path.suffix.lower() in _HEIF:
        _read_heif()
    try:
        return Image.open(path)
    except UnidentifiedImageError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not a picture.")
        raise BadInput(message(text, path=str(path))) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=str(error).rstrip("."))) from error


@cache
def _read_heif() -> None:
    """Teach Pillow the photographs of phones; they come turned as viewers show them."""
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False)


# Reading EXIF.


def _focal(size: tuple[int, int], maker: str, details: dict[int, Any]) -> tuple[float, FocalSource]:
    longest = max(size)
    equivalent = _number(details.get(_FOCAL_35MM))
    if equivalent:
        return equivalent * float(np.hypot(*size)) / _FULL_FRAME_DIAGONAL_MM, FocalSource.EQUIVALENT
    focal_mm = _number(details.get(_FOCAL_MM))
    per_unit, unit = _number(details.get(_PLANE_X)), details.get(_PLANE_UNIT)
    stored = _number(details.get(_PLANE_WIDTH)) or float(size[0])
    if focal_mm and per_unit and unit in (2, 3):
        unit_mm = _INCH_MM if unit == 2 else _CENTIMETRE_MM
        return focal_mm * per_unit / unit_mm * size[0] / stored, FocalSource.PLANE
    width_mm = sensor_width_mm(maker)
    if focal_mm and width_mm:
        return focal_mm / width_mm * longest, FocalSource.SENSOR
    return 1.2 * longest, FocalSource.ASSUMED


def _number(value: Any) -> float | None:
    """Give a positive finite number, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if 0 < number < 1e6 else None


def _position(gps: dict[int, Any]) -> GeoPosition | None:
    latitude, longitude = _angle(gps.get(2), gps.get(1), "S"), _angle(gps.get(4), gps.get(3), "W")
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    if latitude == longitude == 0.0:
        return None  # what receivers without a fix write
    altitude = _number(gps.get(6))
    below = gps.get(5) in (1, b"\x01")
    return GeoPosition(latitude, longitude, -altitude if altitude and below else altitude)


def _angle(parts: Any, side: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(Fraction(part)) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    if not np.isfinite(angle):
        return None
    return -angle if re.match(negative, str(side), re.IGNORECASE) else angle


def photograph_files(folder: Path) -> list[Path]:
    """Give the pictures of a folder, by name.

    Raises
    ------
    BadInput
        When there is no such folder, or no picture in it.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(folder), reason=error.strerror or str(error))) from error
    found = [path for path in files if path.suffix.lower() in PHOTOGRAPH_SUFFIXES | UNREADABLE_SUFFIXES]
    if not found:
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path} holds no photographs."), path=str(folder))
        )
    return found


@dataclass(frozen=True)
class Rejected:
    """A photograph that was left out, and why."""

    path: Path
    reason: Message
