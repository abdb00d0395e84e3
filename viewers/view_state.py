"""Zoom, pan and turn of one view, and the plane of pixels that follows from them."""

from dataclasses import dataclass, replace

import numpy as np

from core.plane import Plane
from core.volume import Volume
from viewers.orientation import PlaneAxes, Vector

Point = tuple[float, float, float]
Size = tuple[int, int]

_ZOOM_RANGE = (0.05, 200.0)


@dataclass(frozen=True)
class ViewState:
    """How a view looks at its slice.

    Parameters
    ----------
    zoom : float
        1 shows the whole volume, 2 twice as large.
    centre_lps_mm : tuple of float, optional
        Point in the middle of the view; None for the middle of the volume. Only its position in the plane
        counts.
    quarter_turns : int
        Clockwise turns of the picture.
    mirrored : bool
        Left and right exchanged (before turning).
    """

    zoom: float = 1.0
    centre_lps_mm: Point | None = None
    quarter_turns: int = 0
    mirrored: bool = False

    def turned(self, quarter_turns: int, *, mirror: bool = False) -> "ViewState":
        """Turn the picture clockwise by quarter turns, after exchanging its left and right on the screen."""
        # Mirroring comes before turning in the state: mirroring a turned picture reverses the turn.
        turns = quarter_turns + (-self.quarter_turns if mirror else self.quarter_turns)
        return replace(self, quarter_turns=turns % 4, mirrored=self.mirrored is not mirror)


def point_of(vector: Vector) -> Point:
    """Give a vector as a tuple of three floats."""
    return float(vector[0]), float(vector[1]), float(vector[2])


def fit_mm_per_pixel(volume: Volume, axes: PlaneAxes, size: Size) -> float:
    """Give the pixel size at which the whole volume just fits into `size` (width, height) pixels."""
    corners = volume.corners_lps_mm
    extents = (np.ptp(corners @ axes.right), np.ptp(corners @ axes.down))
    return float(max(extent / max(pixels, 1) for extent, pixels in zip(extents, size, strict=True)))


def slice_plane(volume: Volume, axes: PlaneAxes, view: ViewState, through: Vector, size: Size) -> Plane:
    """Give the plane of `size` (width, height) pixels that a view shows.

    Parameters
    ----------
    axes : PlaneAxes
        Of the view's orientation, before its turning and mirroring.
    through : (3,) float64
        A point of the slice, LPS millimetres.
    """
    axes = axes.turned(view.quarter_turns, mirrored=view.mirrored)
    pixel_mm = fit_mm_per_pixel(volume, axes, size) / view.zoom
    centre = volume.centre_lps_mm if view.centre_lps_mm is None else np.array(view.centre_lps_mm)
    centre = centre + axes.forward * float((through - centre) @ axes.forward)
    corner = axes.right * ((size[0] - 1) / 2) + axes.down * ((size[1] - 1) / 2)
    return Plane(centre - corner * pixel_mm, axes.right, axes.down, (pixel_mm, pixel_mm), size)


def plane_centre(plane: Plane) -> Vector:
    """Give the point in the middle of a plane."""
    return plane.lps_from_pixel((plane.size[0] - 1) / 2, (plane.size[1] - 1) / 2)


def zoomed_about(view: ViewState, plane: Plane, pixel: tuple[float, float], factor: float) -> ViewState:
    """Zoom by `factor` so that what is under `pixel` of the view's present plane stays there."""
    zoom = float(np.clip(view.zoom * factor, *_ZOOM_RANGE))
    fixed = plane.lps_from_pixel(*pixel)
    centre = fixed + (plane_centre(plane) - fixed) * (view.zoom / zoom)
    return replace(view, zoom=zoom, centre_lps_mm=point_of(centre))


def panned(view: ViewState, plane: Plane, dx: float, dy: float) -> ViewState:
    """Move the picture by pixels: what was under (x, y) is then under (x + dx, y + dy)."""
    pixel_mm = plane.spacing_mm[0]
    centre = plane_centre(plane) - plane.right * (dx * pixel_mm) - plane.down * (dy * pixel_mm)
    return replace(view, centre_lps_mm=point_of(centre))


def at_scale(view: ViewState, plane: Plane, mm_per_pixel: float) -> ViewState:
    """Zoom about the middle to a pixel size (for example one voxel a pixel)."""
    middle = ((plane.size[0] - 1) / 2, (plane.size[1] - 1) / 2)
    return zoomed_about(view, plane, middle, plane.spacing_mm[0] / mm_per_pixel)
