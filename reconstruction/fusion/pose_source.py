"""Where the poses of depth frames come from."""

from enum import StrEnum


class Poses(StrEnum):
    """Whether a recording's own poses are used, or its camera is followed."""

    GIVEN = "given"
    ESTIMATED = "estimated"
