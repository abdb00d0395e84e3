"""What a reconstruction is made of: its stages, the holes of its mesh, and the formats of that."""

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


class Holes(StrEnum):
    """Which holes of a mesh are closed where no photograph saw anything."""

    KEEP = "keep"
    SMALL = "small"
    ALL = "all"

    @property
    def largest(self) -> float:
        """The largest that is closed: its diagonal as a share of the mesh's."""
        # None is larger than the mesh. Not infinity: options are written into files as JSON.
        return {Holes.KEEP: 0.0, Holes.SMALL: 0.05, Holes.ALL: 2.0}[self]


class MeshFormat(StrEnum):
    """Files of a mesh, by their suffixes."""

    GLB = "glb"
    USDZ = "usdz"
    OBJ = "obj"
    PLY = "ply"
    STL = "stl"
