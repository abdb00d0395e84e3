"""Going from one key image to the next, and scrolling through these only."""

from collections.abc import Sequence

import numpy as np

from viewers.mpr_state import MprState
from viewers.orientation import Orientation, Vector
from viewers.shown_objects import ShownObjects
from viewers.view_navigation import ViewNavigation

_SAME_MM = 1e-3
_ALONG = 0.999


def next_stop(
    stops: Sequence[Vector], here: Vector, forward: Vector, steps: int, *, round_about: bool = False
) -> Vector | None:
    """Give where one comes to from a point after `steps` key images.

    Parameters
    ----------
    stops : sequence of (3,) float64
        Points of the key images, LPS millimetres.
    here : (3,) float64
        Where one is; moved only along
    forward : (3,) float64
        the direction of growing slice numbers.
    steps : int
        Negative for back.
    round_about : bool
        After the last one comes the first.

    Returns
    -------
    (3,) float64, optional
        None where there is no key image.
    """
    depths = np.unique(np.array([float(stop @ forward) for stop in stops]))
    if not len(depths) or steps == 0:
        return None
    now = float(here @ forward)
    before = int((depths < now - _SAME_MM).sum())
    on_stop = before < len(depths) and abs(float(depths[before]) - now) <= _SAME_MM
    # From between two of them, the first step back leads to the one before, the first step on to the next.
    index = before + steps - (steps > 0 and not on_stop)
    index = index % len(depths) if round_about else int(np.clip(index, 0, len(depths) - 1))
    return here + forward * (float(depths[index]) - now)


class KeyImageNavigation(ViewNavigation):
    """Moving about with the key images that are visible. Main thread only.

    Parameters
    ----------
    state : MprState
        To begin with.
    objects : ShownObjects
        The derived objects of what is open.
    """

    def __init__(self, state: MprState, objects: ShownObjects) -> None:
        super().__init__(state)
        self.objects = objects
        self.key_images_only = False
        objects.listen(self.objects_changed)

    def objects_changed(self) -> None:
        """Follow what is visible."""
        self.key_images_only = self.key_images_only and bool(self.objects.stops)
        self.tell()

    def scroll(self, orientation: Orientation, steps: int) -> None:
        """Go on by whole slices, or from one key image to the next where only these are wanted."""
        if not (self.key_images_only and self._go_on(orientation, steps, round_about=False)):
            super().scroll(orientation, steps)

    def go_to_key_image(self, steps: int) -> None:
        """Show the next key image, or one before; after the last comes the first."""
        self._go_on(Orientation.ACQUIRED, steps, round_about=True)

    def toggle_key_images_only(self) -> None:
        """Let scrolling go from one key image to the next, or through all slices again."""
        self.key_images_only = not self.key_images_only and bool(self.objects.stops)
        if self.key_images_only:
            self._go_on(Orientation.ACQUIRED, 1, round_about=False)
        self.tell()

    def _go_on(self, orientation: Orientation, steps: int, *, round_about: bool) -> bool:
        """Go on by key images; False where the plane is across them, or there are none."""
        acquired, stack = self.stack(Orientation.ACQUIRED), self.stack(orientation)
        if acquired is None or stack is None or abs(float(acquired.forward @ stack.forward)) < _ALONG:
            return False
        here = self.state.point_of(orientation)
        point = next_stop(self.objects.stops, here, stack.forward, steps, round_about=round_about)
        if point is not None:
            self.move_cursor(orientation, point)
        return point is not None
