"""What the commands of the Care workspace do; each asks the document or the workspace to do one thing.

Every command is called as `command(context, options)`; `context.workspace` is the `ViewerWorkspace`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.context import Context
from imaging.reslice import Interpolation, Projection
from viewers.mouse_tools import MouseTool
from viewers.orientation import Orientation
from viewers.viewer_document import ViewerDocument

SLAB_STEP_MM = 5.0
ZOOM_STEP = 1.25
FAST_STEPS = 10


@dataclass(frozen=True)
class OnDocument:
    """A command that acts on what is open.

    Parameters
    ----------
    act : callable
        `act(document)`.
    """

    act: Callable[[ViewerDocument], object]

    def __call__(self, context: Context, _options: None = None) -> None:
        """Run the command."""
        self.act(context.workspace.document)


@dataclass(frozen=True)
class OnWorkspace:
    """A command that acts on the widget: its tools, its pictures, its film.

    Parameters
    ----------
    act : callable
        `act(workspace)`.
    """

    act: Callable[[Any], object]

    def __call__(self, context: Context, _options: None = None) -> None:
        """Run the command."""
        self.act(context.workspace)


def _preset(preset_id: str) -> OnDocument:
    return OnDocument(lambda document: document.choose_preset(preset_id))


def _quantity(quantity_id: str) -> OnDocument:
    return OnDocument(lambda document: document.choose_quantity(quantity_id))


def _layout(layout_id: str) -> OnDocument:
    return OnDocument(lambda document: document.choose_layout(layout_id))


def _plane(orientation: Orientation) -> OnDocument:
    return OnDocument(lambda document: document.show_in_active(orientation))


def _tool(tool: MouseTool) -> OnWorkspace:
    return OnWorkspace(lambda workspace: workspace.choose_tool(tool))


def _projection(projection: Projection) -> OnDocument:
    return OnDocument(lambda document: document.set_projection(projection))


def _interpolation(interpolation: Interpolation) -> OnDocument:
    return OnDocument(lambda document: document.set_interpolation(interpolation))


def _scroll(steps: int) -> OnDocument:
    return OnDocument(lambda document: document.scroll(document.state.active_orientation, steps))


def _toggle(name: str) -> OnDocument:
    return OnDocument(lambda document: document.toggle(name))


window_abdomen = _preset("abdomen")
window_lung = _preset("lung")
window_bone = _preset("bone")
window_brain = _preset("brain")
window_soft_tissue = _preset("soft-tissue")
window_mediastinum = _preset("mediastinum")
window_angio = _preset("angio")
window_liver = _preset("liver")
window_stroke = _preset("stroke")
window_from_file = _preset("from-file")
window_automatic = _preset("percentiles")
window_more_contrast = _preset("percentiles-narrow")
window_full_range = _preset("full-range")
window_suv_5 = _preset("suv-5")
window_suv_7 = _preset("suv-7")
window_suv_10 = _preset("suv-10")
window_suv_20 = _preset("suv-20")
quantity_stored = _quantity("stored")
quantity_suv_bw = _quantity("suv-bw")
quantity_suv_lbm = _quantity("suv-lbm")
quantity_suv_bsa = _quantity("suv-bsa")
invert = OnDocument(ViewerDocument.toggle_inverted)

layout_one = _layout("1x1")
layout_two = _layout("1x2")
layout_three = _layout("1x3")
layout_four = _layout("2x2")
layout_one_and_three = _layout("1+3")
layout_nine = _layout("3x3")
next_view = OnWorkspace(lambda workspace: workspace.grid.next_view())
maximise = OnDocument(lambda document: document.toggle_maximised(document.state.active))

plane_axial = _plane(Orientation.AXIAL)
plane_coronal = _plane(Orientation.CORONAL)
plane_sagittal = _plane(Orientation.SAGITTAL)
plane_acquired = _plane(Orientation.ACQUIRED)

tool_window = _tool(MouseTool.WINDOW)
tool_crosshair = _tool(MouseTool.CROSSHAIR)
tool_scroll = _tool(MouseTool.SCROLL)
tool_zoom = _tool(MouseTool.ZOOM)
tool_pan = _tool(MouseTool.PAN)
right_drag_window = OnWorkspace(lambda workspace: workspace.toggle_right_drag())

interpolation_linear = _interpolation(Interpolation.LINEAR)
interpolation_nearest = _interpolation(Interpolation.NEAREST)
slab_mean = _projection(Projection.MEAN)
slab_maximum = _projection(Projection.MAXIMUM)
slab_minimum = _projection(Projection.MINIMUM)
slab_thicker = OnDocument(lambda document: document.set_slab(document.state.slab_mm + SLAB_STEP_MM))
slab_thinner = OnDocument(lambda document: document.set_slab(document.state.slab_mm - SLAB_STEP_MM))
slab_none = OnDocument(lambda document: document.set_slab(0.0))

next_slice = _scroll(1)
previous_slice = _scroll(-1)
ten_slices_on = _scroll(FAST_STEPS)
ten_slices_back = _scroll(-FAST_STEPS)
first_slice = OnDocument(lambda document: document.go_to_end(document.state.active_orientation, last=False))
last_slice = OnDocument(lambda document: document.go_to_end(document.state.active_orientation, last=True))
next_key_image = OnDocument(lambda document: document.go_to_key_image(1))
previous_key_image = OnDocument(lambda document: document.go_to_key_image(-1))
key_images_only = OnDocument(ViewerDocument.toggle_key_images_only)
play = OnWorkspace(lambda workspace: workspace.players.toggle_slices())
bounce = OnWorkspace(lambda workspace: workspace.players.slices.toggle_bounce())
play_faster = OnWorkspace(lambda workspace: workspace.players.change_rate(1.5))
play_slower = OnWorkspace(lambda workspace: workspace.players.change_rate(1 / 1.5))
next_volume = OnWorkspace(lambda workspace: workspace.players.volumes.step(1))
previous_volume = OnWorkspace(lambda workspace: workspace.players.volumes.step(-1))
play_volumes = OnWorkspace(lambda workspace: workspace.players.toggle_volumes())

zoom_in = OnWorkspace(lambda workspace: workspace.grid.zoom_by(ZOOM_STEP))
zoom_out = OnWorkspace(lambda workspace: workspace.grid.zoom_by(1 / ZOOM_STEP))
zoom_to_voxels = OnWorkspace(lambda workspace: workspace.grid.zoom_to_voxels())
fit = OnDocument(ViewerDocument.fit_active)
turn_right = OnDocument(lambda document: document.turn_active(1))
turn_left = OnDocument(lambda document: document.turn_active(-1))
mirror = OnDocument(lambda document: document.turn_active(mirror=True))
reset = OnDocument(ViewerDocument.reset)

toggle_link = OnDocument(ViewerDocument.toggle_link)
toggle_crosshair = _toggle("crosshair")
toggle_texts = _toggle("texts")
toggle_patient = _toggle("patient_hidden")
toggle_objects = OnDocument(lambda document: document.objects.toggle_hidden())
toggle_objects_panel = OnWorkspace(lambda workspace: workspace.toggle_objects_panel())
show_surfaces = OnWorkspace(lambda workspace: workspace.objects.show_surfaces())
toggle_library = OnWorkspace(lambda workspace: workspace.toggle_library())

show_deidentify = OnWorkspace(lambda workspace: workspace.show_deidentify())
show_pacs = OnWorkspace(lambda workspace: workspace.exchange.show_pacs())
save_view = OnWorkspace(lambda workspace: workspace.pictures.ask_to_save(texts=True))
save_picture = OnWorkspace(lambda workspace: workspace.pictures.ask_to_save(texts=False))
copy_view = OnWorkspace(lambda workspace: workspace.pictures.copy(texts=True))
copy_picture = OnWorkspace(lambda workspace: workspace.pictures.copy(texts=False))
