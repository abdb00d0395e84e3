"""What was changed on a reconstruction by hand: its place and size, and what is cut away."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.alignment import turning
from reconstruction.similarity import Similarity

Floats = NDArray[np.float64]
Vector = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class CropBox:
    """Only what is inside is kept.

    Parameters
    ----------
    frame : Similarity
        From the reconstruction's world into the one that the box is upright in.
    low, high : (3,) float64
        Corners there.
    """

    frame: Similarity
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Check that it holds something."""
        if not (np.isfinite([self.low, self.high]).all() and (self.high > self.low).all()):
            raise ValueError("low, high")

    @property
    def corners(self) -> Floats:
        """The eight corners in the reconstruction's world; bits of their number tell which are high."""
        rows = [[(self.low, self.high)[i >> axis & 1][axis] for axis in range(3)] for i in range(8)]
        return self.frame.inverse().apply(np.array(rows))

    def face_centre(self, face: int) -> Floats:
        """Give the middle of a face in the reconstruction's world: 0, 1 for low and high x, and so on."""
        place = (self.low + self.high) / 2
        place[face // 2] = (self.low, self.high)[face % 2][face // 2]
        return self.frame.inverse().apply(place[None])[0]

    def with_face(self, face: int, value: float) -> "CropBox":
        """Move a face along its axis to a value, but not beyond the other one."""
        low, high, axis = self.low.copy(), self.high.copy(), face // 2
        least = 1e-3 * float((high - low).max())
        if face % 2:
            high[axis] = max(value, low[axis] + least)
        else:
            low[axis] = min(value, high[axis] - least)
        return replace(self, low=low, high=high)

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Tell which points of the reconstruction's world, (n, 3), are inside."""
        placed = self.frame.apply(points)
        return np.asarray(((placed >= self.low) & (placed <= self.high)).all(axis=1))

    def to_json(self) -> dict[str, Any]:
        """Give numbers for a file."""
        return {"frame": self.frame.to_json(), "low": self.low.tolist(), "high": self.high.tolist()}

    @staticmethod
    def of_json(stored: Mapping[str, Any]) -> "CropBox":
        """Take the numbers back."""
        low, high = np.array(stored["low"], float), np.array(stored["high"], float)
        return CropBox(Similarity.of_json(stored["frame"]), low, high)


@dataclass(frozen=True)
class Dab:
    """A ball of the reconstruction's world in which everything is brushed away."""

    centre: Vector
    radius: float


@dataclass(frozen=True, eq=False)
class ResultEdits:
    """All changes; none by default.

    Parameters
    ----------
    transform : Similarity
        From the reconstruction's world into the one it is shown and written in.
    measured : bool
        Whether its scale comes from a distance that was measured, in metres.
    scale_sigma : float, optional
        Standard deviation of that scale, as a share of it, where that is known.
    crop : CropBox, optional
        What is kept.
    dabs : tuple of Dab
        What is brushed away.
    """

    transform: Similarity = field(default_factory=Similarity)
    measured: bool = False
    crop: CropBox | None = None
    dabs: tuple[Dab, ...] = ()
    scale_sigma: float | None = None

    @property
    def is_none(self) -> bool:
        """Whether nothing was changed."""
        cut = self.crop is not None or bool(self.dabs)
        return not cut and not self.measured and np.array_equal(self.transform.matrix, np.eye(4))

    def scaled(self, factor: float, sigma: float | None = None) -> "ResultEdits":
        """Make everything `factor` times as large: lengths are metres then, known to a share `sigma`."""
        transform = Similarity(factor).after(self.transform)
        return replace(self, transform=transform, measured=True, scale_sigma=sigma)

    def placed(self, cameras: Mapping[str, PosedCamera]) -> dict[str, PosedCamera]:
        """Give cameras of the reconstruction where it is shown."""
        move = self.transform
        return {
            name: replace(
                camera,
                rotation_world_from_camera=move.rotation @ camera.pose[0],
                centre_m=move.apply(camera.pose[1][None])[0],
            )
            for name, camera in cameras.items()
        }

    def to_json(self) -> dict[str, Any]:
        """Give numbers for a file."""
        return {
            "transform": self.transform.to_json(),
            "measured": self.measured,
            "scale_sigma": self.scale_sigma,
            "crop": None if self.crop is None else self.crop.to_json(),
            "dabs": [[*dab.centre, dab.radius] for dab in self.dabs],
        }

    @staticmethod
    def of_json(stored: Mapping[str, Any] | None) -> "ResultEdits":
        """Take the numbers back; no edits where there are none or they are damaged."""
        if stored is None:
            return ResultEdits()
        try:
            crop, sigma = stored["crop"], stored.get("scale_sigma")
            return ResultEdits(
                Similarity.of_json(stored["transform"]),
                bool(stored["measured"]),
                None if crop is None else CropBox.of_json(crop),
                tuple(Dab((x, y, z), radius) for x, y, z, radius in stored["dabs"]),
                None if sigma is None else float(sigma),
            )
        except (KeyError, TypeError, ValueError):
            return ResultEdits()


def on_floor(edits: ResultEdits, picked: Floats, above: Floats) -> ResultEdits:
    """Turn and move everything so that a plane becomes the floor, y = 0, with what is `above` over it.

    Parameters
    ----------
    picked : (3, 3) float64
        Points of the plane, as shown.
    above : (3,) float64
        A place on the upper side: the middle of the cameras.

    Raises
    ------
    ValueError
        When the points lie on one line.
    """
    normal = np.cross(picked[1] - picked[0], picked[2] - picked[0])
    sides = np.linalg.norm(picked - np.roll(picked, 1, axis=0), axis=1)
    length = float(np.linalg.norm(normal))
    if length <= 1e-4 * float(sides.max()) ** 2:
        raise ValueError("picked")
    normal = normal / length
    if float(normal @ (above - picked[0])) < 0:
        normal = -normal
    rotation = turning(normal, np.array([0.0, 1.0, 0.0]))
    shift = np.array([0.0, -float((rotation @ picked.mean(axis=0))[1]), 0.0])
    return replace(edits, transform=Similarity(1.0, rotation, shift).after(edits.transform))


def turned(edits: ResultEdits, points: Floats, rotation: Floats) -> ResultEdits:
    """Turn everything about the middle of points, (n, 3), of the reconstruction's world."""
    middle = edits.transform.apply(points).mean(axis=0)
    move = Similarity(1.0, rotation, middle - rotation @ middle)
    return replace(edits, transform=move.after(edits.transform))


def turned_about(edits: ResultEdits, points: Floats, degrees: float) -> ResultEdits:
    """Turn everything by an angle seen from above, about the middle of points."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return turned(edits, points, np.array([[cosine, 0, sine], [0, 1.0, 0], [-sine, 0, cosine]]))


def centred(edits: ResultEdits, points: Floats) -> ResultEdits:
    """Move everything so that the middle of points is over the origin; heights stay."""
    shown = edits.transform.apply(points)
    shift = -(shown.min(axis=0) + shown.max(axis=0)) / 2 * [1.0, 0.0, 1.0]
    return replace(edits, transform=Similarity(1.0, np.eye(3), shift).after(edits.transform))


def brushed(edits: ResultEdits, centre: Floats, radius: float) -> ResultEdits:
    """Brush away what is within a distance of a place, both as shown."""
    back = edits.transform.inverse()
    x, y, z = back.apply(centre[None])[0].tolist()
    return replace(edits, dabs=(*edits.dabs, Dab((x, y, z), radius * back.scale)))
