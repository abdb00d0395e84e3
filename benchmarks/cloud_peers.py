"""Programs that register clouds of points, each from raw points to a pose."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import required_peer
from core.point_cloud import PointCloud
from core.quaternion import angles_rad
from reconstruction.clouds.registration import RegistrationOptions, register
from reconstruction.clouds.registration_method import Method

Floats = NDArray[np.float64]
# Gives target from source, (4, 4), of source and target.
Registering = Callable[[PointCloud, PointCloud], Floats]


def own_ways() -> dict[str, Registering]:
    """Give the program's own ways."""
    ways = {"sense GICP": Method.GICP, "sense plane": Method.PLANE}
    return {
        name: lambda source, target, way=way: (
            register(source, target, RegistrationOptions(method=way)).target_from_source
        )
        for name, way in ways.items()
    }


def peer_ways(cell_m: float) -> dict[str, Registering]:
    """Give small_gicp and Open3D, by planes and as GICP, on cells of `cell_m` with a reach of four."""
    return {
        **{
            f"small_gicp {kind}, {threads} thread{'s' * (threads > 1)}": _small_gicp(kind, cell_m, threads)
            for kind in ("PLANE_ICP", "GICP")
            for threads in (1, 2)
        },
        "Open3D plane": _open3d(cell_m, gicp=False),
        "Open3D GICP": _open3d(cell_m, gicp=True),
    }


def _small_gicp(kind: str, cell_m: float, threads: int) -> Registering:
    small_gicp = required_peer("small_gicp")

    def run(source: PointCloud, target: PointCloud) -> Floats:
        found = small_gicp.align(
            target.points_m,
            source.points_m,
            np.eye(4),
            registration_type=kind,
            downsampling_resolution=cell_m,
            max_correspondence_distance=4 * cell_m,
            num_threads=threads,
        )
        return np.asarray(found.T_target_source)

    return run


def _open3d(cell_m: float, *, gicp: bool) -> Registering:
    open3d = required_peer("open3d")
    method = open3d.pipelines.registration
    near = open3d.geometry.KDTreeSearchParamKNN(20)

    def thinned(cloud: PointCloud) -> object:
        made = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(cloud.points_m))
        made = made.voxel_down_sample(cell_m)
        made.estimate_normals(near)
        return made

    def run(source: PointCloud, target: PointCloud) -> Floats:
        clouds, start = (thinned(source), thinned(target)), np.eye(4)
        if gicp:
            step = method.TransformationEstimationForGeneralizedICP()
            found = method.registration_generalized_icp(*clouds, 4 * cell_m, start, step)
        else:
            step = method.TransformationEstimationPointToPlane()
            found = method.registration_icp(*clouds, 4 * cell_m, start, step)
        return np.asarray(found.transformation)

    return run


def off(found: Floats, truth: Floats) -> tuple[float, float]:
    """Tell how far a pose is off, in centimetres at the source's origin and degrees."""
    wrong = np.linalg.inv(truth) @ found
    return float(np.linalg.norm(wrong[:3, 3]) * 100), float(np.degrees(angles_rad(wrong[None, :3, :3])[0]))
