"""The small cube that shows how the camera stands to the patient, and which of its faces was clicked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewers.camera_projection import CameraProjection

# Letter, outward normal, and the way up on the face for whoever looks at it; DICOM patient LPS.
_FACES = (
    ("A", (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    ("P", (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ("L", (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ("R", (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ("S", (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    ("I", (0.0, 0.0, -1.0), (0.0, -1.0, 0.0)),
)


@dataclass(frozen=True, eq=False)
class CubeFace:
    """One face of the cube as it is seen.

    Parameters
    ----------
    letter : str
        A, P, L, R, S or I: the side of the patient that the face belongs to.
    corners : (4, 2) float64
        Top left, top right, bottom right, bottom left of the face as one reads it, in pixels.
    facing : float
        1 where it is seen straight on, 0 edge on.
    """

    letter: str
    corners: NDArray[np.float64]
    facing: float


def visible_faces(
    projection: CameraProjection, centre: tuple[float, float], side_pixels: float
) -> list[CubeFace]:
    """Give the faces that turn to the viewer, drawn without perspective, the least visible first."""
    faces: list[CubeFace] = []
    for letter, normal, up in _FACES:
        facing = -float(projection.forward @ np.array(normal))
        if facing > 0.02:
            faces.append(CubeFace(letter, _corners(projection, normal, up, centre, side_pixels), facing))
    return sorted(faces, key=lambda face: face.facing)


def _corners(
    projection: CameraProjection,
    normal: tuple[float, float, float],
    up: tuple[float, float, float],
    centre: tuple[float, float],
    side: float,
) -> NDArray[np.float64]:
    right = np.cross(up, normal)
    around = np.array([-right + up, right + np.array(up), right - np.array(up), -right - np.array(up)])
    points = (np.array(normal) + around) * side / 2
    x, y = points @ projection.axes[0], points @ projection.axes[1]
    return np.stack([x + centre[0], y + centre[1]], axis=1)


def face_at(faces: list[CubeFace], x: float, y: float) -> str | None:
    """Give the letter of the face under a pixel, or None beside the cube."""
    for face in faces:
        edges = np.roll(face.corners, -1, axis=0) - face.corners
        offset = np.array([x, y]) - face.corners
        side = edges[:, 0] * offset[:, 1] - edges[:, 1] * offset[:, 0]
        if np.all(side >= 0) or np.all(side <= 0):
            return face.letter
    return None
