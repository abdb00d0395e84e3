"""The key images of a selection: where they are, and a star on each of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from imaging.key_objects import KeyObjects, read_key_objects
from imaging.reslice import StopFlag
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.image_places import ImagePlaces
from viewers.object_layer import LayerItem, LayerLook, LayerPicture, Legend, Mark, pixels_of

Points = NDArray[np.float64]

_AMBER = (255, 200, 60)
# From the upper left corner of the image, in pixels of the screen.
_CORNER = (12.0, 84.0)


def read_key_image_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "KeyImageLayer":
    """Read a key object selection to be shown on `target`.

    Raises
    ------
    BadInput
        When it cannot be read.
    """
    return KeyImageLayer.of(read_key_objects(derived.path), ImagePlaces.of(target))


@dataclass(frozen=True, eq=False)
class KeyImageLayer:
    """The key images among those that are open.

    Parameters
    ----------
    text : str
        Why they were picked.
    slices : tuple of int
        Where they are, in order.
    elsewhere : int
        How many of the selection are not among the open images.
    """

    text: str
    slices: tuple[int, ...]
    elsewhere: int
    places: ImagePlaces | None

    @staticmethod
    def of(selection: KeyObjects, places: ImagePlaces | None) -> "KeyImageLayer":
        """Find the images of a selection."""
        found = [[] if places is None else places.slices(image) for image in selection.images]
        slices = sorted({k for numbers in found for k in numbers})
        elsewhere = sum(1 for numbers in found if not numbers)
        text = "\n".join(line for line in (f"★ {selection.title.meaning}".strip(), selection.note) if line)
        return KeyImageLayer(text, tuple(slices), elsewhere, places)

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """One for each image."""
        text = QT_TRANSLATE_NOOP("Message", "Image {number}")
        return tuple(LayerItem(str(k), message(text, number=k + 1), _AMBER) for k in self.slices)

    @property
    def notes(self) -> tuple[Message, ...]:
        """Tells of images of other series."""
        text = QT_TRANSLATE_NOOP("Message", "Key images that are not in this series: {count}")
        return (message(text, count=self.elsewhere),) if self.elsewhere else ()

    @property
    def legend(self) -> Legend | None:
        """None."""
        return None

    @property
    def stops(self) -> tuple[Points, ...]:
        """Points of the key images, LPS millimetres, in the order of the slices."""
        return () if self.places is None else tuple(self.places.centre(k) for k in self.slices)

    def centre(self, key: str) -> Points | None:
        """Give the middle of a key image."""
        return None if self.places is None else self.places.centre(int(key))

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Mark the plane where it shows a key image."""
        k = None if self.places is None else self.places.slice_on(plane)
        item = next((item for item in self.items if item.key == str(k)), None)
        if self.places is None or k is None or item is None or not look.shows(item):
            return LayerPicture()
        corners = self.places.points(k, np.array([[0.0, 0.0], self.places.size_ij], float))
        # Whatever way the picture is turned: where its upper left corner is seen.
        x, y = np.clip(pixels_of(plane, corners).min(axis=0), 0.0, None)
        place = (float(x) + _CORNER[0], float(y) + _CORNER[1])
        return LayerPicture(None, (Mark((), look.colour(item), width=0.0, text=self.text, text_at=place),))
