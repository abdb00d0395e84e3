"""A virtual object that stays put on a surface that was tapped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.pixel_rays import pixel_rays
from reconstruction.slam.live_moment import Moment

Floats = NDArray[np.float64]

_NEIGHBOURS = 12
_FEWEST = 4
_PATCH = 0.06  # of the width: half of the square in which a depth camera is asked
_FEWEST_MEASURED = 30
_INNER_PX = 4.0
_SAME_SURFACE = 0.06  # of the distance
_REACH = 0.25  # of the width of the picture
_SIZE = 0.12  # of the distance from the camera


@dataclass(frozen=True, eq=False)
class Anchor:
    """Where an object stands.

    Parameters
    ----------
    place : (3,) float64
        On the surface, in the world.
    axes : (3, 3) float64
        World from the object's axes; the third stands out of the surface.
    size : float
        Of the object, in the unit of the world.
    """

    place: Floats
    axes: Floats
    size: float

    def cube(self) -> Floats:
        """Give the corners, (8, 3), of a cube that stands there; bits of their number tell x, y and z."""
        corners = np.array([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)], np.float64)
        return self.place + self.size * (corners - [0.5, 0.5, 0.0]) @ self.axes.T


# Corners of the six faces, around each.
FACES = np.array(
    [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]], np.int64
)


def anchor_at(pixel: tuple[float, float], moment: Moment) -> Anchor | None:
    """Give where an object stands that is put at a pixel: on the plane of the known points around it.

    None where the camera is lost, or too little is known around the pixel.
    """
    camera = moment.camera
    if camera is None:
        return None
    around = _measured_around(pixel, moment, camera)
    if around is None:
        around = _tracked_around(pixel, moment, camera)
    if around is None:
        return None
    rotation, centre = camera.pose
    normal, through = _plane(*around)
    ray = rotation @ np.array([*pixel_rays(camera, np.array([pixel], np.float64))[0], 1.0])
    steep = float(normal @ ray)
    towards = float(normal @ (through - centre))
    if abs(steep) < 0.1 * float(np.linalg.norm(ray)) or towards / steep <= 0:
        # Looked at along the surface: the object stands at the mean distance, facing the camera.
        normal, steep = -ray / np.linalg.norm(ray), -float(np.linalg.norm(ray))
        towards = float(normal @ (through - centre))
    if steep == 0 or towards / steep <= 0:
        return None
    place = centre + towards / steep * ray
    outwards = normal if steep < 0 else -normal
    return Anchor(place, _axes(outwards, rotation[:, 0]), _SIZE * float(np.linalg.norm(place - centre)))


def _measured_around(
    pixel: tuple[float, float], moment: Moment, camera: PosedCamera
) -> tuple[Floats, Floats] | None:
    """Give places that a depth camera sees around a pixel, and their weights; None without one."""
    depth = moment.frame.depth_m
    if depth is None:
        return None
    height, width = depth.shape
    reach = max(3, round(_PATCH * width))
    rows, columns = (np.arange(-reach, reach + 1) + round(at) for at in (pixel[1], pixel[0]))
    rows, columns = rows[(rows >= 0) & (rows < height)], columns[(columns >= 0) & (columns < width)]
    across, down = (grid.ravel() for grid in np.meshgrid(columns, rows))
    far = depth[down, across].astype(np.float64)
    inner = np.maximum(np.abs(across - pixel[0]), np.abs(down - pixel[1])) <= _INNER_PX
    there = np.isfinite(far) & (far > 0)
    if not (inner & there).any():
        return None
    # What is much nearer or further than the tapped place is another surface.
    tapped = float(np.median(far[inner & there]))
    seen = there & (np.abs(far - tapped) <= _SAME_SURFACE * tapped)
    if seen.sum() < _FEWEST_MEASURED:
        return None
    pixels = np.column_stack((across, down))[seen].astype(np.float64)
    rays = np.column_stack((pixel_rays(camera, pixels), np.ones(len(pixels))))
    rotation, centre = camera.pose
    places = (far[seen, None] * rays) @ rotation.T + centre
    apart = np.linalg.norm(pixels - pixel, axis=1)
    return places, 1.0 / (1.0 + (apart / reach) ** 2)


def _tracked_around(
    pixel: tuple[float, float], moment: Moment, camera: PosedCamera
) -> tuple[Floats, Floats] | None:
    """Give the places of the followed points that are nearest to a pixel, and their weights."""
    tracked = moment.tracked
    known = np.isfinite(tracked.places).all(axis=1)
    pixels, places = tracked.pixels[known].astype(float), tracked.places[known].astype(float)
    apart = np.linalg.norm(pixels - pixel, axis=1)
    near = np.argsort(apart)[:_NEIGHBOURS]
    near = near[apart[near] <= _REACH * camera.size[0]]
    return (places[near], 1.0 / (1.0 + apart[near] / 20.0)) if len(near) >= _FEWEST else None


def _plane(points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Give the normal of a plane near points and a place of it; points far off count little."""
    through, normal = np.average(points, axis=0, weights=weights), np.array([0.0, 0.0, 1.0])
    robust = weights
    for _ in range(5):
        through = np.average(points, axis=0, weights=robust)
        offsets = points - through
        normal = np.linalg.eigh((offsets * robust[:, None]).T @ offsets)[1][:, 0]
        off = np.abs(offsets @ normal)
        usual = max(float(np.median(off)), 1e-9)
        robust = weights / (1 + (off / (2 * usual)) ** 2)
    return np.asarray(normal, np.float64), np.asarray(through, np.float64)


def _axes(outwards: Floats, right: Floats) -> Floats:
    across = right - (right @ outwards) * outwards
    if np.linalg.norm(across) < 1e-6:
        across = np.cross(outwards, [1.0, 0, 0] if abs(outwards[0]) < 0.9 else [0, 1.0, 0])
    across = across / np.linalg.norm(across)
    return np.column_stack((across, np.cross(outwards, across), outwards))


def seen_faces(anchor: Anchor, camera: PosedCamera) -> list[tuple[Floats, float]]:
    """Give the faces of an anchor's cube that a camera sees: pixels, (4, 2), and how bright, 0 to 1.

    Nothing where a corner is behind the camera. Light comes from over the surface.
    """
    import cv2

    rotation, centre = camera.pose
    corners = anchor.cube()
    local = (corners - centre) @ rotation
    if (local[:, 2] <= 1e-6).any():
        return []
    order = ("k1", "k2", "k3", "k4") if camera.fisheye else ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")
    lens = np.array([camera.distortion.get(name, 0.0) for name in order])
    project = cv2.fisheye.projectPoints if camera.fisheye else cv2.projectPoints
    still = np.zeros(3)
    if camera.fisheye:
        pixels = project(local.reshape(1, -1, 3), still, still, camera.intrinsics, lens)[0].reshape(-1, 2)
    else:
        pixels = project(local, still, still, camera.intrinsics, lens)[0].reshape(-1, 2)
    light = anchor.axes @ np.array([0.35, -0.25, 0.9])
    light /= np.linalg.norm(light)
    seen: list[tuple[Floats, float]] = []
    for face in FACES:
        middle = corners[face].mean(axis=0)
        outwards = middle - corners.mean(axis=0)
        outwards /= np.linalg.norm(outwards)
        if outwards @ (centre - middle) > 0:
            brightness = 0.35 + 0.65 * max(float(outwards @ light), 0.0)
            seen.append((np.asarray(pixels[face], np.float64), brightness))
    return seen
