"""What a registration of clouds makes small."""

from enum import StrEnum


class Method(StrEnum):
    """What is made small."""

    GICP = "gicp"  # distances between small surfaces
    PLANE = "plane"  # distances of points from small surfaces
