"""Which depths a picture gives evidence of: where all around a pixel looks alike, any depth fits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconstruction.view import View

Mask = NDArray[np.bool_]
Floats32 = NDArray[np.float32]
# The square that pictures are compared by, and its weights (see native/stereo_patch.h).
_PATCH_PX = 11
_GREY_DEVIATION = 12.0
_DISTANCE_DEVIATION_PX = 5.0
_NOISE_PX = 1.5
# Depths are told apart by their logarithm, in steps that 16 bits hold.
_LOGARITHM_STEPS = 2000.0


@dataclass(frozen=True)
class EvidenceOptions:
    """What is no evidence.

    Parameters
    ----------
    poor_grey_levels : float
        What the greys around a pixel without texture deviate by, at most; the noise of a chip is none.
    around_px : int
        How far beyond pixels without texture the patches still reach into them.
    least_variance : float
        Of the greys that a patch compares, weighed as it weighs them.
    speckle_px : int
        A patch of surface with fewer pixels, near pixels without texture, is there by chance.
    relative_depth : float
        By what pixels beside each other on one surface differ at most.
    """

    poor_grey_levels: float = 2.0
    around_px: int = 4
    least_variance: float = 2.0
    speckle_px: int = 100
    relative_depth: float = 0.01


def texture_poor(view: View, options: EvidenceOptions) -> Mask:
    """Tell which usable pixels look like all that is around them."""
    import cv2

    smooth = cv2.GaussianBlur(_grey(view), (0, 0), _NOISE_PX)
    size = (_PATCH_PX, _PATCH_PX)
    spread = cv2.blur(smooth**2, size) - cv2.blur(smooth, size) ** 2
    poor = np.asarray(spread < options.poor_grey_levels**2)
    return poor if view.usable is None else poor & view.usable


def evenly_lit(view: View, options: EvidenceOptions) -> Mask:
    """Tell which usable pixels have only light around them that changes evenly."""
    import cv2

    smooth = cv2.GaussianBlur(_grey(view), (0, 0), _NOISE_PX)
    uneven = (smooth - cv2.GaussianBlur(smooth, (0, 0), _PATCH_PX / 2)) ** 2
    even = np.asarray(cv2.blur(uneven, (_PATCH_PX, _PATCH_PX)) < options.poor_grey_levels**2)
    return even if view.usable is None else even & view.usable


def founded(view: View, poor: Mask, depth: Floats32, verified: Mask, options: EvidenceOptions) -> Mask:
    """Tell which of the verified depths are no chance.

    Views may agree by chance where there is no texture, and the surface beside it spreads into it.

    Parameters
    ----------
    view : View
        The picture.
    poor : (height, width) bool
        Where it has no texture.
    depth : (height, width) float32
        What was found.
    verified : (height, width) bool
        Where other views agree.
    options : EvidenceOptions
        What is no evidence.
    """
    kept = verified & (depth > 0)
    if not poor.any():
        return kept
    doubtful = grown(poor, options.around_px)
    kept &= ~(doubtful & (_patch_variance(_grey(view)) < options.least_variance))
    return kept & ~(doubtful & _speckles(depth, kept, options))


def grown(part: Mask, by: int) -> Mask:
    """Add the pixels around a part, `by` in each direction."""
    import cv2

    square = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.dilate(part.astype(np.uint8), square), bool)


def _grey(view: View) -> Floats32:
    import cv2

    return np.asarray(cv2.cvtColor(view.colours, cv2.COLOR_RGB2GRAY), np.float32)


def _patch_variance(grey: Floats32) -> Floats32:
    """Variance of every second pixel around each, weighed by likeness and distance."""
    import cv2

    reach = _PATCH_PX // 2
    height, width = grey.shape
    wide = cv2.copyMakeBorder(grey, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    weights, first, second = (np.zeros_like(grey) for _ in range(3))
    for dy in range(-reach, reach + 1, 2):
        for dx in range(-reach, reach + 1, 2):
            other = wide[reach + dy : reach + dy + height, reach + dx : reach + dx + width] - grey
            far = (dx * dx + dy * dy) / (2 * _DISTANCE_DEVIATION_PX**2)
            weight = np.exp(-(other * other) / (2 * _GREY_DEVIATION**2) - far)
            weights += weight
            first += weight * other
            second += weight * other * other
    return np.asarray(second / weights - (first / weights) ** 2, np.float32)


def _speckles(depth: Floats32, known: Mask, options: EvidenceOptions) -> Mask:
    import cv2

    steps = np.zeros(depth.shape, np.int16)
    logarithms = np.log(depth[known])
    if not len(logarithms):
        return known
    middle = float(np.median(logarithms))
    steps[known] = np.clip((logarithms - middle) * _LOGARITHM_STEPS, -16000, 16000) + 16001
    cv2.filterSpeckles(steps, 0, options.speckle_px, options.relative_depth * _LOGARITHM_STEPS)
    return np.asarray(known & (steps == 0))
