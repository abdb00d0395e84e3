"""Which photographs show a face of a mesh, how large, and in what colour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.view import View
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh

Floats = NDArray[np.float64]
# Where a face is looked at: near its corners and in its middle.
_PLACES = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [1 / 3, 1 / 3, 1 / 3]])
_DEPTH_SLACK = 2e-3  # of the depth
# Cosine of the angle between the normal and the line of sight: a steep view wins only where it shows most,
# and tells more than what is around a face.
_STEEPEST = 0.05


@dataclass(eq=False)
class Candidates:
    """The best views of every face, found view by view.

    Parameters
    ----------
    views : (faces, most) int32
        Numbers of views, -1 where there is none.
    areas : (faces, most) float32
        Pixels of the view that the face covers.
    colours : (faces, most, 3) float32
        sRGB levels, the mean of a few places.
    """

    views: NDArray[np.int32]
    areas: NDArray[np.float32]
    colours: NDArray[np.float32]

    @staticmethod
    def none(faces: int, most: int) -> "Candidates":
        """Start with no view."""
        return Candidates(
            np.full((faces, most), -1, np.int32),
            np.zeros((faces, most), np.float32),
            np.zeros((faces, most, 3), np.float32),
        )

    def add(self, view: int, seen: "SeenFaces") -> None:
        """Let a view take the place of the smallest one where it is larger."""
        worst = self.areas[seen.faces].argmin(axis=1)
        better = seen.areas > self.areas[seen.faces, worst]
        rows, columns = seen.faces[better], worst[better]
        self.views[rows, columns] = view
        self.areas[rows, columns] = seen.areas[better]
        self.colours[rows, columns] = seen.colours[better]

    def drop(self, places: NDArray[np.bool_]) -> None:
        """Take candidates away, (faces, most)."""
        self.views[places] = -1
        self.areas[places] = 0


@dataclass(frozen=True, eq=False)
class SeenFaces:
    """The faces that one view shows whole; see `Candidates`."""

    faces: NDArray[np.int64]
    areas: NDArray[np.float32]
    colours: NDArray[np.float32]


class FaceLookup:
    """Finds what views see of one mesh.

    Parameters
    ----------
    positions : (n, 3) float32
        Of its vertices.
    triangles : (m, 3) int32
        Its faces.
    """

    def __init__(self, positions: NDArray[np.float32], triangles: NDArray[np.int32]) -> None:
        self._positions, self._triangles = positions.astype(np.float64), triangles
        self._renderer = NativeRenderer()
        self._scene = RenderScene((SurfaceNode(SurfaceMesh(positions, triangles)),))
        edges = self._positions[triangles] - self._positions[triangles[:, [1, 2, 0]]]
        lengths = np.linalg.norm(edges, axis=-1)
        self._edge = float(np.median(lengths)) if lengths.size else 0.0

    def seen_by(self, view: View) -> SeenFaces:
        """Give the faces that lie wholly in the usable picture, turned to the camera and not hidden."""
        pixels, depth = projected(view.camera, self._positions)
        corners = pixels[self._triangles]
        edge, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        areas = -0.5 * (edge[:, 0] * other[:, 1] - edge[:, 1] * other[:, 0])  # y points down
        width, height = view.camera.size
        within = ((corners >= 0) & (corners <= (width - 1, height - 1))).all(axis=(1, 2))
        ahead = (depth[self._triangles] > 0).all(axis=1)
        faces = np.flatnonzero(within & ahead & (areas > 0))
        faces = faces[self._cosine(view.camera, faces) > _STEEPEST]
        x, y, z = self._places(view.camera, faces)
        hidden = z > self._farthest(view.camera, x, y) + _DEPTH_SLACK * z + 0.25 * self._edge
        column, row = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
        if view.usable is not None:
            hidden |= ~view.usable[row, column]
        whole = ~hidden.any(axis=1)
        colours = view.colours[row[whole], column[whole]].mean(axis=1, dtype=np.float32)
        return SeenFaces(faces[whole], areas[faces[whole]].astype(np.float32), colours)

    def _cosine(self, camera: PosedCamera, faces: NDArray[np.int64]) -> Floats:
        a, b, c = (self._positions[self._triangles[faces, corner]] for corner in range(3))
        normal = np.cross(b - a, c - a)
        sight = camera.pose[1] - (a + b + c) / 3
        scale = np.linalg.norm(normal, axis=1) * np.linalg.norm(sight, axis=1)
        return np.einsum("ij,ij->i", normal, sight) / np.maximum(scale, 1e-300)

    def _places(self, camera: PosedCamera, faces: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        corners = self._positions[self._triangles[faces]]
        places = np.einsum("pk,fkc->fpc", _PLACES, corners)
        pixels, depth = projected(camera, places.reshape(-1, 3))
        shape = (len(faces), len(_PLACES))
        return pixels[:, 0].reshape(shape), pixels[:, 1].reshape(shape), depth.reshape(shape)

    def _farthest(self, camera: PosedCamera, x: Floats, y: Floats) -> Floats:
        """Give the largest depth that the four pixels around a place show."""
        drawn = self._renderer.render(self._scene, pinhole(camera), RenderOptions(frozenset({Output.DEPTH})))
        assert drawn.depth is not None
        depth = np.nan_to_num(drawn.depth, nan=np.inf)
        left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
        right = np.minimum(left + 1, depth.shape[1] - 1)
        below = np.minimum(top + 1, depth.shape[0] - 1)
        near = (depth[row, column] for row in (top, below) for column in (left, right))
        return np.maximum.reduce(list(near)).astype(np.float64)


def projected(camera: PosedCamera, points: Floats) -> tuple[Floats, Floats]:
    """Give the pixels (n, 2) of a camera without distortion that see points (n, 3), and their depths (n,).

    Points behind the camera have a depth of 0 or less, and pixels that mean nothing.
    """
    rotation, centre = camera.pose
    seen = (points - centre) @ rotation
    depth = seen[:, 2]
    safe = np.where(depth > 0, depth, 1.0)
    return (seen / safe[:, None]) @ camera.intrinsics[:2].T, depth


def pinhole(camera: PosedCamera) -> PinholeCamera:
    """Give the renderer's camera; a skew of the pixels' axes is not kept."""
    rotation, centre = camera.pose
    pose = np.eye(4)
    u, _, vt = np.linalg.svd(rotation)
    pose[:3, :3], pose[:3, 3] = u @ vt, centre
    k = camera.intrinsics
    near = 1e-6
    return PinholeCamera(camera.size, k[0, 0], k[1, 1], k[0, 2], k[1, 2], pose, near=near)
