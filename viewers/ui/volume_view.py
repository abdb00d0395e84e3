"""The 3D view: a volume drawn from any side, with presets, a crop box and a transfer function editor."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import SenseError
from core.history import History
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.services import Services
from core.volume import Volume
from render.backend import backend_of
from render.camera import Camera
from render.camera_motion import Motion
from render.drawing_pace import DrawingPaces
from render.label_layer import LabelLayer
from viewers.ui.crop_overlay import CropOverlay
from viewers.ui.fusion_bar import FusionBar
from viewers.ui.notes_overlay import NotesOverlay
from viewers.ui.surface_drop import SurfaceDrop
from viewers.ui.transfer_editor import TransferEditor
from viewers.ui.turntable_saving import TurntableSaver
from viewers.ui.volume_canvas import VolumeCanvas
from viewers.ui.volume_clips import VolumeClips
from viewers.ui.volume_filling import VolumeFilling
from viewers.ui.volume_fusion import VolumeFusion
from viewers.ui.volume_looks import VolumeLooks
from viewers.ui.volume_surfaces import VolumeSurfaces
from viewers.ui.volume_toolbar import VolumeToolbar
from viewers.volume_memory import VolumeMemory
from viewers.volume_scene import Background, VolumeScene, VolumeTool, not_drawn, reason_not_shown

_FIRST_ZOOM = 1.25  # the corners of the grid are mostly air
_SPIN_MS, _SPIN_DEGREES = 33, 1.2


class VolumeView(QWidget):
    """One pane with a volume rendering.

    Parameters
    ----------
    services : Services
        The program around it.
    history : History, optional
        Takes the changes of the look (preset, transfer function, crop); one of its own when not given.
        Turning the camera is no edit.
    """

    maximise_requested = Signal()
    states_changed = Signal()
    scene_changed = Signal()
    picture_drawn = Signal(object)

    def __init__(
        self, services: Services, history: History | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._volume: Volume | None = None
        self._series: Series | None = None
        self.editor: TransferEditor | None = None
        settings = services.library.settings
        self.looks = VolumeLooks(self, settings, history or History())
        self._told: set[str] = set()
        self._memory = VolumeMemory(settings)
        self._first_camera: Camera | None = None
        self._spin = QTimer(self, interval=_SPIN_MS)
        self.tool = VolumeTool.ROTATE
        self.canvas = VolumeCanvas(partial(backend_of, settings), DrawingPaces(settings))
        self.crop = CropOverlay(self)
        self.clips = VolumeClips(self)
        self.notes = NotesOverlay(self.canvas)
        self.canvas.overlays += [self.notes, self.crop, self.clips.overlay]
        self.fusion = VolumeFusion(services, self)
        self.surfaces = VolumeSurfaces(services, self)
        self.surface_drop = SurfaceDrop(self)
        self.canvas.overlays.append(self.surface_drop.hint)
        self._body_notes: tuple[Message, ...] = ()
        self._filling = VolumeFilling(self)
        self.turntable = TurntableSaver(services, self.canvas)
        self.toolbar = VolumeToolbar(self, services)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(FusionBar(services, self.fusion))
        layout.addWidget(self.canvas, 1)
        self.setFocusProxy(self.canvas)
        self._connect()
        self._show_note()

    def _connect(self) -> None:
        self.canvas.camera_changed.connect(self._look_from_camera)
        self.canvas.look_dragged.connect(self.looks.drag)
        self.canvas.side_requested.connect(self.look_from)
        self.canvas.home_requested.connect(self.reset_view)
        self.canvas.double_clicked.connect(self.maximise_requested)
        self.canvas.menu_requested.connect(self.toolbar.popup)
        self.canvas.picture_drawn.connect(self.picture_drawn)
        self.canvas.drawing_failed.connect(self._drawing_failed)
        self._filling.filled.connect(self._filled)
        self.fusion.changed.connect(self._tell_state)
        self.surfaces.changed.connect(self._tell_notes)
        self._spin.timeout.connect(self._turn_on)

    # The volume

    @property
    def volume(self) -> Volume | None:
        """What is shown."""
        return self._volume

    @property
    def series(self) -> Series | None:
        """Where it comes from."""
        return self._series

    @property
    def scene(self) -> VolumeScene | None:
        """Camera and look; None where nothing can be shown."""
        return self.canvas.scene

    def set_volume(self, volume: Volume | None, series: Series | None = None) -> None:
        """Show a volume from the front with the preset that suits it; None for nothing.

        The voxels may still be filling: call `slices_filled` when more are there.
        """
        self._filling.stop()
        self.remember()
        self._volume, self._series = volume, series
        self.crop.shown = self.clips.overlay.shown = False
        self.set_spinning(False)
        if volume is None or reason_not_shown(volume) is not None:
            self.canvas.set_volume(None)
        else:
            self.canvas.set_volume(volume)
            look, preset = self.looks.first(volume)
            self._first_camera = self._camera(volume, "A")
            known = None if series is None else self._memory.recall(series)
            self.canvas.set_scene(known or VolumeScene(self._first_camera, look, preset))
        self._show_note()
        self._body_notes = ()
        self.toolbar.volume_changed()
        self.fusion.volume_changed()
        self.surfaces.follow()
        self._tell_state()
        self.scene_changed.emit()

    def set_bodies(self, labels: LabelLayer | None, notes: tuple[Message, ...] = ()) -> None:
        """Show coloured bodies in the volume, or none, and say what is left out of them."""
        self._body_notes = notes
        self.canvas.set_labels(labels)
        self._tell_notes()

    def exchange_volume(self, volume: Volume, series: Series | None) -> None:
        """Show another time of what is shown, from the same side and with the same look."""
        if self.scene is None:
            self.set_volume(volume, series)
            return
        self._volume, self._series = volume, series
        self.canvas.exchange_volume(volume)

    @staticmethod
    def _camera(volume: Volume, letter: str) -> Camera:
        return Camera.looking(volume, letter).zoom(_FIRST_ZOOM)

    def remember(self) -> None:
        """Keep how the series is seen now, for the next time; nothing where it is as it first was."""
        scene, series = self.scene, self._series
        if scene is None or series is None:
            return
        if self.looks.untouched and scene.camera == self._first_camera:
            self._memory.forget(series)
        else:
            self._memory.remember(series, scene)

    def slices_filled(self, first: int = 0, last: int = 0) -> None:
        """Tell that more slices of the volume are there; may be called often and from any thread."""
        self._filling.slices_came()

    def picture(self) -> QImage:
        """Give what the pane shows: volume, background and cube, without handles."""
        return self.canvas.picture()

    def close_view(self) -> None:
        """End the drawing thread and close the editor."""
        self.remember()
        self.set_spinning(False)
        self._filling.stop()
        self.fusion.close()
        self.surfaces.close()
        self.canvas.close_viewport()
        if self.editor is not None:
            self.editor.close_editor()

    # Commands

    def look_from(self, letter: str) -> None:
        """Turn the camera to a side of the patient: A, P, L, R, S or I."""
        if self._volume is not None and self.scene is not None:
            self.set_scene(replace(self.scene, camera=self._camera(self._volume, letter)))

    def reset_view(self) -> None:
        """Look from the front at the whole volume again."""
        self.set_spinning(False)
        self.look_from("A")

    def zoom(self, factor: float) -> None:
        """Come nearer (above 1) or go away."""
        if self.scene is not None:
            self.set_scene(replace(self.scene, camera=self.scene.camera.zoom(factor)))

    def orbit(self, right_deg: float, down_deg: float) -> None:
        """Turn the volume as a drag to the right and down does."""
        if self.scene is not None:
            self.set_scene(replace(self.scene, camera=self.scene.camera.orbit(right_deg, down_deg)))

    def set_tool(self, tool: VolumeTool) -> None:
        """Choose what the left button does."""
        self.tool = tool
        self.canvas.tool = Motion.OWNER if tool is VolumeTool.WINDOW else Motion(tool.value)
        self.toolbar.tool_changed()
        self._tell_state()

    def set_background(self, background: Background) -> None:
        """Choose what is behind the volume."""
        if self.scene is not None:
            self.set_scene(replace(self.scene, background=background))

    def set_cropping(self, shown: bool) -> None:
        """Show or hide the handles of the crop box; what it cuts stays cut."""
        self.crop.shown = shown and self.scene is not None
        self.handles_changed()

    def handles_changed(self) -> None:
        """Follow handles that were shown or hidden."""
        self.canvas.update()
        self._tell_state()

    @property
    def cropping(self) -> bool:
        """Whether the handles of the crop box are shown."""
        return self.crop.shown

    def set_spinning(self, spinning: bool) -> None:
        """Let the volume turn by itself."""
        if spinning and self.scene is not None:
            self._spin.start()
        else:
            self._spin.stop()
        self._tell_state()

    @property
    def spinning(self) -> bool:
        """Whether the volume turns by itself."""
        return self._spin.isActive()

    def edit_transfer_function(self) -> None:
        """Open the editor of the transfer function beside the view."""
        if self.editor is None:
            self.editor = TransferEditor(self, self._services)
        self.editor.show()
        self.editor.raise_()
        self.editor.activateWindow()

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())

    def states(self) -> set[str]:
        """Name what holds at the moment, for commands that depend on it."""
        scene = self.scene
        if scene is None or not self.isVisibleTo(self.parentWidget()):
            return set()
        flags = {
            "volume-shown": True,
            "volume-cropping": self.crop.shown,
            "volume-cropped": scene.look.crop is not None,
            "volume-clipping": self.clips.overlay.shown,
            "volume-clipped": bool(scene.look.clip_planes),
            "volume-clip-room": self.clips.can_add,
            "volume-fusable": bool(self.fusion.partners),
            "volume-fused": scene.fusion is not None,
            "volume-surfaces": bool(scene.surfaces),
            "volume-shaded": scene.look.shaded,
            "volume-spinning": self.spinning,
            f"volume-mode-{scene.look.mode.value}": True,
            f"volume-preset-{scene.preset}": True,
            f"volume-tool-{self.tool.value}": True,
            f"volume-background-{scene.background.value}": True,
        }
        return {name for name, holds in flags.items() if holds}

    # Changes of the scene

    def set_scene(self, scene: VolumeScene) -> None:
        """Show another scene of the same volume, without an edit; see `looks` for what can be undone."""
        before = self.scene
        self.canvas.set_scene(scene)
        self.fusion.follow()
        self.surfaces.follow()
        self.scene_changed.emit()
        if before is None or replace(before, camera=scene.camera) != scene:
            self._tell_state()

    def _look_from_camera(self, camera: Camera) -> None:
        if self.scene is not None:
            self.set_scene(replace(self.scene, camera=camera))

    def _tell_state(self) -> None:
        self.toolbar.look_changed()
        self._tell_notes()
        states = self.states()
        if states != self._told:
            self._told = states
            self.states_changed.emit()

    def _tell_notes(self) -> None:
        notes, scene = self._body_notes, self.scene
        if scene is not None:
            notes += self.surfaces.notes + not_drawn(scene.look.mode, bodies=self.canvas.has_labels)
        self.notes.set_notes(tuple(map(self._services.translate, notes)))

    # Pictures

    def _filled(self) -> None:
        self.canvas.voxels_changed()
        self.looks.fit_to_filled()
        self.canvas.redraw()

    def _drawing_failed(self, kind: str) -> None:
        text = QT_TRANSLATE_NOOP("Message", "The volume cannot be drawn ({kind}).")
        self._services.report_error(SenseError(message(text, kind=kind)))

    def _turn_on(self) -> None:
        if not self.canvas.busy:
            self.orbit(_SPIN_DEGREES, 0.0)

    # Events and texts

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show_note()
            self._tell_notes()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(480, 430)

    def _show_note(self) -> None:
        if self._volume is None:
            self.canvas.set_note(self.tr("No volume is open."))
            return
        reason = reason_not_shown(self._volume)
        self.canvas.set_note("" if reason is None else self._services.translate(reason))
