"""What is black in photographs: stereo would find distances in the noise that is left there."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reconstruction.view import View

_BLACK = 16  # Of 255, sRGB: 0.5 % of white, where few values are left for any texture.
_BESIDE_BRIGHT = 0.1  # Of the brightest: a dark photograph as a whole is none of black things.
_AROUND = 5  # Pixels; a black line in something bright is texture.


def without_darkness(view: View) -> View:
    """Give a view in which black surroundings are not usable.

    A black cloth, what a lamp does not reach, a background that was painted over: what stereo finds there is
    noise, and hangs about an object's edge as crumbs.

    Parameters
    ----------
    view : View
        As the camera stored it.
    """
    dark = find_darkness(view.colours)
    if not dark.any():
        return view
    return replace(view, usable=~dark if view.usable is None else view.usable & ~dark)


def find_darkness(colours: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find where a photograph is black.

    Parameters
    ----------
    colours : (height, width, 3) uint8
        sRGB.

    Returns
    -------
    (height, width) bool
        True where it is.
    """
    import cv2

    brightest = colours.max(axis=2)
    limit = min(_BLACK, _BESIDE_BRIGHT * float(np.percentile(brightest, 99)))
    return np.asarray(cv2.blur(brightest.astype(np.float32), (_AROUND, _AROUND)) < limit)
