"""The bones of the phantom's torso."""

import numpy as np
from numpy.typing import NDArray

from imaging.phantom_shapes import Canvas, Point, ellipsoid, smooth_path, tube

SIDES = (-1.0, 1.0)
# Half axes of the rib cage at heights, millimetres.
CAGE_Z = [-120.0, -80.0, 0.0, 80.0, 125.0, 160.0]
CAGE_A = [128.0, 130.0, 131.0, 116.0, 88.0, 48.0]
CAGE_B = [80.0, 84.0, 88.0, 78.0, 60.0, 40.0]
_CORTEX, _MARROW = 950.0, 260.0


def paint_skeleton(canvas: Canvas) -> None:
    """Paint spine, rib cage and shoulders, and the muscles along the spine."""
    _paint_spine(canvas)
    _paint_rib_cage(canvas)
    _paint_shoulders(canvas)


def _spine_y(z: float) -> float:
    """Front-to-back course of the spine: kyphosis of the chest, lordosis of neck and loins."""
    return float(np.interp(z, [-192, -140, -60, 40, 110, 160, 192], [50, 44, 50, 56, 52, 36, 22]))


def _paint_spine(canvas: Canvas) -> None:
    z = 186.0
    while z > -186:
        height = float(np.interp(z, [-190, -80, 160, 190], [27, 23, 19, 16]))
        _paint_vertebra(canvas, z, height, thoracic=-85 < z < 165)
        z -= height
    canal = smooth_path([(0, _spine_y(level) + 24, float(level)) for level in range(-196, 200, 28)])
    box, distance = tube(canvas, canal, 8.5)
    canvas.paint(box, distance, 12)
    canvas.paint(box, distance + 3.5, 42)
    for side in SIDES:
        levels = range(-196, 200, 28)
        back = smooth_path([(side * 30, _spine_y(level) + 27, float(level)) for level in levels])
        girth = np.interp(back[:, 2], [-190, 90, 140, 190], [16, 15, 12, 9])
        muscle, depth = tube(canvas, back, girth)
        canvas.paint(muscle, np.maximum(depth, 3 - np.abs(canvas.x)[None, None, muscle[2]]), 64)


def _paint_vertebra(canvas: Canvas, z: float, height: float, *, thoracic: bool) -> None:
    y = _spine_y(z)
    wide = float(np.interp(z, [-190, 0, 190], [23, 17, 12]))
    deep = wide * 0.78
    box = canvas.box((-wide - 3, y - deep - 3, z - height), (wide + 3, y + deep + 3, z + height))
    x, ys, zs = canvas.grid(box)
    waist = 1 - 0.10 * np.cos(np.clip((zs - z) / height * 2, -1, 1) * np.pi / 2)
    around = (np.sqrt((x / wide) ** 2 + ((ys - y) / deep) ** 2) / waist - 1) * deep
    disc = np.maximum(around + 1, np.abs(zs - z) - height / 2).astype(np.float32)
    canvas.paint(box, disc, 85)
    body = np.maximum(around, np.abs(zs - z) - (height / 2 - 2.6)).astype(np.float32)
    canvas.paint(box, body, _CORTEX - 250)
    canvas.paint(box, body + 2.2, _MARROW - 30)
    low = z - (14 if thoracic else 6)
    reach = float(np.interp(z, [-190, 100, 150, 190], [46, 44, 36, 24]))
    _bone(canvas, smooth_path([(0, y + 0.7 * reach, z - 2), (0, y + reach, low - 2)]), 4.2, 2.1)
    for side in SIDES:
        arch = smooth_path(
            [(side * wide * 0.7, y + deep * 0.6, z + 2), (side * 15, y + 26, z + 1), (0, y + 36, z - 2)]
        )
        _bone(canvas, arch, 4.2, 2.0)
        tip = (side * (34 if thoracic else 40), y + (32 if thoracic else 20), z + 2)
        _bone(canvas, smooth_path([(side * 14, y + 22, z + 2), tip]), 3.8, 1.9)


def _bone(canvas: Canvas, path: NDArray[np.float64], radius: float, wall: float) -> None:
    box, distance = tube(canvas, path, radius)
    canvas.paint(box, distance, _CORTEX)
    canvas.paint(box, distance + wall, _MARROW)


def _paint_rib_cage(canvas: Canvas) -> None:
    for number in range(1, 13):
        for side in SIDES:
            _paint_rib(canvas, number, side)
    body = smooth_path([(0, -80, 100), (0, -88, 60), (0, -92, 20), (0, -90, -6)])
    for step in (-2, -1, 0, 1, 2):
        handle = smooth_path([(step * 9.0, -73, 130), (step * 6.0, -79, 110), (step * 4.0, -81, 98)])
        _bone(canvas, handle, 5.0, 2.0)
        _bone(canvas, body + np.array([step * 4.5, 0, 0]), 5.0, 2.0)
    canvas.paint(*tube(canvas, smooth_path([(0, -90, -6), (0, -86, -28)]), 3.5), hu=180)


def _paint_rib(canvas: Canvas, number: int, side: float) -> None:
    top = 168 - 20.6 * number
    drop = float(np.interp(number, [1, 4, 8, 10, 12], [26, 52, 74, 66, 40]))
    end = float(np.interp(number, [1, 3, 7, 8, 10, 11, 12], [150, 152, 146, 138, 122, 84, 62]))
    angles = np.radians(np.linspace(16, end, 60))
    z = top + 8 - drop * (1 - np.cos(angles)) / 2
    a, b = np.interp(z, CAGE_Z, CAGE_A), np.interp(z, CAGE_Z, CAGE_B)
    path = np.column_stack([side * a * np.sin(angles), 4 + b * np.cos(angles), z])
    head = (side * 16.0, _spine_y(top + 8) + 10, top + 6.0)
    rib = smooth_path([head, tuple(path[0])], 2.0)[:-1]
    whole = np.concatenate([rib, smooth_path([tuple(point) for point in path], 2.2)])
    for lift in (-2.2, 2.2):
        _bone(canvas, whole + np.array([0, 0, lift]), 3.9, 1.7)
    if number <= 10:
        joint = max(92 - 13.0 * (number - 1), -4.0)
        front: Point = (side * 13.0, float(np.interp(joint, [-10, 60, 110], [-90, -88, -78])), joint)
        middle: Point = tuple((path[-1] + np.array(front)) / 2 + np.array([side * 8, -5, -6.0]))  # type: ignore[assignment]
        canvas.paint(*tube(canvas, smooth_path([tuple(path[-1]), middle, front]), 4.4), hu=150)


def _paint_shoulders(canvas: Canvas) -> None:
    for side in SIDES:
        collar = smooth_path(
            [(side * 18, -72, 128), (side * 54, -56, 140), (side * 96, -18, 150), (side * 132, 10, 146)]
        )
        _bone(canvas, collar, 6.0, 2.2)
        box, distance = ellipsoid(canvas, (side * 94, 72, 86), (44, 3.6, 62), turn_deg=-side * 30)
        canvas.paint(box, distance, _CORTEX - 150)
        ridge = smooth_path([(side * 58, 92, 106), (side * 96, 84, 124), (side * 136, 40, 140)])
        _bone(canvas, ridge, 5.4, 2.2)
        box, distance = ellipsoid(canvas, (side * 140, 16, 122), (19, 20, 21))
        canvas.paint(box, distance, _CORTEX - 100)
        canvas.paint(box, distance + 2.4, _MARROW)
