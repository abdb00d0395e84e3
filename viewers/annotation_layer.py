"""Bulk annotations on slides: very many marks, drawn as lines where they are few and as dots where not."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.annotation_group import AnnotationGroup
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from imaging.microscopy_annotations import read_annotations
from imaging.reslice import StopFlag
from imaging.slide_matrix import SlideMatrix, read_slide_matrix
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.drawn_shapes import outline_of
from viewers.image_places import ImagePlaces
from viewers.object_layer import (
    PALETTE,
    Colour,
    LayerItem,
    LayerLook,
    LayerPicture,
    Legend,
    Mark,
    Raster,
    pixels_of,
    plain,
)

Points = NDArray[np.float64]

_MOST_LINES = 1500
_WITHOUT_PLACE = message(
    QT_TRANSLATE_NOOP("Message", "The annotations are of other images than those that are open.")
)


def read_annotation_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "AnnotationLayer":
    """Read bulk annotations to be shown on `target`.

    Raises
    ------
    BadInput
        When they, or the images, cannot be read.
    """
    annotations = read_annotations(derived.path)
    places = ImagePlaces.of(target)
    named = {image.sop_uid for image in annotations.images}
    image = next((one for one in target.instances if one.sop_uid in named or not named), None)
    if places is None or image is None:
        return AnnotationLayer((), None, {}, (_WITHOUT_PLACE,))
    matrix = read_slide_matrix(Path(image.path)) if annotations.on_matrix else None
    groups = tuple(_flat(group, matrix) for group in annotations.groups)
    return AnnotationLayer(groups, places, _corners(places, image.sop_uid, matrix), ())


def _flat(group: AnnotationGroup, matrix: SlideMatrix | None) -> "FlatGroup":
    """Bring a group to the points of the whole picture."""
    three = group.points.shape[1] == 3
    points = matrix.matrix_points(group.points) if three and matrix is not None else group.points[:, :2]
    low = np.minimum.reduceat(points, group.starts[:-1], axis=0) if group.count else np.zeros((0, 2))
    high = np.maximum.reduceat(points, group.starts[:-1], axis=0) if group.count else np.zeros((0, 2))
    return FlatGroup(group, points, low, high)


def _corners(places: ImagePlaces, sop_uid: str, matrix: SlideMatrix | None) -> dict[int, Points]:
    """Give for every open slice the matrix point at its corner; the whole picture in one slice is at 0."""
    numbered = places.slices_of.get(sop_uid, {})
    if matrix is None or matrix.size == places.size_ij:
        return {k: np.zeros(2) for k in numbered.values()}
    return {k: matrix.corners[number - 1] for number, k in numbered.items() if number <= len(matrix.corners)}


@dataclass(frozen=True, eq=False)
class FlatGroup:
    """A group in the points of the whole picture.

    Parameters
    ----------
    points : (n, 2) float64
    low, high : (m, 2) float64
        Smallest and largest coordinates of every mark.
    """

    group: AnnotationGroup
    points: Points
    low: Points
    high: Points

    def within(self, low: Points, high: Points) -> NDArray[np.int64]:
        """Give the marks that reach into a rectangle."""
        return np.flatnonzero(((self.high >= low) & (self.low <= high)).all(axis=1))


@dataclass(frozen=True, eq=False)
class AnnotationLayer:
    """Groups of marks on the open images.

    Parameters
    ----------
    corners : dict of int to (2,) float64
        Matrix point at the corner of every slice that has marks.
    """

    groups: tuple[FlatGroup, ...]
    places: ImagePlaces | None
    corners: dict[int, Points]
    notes: tuple[Message, ...] = ()

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """One for each group."""
        text = QT_TRANSLATE_NOOP("Message", "{label}: {count}")
        return tuple(
            LayerItem(
                str(number),
                message(text, label=plain(one.group.label or one.group.type.meaning), count=one.group.count),
                one.group.colour or PALETTE[number % len(PALETTE)],
            )
            for number, one in enumerate(self.groups)
        )

    @property
    def legend(self) -> Legend | None:
        """None: every group has its colour in the panel."""
        return None

    def centre(self, key: str) -> Points | None:
        """Give the first point of a group that lies on an open slice."""
        points = self.groups[int(key)].points
        for k, corner in sorted(self.corners.items()):
            inside = ((points >= corner) & (points < corner + self._size)).all(axis=1)
            if self.places is not None and inside.any():
                return self.places.points(k, points[inside][:1] - corner)[0]
        return None

    @property
    def _size(self) -> Points:
        assert self.places is not None
        return np.array(self.places.size_ij, float)

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Draw the marks on a plane that shows one of the slices; dots where there are too many for lines."""
        k = None if self.places is None else self.places.slice_on(plane)
        if self.places is None or k is None or k not in self.corners:
            return LayerPicture()
        on_tile = _OnTile.of(self.places, k, self.corners[k], plane)
        low, high = on_tile.seen(self._size)
        marks: list[Mark] = []
        raster: Raster | None = None
        for item, one in zip(self.items, self.groups, strict=True):
            if not look.shows(item):
                continue
            found = one.within(low, high)
            if len(found) <= _MOST_LINES:
                marks += [on_tile.mark(one, int(index), look.colour(item)) for index in found]
            else:
                raster = on_tile.dots(raster, one, found, look.colour(item))
        return LayerPicture(raster, tuple(marks))


@dataclass(frozen=True, eq=False)
class _OnTile:
    """Brings matrix points on one slice to the pixels of a plane.

    Parameters
    ----------
    corner : (2,) float64
        Matrix point at the slice's corner,
    origin : (2,) float64
        its pixel, and
    axes : (2, 2) float64
        the steps in pixels of one column and one row.
    """

    corner: Points
    origin: Points
    axes: Points
    size: tuple[int, int]

    @staticmethod
    def of(places: ImagePlaces, k: int, corner: Points, plane: Plane) -> "_OnTile":
        steps = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        origin, right, down = pixels_of(plane, places.points(k, steps))
        return _OnTile(corner, origin, np.column_stack([right - origin, down - origin]), plane.size)

    def pixels(self, matrix: Points) -> Points:
        return self.origin + (matrix - self.corner) @ self.axes.T

    def seen(self, size: Points) -> tuple[Points, Points]:
        """Give the rectangle of the matrix that is in sight, within the slice."""
        width, height = self.size
        view = np.array([[0, 0], [width, 0], [width, height], [0, height]], float) - 0.5
        corners = np.linalg.solve(self.axes, (view - self.origin).T).T + self.corner
        return (
            np.maximum(corners.min(axis=0), self.corner),
            np.minimum(corners.max(axis=0), self.corner + size),
        )

    def mark(self, group: FlatGroup, index: int, colour: Colour) -> Mark:
        starts = group.group.starts
        outline = outline_of(group.group.shape, group.points[starts[index] : starts[index + 1]])
        return Mark(tuple(map(self.pixels, outline.rings)), colour, closed=outline.closed)

    def dots(
        self, raster: Raster | None, group: FlatGroup, found: NDArray[np.int64], colour: Colour
    ) -> Raster:
        """Give the picture with a dot at the middle of every mark."""
        width, height = self.size
        picture = np.zeros((height, width, 4), np.uint8) if raster is None else raster
        x, y = np.rint(self.pixels((group.low[found] + group.high[found]) / 2)).astype(np.int64).T
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            inside = (x + dx >= 0) & (x + dx < width) & (y + dy >= 0) & (y + dy < height)
            picture[y[inside] + dy, x[inside] + dx] = (*colour, 255)
        return picture
