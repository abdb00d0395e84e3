"""Open3D's RGB-D odometry from frame to frame, as a peer of the tracker."""

import time
from pathlib import Path

import numpy as np

from benchmarks.measure import required_peer
from core.trajectory import Trajectory

_FAR_M = 6.0


def open3d_odometry(folder: Path) -> tuple[Trajectory, float]:
    """Follow `frame-NNNNNN.*` by colour and depth together (hybrid terms).

    Returns
    -------
    trajectory : Trajectory
        By the numbers of the frames.
    milliseconds : float
        Median wall time of a frame without reading it.
    """
    open3d = required_peer("open3d")
    k = np.loadtxt(folder / "camera-intrinsics.txt")
    colours = sorted(path for path in folder.glob("frame-*.color.*"))
    pose, poses, spent, before = np.eye(4), [], [], None
    for path in colours:
        depth = open3d.io.read_image(str(folder / f"{path.name[:12]}.depth.png"))
        colour = open3d.io.read_image(str(path))
        values = np.asarray(depth).copy()
        values[values == np.iinfo(np.uint16).max] = 0
        began = time.perf_counter()
        frame = open3d.geometry.RGBDImage.create_from_color_and_depth(
            colour, open3d.geometry.Image(values), depth_scale=1000.0, depth_trunc=_FAR_M
        )
        if before is not None:
            height, width = values.shape
            camera = open3d.camera.PinholeCameraIntrinsic(width, height, k[0, 0], k[1, 1], k[0, 2], k[1, 2])
            odometry = open3d.pipelines.odometry
            found, step, _ = odometry.compute_rgbd_odometry(
                frame, before, camera, np.eye(4), odometry.RGBDOdometryJacobianFromHybridTerm()
            )
            pose = pose @ (step if found else np.eye(4))
            spent.append(1e3 * (time.perf_counter() - began))
        before = frame
        poses.append(pose)
    numbers = np.array([float(path.name[6:12]) for path in colours])
    return Trajectory(numbers, np.stack(poses)), float(np.median(spent))
