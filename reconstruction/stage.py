"""What a reconstruction is made of: its stages, and the formats of its mesh."""

from enum import StrEnum


class Stage(StrEnum):
    """What is made, one of the other, in this order."""

    CAMERAS = "cameras"
    DENSE = "dense"
    MESH = "mesh"
    TEXTURE = "texture"

    def comes_after(self, other: "Stage") -> bool:
        """Tell whether this stage needs the result of `other`."""
        return list(Stage).index(self) > list(Stage).index(other)


class MeshFormat(StrEnum):
    """Files of a mesh, by their suffixes."""

    GLB = "glb"
    USDZ = "usdz"
    OBJ = "obj"
    PLY = "ply"
    STL = "stl"
