"""A map: what a camera saw from where, so that another picture can be placed among it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]
DESCRIPTOR = 128


@dataclass(frozen=True)
class GeoOrigin:
    """Where the origin of a map is, WGS 84; its axes are then east, north and up."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float


@dataclass(frozen=True, eq=False)
class Keyframe:
    """A picture of the map.

    Parameters
    ----------
    name : str
        Of its file or frame.
    camera : PosedCamera
        Its lens and its pose in the map.
    time_s : float, optional
        When it was taken.
    """

    name: str
    camera: PosedCamera
    time_s: float | None = None

    def __post_init__(self) -> None:
        """Check that the pose is known; a `ValueError` tells."""
        if not self.camera.is_posed:
            raise ValueError("camera")


@dataclass(frozen=True, eq=False)
class MapFeatures:
    """What keyframes see of the points, one row a sighting.

    Parameters
    ----------
    keyframe : (n,) int32
        Which keyframe; rising.
    point : (n,) int32
        Which point.
    places : (n, 2) float32
        x and y in its picture; pixel (0, 0) has its centre at (0, 0).
    sizes : (n,) float32
        Radius of the feature in pixels.
    descriptors : (n, 128) uint8
        RootSIFT, times 512.
    """

    keyframe: NDArray[np.int32]
    point: NDArray[np.int32]
    places: NDArray[np.float32]
    sizes: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    def __post_init__(self) -> None:
        """Check the shapes; a `ValueError` names what is wrong."""
        count = len(self.keyframe)
        for name, width in (("keyframe", ()), ("point", ()), ("places", (2,)), ("sizes", ())):
            if getattr(self, name).shape != (count, *width):
                raise ValueError(name)
        if self.descriptors.shape != (count, DESCRIPTOR):
            raise ValueError("descriptors")
        if not (np.isfinite(self.places).all() and np.isfinite(self.sizes).all()):
            raise ValueError("places")
        if (np.diff(self.keyframe) < 0).any():
            raise ValueError("keyframe")

    def __len__(self) -> int:
        """Give the number of sightings."""
        return len(self.keyframe)

    def only(self, chosen: NDArray[np.bool_]) -> "MapFeatures":
        """Give the chosen rows (n,)."""
        return MapFeatures(
            self.keyframe[chosen],
            self.point[chosen],
            self.places[chosen],
            self.sizes[chosen],
            self.descriptors[chosen],
        )


@dataclass(frozen=True, eq=False)
class VisualMap:
    """Keyframes, points, and what the keyframes see of them.

    Parameters
    ----------
    keyframes : tuple of Keyframe
        In the order in which they were taken, where that is known.
    features : MapFeatures
        Sightings.
    points : (m, 3) float64
        In the map's world.
    point_sigmas : (m,) float32
        Standard deviation of a point along one axis, in the map's unit.
    is_metric : bool
        Whether the unit is the metre.
    origin : GeoOrigin, optional
        Where the map is on the Earth.
    provenance : mapping
        How it was made.
    pose_sigma : float
        How exactly the poses agree with one another: standard deviation of a keyframe's place, root of the
        sum over the three axes, in the map's unit; 0 where it is not known.
    """

    keyframes: tuple[Keyframe, ...]
    features: MapFeatures
    points: Floats
    point_sigmas: NDArray[np.float32]
    is_metric: bool = True
    origin: GeoOrigin | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pose_sigma: float = 0.0

    def __post_init__(self) -> None:
        """Check that all belongs together; a `ValueError` names what does not."""
        features = self.features
        if self.points.ndim != 2 or self.points.shape[1] != 3 or not np.isfinite(self.points).all():
            raise ValueError("points")
        if self.point_sigmas.shape != (len(self.points),) or not (self.point_sigmas >= 0).all():
            raise ValueError("point_sigmas")
        if not 0 <= self.pose_sigma < np.inf:
            raise ValueError("pose_sigma")
        if len({one.name for one in self.keyframes}) != len(self.keyframes):
            raise ValueError("names")
        for indices, count, name in (
            (features.keyframe, len(self.keyframes), "keyframe"),
            (features.point, len(self.points), "point"),
        ):
            if len(indices) and (int(indices.min()) < 0 or int(indices.max()) >= count):
                raise ValueError(name)

    @property
    def centres(self) -> Floats:
        """Where the keyframes were taken, (k, 3)."""
        return np.array([one.camera.pose[1] for one in self.keyframes]).reshape(-1, 3)

    @property
    def rotations(self) -> Floats:
        """World-from-camera rotations of the keyframes, (k, 3, 3)."""
        return np.array([one.camera.pose[0] for one in self.keyframes]).reshape(-1, 3, 3)
