"""Where a volume is looked at from."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume

Vector = tuple[float, float, float]


class ViewDirection(StrEnum):
    """The side of the patient that the camera is on."""

    ANTERIOR = "A"
    POSTERIOR = "P"
    LEFT = "L"
    RIGHT = "R"
    SUPERIOR = "S"
    INFERIOR = "I"


# From the patient's centre towards the camera, and up in the picture; LPS.
_SIDES: dict[ViewDirection, tuple[Vector, Vector]] = {
    ViewDirection.ANTERIOR: ((0, -1, 0), (0, 0, 1)),
    ViewDirection.POSTERIOR: ((0, 1, 0), (0, 0, 1)),
    ViewDirection.LEFT: ((1, 0, 0), (0, 0, 1)),
    ViewDirection.RIGHT: ((-1, 0, 0), (0, 0, 1)),
    ViewDirection.SUPERIOR: ((0, 0, 1), (0, -1, 0)),
    ViewDirection.INFERIOR: ((0, 0, -1), (0, -1, 0)),
}


@dataclass(frozen=True)
class Camera:
    """A camera in the patient, LPS millimetres.

    Parameters
    ----------
    position_lps_mm, focal_point_lps_mm : tuple of float
        Where the camera is, and the point in the middle of the picture.
    view_up : tuple of float
        Direction that is up in the picture; need be neither of unit length nor perpendicular to the view.
    view_angle_deg : float
        Angle between the top and the bottom of the picture of a perspective camera, as in VTK.
    parallel_height_mm : float, optional
        Height of what a parallel camera shows; None for a perspective camera.
    """

    position_lps_mm: Vector
    focal_point_lps_mm: Vector
    view_up: Vector
    view_angle_deg: float = 30.0
    parallel_height_mm: float | None = None

    def __post_init__(self) -> None:
        """Check that the camera sees something."""
        numbers = [*self.position_lps_mm, *self.focal_point_lps_mm, *self.view_up]
        if not np.isfinite(numbers).all():
            raise ValueError("a camera of finite numbers")
        if not 0 < self.view_angle_deg < 180:
            raise ValueError(f"view_angle_deg: {self.view_angle_deg}")
        if self.parallel_height_mm is not None and not 0 < self.parallel_height_mm < float("inf"):
            raise ValueError(f"parallel_height_mm: {self.parallel_height_mm}")
        sideways = np.linalg.norm(np.cross(self._offset, self.view_up))
        if sideways <= 1e-9 * self.distance_mm * np.linalg.norm(self.view_up):
            raise ValueError("position, focal point and view_up on one line")

    @property
    def _offset(self) -> NDArray[np.float64]:
        """From the camera to the focal point."""
        return np.subtract(self.focal_point_lps_mm, self.position_lps_mm)

    @property
    def distance_mm(self) -> float:
        """From the camera to the focal point."""
        return float(np.linalg.norm(self._offset))

    @property
    def axes(self) -> NDArray[np.float64]:
        """Unit vectors to the right, down and into the picture, as rows of a (3, 3) matrix, LPS."""
        forward = self._offset / self.distance_mm
        right = np.cross(forward, self.view_up)
        right /= np.linalg.norm(right)
        return np.array([right, np.cross(forward, right), forward])

    @property
    def height_mm(self) -> float:
        """Height of what is seen at the focal point."""
        if self.parallel_height_mm is not None:
            return self.parallel_height_mm
        return 2 * self.distance_mm * float(np.tan(np.radians(self.view_angle_deg) / 2))

    def orbit(self, dx_deg: float, dy_deg: float) -> "Camera":
        """Turn what is seen about the focal point: its front by `dx_deg` to the right, `dy_deg` down."""
        right, down, _ = self.axes
        turn = _rotation(right, -dy_deg) @ _rotation(down, dx_deg)
        position = np.subtract(self.focal_point_lps_mm, turn @ self._offset)
        return replace(self, position_lps_mm=_vector(position), view_up=_vector(turn @ -down))

    def roll(self, angle_deg: float) -> "Camera":
        """Turn the picture clockwise."""
        _, down, forward = self.axes
        return replace(self, view_up=_vector(_rotation(forward, -angle_deg) @ -down))

    def zoom(self, factor: float) -> "Camera":
        """Show everything at the focal point `factor` times as large."""
        if not 0 < factor < float("inf"):
            raise ValueError(f"factor: {factor}")
        if self.parallel_height_mm is not None:
            return replace(self, parallel_height_mm=self.parallel_height_mm / factor)
        position = np.subtract(self.focal_point_lps_mm, self._offset / factor)
        return replace(self, position_lps_mm=_vector(position))

    def pan(self, dx: float, dy: float) -> "Camera":
        """Move what is seen to the right by `dx` and down by `dy`, in heights of the picture."""
        right, down, _ = self.axes
        move = -(right * dx + down * dy) * self.height_mm
        return replace(
            self,
            position_lps_mm=_vector(np.add(self.position_lps_mm, move)),
            focal_point_lps_mm=_vector(np.add(self.focal_point_lps_mm, move)),
        )

    def rays(self, size: tuple[int, int]) -> NDArray[np.float64]:
        """Give the rays of a picture of (width, height) pixels, LPS.

        Returns
        -------
        (6, 3) float64
            Origin of the ray of pixel (0, 0), its change per pixel along x and y; the same for the direction.
        """
        width, height = size
        right, down, forward = self.axes
        first = [-(width - 1) / 2, -(height - 1) / 2]
        nothing = np.zeros(3)
        eye = np.array(self.position_lps_mm)
        step = self.height_mm / height
        corner = (right * first[0] + down * first[1]) * step
        if self.parallel_height_mm is not None:
            return np.array([eye + corner, right * step, down * step, forward, nothing, nothing])
        at_focus = forward * self.distance_mm + corner
        return np.array([eye, nothing, nothing, at_focus, right * step, down * step])

    @staticmethod
    def looking(
        volume: Volume, direction: str = ViewDirection.ANTERIOR, *, parallel: bool = False
    ) -> "Camera":
        """Place a camera so that the whole volume is seen from one side of the patient.

        Parameters
        ----------
        volume : Volume
            What to look at.
        direction : ViewDirection or str
            Where the camera is: "A" in front of the patient, whose right is then on the left of the picture.
        parallel : bool
            Without perspective.
        """
        return Camera.enclosing(volume.corners_lps_mm, direction, parallel=parallel)

    @staticmethod
    def enclosing(
        points_lps_mm: NDArray[np.float64],
        direction: str = ViewDirection.ANTERIOR,
        *,
        parallel: bool = False,
    ) -> "Camera":
        """Place a camera so that all `points_lps_mm`, (n, 3), are seen from one side, however they turn.

        It looks at the middle of their box; see `looking` for the rest.
        """
        side, up = _SIDES[ViewDirection(direction)]
        centre = (points_lps_mm.min(axis=0) + points_lps_mm.max(axis=0)) / 2
        radius = max(float(np.linalg.norm(points_lps_mm - centre, axis=1).max()), 1e-6)
        distance = radius / np.sin(np.radians(30.0) / 2)
        return Camera(
            position_lps_mm=_vector(centre + np.array(side) * distance),
            focal_point_lps_mm=_vector(centre),
            view_up=up,
            parallel_height_mm=2 * radius if parallel else None,
        )


def _vector(values: NDArray[np.float64]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])


def _rotation(axis: NDArray[np.float64], angle_deg: float) -> NDArray[np.float64]:
    """Rotation matrix about a unit vector (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(angle_deg)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
