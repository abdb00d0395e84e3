"""How a drag, a key or two fingers move a camera."""

import math
from enum import StrEnum

from render.camera import Camera

_DEGREES_ACROSS = 180.0  # a drag over the shorter side of the view turns by half a turn
_PIXELS_PER_E_FOLD = 250.0


class Motion(StrEnum):
    """What a drag does.

    "owner" leaves it to whoever owns the view, as shifting colours does.
    """

    ROTATE = "rotate"
    PAN = "pan"
    ZOOM = "zoom"
    OWNER = "owner"


def dragged_camera(
    camera: Camera, motion: Motion, delta: tuple[float, float], size: tuple[int, int]
) -> Camera:
    """Give the camera after a drag.

    Parameters
    ----------
    delta : tuple of float
        Pixels to the right and down.
    size : tuple of int
        Width and height of the view in the same pixels.
    """
    dx, dy = delta
    if motion is Motion.ROTATE:
        degrees = _DEGREES_ACROSS / max(1, min(size))
        return camera.orbit(dx * degrees, dy * degrees)
    if motion is Motion.PAN:
        return camera.pan(dx / max(1, size[1]), dy / max(1, size[1]))
    if motion is Motion.ZOOM:
        return camera.zoom(math.exp(-dy / _PIXELS_PER_E_FOLD))
    return camera


Place = tuple[float, float]


def pinched_camera(
    camera: Camera, before: tuple[Place, Place], now: tuple[Place, Place], height: int
) -> Camera:
    """Give the camera after two fingers moved: what was between them stays so, grows and turns with them.

    Parameters
    ----------
    before, now : pair of (x, y)
        Where the fingers were and are, in pixels.
    height : int
        Of the view in the same pixels.
    """
    (ax, ay), (bx, by) = before
    (cx, cy), (dx, dy) = now
    apart, wide = math.hypot(bx - ax, by - ay), math.hypot(dx - cx, dy - cy)
    right, down = (cx + dx - ax - bx) / 2, (cy + dy - ay - by) / 2
    turned = math.atan2(dy - cy, dx - cx) - math.atan2(by - ay, bx - ax)
    moved = camera.pan(right / max(1, height), down / max(1, height))
    if apart < 1 or wide < 1:
        return moved
    angle = math.degrees(math.remainder(turned, math.tau))
    return moved.zoom(wide / apart).roll(angle)
