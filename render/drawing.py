"""A picture of a subject."""

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.volume import Volume
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.fitted_range import shown_range
from render.label_layer import LabelLayer
from render.pinhole_camera import PinholeCamera
from render.presets import PRESETS, default_preset
from render.renderer import RenderOptions
from render.scene import RenderScene, SceneNode
from render.steady_renderer import SteadyVolumeRenderer
from render.steady_scene import SteadySceneRenderer
from render.subject import Subject
from render.surface_source import SurfaceSource, patient_studio
from render.volume_look import VolumeLook
from render.volume_renderer import Quality
from render.volume_source import Beside, FusedVolume, VolumeSource

_SAMPLES = 8


def look_of(volume: Volume, modality: str, preset: str | None) -> tuple[str, VolumeLook]:
    """Give the name and the look of a preset, of the one that fits the volume by default.

    Raises
    ------
    UsageError
        When there is no such preset.
    """
    if preset is not None and preset not in PRESETS:
        text = QT_TRANSLATE_NOOP("Message", "There is no preset {name}.")
        hint = QT_TRANSLATE_NOOP("Message", "The presets are {names}.")
        raise UsageError(message(text, name=preset), message(hint, names=", ".join(PRESETS)))
    if volume.is_colour:
        text = QT_TRANSLATE_NOOP("Message", "Colour images cannot be shown in 3D.")
        raise BadInput(message(text))
    chosen = PRESETS[preset] if preset else default_preset(modality or "CT", shown_range(volume, "CT"))
    return chosen.name, chosen.make(shown_range(volume, chosen.modality))


class Drawing:
    """Takes pictures of one subject.

    Parameters
    ----------
    subject : Subject
        What is seen.
    look : VolumeLook, optional
        Of its volume.
    backend : Backend
        What is to draw.
    labels : LabelLayer, optional
        Drawn in the same pass as the volume, which the native renderer alone does.
    bodies : tuple of SceneNode
        Surfaces in the volume, which the native renderer alone draws; LPS millimetres.
    fused : (VolumeRenderer, VolumeLook), optional
        Another volume, which the native renderer alone fuses with it.
    """

    def __init__(
        self,
        subject: Subject,
        look: VolumeLook | None = None,
        backend: Backend = Backend.NATIVE,
        labels: LabelLayer | None = None,
        bodies: tuple[SceneNode, ...] = (),
        fused: FusedVolume | None = None,
    ) -> None:
        alone = labels is None and fused is None and not bodies
        backend = backend if alone else Backend.NATIVE
        self._look = look
        self._volume = None if subject.volume is None else SteadyVolumeRenderer(subject.volume, backend)
        self._scene = subject.scene()
        self._surfaces = SteadySceneRenderer(backend)
        inside = RenderScene(bodies, environment=patient_studio())
        surfaces = SurfaceSource(self._surfaces.native, inside) if bodies else None
        self._beside = Beside(labels, fused, surfaces)

    @property
    def backend(self) -> Backend:
        """What draws now: another one than was asked for where that failed."""
        return self._surfaces.backend if self._volume is None else self._volume.backend

    @property
    def notes(self) -> tuple[Message, ...]:
        """Why another backend draws than was asked for."""
        if self._volume is None:
            return self._surfaces.notes
        return () if self._volume.failure is None else (self._volume.failure,)

    def picture(self, camera: Camera, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw at full quality, (height, width, 4), colours not multiplied by alpha."""
        if self._volume is not None and self._look is not None:
            source = VolumeSource(self._volume, self._look, self._beside)
            return source.draw(camera, size, Quality.FULL, StopFlag())
        view = PinholeCamera.of_view(camera, size)
        made = self._surfaces.render(self._scene, view, RenderOptions(samples=_SAMPLES))
        assert made.picture is not None
        return made.picture

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw as a turntable asks for it, always at full quality."""
        return self.picture(camera, size)


def over(picture: NDArray[np.uint8], background: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Lay a picture over a colour, (height, width, 3)."""
    alpha = picture[..., 3:].astype(np.uint16)
    behind = np.array(background, np.uint16)
    mixed = picture[..., :3] * alpha + behind * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)
