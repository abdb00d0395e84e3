"""How fast the two renderers are on this machine; runs in a process of its own, as drivers may crash."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.volume import Volume
from render.camera import Camera
from render.presets import PRESETS
from render.volume_renderer import Quality, VolumeRenderer

_SIZE = (512, 512)
_EDGE = 160
_PICTURES = 3


def probe() -> dict[str, Any]:
    """Draw the same volume with both, and give device, software, native_ms, vtk_ms and reason.

    `vtk_ms` is None where VTK does not draw; `reason` then says why.
    """
    volume = _volume()
    look = PRESETS["ct-skin"].make((-1000.0, 1000.0))
    camera = Camera.looking(volume, "A").orbit(30, 20).zoom(1.4)
    native = VolumeRenderer(volume)
    found: dict[str, Any] = {"device": "", "software": True, "vtk_ms": None, "reason": ""}
    found["native_ms"] = _median_ms(lambda: native.render(camera, look, _SIZE, quality=Quality.FULL))
    from core.errors import SenseError
    from render.vtk_volume import VtkVolumeRenderer

    try:
        peer = VtkVolumeRenderer(volume)
        found["device"], found["software"] = peer.device
        pictures = 1 if found["software"] else _PICTURES  # an emulation takes seconds
        found["vtk_ms"] = _median_ms(lambda: peer.render(camera, look, _SIZE, quality=Quality.FULL), pictures)
        peer.close()
    except SenseError as error:
        found["reason"] = str(error)
    return found


def _median_ms(draw: Callable[[], Any], pictures: int = _PICTURES) -> float:
    draw()  # what is prepared once does not count
    taken = []
    for _ in range(pictures):
        started = time.perf_counter()
        draw()
        taken.append((time.perf_counter() - started) * 1e3)
    return round(statistics.median(taken), 2)


def _volume() -> Volume:
    """Give a ball with a rough skin around smaller ones, in HU."""
    k, j, i = (np.linspace(-1, 1, _EDGE, dtype=np.float32) for _ in range(3))
    radius = np.sqrt(k[:, None, None] ** 2 + j[:, None] ** 2 + i**2)
    rough = np.sin(20 * k)[:, None, None] * np.sin(20 * j)[:, None] * np.sin(20 * i)
    values = np.where(radius < 0.85 + 0.05 * rough, 40 + 900 * (rough > 0.6), -1000)
    return Volume(values.astype(np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
