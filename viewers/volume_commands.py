"""What the commands of the 3D view do; `context.workspace` is the Care workspace that holds the view."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.context import Context
from render.camera import ViewDirection
from render.volume_look import VolumeMode
from viewers.volume_scene import Background, VolumeTool


@dataclass(frozen=True)
class OnVolumeView:
    """A command that acts on the 3D view of the workspace, where it has one.

    Parameters
    ----------
    act : callable
        `act(view)`.
    """

    act: Callable[[Any], object]

    def __call__(self, context: Context, _options: None = None) -> None:
        """Run the command."""
        pane = context.workspace.grid.volume_pane
        if pane is not None:
            self.act(pane.view)


def _look_from(direction: ViewDirection) -> OnVolumeView:
    return OnVolumeView(lambda view: view.look_from(direction))


def _preset(preset: str) -> OnVolumeView:
    return OnVolumeView(lambda view: view.looks.set_preset(preset))


def _mode(mode: VolumeMode) -> OnVolumeView:
    return OnVolumeView(lambda view: view.looks.set_mode(mode))


def _tool(tool: VolumeTool) -> OnVolumeView:
    return OnVolumeView(lambda view: view.set_tool(tool))


def _background(background: Background) -> OnVolumeView:
    return OnVolumeView(lambda view: view.set_background(background))


def _clip(section: str) -> OnVolumeView:
    return OnVolumeView(lambda view: view.clips.add_section(section))


look_from_front = _look_from(ViewDirection.ANTERIOR)
look_from_back = _look_from(ViewDirection.POSTERIOR)
look_from_left = _look_from(ViewDirection.LEFT)
look_from_right = _look_from(ViewDirection.RIGHT)
look_from_head = _look_from(ViewDirection.SUPERIOR)
look_from_feet = _look_from(ViewDirection.INFERIOR)
reset_view = OnVolumeView(lambda view: view.reset_view())

preset_ct_bone = _preset("ct-bone")
preset_ct_vessel = _preset("ct-vessel")
preset_ct_lung = _preset("ct-lung")
preset_ct_skin = _preset("ct-skin")
preset_ct_muscle = _preset("ct-muscle")
preset_ct_mip = _preset("ct-mip")
preset_mr_head = _preset("mr-head")
preset_mr_vessel = _preset("mr-vessel")
preset_mr_mip = _preset("mr-mip")
reset_preset = OnVolumeView(lambda view: view.looks.reset_preset())

mode_rendering = _mode(VolumeMode.COMPOSITE)
mode_maximum = _mode(VolumeMode.MIP)
mode_minimum = _mode(VolumeMode.MINIP)
mode_mean = _mode(VolumeMode.MEAN)
mode_isosurface = _mode(VolumeMode.ISOSURFACE)

tool_rotate = _tool(VolumeTool.ROTATE)
tool_pan = _tool(VolumeTool.PAN)
tool_zoom = _tool(VolumeTool.ZOOM)
tool_window = _tool(VolumeTool.WINDOW)

background_black = _background(Background.BLACK)
background_gradient = _background(Background.GRADIENT)
background_white = _background(Background.WHITE)

toggle_crop = OnVolumeView(lambda view: view.set_cropping(not view.cropping))
reset_crop = OnVolumeView(lambda view: view.looks.reset_crop())
toggle_clip = OnVolumeView(lambda view: view.clips.set_shown(not view.clips.overlay.shown))
clip_facing = OnVolumeView(lambda view: view.clips.add_facing())
clip_coronal = _clip("coronal")
clip_sagittal = _clip("sagittal")
clip_axial = _clip("axial")
flip_clip = OnVolumeView(lambda view: view.clips.flip())
remove_clip = OnVolumeView(lambda view: view.clips.remove())
remove_clips = OnVolumeView(lambda view: view.clips.remove_all())
fuse = OnVolumeView(lambda view: view.toolbar.popup_fusion())
remove_fusion = OnVolumeView(lambda view: view.fusion.remove())
add_surfaces = OnVolumeView(lambda view: view.surfaces.ask())
remove_surfaces = OnVolumeView(lambda view: view.surfaces.remove_all())
reset_look = OnVolumeView(lambda view: view.looks.reset_all())
save_picture = OnVolumeView(lambda view: view.toolbar.save_picture())
save_turntable = OnVolumeView(lambda view: view.turntable.ask())
toggle_shading = OnVolumeView(lambda view: view.looks.toggle_shading())
toggle_spin = OnVolumeView(lambda view: view.set_spinning(not view.spinning))
edit_transfer_function = OnVolumeView(lambda view: view.edit_transfer_function())
