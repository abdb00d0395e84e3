"""The torso of nobody: an anatomy of simple shapes that looks like a contrast-enhanced CT."""

import numpy as np
from numpy.typing import NDArray

from imaging.phantom_shapes import Canvas, Field, Point, ellipsoid, smooth_path, tube
from imaging.phantom_skeleton import CAGE_A, CAGE_B, CAGE_Z, SIDES, paint_skeleton

_FAT, _MUSCLE, _BLOOD = -95.0, 55.0, 290.0


def paint_torso(canvas: Canvas, random: np.random.Generator) -> None:
    """Paint everything, from the outside inward."""
    _paint_trunk(canvas)
    _paint_lungs(canvas, random)
    _paint_belly(canvas, random)
    _paint_heart(canvas)
    _paint_vessels(canvas)
    paint_skeleton(canvas)
    _paint_marker(canvas)


def _profile(z: Field, heights: list[float], values: list[float]) -> Field:
    """Interpolate values at heights, rounded over 30 mm so that no kink shows on a surface."""
    shifts = np.linspace(-15, 15, 11)
    return np.mean([np.interp(z + shift, heights, values) for shift in shifts], axis=0).astype(np.float32)


def _oval(canvas: Canvas, a: Field, b: Field, centre_y: float) -> Field:
    """Distance to an upright tube with super-elliptic sections of half axes a(z), b(z), whole canvas."""
    u = np.abs(canvas.x)[None, None, :] / a[:, None, None]
    v = np.abs(canvas.y - np.float32(centre_y))[None, :, None] / b[:, None, None]
    radius = (u**2.4 + v**2.4) ** np.float32(1 / 2.4)
    return ((radius - 1) * np.minimum(a, b)[:, None, None]).astype(np.float32, copy=False)


def _paint_trunk(canvas: Canvas) -> None:
    heights = [-192.0, -120.0, -60.0, 0.0, 80.0, 120.0, 150.0, 170.0, 192.0]
    a = _profile(canvas.z, heights, [152, 147, 152, 160, 163, 170, 158, 112, 66])
    b = _profile(canvas.z, heights, [101, 102, 106, 110, 108, 98, 82, 66, 58])
    skin = _oval(canvas, a, b, 4.0)
    share = np.clip(np.float32(0.5) - skin / np.float32(4.5), 0, 1)
    # Skin 2 mm, fat that grows towards the waist, then muscle.
    fat = _profile(canvas.z, [-192.0, -60.0, 60.0, 192.0], [17, 14, 9, 6])[:, None, None]
    inside = np.where(
        skin > -2, np.float32(40), np.where(skin > -2 - fat, np.float32(_FAT), np.float32(_MUSCLE))
    )
    canvas.hu[...] += share * (inside - canvas.hu)


def _cage(z: Field) -> tuple[Field, Field]:
    return _profile(z, CAGE_Z, CAGE_A), _profile(z, CAGE_Z, CAGE_B)


def _dome(x: Field, y: Field) -> Field:
    """Height of the diaphragm: two domes, the right one higher."""
    right = np.exp(-(((x + 62) / 62) ** 2) - ((y + 5) / 62) ** 2)
    left = np.exp(-(((x - 66) / 58) ** 2) - ((y + 5) / 62) ** 2)
    return (np.float32(-88) + 92 * right + 80 * left).astype(np.float32)


def _paint_lungs(canvas: Canvas, random: np.random.Generator) -> None:
    box = canvas.box((-140, -95, -95), (140, 95, 165))
    x, y, z = canvas.grid(box)
    a, b = _cage(canvas.z[box[0]])
    u = np.abs(x) / (a[:, None, None] - 9)
    v = np.abs(y - 4) / (b[:, None, None] - 9)
    wall = ((u**2.3 + v**2.3) ** np.float32(1 / 2.3) - 1) * (b[:, None, None] - 9)
    # Lungs bulge behind the heart and meet in front of it.
    middle = (
        17
        + 18 * np.exp(-(((y + 20) / 34) ** 2))
        + 6 * np.clip((z - 60) / 60, 0, 1)
        + 14 * np.clip((y - 40) / 30, 0, 1)
    )
    apex = z - 156 + 0.014 * ((np.abs(x) - 34) ** 2 + (y - 8) ** 2)
    lungs = np.maximum(np.maximum(wall, apex), np.maximum(middle - np.abs(x - 2), _dome(x, y) - z))
    canvas.paint(box, lungs.astype(np.float32), -860)
    _paint_lung_vessels(canvas, random)
    trachea = smooth_path([(0, -14, 194), (0, 2, 140), (0, 12, 92)])
    canvas.paint(*tube(canvas, trachea, 10.5), hu=60)
    canvas.paint(*tube(canvas, trachea, 8.5), hu=-1000)
    for side in SIDES:
        bronchus = smooth_path([(0, 14, 94), (side * 22, 14, 74), (side * 46, 16, 56), (side * 62, 22, 36)])
        radii = np.linspace(7, 3.5, len(bronchus))
        canvas.paint(*tube(canvas, bronchus, radii + 1.5), hu=20)
        canvas.paint(*tube(canvas, bronchus, radii), hu=-1000)


def _paint_lung_vessels(canvas: Canvas, random: np.random.Generator) -> None:
    for side in SIDES:
        start = np.array([side * 34.0, 8.0, 52.0])
        for outward, up in ((1.0, 0.9), (1.1, 0.1), (0.9, -0.7), (0.6, -1.2), (0.7, 1.4)):
            heading = np.array([side * outward, random.normal(0, 0.5), up])
            _branch(canvas, random, start, heading / np.linalg.norm(heading), 4.2, 5)


def _branch(
    canvas: Canvas,
    random: np.random.Generator,
    start: NDArray[np.float64],
    heading: NDArray[np.float64],
    radius: float,
    generations: int,
) -> None:
    length = 9.0 + 6.0 * radius
    bend = random.normal(0, 0.16, 3)
    middle = start + heading * length / 2
    end = middle + (heading + bend) * length / 2
    if generations == 0 or not _inside_lung(end):
        return
    path = smooth_path([tuple(start), tuple(middle), tuple(end)], 1.6)
    box, distance = tube(canvas, path, np.linspace(radius, 0.8 * radius, len(path)))
    canvas.paint(box, distance, 180)
    for _ in range(2):
        turned = (end - middle) / np.linalg.norm(end - middle) + random.normal(0, 0.45, 3)
        _branch(canvas, random, end, turned / np.linalg.norm(turned), radius * 0.72, generations - 1)


def _inside_lung(point: NDArray[np.float64]) -> bool:
    x, y, z = point
    a = float(np.interp(z, CAGE_Z, CAGE_A)) - 16
    b = float(np.interp(z, CAGE_Z, CAGE_B)) - 16
    dome = float(_dome(np.float32(x), np.float32(y)))  # type: ignore[arg-type]
    return (abs(x) / a) ** 2 + (abs(y - 4) / b) ** 2 < 1 and z > dome + 6 and z < 150


def _paint_belly(canvas: Canvas, random: np.random.Generator) -> None:
    box = canvas.box((-140, -100, -192), (140, 100, 10))
    x, y, z = canvas.grid(box)
    a, b = _cage(canvas.z[box[0]])
    u, v = np.abs(x) / (a[:, None, None] - 12), np.abs(y + 4) / (b[:, None, None] - 14)
    wall = ((u**2.2 + v**2.2) ** np.float32(1 / 2.2) - 1) * (b[:, None, None] - 12)
    spine_side = 34 - np.sqrt(x**2 + (y - 72) ** 2)
    cavity = np.maximum(np.maximum(wall, z - _dome(x, y) + 2), spine_side)
    canvas.paint(box, cavity.astype(np.float32), -85)
    liver = np.maximum(cavity + 3, np.maximum(x - 30 + 0.25 * (z + 30), -118 - z + 0.35 * (x + 130)))
    canvas.paint(box, np.maximum(liver, y - 62).astype(np.float32), 112)
    for side in SIDES:
        psoas = smooth_path([(side * 22, 52, -96), (side * 36, 44, -150), (side * 48, 34, -192)])
        canvas.paint(*tube(canvas, psoas, np.linspace(9, 20, len(psoas))), hu=62)
    canvas.paint(*ellipsoid(canvas, (86, 34, -58), (20, 36, 32), turn_deg=-30), hu=125)
    canvas.paint(*ellipsoid(canvas, (-38, -42, -92), (13, 19, 24)), hu=8)
    _paint_stomach(canvas)
    _paint_bowel(canvas, random)
    for side in SIDES:
        _paint_kidney(canvas, side)


def _paint_stomach(canvas: Canvas) -> None:
    path = smooth_path([(46, 12, -28), (62, -8, -48), (58, -40, -78), (24, -52, -98), (-14, -46, -96)])
    box, distance = tube(canvas, path, np.linspace(27, 12, len(path)))
    canvas.paint(box, distance, 75)
    canvas.paint(box, distance + 4, 22)
    level = canvas.y[None, box[1], None] + 34
    canvas.paint(box, np.maximum(distance + 4, level), -950)


def _paint_bowel(canvas: Canvas, random: np.random.Generator) -> None:
    colon = smooth_path(
        [
            (-92, 18, -185),
            (-98, 10, -140),
            (-88, -28, -122),
            (-40, -66, -128),
            (30, -70, -122),
            (84, -40, -108),
            (104, 8, -112),
            (102, 28, -150),
            (96, 30, -190),
        ]
    )
    radii = 14 + 2.5 * np.sin(np.arange(len(colon)) * 0.42)
    box, distance = tube(canvas, colon, radii)
    canvas.paint(box, distance, 60)
    canvas.paint(box, distance + 3, 25)
    canvas.paint(
        box,
        np.maximum(
            distance + 3, canvas.y[None, box[1], None] + 4 + 18 * np.cos(canvas.x[None, None, box[2]] / 21)
        ),
        -920,
    )
    for row in range(4):
        z = -138 - 15 * row
        loops: list[Point] = [
            (side * (62 - 4 * row), float(random.uniform(-52, -8)), z + float(random.uniform(-6, 6)))
            for side in (-1, -0.4, 0.2, 0.8, 0.3, -0.3, -0.9)
        ]
        box, distance = tube(canvas, smooth_path(loops), 10.5)
        canvas.paint(box, distance, 95)
        canvas.paint(box, distance + 3, 28)


def _paint_kidney(canvas: Canvas, side: float) -> None:
    centre = (side * 60.0, 40.0, -122.0 if side > 0 else -132.0)
    box, distance = ellipsoid(canvas, centre, (27, 23, 50), turn_deg=side * 35)
    canvas.paint(box, distance, 205)
    hilum = (centre[0] - side * 20, centre[1] - 12, centre[2])
    for step in range(-3, 4):
        pyramid = (centre[0] - side * 3, centre[1] - 2, centre[2] + 11.0 * step)
        canvas.paint(*ellipsoid(canvas, pyramid, (13, 11, 5)), hu=125)
    canvas.paint(*ellipsoid(canvas, hilum, (14, 10, 20), turn_deg=side * 35), hu=-60)
    ureter = smooth_path([hilum, (side * 38, 30, centre[2] - 34), (side * 34, 28, -192)])
    canvas.paint(*tube(canvas, ureter, 2.6), hu=420)
    artery = smooth_path([(side * 8 + 6, 26, -106), (side * 26, 30, -112), hilum])
    canvas.paint(*tube(canvas, artery, 3.2), hu=_BLOOD)
    vein = smooth_path([(-14, 22, -116), (side * 22, 22, -122), (hilum[0], hilum[1], hilum[2] - 9)])
    canvas.paint(*tube(canvas, vein, 4.2), hu=180)


def _paint_heart(canvas: Canvas) -> None:
    canvas.paint(*ellipsoid(canvas, (20, -28, 4), (58, 44, 50), turn_deg=25), hu=-70)
    canvas.paint(*ellipsoid(canvas, (34, -24, 2), (38, 32, 42), turn_deg=25), hu=120)
    canvas.paint(*ellipsoid(canvas, (38, -22, 2), (24, 19, 30), turn_deg=25), hu=_BLOOD)
    canvas.paint(*ellipsoid(canvas, (6, -48, 0), (34, 16, 36), turn_deg=18), hu=210)
    canvas.paint(*ellipsoid(canvas, (-20, -26, 14), (22, 24, 30)), hu=205)
    canvas.paint(*ellipsoid(canvas, (14, 4, 26), (32, 17, 20)), hu=_BLOOD - 10)
    for path in (
        [(16, -40, 44), (34, -58, 26), (50, -54, -4), (58, -42, -32)],
        [(14, -38, 44), (48, -26, 30), (66, -14, 6)],
        [(-4, -44, 44), (-26, -54, 20), (-22, -52, -20), (10, -46, -40)],
    ):
        coronary = smooth_path([tuple(map(float, point)) for point in path])  # type: ignore[misc]
        canvas.paint(*tube(canvas, coronary, np.linspace(2.6, 1.5, len(coronary))), hu=_BLOOD + 30)


def _paint_vessels(canvas: Canvas) -> None:
    aorta = smooth_path(
        [
            (14, -24, 30),
            (-4, -34, 62),
            (-2, -26, 92),
            (8, -4, 108),
            (18, 20, 100),
            (22, 34, 72),
            (20, 38, 20),
            (14, 36, -40),
            (7, 28, -100),
            (4, 26, -160),
        ]
    )
    radii = np.interp(np.linspace(0, 1, len(aorta)), [0, 0.35, 1], [15, 12, 8.5])
    _artery(canvas, aorta, radii)
    for side in SIDES:
        iliac = smooth_path([(4, 26, -158), (side * 18 + 2, 24, -178), (side * 34, 22, -196)])
        _artery(canvas, iliac, np.full(len(iliac), 5.5))
        lung = smooth_path([(10, -26, 56), (side * 18 + 4, -8, 62), (side * 40, 8, 54)])
        canvas.paint(*tube(canvas, lung, 9.0), hu=230)
        carotid = smooth_path([(2 + side * 8, -10, 106), (side * 20, -12, 140), (side * 26, 0, 196)])
        _artery(canvas, carotid, np.full(len(carotid), 4.0))
        subclavian = smooth_path(
            [(6 + side * 10, 0, 106), (side * 40, 0, 148), (side * 84, 4, 142), (side * 140, 8, 122)]
        )
        _artery(canvas, subclavian, np.full(len(subclavian), 4.4))
        jugular = smooth_path([(-18, -26, 82), (side * 24 - 8, -22, 120), (side * 36, -4, 196)])
        canvas.paint(*tube(canvas, jugular, 6.0), hu=150)
    for path, radius, hu in (
        ([(-20, -26, 30), (-22, -24, 70), (-18, -26, 100)], 9.5, 260.0),
        ([(-20, -10, 0), (-20, 16, -40), (-18, 24, -100), (-16, 28, -192)], 10.0, 160.0),
        ([(6, 22, -84), (2, 4, -88), (-26, -6, -82), (-52, -8, -70)], 3.4, _BLOOD),
        ([(4, 20, -84), (40, 8, -76), (78, 22, -64)], 3.0, _BLOOD),
        ([(5, 22, -98), (4, -4, -126), (0, -18, -170)], 3.4, _BLOOD),
        ([(2, -10, -130), (-6, -6, -100), (-34, -4, -80), (-62, 0, -62)], 6.0, 170.0),
    ):
        canvas.paint(*tube(canvas, smooth_path([tuple(map(float, p)) for p in path]), radius), hu=hu)  # type: ignore[misc]


def _artery(canvas: Canvas, path: NDArray[np.float64], radii: NDArray[np.float64]) -> None:
    box, distance = tube(canvas, path, radii)
    canvas.paint(box, distance - 1.2, 60)
    canvas.paint(box, distance, _BLOOD)


def _paint_marker(canvas: Canvas) -> None:
    """Paint a lead letter L on the left breast, upright when seen from the front."""
    for stroke in (
        [(74.0, -102.0, 96.0), (74.0, -102.0, 66.0)],
        [(74.0, -102.0, 66.0), (92.0, -100.0, 66.0)],
    ):
        canvas.paint(*tube(canvas, smooth_path(stroke), 2.4), hu=2600)  # type: ignore[arg-type]
