"""What the 3D view shows, and what a drag does to its look."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.volume import Volume
from render.camera import Camera
from render.fused_look import FIRST_STRENGTH, FIRST_THRESHOLD
from render.volume_look import VolumeLook, VolumeMode
from viewers.transfer_editing import shift, stretch

_PIXELS_PER_E_FOLD = 250.0


class VolumeTool(StrEnum):
    """What a drag with the left button does."""

    ROTATE = "rotate"
    PAN = "pan"
    ZOOM = "zoom"
    WINDOW = "window"


class Background(StrEnum):
    """What is behind the volume."""

    BLACK = "black"
    GRADIENT = "gradient"
    WHITE = "white"


@dataclass(frozen=True)
class Fusion:
    """A second volume, such as PET on CT, and how strongly it shows.

    Parameters
    ----------
    series_uid, part : str
        Of the library.
    strength : float
        0 to 1: factor of its opacity.
    threshold : float
        0 to 0.95: share of its range of values that is not shown.
    """

    series_uid: str
    part: str
    strength: float = FIRST_STRENGTH
    threshold: float = FIRST_THRESHOLD

    @property
    def key(self) -> tuple[str, str]:
        """What tells volumes apart."""
        return self.series_uid, self.part


@dataclass(frozen=True)
class VolumeScene:
    """One state of the 3D view.

    Parameters
    ----------
    camera : Camera
        LPS millimetres.
    look : VolumeLook
        Mode, transfer function, light and crop.
    preset : str
        Id of the preset that the look began with; "" for none.
    background : Background
        What is behind the volume.
    fusion : Fusion, optional
        Another volume that is shown with it.
    surfaces : tuple of str
        Files of surfaces that are shown in it.
    """

    camera: Camera
    look: VolumeLook
    preset: str
    background: Background = Background.BLACK
    fusion: Fusion | None = None
    surfaces: tuple[str, ...] = ()


def windowed(look: VolumeLook, dx: float, dy: float) -> VolumeLook:
    """Shift (dy) and stretch (dx) the transfer function, or the window of a projection.

    As in the slice views: to the right is wider, up shows more. Of an isosurface the value is shifted.
    """
    factor = math.exp(dx / _PIXELS_PER_E_FOLD)
    projects = look.mode not in (VolumeMode.COMPOSITE, VolumeMode.ISOSURFACE)
    if projects and look.window is not None:
        centre, width = look.window
        return replace(look, window=(centre + dy * width / _PIXELS_PER_E_FOLD, max(width * factor, 1e-6)))
    low, high = look.transfer.value_range
    span = high - low
    if look.mode is VolumeMode.ISOSURFACE:
        value = look.transfer.surface_value if look.surface_value is None else look.surface_value
        return replace(look, surface_value=value + dy * span / _PIXELS_PER_E_FOLD / 4)
    moved = shift(stretch(look.transfer, factor), dy * span / _PIXELS_PER_E_FOLD / 4)
    return replace(look, transfer=moved)


def not_drawn(mode: VolumeMode, *, bodies: bool) -> tuple[Message, ...]:
    """Say what of what belongs to the picture a mode does not draw.

    Parameters
    ----------
    bodies : bool
        Whether there are segments or structures.
    """
    if not bodies or mode is VolumeMode.COMPOSITE:
        return ()
    text = QT_TRANSLATE_NOOP("Message", "Segments and structures are drawn in volume rendering only.")
    return (message(text),)


def reason_not_shown(volume: Volume) -> Message | None:
    """Say why a volume cannot be drawn in 3D, or None where it can."""
    if volume.is_colour:
        return message(QT_TRANSLATE_NOOP("Message", "Colour images cannot be shown in 3D."))
    if volume.shape_ijk[2] < 2:
        text = QT_TRANSLATE_NOOP(
            "Message", "This series has a single slice: there is no volume to show in 3D."
        )
        return message(text)
    if min(volume.shape_ijk) < 2:
        return message(QT_TRANSLATE_NOOP("Message", "The images are too small to be shown in 3D."))
    return None
