"""How a volume is seen, as the command line says it: mode, clip planes, a fused volume."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, UsageError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.volume import Volume
from render.camera import Vector
from render.clip_plane import ClipPlane, section_plane
from render.fused_look import fused_look, fused_range
from render.subject_reading import read_subject
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import VolumeRenderer
from render.volume_source import FusedVolume

_SECTIONS = ("coronal", "sagittal", "axial")
_NUMBERS = 6


def in_mode(look: VolumeLook, mode: VolumeMode) -> VolumeLook:
    """Give a look in another mode; projections begin with the range of the colours."""
    low, high = look.transfer.value_range
    return replace(look, mode=mode, window=look.window or ((low + high) / 2, max(high - low, 1e-6)))


def clip_plane(text: str, volume: Volume, frame_from_world: NDArray[np.float64]) -> ClipPlane:
    """Read a clip plane: the name of a section through the middle, or a point and a normal.

    Parameters
    ----------
    text : str
        "coronal" cuts away the front, "sagittal" the left, "axial" the head; or x,y,z,nx,ny,nz in the frame
        of the input, the normal towards what stays.

    Raises
    ------
    UsageError
        When it is neither.
    """
    if text in _SECTIONS:
        return section_plane(text, volume)
    try:
        numbers = [float(word) for word in text.split(",")]
        if len(numbers) != _NUMBERS:
            raise ValueError("six numbers")
        world_from_frame = np.linalg.inv(frame_from_world)
        point = (world_from_frame @ [*numbers[:3], 1.0])[:3]
        return ClipPlane(_vector(point), _vector(world_from_frame[:3, :3] @ numbers[3:]))
    except ValueError as error:
        told = QT_TRANSLATE_NOOP(
            "Message", "{given} is no clip plane: coronal, sagittal, axial or x,y,z,nx,ny,nz."
        )
        raise UsageError(message(told, given=text)) from error


def read_fused(library: Library, given: str, progress: Progress = SILENT) -> FusedVolume:
    """Read a volume to be fused, with its look; lengths and places are those of the patient.

    Raises
    ------
    BadInput
        When it is no volume, or one of colours.
    """
    subject: Any = read_subject(library, given, progress=progress)
    if subject.volume is None or subject.volume.is_colour:
        text = QT_TRANSLATE_NOOP("Message", "{path} is no volume that can be fused.")
        raise BadInput(message(text, path=given))
    look = fused_look(subject.modality, fused_range(subject.volume, subject.modality))
    return VolumeRenderer(subject.volume), look


def _vector(values: Any) -> Vector:
    x, y, z = np.asarray(values).tolist()
    return float(x), float(y), float(z)
