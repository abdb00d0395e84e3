"""How images are to be shown: window, turn, shutter, drawings and texts."""

from dataclasses import dataclass, field

from core.coded_concept import InstanceReference

Points = tuple[tuple[float, float], ...]
Colour = tuple[int, int, int]
References = tuple[InstanceReference, ...]


@dataclass(frozen=True)
class Drawing:
    """A line, polygon, circle or point.

    Parameters
    ----------
    shape : str
        GraphicType: "POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE".
    points : tuple of (float, float)
        (column, row); in pixels the centre of the first one is (0.5, 0.5) (PS3.3 C.10.5).
    units : str
        "PIXEL" of the image, "MATRIX" of the whole slide, or "DISPLAY" (0 to 1 of the displayed area).
    filled : bool
    colour : tuple of int, optional
        sRGB, 0 to 255; None where the state leaves it to the program.
    images : tuple of InstanceReference
        What it is drawn on; () for all images of the state.
    """

    shape: str
    points: Points
    units: str = "PIXEL"
    filled: bool = False
    colour: Colour | None = None
    images: References = ()


@dataclass(frozen=True)
class Note:
    """A text on an image.

    Parameters
    ----------
    text : str
    anchor : tuple of float, optional
        What it points to, (column, row).
    box : tuple of float, optional
        Left, top, right, bottom of where it stands; one of the two is there.
    units : str
        "PIXEL", "MATRIX" or "DISPLAY", of anchor and box.
    colour, images
        As those of a `Drawing`.
    """

    text: str
    anchor: tuple[float, float] | None = None
    box: tuple[float, float, float, float] | None = None
    units: str = "PIXEL"
    colour: Colour | None = None
    images: References = ()


@dataclass(frozen=True)
class Shutter:
    """What of the images is covered: everything outside (PS3.3 C.7.6.11).

    Parameters
    ----------
    rectangle : tuple of int, optional
        First and last column, first and last row that are seen, from 1.
    circle : tuple of int, optional
        Row and column of its centre, and its radius, in pixels.
    polygon : tuple of (int, int)
        (row, column) of its corners; () where it is none.
    grey : float
        What it is covered with, 0 black to 1 white.
    """

    rectangle: tuple[int, int, int, int] | None = None
    circle: tuple[int, int, int] | None = None
    polygon: tuple[tuple[int, int], ...] = ()
    grey: float = 0.0


@dataclass(frozen=True)
class DisplayedArea:
    """Which pixels fill the view (PS3.3 C.10.4).

    Parameters
    ----------
    first, last : tuple of int
        (column, row) of the pixels that come to lie top left and bottom right, from 1; may lie outside.
    images : tuple of InstanceReference
        Which ones; () for all images of the state.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    images: References = ()


@dataclass(frozen=True)
class StateWindow:
    """The window of some images of a state.

    Parameters
    ----------
    centre, width : float
        After the modality's rescaling; those of a table are its range.
    images : tuple of InstanceReference
        Which ones; () for all images of the state.
    is_table : bool
        A table of values stands for more than its range.
    """

    centre: float
    width: float
    images: References = ()
    is_table: bool = False


@dataclass(frozen=True)
class PresentationState:
    """How images are to be shown.

    Parameters
    ----------
    label : str
        Upper case, at most 16 characters.
    images : tuple of InstanceReference
        What it applies to.
    window : tuple of float, optional
        Centre and width for all images, after the modality's rescaling; None writes those of the images.
    inverted : bool
    rotation_deg : int
        Clockwise, 0, 90, 180 or 270; after it
    mirrored : bool
        left and right are exchanged.
    drawings : tuple of Drawing
    notes : tuple of Note
    description : str
        In words.
    windows : tuple of StateWindow
        As stored, where several images have their own.
    areas : tuple of DisplayedArea
        As stored; None of them is written.
    shutter : Shutter, optional
        Not written.
    """

    label: str
    images: References
    window: tuple[float, float] | None = None
    inverted: bool = False
    rotation_deg: int = 0
    mirrored: bool = False
    drawings: tuple[Drawing, ...] = ()
    notes: tuple[Note, ...] = ()
    description: str = ""
    windows: tuple[StateWindow, ...] = field(default=(), compare=False)
    areas: tuple[DisplayedArea, ...] = field(default=(), compare=False)
    shutter: Shutter | None = None
