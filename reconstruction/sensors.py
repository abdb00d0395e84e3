"""Widths of sensors by the camera's name, for photographs that tell the focal length in millimetres only.

From the makers' data sheets. A width is a first guess: the focal length is refined with everything else.
"""

import json
from functools import cache

from assets import asset_path


def sensor_width_mm(camera: str) -> float | None:
    """Give the width of the sensor of a camera as EXIF names it ("Canon Canon EOS 7D"); None: unknown."""
    words = camera.lower().split()
    name = " ".join(word for at, word in enumerate(words) if word not in words[:at] and word != "corporation")
    known = [start for start in _widths() if name.startswith(start)]
    return _widths()[max(known, key=len)] if known else None


@cache
def _widths() -> dict[str, float]:
    return json.loads(asset_path("photogrammetry", "sensors.json").read_text("utf-8"))
