"""What a derived object draws over the slices: coloured pictures, lines, areas and texts; no Qt in it.

A kind of object takes part by a function `read(derived, target, *, progress=SILENT)`, named by the `read` of
its `viewers.object_kinds.ObjectKind`. It reads the file in a worker thread and gives an `ObjectLayer`: the
rows below the object in the panel, and for every plane what is drawn there. `draw` is called in the threads
that make the slice pictures, for any plane of any view, so it must be quick (a few milliseconds), must not
change the layer, and may raise `Cancelled` when `stop` was stopped. Points in the patient become pixels by
`Plane.pixel_from_lps`; a mark is drawn where its pixels are, so a layer leaves out what lies on other slices
(`on_plane` tells). Lines stay sharp and keep their width when the user zooms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.message import Message
from core.plane import Plane
from imaging.reslice import StopFlag

Colour = tuple[int, int, int]
Points = NDArray[np.float64]
Raster = NDArray[np.uint8]

# Told apart from each other and from greys; after Okabe and Ito, doi.org/10.1038/nmeth.1618, lightened.
PALETTE: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 190, 140),
    (240, 228, 66),
    (70, 140, 230),
    (230, 100, 40),
    (220, 130, 180),
    (150, 210, 90),
    (180, 140, 230),
    (240, 110, 120),
)


@dataclass(frozen=True)
class LayerItem:
    """A row below the object in the panel: a segment, a structure, an isodose line, a measurement.

    Parameters
    ----------
    key : str
        Unique in the layer, the same whenever the file is read.
    title : Message
        What the user reads; `plain` makes one of a text of the file.
    colour : Colour, optional
        Its colour unless the user chooses another; None where it has none to choose.
    hidden : bool
        Not shown until the user asks for it.
    """

    key: str
    title: Message
    colour: Colour | None = None
    hidden: bool = False


@dataclass(frozen=True)
class LayerLook:
    """How the user wants to see a layer.

    Parameters
    ----------
    visible : bool
        Whether it is drawn at all.
    opacity : float
        0 to 1; of its areas. Lines are drawn opaque.
    shown : mapping of str to bool
        Choices of the user, by the items' keys.
    colours : mapping of str to Colour
        Choices of the user, by the items' keys.
    """

    visible: bool = False
    opacity: float = 0.4
    shown: Mapping[str, bool] = field(default_factory=dict[str, bool])
    colours: Mapping[str, Colour] = field(default_factory=dict[str, Colour])

    def shows(self, item: LayerItem) -> bool:
        """Whether an item is to be drawn, provided that the layer is."""
        return self.shown.get(item.key, not item.hidden)

    def colour(self, item: LayerItem) -> Colour:
        """Colour of an item; white for one without."""
        return self.colours.get(item.key, item.colour or (255, 255, 255))

    def with_item(self, key: str, *, shown: bool) -> "LayerLook":
        """Give the look with an item shown or hidden."""
        return replace(self, shown={**self.shown, key: shown})

    def with_colour(self, key: str, colour: Colour) -> "LayerLook":
        """Give the look with an item in another colour."""
        return replace(self, colours={**self.colours, key: colour})


@dataclass(frozen=True, eq=False)
class Mark:
    """Lines, an area or a text over a slice.

    Parameters
    ----------
    rings : tuple of (n, 2) float64
        Polylines in pixels of the plane (centres at integers) as `Plane.pixel_from_lps` gives them; one point
        is drawn as a small cross. Several rings of an area are filled by the even-odd rule, which makes
        holes.
    colour : Colour
        Of everything in it.
    closed : bool
        Whether the last point of each ring joins the first.
    fill : float
        Opacity of the area, 0 for lines only.
    width : float
        Of the lines, in units of the screen; 0 for none.
    dashed : bool
        Whether the lines are.
    smooth : bool
        Whether the edges of the area are; else areas side by side meet without a seam.
    text : str
        Written beside `text_at`, or else beside the last point of the first ring; it may have several lines.
    text_at : tuple of float, optional
        Pixel at the middle of the left edge of the text.
    """

    rings: tuple[Points, ...]
    colour: Colour
    closed: bool = False
    fill: float = 0.0
    width: float = 1.5
    dashed: bool = False
    smooth: bool = True
    text: str = ""
    text_at: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class LayerPicture:
    """What a layer shows on one plane.

    Parameters
    ----------
    raster : (height, width, 4) uint8, optional
        Red, green, blue, each multiplied by alpha, and alpha, for every pixel of the plane; C-contiguous.
    marks : tuple of Mark
        Drawn above it.
    """

    raster: Raster | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Legend:
    """What the colours of a layer mean; shown at the edge of the view.

    Parameters
    ----------
    title : Message
        The quantity.
    unit : str
        As it is written behind the values.
    low, high : float
        Values of the first and the last colour.
    colours : tuple of Colour
        From low to high, evenly spaced.
    """

    title: Message
    unit: str
    low: float
    high: float
    colours: tuple[Colour, ...]


class ObjectLayer(Protocol):
    """A derived object in memory, ready to be drawn on any plane."""

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """What can be shown and hidden on its own."""
        ...

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the user should know about it: sentences."""
        ...

    @property
    def legend(self) -> Legend | None:
        """What its colours mean, or None."""
        ...

    def centre(self, key: str) -> Points | None:
        """Give the point (3,) LPS millimetres where an item is best seen; None where there is none."""
        ...

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Give what is to be seen on a plane."""
        ...


@dataclass(frozen=True)
class Pointed:
    """What a layer has at a point: a segment, a structure, a value with its unit.

    Parameters
    ----------
    text : Message
        Shown with the value of the image.
    colour : Colour, optional
        As it is drawn; None for values.
    """

    text: Message
    colour: Colour | None = None


@runtime_checkable
class PointedLayer(Protocol):
    """A layer that can also tell what it has at a point."""

    def at(self, point_lps_mm: Points, look: LayerLook) -> tuple[Pointed, ...]:
        """Give what is visible at a point (3,); called on the main thread with every move of the mouse."""
        ...


@dataclass(frozen=True, eq=False)
class ShownLayer:
    """A visible layer as the user wants it.

    Parameters
    ----------
    layer : ObjectLayer
        What is drawn.
    look : LayerLook
        How; a new one for every change.
    """

    layer: ObjectLayer
    look: LayerLook

    @property
    def key(self) -> tuple[int, int]:
        """What its pictures depend on."""
        return id(self.layer), id(self.look)

    def at(self, point_lps_mm: Points) -> tuple[Pointed, ...]:
        """Give what is visible at a point (3,)."""
        return self.layer.at(point_lps_mm, self.look) if isinstance(self.layer, PointedLayer) else ()


def plain(text: str) -> Message:
    """Make a message of a text that comes from a file and is shown as it is."""
    return Message("{text}", {"text": text})


def on_plane(plane: Plane, points_lps_mm: Points, within_mm: float) -> bool:
    """Whether all points (n, 3) lie at most `within_mm` from a plane."""
    return bool((np.abs((points_lps_mm - plane.origin_lps_mm) @ plane.normal) <= within_mm).all())


def pixels_of(plane: Plane, points_lps_mm: Points) -> Points:
    """Project points (n, 3) along the plane's normal and give their pixels, (n, 2)."""
    offsets = points_lps_mm - plane.origin_lps_mm
    return np.stack(
        [offsets @ plane.right / plane.spacing_mm[0], offsets @ plane.down / plane.spacing_mm[1]], axis=1
    )


def over(top: Raster, below: Raster | None) -> Raster:
    """Lay one picture with premultiplied alpha over another (Porter and Duff 1984)."""
    if below is None:
        return top
    result = below.copy()
    both = np.flatnonzero((top[..., 3] > 0) & (below[..., 3] > 0))
    alone = (top[..., 3] > 0) & (below[..., 3] == 0)
    words, top_words = _words(result), _words(top)
    words[alone] = top_words[alone]
    above, under = top.reshape(-1, 4)[both], below.reshape(-1, 4)[both]
    share = (255 - above[:, 3:].astype(np.uint16)) * under // 255
    result.reshape(-1, 4)[both] = above + share.astype(np.uint8)
    return result


def _words(raster: Raster) -> NDArray[np.uint32]:
    """Look at a picture as one number a pixel, which numpy moves much faster than four."""
    return raster.view(np.uint32)[..., 0]
