"""A recording of depth frames to one coloured surface."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_folder
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from core.trajectory import Trajectory
from formats.glb_file import write_glb
from formats.trajectory_file import write_trajectory
from reconstruction.fusion.colour_registration import ColourRegistration, colour_registration
from reconstruction.fusion.depth_volume import DepthFrame, DepthVolume, VolumeOptions
from reconstruction.fusion.estimated_poses import estimated_poses
from reconstruction.fusion.given_poses import given_poses
from reconstruction.fusion.pose_source import Poses
from reconstruction.photograph import Rejected
from reconstruction.slam.input_sequence import FileSequence, SensorFrame, read_ahead
from reconstruction.slam.sequence_layouts import Sensor, open_sequence

Floats = NDArray[np.float64]
# Cameras have y down and z forward, glTF has y up.
_GLTF_FROM_WORLD = np.array([1, -1, -1], np.float32)
# To measure how the colours lie on the depth.
_REGISTRATION_FRAMES = 24
_VOLUME = VolumeOptions()
_FOLLOWED_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class Fused:
    """What a recording became.

    Parameters
    ----------
    trajectory : Trajectory
        Of the frames that were fused.
    mesh : TexturedMesh
        In the frame of the trajectory.
    rejected : tuple of Rejected
        Frames that were not used, and why.
    facts : dict
        Figures.
    """

    trajectory: Trajectory
    mesh: TexturedMesh
    rejected: tuple[Rejected, ...]
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


def fuse_frames(
    source: Path,
    options: VolumeOptions = _VOLUME,
    *,
    poses: Poses = Poses.GIVEN,
    calibration: Path | None = None,
    progress: Progress = SILENT,
) -> Fused:
    """Fuse the depth frames of a folder.

    Parameters
    ----------
    source : Path
        `frame-NNNNNN.{color,depth,pose}` or TUM's layout.
    options : VolumeOptions
        How fine.
    poses : Poses
        Whether the folder's poses are used, or the camera is followed.
    calibration : Path, optional
        Instead of what the folder brings.
    progress : Progress
        Reports and cancels.

    Raises
    ------
    BadInput
        When there are no depth frames, no poses or no surface.
    Cancelled
        When the progress was cancelled.
    """
    sequence = open_depth_frames(source, calibration)
    first = PartProgress(progress, 0.0, _FOLLOWED_SHARE)
    progress = PartProgress(progress, _FOLLOWED_SHARE, 1.0)
    if poses is Poses.GIVEN:
        known = given_poses(source, sequence)
    else:
        known = estimated_poses(source, sequence, calibration=calibration, progress=first)
    registration = measured_registration(sequence, progress=PartProgress(progress, 0.0, 0.1))
    volume = DepthVolume(options)
    used, unposed, seconds = _added(volume, sequence, known, registration, progress)
    trajectory = Trajectory(np.array([one for one, _ in used]), np.array([pose for _, pose in used]))
    mesh = _surface_of(volume)
    facts = {
        "poses": str(poses),
        "frames": len(sequence),
        "fused": len(used),
        "fusion_median_ms": 1000 * float(np.median(seconds)),
        "colour_registration": None if registration is None else registration.to_json(),
    }
    return Fused(trajectory, mesh, (*sequence.rejected, *unposed), facts)


def _added(
    volume: DepthVolume,
    sequence: FileSequence,
    poses: Sequence[Floats | None],
    registration: ColourRegistration | None,
    progress: Progress,
) -> tuple[list[tuple[float, Floats]], list[Rejected], list[float]]:
    """Fuse every frame whose pose is known; give times and poses, what was left out, and the seconds."""
    used: list[tuple[float, Floats]] = []
    unposed: list[Rejected] = []
    seconds: list[float] = []
    for frame in read_ahead(sequence.frames()):
        progress.report(0.1 + 0.8 * frame.index / len(sequence))
        pose = poses[frame.index]
        if pose is None:
            unposed.append(Rejected(sequence.files[frame.index].picture, _pose_unknown()))
            continue
        began = time.perf_counter()
        seen = depth_frame(frame, sequence)
        volume.add(seen if registration is None else registration.corrected(seen), pose)
        seconds.append(time.perf_counter() - began)
        used.append((frame.time_s, pose))
    return used, unposed, seconds


def open_depth_frames(source: Path, calibration: Path | None = None) -> FileSequence:
    """Open a folder of depth frames."""
    sequence = open_sequence(source, Sensor.RGBD, calibration=calibration)
    if not isinstance(sequence, FileSequence):
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path} has no depth pictures."), path=str(source))
        )
    return sequence


def measured_registration(
    sequence: FileSequence, *, progress: Progress = SILENT
) -> ColourRegistration | None:
    """Measure on frames spread over a recording how its colours lie on its depth."""
    chosen = np.linspace(0, len(sequence) - 1, min(len(sequence), _REGISTRATION_FRAMES)).astype(int)
    frames: list[DepthFrame] = []
    for number in np.unique(chosen):
        progress.check()
        try:
            frames.append(depth_frame(sequence.read(int(number)), sequence))
        except BadInput:  # Told when it is its turn.
            continue
    return colour_registration(frames, progress=progress)


def depth_frame(frame: SensorFrame, sequence: FileSequence) -> DepthFrame:
    """Give the depth and the colours of a frame whose pictures lie on one another."""
    if frame.depth_m is None:
        raise ValueError("depth_m")
    colours = frame.picture if frame.picture.ndim == 3 else np.repeat(frame.picture[..., None], 3, axis=2)
    return DepthFrame(frame.depth_m, sequence.rig.left.intrinsics, colours)


def write_fused(output: Path, fused: Fused, provenance: Provenance, *, progress: Progress = SILENT) -> None:
    """Write `trajectory.txt` and `mesh.glb` (glTF's axes: y up) into a new folder.

    Raises
    ------
    SenseError
        When it cannot be written.
    """
    turned = replace(fused.mesh, positions=fused.mesh.positions * _GLTF_FROM_WORLD)
    with atomic_folder(output) as folder:
        write_trajectory(folder / "trajectory.txt", fused.trajectory)
        write_glb(
            folder / "mesh.glb",
            turned,
            name="mesh",
            unit_known=True,
            provenance=provenance,
            progress=progress,
        )


def _surface_of(volume: DepthVolume) -> TexturedMesh:
    mesh = volume.surface(smallest_piece=1e-4)
    if not len(mesh.triangles):
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The depth frames show no surface.")))
    return mesh


def _pose_unknown() -> Any:
    return message(QT_TRANSLATE_NOOP("Message", "Its pose is not known."))
