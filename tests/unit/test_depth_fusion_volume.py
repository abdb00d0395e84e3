"""Fusing frames of a depth camera: checked on a room whose depth is known exactly."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.cli import main
from core.errors import BadInput
from reconstruction.fusion.depth_volume import DepthFrame, DepthVolume, VolumeOptions
from reconstruction.fusion.fuse import fuse_frames
from reconstruction.fusion.given_poses import given_poses
from reconstruction.fusion.pose_source import Poses
from reconstruction.slam.input_sequence import FileSequence
from reconstruction.slam.sequence_layouts import Sensor, open_sequence
from tests.depth_scene import POSES, SPHERE_VOLUME, WALL_Z, K, frame_from, off_truth, pose_at, seen_from
from tests.truth.layouts import true_poses, write_rgbd
from tests.truth.sequence import camera_of, sequence


def test_a_surface_is_where_the_depth_is_with_its_colours() -> None:
    volume = DepthVolume(SPHERE_VOLUME)
    for pose in POSES:
        volume.add(frame_from(pose), pose)
    mesh = volume.surface()
    errors = off_truth(mesh.positions)
    assert np.median(errors) < 0.002
    assert np.percentile(errors, 95) < 0.02
    assert mesh.colours is not None
    on_wall = np.abs(mesh.positions[:, 2] - WALL_Z) < 0.005
    assert np.mean(mesh.colours[on_wall, 1] > mesh.colours[on_wall, 0]) > 0.97


def test_triangles_face_the_camera() -> None:
    volume = DepthVolume(SPHERE_VOLUME)
    volume.add(frame_from(POSES[0]), POSES[0])
    mesh = volume.surface()
    a, b, c = (mesh.positions[mesh.triangles[:, n]] for n in range(3))
    outward = np.einsum("ij,ij->i", np.cross(b - a, c - a), a)
    assert np.mean(outward < 0) > 0.99


def test_a_frame_taken_out_leaves_what_was_there() -> None:
    volume, alone = DepthVolume(SPHERE_VOLUME), DepthVolume(SPHERE_VOLUME)
    wrong = pose_at(3, 0.05)
    for pose in POSES:
        volume.add(frame_from(pose), pose)
        alone.add(frame_from(pose), pose)
    volume.add(frame_from(POSES[0]), wrong)
    volume.remove(frame_from(POSES[0]), wrong)
    mesh, expected = volume.surface(), alone.surface()
    assert abs(len(mesh.positions) - len(expected.positions)) < 0.01 * len(expected.positions)
    assert np.median(off_truth(mesh.positions)) < 0.002


def test_nothing_measured_is_no_surface() -> None:
    volume = DepthVolume(SPHERE_VOLUME)
    volume.add(DepthFrame(np.full((120, 160), np.nan, np.float32), K), np.eye(4))
    assert volume.blocks == 0
    assert not len(volume.surface().triangles)


def test_memory_is_bounded() -> None:
    volume = DepthVolume(VolumeOptions(voxel_m=0.02, most_bytes=20 * 6 * 1024))
    with pytest.raises(BadInput, match="too large"):
        volume.add(frame_from(POSES[0]), POSES[0])


def write_room(folder: Path) -> Path:
    """Write a recording in the layout of numbered frames."""
    folder.mkdir()
    np.savetxt(folder / "camera-intrinsics.txt", K)
    for number, pose in enumerate(POSES):
        depth, colours = seen_from(pose)
        stem = folder / f"frame-{number:06d}"
        cv2.imwrite(f"{stem}.color.png", cv2.cvtColor(colours, cv2.COLOR_RGB2BGR))
        cv2.imwrite(f"{stem}.depth.png", np.rint(1000 * depth).astype(np.uint16))
        np.savetxt(f"{stem}.pose.txt", pose)
    return folder


def test_the_command_writes_the_surface_and_the_poses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room, output = write_room(tmp_path / "room"), tmp_path / "fused"
    np.savetxt(room / "frame-000003.pose.txt", np.full((4, 4), np.inf))
    arguments = ["--library", str(tmp_path / "library"), "fuse", str(room), "-o", str(output)]
    assert main([*arguments, "--poses", "given", "--voxel-mm", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["frames"], told["fused"], len(told["rejected"])) == (4, 3, 1)
    assert len((output / "trajectory.txt").read_text().splitlines()) == 4
    assert (output / "mesh.glb").read_bytes()[:4] == b"glTF"


def test_poses_are_found_where_none_are_given(tmp_path: Path) -> None:
    made = sequence("room", 1, 8, camera=camera_of((320, 240)), rate_hz=15.0)
    room = write_rgbd(made, tmp_path / "room")
    for path in room.glob("*.pose.txt"):
        path.unlink()
    fused = fuse_frames(room, VolumeOptions(voxel_m=0.04), poses=Poses.ESTIMATED)
    truth = np.array(true_poses(made))
    moved = np.linalg.inv(truth[0]) @ truth[:, :, 3, None]
    assert len(fused.trajectory) == len(made.times_s)
    assert np.abs(fused.trajectory.centres_m - moved[:, :3, 0]).max() < 0.01


def test_a_folder_without_poses_is_refused(tmp_path: Path) -> None:
    room = write_room(tmp_path / "room")
    for path in room.glob("*.pose.txt"):
        path.unlink()
    sequence = open_sequence(room, Sensor.RGBD)
    assert isinstance(sequence, FileSequence)
    with pytest.raises(BadInput, match="no poses"):
        given_poses(room, sequence)


def test_poses_between_listed_ones_are_interpolated(tmp_path: Path) -> None:
    room = write_room(tmp_path / "room")
    for path in room.glob("*.pose.txt"):
        path.unlink()
    lines = [f"{time:.3f} {time / 10:.6f} 0 0 0 0 0 1" for time in np.arange(0, 2.6, 0.03)]
    (room / "groundtruth.txt").write_text("\n".join(lines))
    sequence = open_sequence(room, Sensor.RGBD)
    assert isinstance(sequence, FileSequence)
    poses = given_poses(room, sequence)
    assert poses[3] is None
    assert poses[2] is not None
    assert poses[2][0, 3] == pytest.approx(0.2, abs=1e-4)
