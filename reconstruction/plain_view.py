"""What is plain in a view: where it has no texture, only light that changes slowly over a surface."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.depth_map import DepthMap
from reconstruction.texture_evidence import EvidenceOptions, evenly_lit, texture_poor
from reconstruction.view import View, resized_camera

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Mask = NDArray[np.bool_]
# Of the greys, in shares of the longest side: noise is worse than what that takes from the light.
_SMOOTHED = 0.009
# Black and burnt-out pixels tell nothing.
LEAST_GREY, MOST_GREY = 4.0, 250.0
_ALL_OF_A_PIXEL = 0.99
# Depths beyond what is known of a view that planes are looked for in.
_NEARER, _FURTHER = 0.7, 1.6


@dataclass(frozen=True, eq=False)
class PlainView:
    """A view at a small size.

    Parameters
    ----------
    camera : PosedCamera
        Of that size.
    grey : (height, width) float32
        Smooth; NaN where it is not plain.
    depth : (height, width) float32
        What is known; 0 elsewhere.
    normals : (height, width, 3) float32
        Of what is known, in the camera's frame.
    levels : (height, width) float32
        Grey of all pixels.
    """

    camera: PosedCamera
    grey: Floats32
    depth: Floats32
    normals: Floats32
    levels: Floats32

    @cached_property
    def plain(self) -> Mask:
        """Where it is plain."""
        return np.isfinite(self.grey)

    @cached_property
    def eccentricity(self) -> Floats32:
        """Squared distance from the middle of the picture, 1 in its corners."""
        width, height = self.camera.size
        down, across = np.indices((height, width), np.float32)
        x, y = across - (width - 1) / 2, down - (height - 1) / 2
        return np.asarray((x * x + y * y) * (4.0 / (width * width + height * height)), np.float32)

    @cached_property
    def rays(self) -> Floats:
        """Of all pixels, (height, width, 3), in the world's frame; 1 long along the camera's axis."""
        width, height = self.camera.size
        down, across = np.indices((height, width), dtype=float)
        pixels = np.stack((across, down, np.ones_like(across)), axis=-1)
        return np.asarray(pixels @ np.linalg.inv(self.camera.intrinsics).T @ self.camera.pose[0].T)

    @cached_property
    def depths(self) -> tuple[float, float] | None:
        """Nearest and furthest depth that a plane may have; None where nothing is known."""
        known = self.depth[self.depth > 0]
        if not len(known):
            return None
        near, far = np.percentile(known, (2, 98))
        return float(near) * _NEARER, float(far) * _FURTHER

    def depth_of(self, normal: Floats, offset: float) -> Floats:
        """Depth of the plane normal X = offset at every pixel; 0 where it is not seen."""
        return plane_depth(self.rays, self.camera.pose[1], normal, offset)

    def known_points(self, every: int = 1) -> tuple[Floats, Floats]:
        """Points and normals, (n, 3) each, in the world."""
        known = np.flatnonzero(self.depth > 0)[::every]
        rotation, centre = self.camera.pose
        points = centre + self.depth.ravel()[known, None] * self.rays.reshape(-1, 3)[known]
        return points, self.normals.reshape(-1, 3)[known].astype(float) @ rotation.T


def plane_depth(rays: Floats, centre: Floats, normal: Floats, offset: float) -> Floats:
    """Depth of the plane normal X = offset along rays from a centre; 0 where these do not meet it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = (offset - normal @ centre) / (rays @ normal)
    return np.where(np.isfinite(depth) & (depth > 0), depth, 0.0)


def plain_view(
    view: View, found: DepthMap, known: Mask, longest_side_px: int, evidence: EvidenceOptions
) -> PlainView:
    """Reduce a view and what is known of it."""
    import cv2

    scale = min(1.0, longest_side_px / max(view.camera.size))
    width, height = (max(1, round(side * scale)) for side in view.camera.size)
    grey = np.asarray(cv2.cvtColor(view.colours, cv2.COLOR_RGB2GRAY), np.float32)
    told = (
        (texture_poor(view, evidence) | evenly_lit(view, evidence)) & (grey > LEAST_GREY) & (grey < MOST_GREY)
    )
    levels = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    share = cv2.resize(told.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    plain = cv2.erode((share > _ALL_OF_A_PIXEL).astype(np.float32), np.ones((3, 3), np.uint8))
    sigma = _SMOOTHED * max(width, height)
    smooth = cv2.GaussianBlur(levels * plain, (0, 0), sigma)
    weight = cv2.GaussianBlur(plain, (0, 0), sigma)
    smooth = np.where(plain > 0, smooth / np.maximum(weight, 1e-3), np.nan)
    depth = np.where(known, found.depth, np.float32(0))
    nearest = cv2.INTER_NEAREST
    return PlainView(
        resized_camera(view.camera, (width, height)),
        np.asarray(smooth, np.float32),
        np.asarray(cv2.resize(depth, (width, height), interpolation=nearest), np.float32),
        np.asarray(cv2.resize(found.normals, (width, height), interpolation=nearest), np.float32),
        np.asarray(levels, np.float32),
    )
