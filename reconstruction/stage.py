"""The stages of a reconstruction, in their order."""

from enum import StrEnum


class Stage(StrEnum):
    """What is made, one of the other."""

    CAMERAS = "cameras"
    DENSE = "dense"
    MESH = "mesh"
    TEXTURE = "texture"

    def comes_after(self, other: "Stage") -> bool:
        """Tell whether this stage needs the result of `other`."""
        return list(Stage).index(self) > list(Stage).index(other)
