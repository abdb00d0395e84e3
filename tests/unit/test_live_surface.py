"""A surface that grows and follows corrections: checked on a sphere before a wall, and on a drawn room."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from reconstruction.fusion.depth_volume import DepthVolume, VolumeOptions
from reconstruction.fusion.live_fusion import LiveFusion, fusing_tracker
from reconstruction.fusion.live_surface import LiveSurface, LiveSurfaceOptions
from reconstruction.slam.live_slam import LiveSlam
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.sequence_layouts import open_sequence
from tests.depth_scene import POSES, SPHERE_VOLUME, frame_from, off_truth, pose_at
from tests.truth.layouts import write_rgbd
from tests.truth.sequence import Sequence, camera_of, sequence

OPTIONS = LiveSurfaceOptions(SPHERE_VOLUME)


def corners(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Give the corners of triangles, (m, 9) in micrometres, whatever their order."""
    found = np.rint(1e6 * positions[triangles].reshape(-1, 9).astype(float)).astype(np.int64)
    return found[np.lexsort(found.T)]


def test_the_pieces_are_the_whole_surface() -> None:
    live, whole = LiveSurface(OPTIONS), DepthVolume(SPHERE_VOLUME)
    for number, pose in enumerate(POSES):
        assert live.add(number, frame_from(pose), pose)
        whole.add(frame_from(pose), pose)
        live.mesh()
    pieces, expected = live.mesh(), whole.surface(least_weight=0.05)
    # Depths are kept to half a millimetre.
    assert abs(len(pieces.triangles) - len(expected.triangles)) < 0.02 * len(expected.triangles)
    assert np.median(off_truth(pieces.positions)) < 0.002
    at_once = LiveSurface(OPTIONS)
    for number, pose in enumerate(POSES):
        at_once.add(number, frame_from(pose), pose)
    again = at_once.mesh()
    assert np.array_equal(
        corners(pieces.positions, pieces.triangles), corners(again.positions, again.triangles)
    )


def test_patches_have_the_triangles_of_the_surface() -> None:
    volume = DepthVolume(SPHERE_VOLUME)
    for pose in POSES:
        volume.add(frame_from(pose), pose)
    whole, patches = volume.surface(), volume.changed_surface(0)
    assert sum(len(patch.triangles) for patch in patches) == len(whole.triangles)
    assert len(patches) > 8
    assert not volume.changed_surface(volume.changes)


def test_a_camera_that_stands_still_adds_nothing() -> None:
    live = LiveSurface(OPTIONS)
    assert live.add(0, frame_from(POSES[0]), POSES[0])
    assert not live.add(1, frame_from(POSES[0]), POSES[0])
    assert live.frames == 1


def test_what_was_fused_follows_corrections() -> None:
    live, wrong = LiveSurface(OPTIONS), pose_at(3, 0.05)
    for number, pose in enumerate(POSES):
        live.add(number, frame_from(pose), pose @ wrong if number > 1 else pose)
    assert np.percentile(off_truth(live.mesh().positions), 90) > 0.02
    poses = dict(enumerate(POSES))
    assert live.moved(poses, most=1) == 1
    assert live.moved(poses, most=1) == 0
    assert live.moved(poses) == 0
    corrected = live.mesh()
    alone = LiveSurface(OPTIONS)
    for number, pose in enumerate(POSES):
        alone.add(number, frame_from(pose), pose)
    expected = alone.mesh()
    assert np.median(off_truth(corrected.positions)) < 0.002
    assert abs(len(corrected.triangles) - len(expected.triangles)) < 0.01 * len(expected.triangles)


def test_kept_frames_are_bounded() -> None:
    one = LiveSurface(OPTIONS)
    one.add(0, frame_from(POSES[0]), POSES[0])
    bytes_a_frame = 120 * 160 * 2 + 60 * 80 * 3
    live = LiveSurface(LiveSurfaceOptions(SPHERE_VOLUME, most_bytes=2 * bytes_a_frame))
    for number, pose in enumerate(POSES):
        live.add(number, frame_from(pose), pose)
    assert live.frames == 2
    # The first ones stay where they are.
    assert live.moved({0: pose_at(10, 0.3)}) == 0


@pytest.fixture(scope="module")
def made() -> Sequence:
    return sequence("room", 5, 8, camera=camera_of((320, 240)), rate_hz=10.0)


@pytest.fixture(scope="module")
def recording(made: Sequence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rgbd(made, tmp_path_factory.mktemp("room"))


def test_a_followed_camera_grows_a_surface(made: Sequence, recording: Path) -> None:
    frames = open_sequence(recording, Sensor.RGBD)
    tracker = fusing_tracker(frames.rig)
    grown = []
    for frame in frames.frames():
        tracker.follow(frame)
        surface = tracker.view().surface
        assert surface is not None
        grown.append(len(surface.triangles))
    assert grown[-1] > grown[0] > 1000
    depth = next(iter(made)).truth.depth
    assert depth is not None
    # The world is where the first camera was.
    assert surface is not None
    k, ahead = frames.rig.left.intrinsics, surface.positions[surface.positions[:, 2] > 0.3].astype(float)
    pixels = np.rint(ahead[:, :2] / ahead[:, 2:] * np.diag(k)[:2] + k[:2, 2]).astype(int)
    seen = (pixels >= 0).all(axis=1) & (pixels < [320, 240]).all(axis=1)
    off = np.abs(depth[pixels[seen, 1], pixels[seen, 0]] - ahead[seen, 2])
    assert np.nanmedian(off) < 0.01


def test_a_scene_that_is_too_large_is_left_as_it_is(recording: Path) -> None:
    frames = open_sequence(recording, Sensor.RGBD)
    small = LiveSurfaceOptions(VolumeOptions(voxel_m=0.02, most_bytes=200 * 6 * 1024))
    tracker = LiveFusion(LiveSlam(frames.rig), frames.rig, small)
    for frame in frames.frames():
        assert tracker.follow(frame).world_from_camera is not None
    assert tracker.view().surface is not None
    with pytest.raises(BadInput, match="too large"):
        DepthVolume(small.volume).add(frame_from(POSES[0]), POSES[0])
