"""Lengths in ultrasound pictures: millimetres within a calibrated region, pixels elsewhere."""

from collections.abc import Sequence

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.volume import Volume
from imaging.ultrasound_regions import UltrasoundRegion, common_spacing_ij_mm
from viewers.scale_bar import ScaleBar, length_text, scale_bar_mm

Spacing = tuple[float, float]


def spacing_at(regions: Sequence[UltrasoundRegion], ij: tuple[float, float] | None) -> Spacing | None:
    """Give the pixel spacing at a point (i, j), or None where lengths are not known there.

    The smallest region counts, since a region may lie in another one. Without a point it is the spacing
    that all pictures of tissue share.
    """
    if ij is None:
        return common_spacing_ij_mm(regions)
    holding = [region for region in regions if region.holds(ij)]
    return min(holding, key=lambda region: region.pixels).spacing_ij_mm if holding else None


def region_scale_bar(volume: Volume, plane: Plane, spacing_ij_mm: Spacing | None) -> ScaleBar:
    """Give a bar of at most a quarter of the view's width, in millimetres or else in the picture's pixels."""
    across = volume.ijk_from_lps[:2, :3] @ plane.right * plane.spacing_mm[0]
    step = float(np.hypot(*(across * (spacing_ij_mm or (1.0, 1.0)))))
    length = scale_bar_mm(step, max(plane.size[0] / 4, 1.0))
    text = f"{length:g} px" if spacing_ij_mm is None else length_text(length)
    return ScaleBar(length / step, text)


def region_place(regions: Sequence[UltrasoundRegion], ij: tuple[int, int]) -> Message | None:
    """Tell where a pixel lies in its region; None where the picture is not calibrated there."""
    holding = [region for region in regions if region.holds(ij)]
    spacing = spacing_at(regions, ij)
    if spacing is None:
        return None
    first = min(holding, key=lambda region: region.pixels).first
    across, down = ((ij[axis] - first[axis]) * spacing[axis] for axis in (0, 1))
    text = QT_TRANSLATE_NOOP("Message", "{across} mm across, {down} mm down in the region")
    return message(text, across=f"{across:.1f}", down=f"{down:.1f}")
