"""The kinds of recordings that a camera is followed by."""

from enum import StrEnum


class Sensor(StrEnum):
    """What tracking uses of a recording."""

    MONO = "mono"
    STEREO = "stereo"
    RGBD = "rgbd"
