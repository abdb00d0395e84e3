"""What the viewers offer: the Care workspace and its commands; data only."""

from functools import partial

from core.command import Command, Contribution, Submenu, Workspace
from core.message import QT_TRANSLATE_NOOP
from viewers.annotation_contribution import ANNOTATION_COMMANDS, ANNOTATION_SUBMENUS, REPORT_COMMAND
from viewers.training_contribution import TRAINING_COMMANDS, TRAINING_WORKSPACE
from viewers.volume_contribution import VOLUME_COMMANDS, VOLUME_SUBMENUS

CARE = "care"


def _command(
    menu: str,
    name: str,
    title: str,
    key: str | None = None,
    *,
    enabled: str | None = "series-open",
    checked: str | None = None,
) -> Command:
    return Command(
        id=f"care.{name.replace('_', '-')}",
        title=title,
        run=f"viewers.commands:{name}",
        menu=menu,
        shortcut=key,
        workspace=CARE,
        enabled_when=enabled,
        checked_when=checked,
    )


_file_pacs = partial(_command, "file/pacs", enabled=None)
_file_picture = partial(_command, "file/picture")
_edit_picture = partial(_command, "edit/picture")
_image_window_ct = partial(_command, "image/window", enabled="ct-open")
_image_window_grey = partial(_command, "image/window", enabled="grey-open")
_image_window_suv = partial(_command, "image/window", enabled="suv-open")
_image_values = partial(_command, "image/values", enabled="pet-open")
_image_window_more = partial(_command, "image/window-more")
_image_slab_depth = partial(_command, "image/slab", enabled="depth-open")
_image_interpolation = partial(_command, "image/interpolation")
_image_slices_depth = partial(_command, "image/slices", enabled="depth-open")
_image_key_images = partial(_command, "image/key-images", enabled="key-images")
_image_film_depth = partial(_command, "image/film", enabled="depth-open")
_image_volumes = partial(_command, "image/volumes", enabled="volumes-open")
_view_layout_always = partial(_command, "view/layout", enabled=None)
_view_layout_not_single = partial(_command, "view/layout", enabled="not-single")
_view_layout_more = partial(_command, "view/layout-more")
_view_plane = partial(_command, "view/plane")
_view_zoom = partial(_command, "view/zoom")
_view_turn = partial(_command, "view/turn")
_view_reset = partial(_command, "view/reset")
_view_show = partial(_command, "view/show")
_view_show_always = partial(_command, "view/show", enabled=None)
_tools_mouse_always = partial(_command, "tools/mouse", enabled=None)
_tools_mouse_more_always = partial(_command, "tools/mouse-more", enabled=None)

_FILE = (
    _file_pacs("show_deidentify", QT_TRANSLATE_NOOP("Command", "De-identify…"), "Ctrl+Shift+D"),
    _file_pacs("show_pacs", QT_TRANSLATE_NOOP("Command", "PACS…"), "Ctrl+Shift+A"),
    _file_picture("save_view", QT_TRANSLATE_NOOP("Command", "Save view as picture…"), "Ctrl+S"),
    _file_picture(
        "save_picture", QT_TRANSLATE_NOOP("Command", "Save picture without texts…"), "Ctrl+Shift+S"
    ),
    _edit_picture("copy_view", QT_TRANSLATE_NOOP("Command", "Copy view"), "Ctrl+C"),
    _edit_picture("copy_picture", QT_TRANSLATE_NOOP("Command", "Copy picture without texts"), "Ctrl+Shift+C"),
)

_WINDOW = (
    _image_window_ct("window_abdomen", QT_TRANSLATE_NOOP("Command", "Abdomen window"), "1"),
    _image_window_ct("window_lung", QT_TRANSLATE_NOOP("Command", "Lung window"), "2"),
    _image_window_ct("window_bone", QT_TRANSLATE_NOOP("Command", "Bone window"), "3"),
    _image_window_ct("window_brain", QT_TRANSLATE_NOOP("Command", "Brain window"), "4"),
    _image_window_ct("window_soft_tissue", QT_TRANSLATE_NOOP("Command", "Soft tissue window"), "5"),
    _image_window_ct("window_mediastinum", QT_TRANSLATE_NOOP("Command", "Mediastinum window"), "6"),
    _image_window_ct("window_angio", QT_TRANSLATE_NOOP("Command", "Angiography window"), "7"),
    _image_window_ct("window_liver", QT_TRANSLATE_NOOP("Command", "Liver window"), "8"),
    _image_window_ct("window_stroke", QT_TRANSLATE_NOOP("Command", "Stroke window"), "9"),
    _image_window_suv("window_suv_5", QT_TRANSLATE_NOOP("Command", "SUV 0 to 5 window")),
    _image_window_suv("window_suv_7", QT_TRANSLATE_NOOP("Command", "SUV 0 to 7 window")),
    _image_window_suv("window_suv_10", QT_TRANSLATE_NOOP("Command", "SUV 0 to 10 window")),
    _image_window_suv("window_suv_20", QT_TRANSLATE_NOOP("Command", "SUV 0 to 20 window")),
    _image_window_grey("window_from_file", QT_TRANSLATE_NOOP("Command", "Window from file"), "0"),
    _image_window_grey("window_automatic", QT_TRANSLATE_NOOP("Command", "Automatic window"), "A"),
    _image_window_grey(
        "window_more_contrast", QT_TRANSLATE_NOOP("Command", "Automatic window, more contrast"), "Shift+A"
    ),
    _image_window_grey("window_full_range", QT_TRANSLATE_NOOP("Command", "Full range window"), "F"),
    _image_window_more("invert", QT_TRANSLATE_NOOP("Command", "Invert"), "I", checked="inverted"),
)

_VALUES = (
    _image_values(
        "quantity_suv_bw", QT_TRANSLATE_NOOP("Command", "SUV by body weight"), checked="quantity-suv-bw"
    ),
    _image_values(
        "quantity_suv_lbm", QT_TRANSLATE_NOOP("Command", "SUV by lean body mass"), checked="quantity-suv-lbm"
    ),
    _image_values(
        "quantity_suv_bsa", QT_TRANSLATE_NOOP("Command", "SUV by body surface"), checked="quantity-suv-bsa"
    ),
    _image_values(
        "quantity_stored", QT_TRANSLATE_NOOP("Command", "Stored values"), checked="quantity-stored"
    ),
)

_SLAB = (
    _image_slab_depth("slab_mean", QT_TRANSLATE_NOOP("Command", "Mean of the slab"), checked="slab-mean"),
    _image_slab_depth(
        "slab_maximum", QT_TRANSLATE_NOOP("Command", "Maximum intensity (MIP)"), "M", checked="slab-maximum"
    ),
    _image_slab_depth(
        "slab_minimum", QT_TRANSLATE_NOOP("Command", "Minimum intensity (MinIP)"), "N", checked="slab-minimum"
    ),
    _image_slab_depth("slab_thicker", QT_TRANSLATE_NOOP("Command", "Thicker slab"), "]"),
    _image_slab_depth("slab_thinner", QT_TRANSLATE_NOOP("Command", "Thinner slab"), "["),
    _image_slab_depth("slab_none", QT_TRANSLATE_NOOP("Command", "Thin slices"), "\\"),
    _image_interpolation(
        "interpolation_linear",
        QT_TRANSLATE_NOOP("Command", "Smooth pixels (linear)"),
        checked="interpolation-linear",
    ),
    _image_interpolation(
        "interpolation_nearest",
        QT_TRANSLATE_NOOP("Command", "Stored pixels (nearest)"),
        checked="interpolation-nearest",
    ),
)

_SLICES = (
    _image_slices_depth("next_slice", QT_TRANSLATE_NOOP("Command", "Next slice")),
    _image_slices_depth("previous_slice", QT_TRANSLATE_NOOP("Command", "Previous slice")),
    _image_slices_depth("ten_slices_on", QT_TRANSLATE_NOOP("Command", "Ten slices on")),
    _image_slices_depth("ten_slices_back", QT_TRANSLATE_NOOP("Command", "Ten slices back")),
    _image_slices_depth("first_slice", QT_TRANSLATE_NOOP("Command", "First slice")),
    _image_slices_depth("last_slice", QT_TRANSLATE_NOOP("Command", "Last slice")),
    _image_key_images("next_key_image", QT_TRANSLATE_NOOP("Command", "Next key image"), "K"),
    _image_key_images("previous_key_image", QT_TRANSLATE_NOOP("Command", "Previous key image"), "Shift+K"),
    _image_key_images(
        "key_images_only",
        QT_TRANSLATE_NOOP("Command", "Scroll key images only"),
        "Ctrl+Shift+K",
        checked="key-images-only",
    ),
    _image_film_depth("play", QT_TRANSLATE_NOOP("Command", "Play slices"), "P", checked="playing"),
    _image_film_depth(
        "bounce", QT_TRANSLATE_NOOP("Command", "Play back and forth"), "Shift+P", checked="bouncing"
    ),
    _image_film_depth("play_faster", QT_TRANSLATE_NOOP("Command", "Play faster"), "."),
    _image_film_depth("play_slower", QT_TRANSLATE_NOOP("Command", "Play slower"), ","),
    _image_volumes("next_volume", QT_TRANSLATE_NOOP("Command", "Next volume"), "Alt+Right"),
    _image_volumes("previous_volume", QT_TRANSLATE_NOOP("Command", "Previous volume"), "Alt+Left"),
    _image_volumes(
        "play_volumes", QT_TRANSLATE_NOOP("Command", "Play volumes"), "Alt+P", checked="playing-volumes"
    ),
)

_LAYOUT = (
    _view_layout_always(
        "layout_one", QT_TRANSLATE_NOOP("Command", "One view"), "Ctrl+1", checked="layout-1x1"
    ),
    _view_layout_not_single(
        "layout_two", QT_TRANSLATE_NOOP("Command", "Two views"), "Ctrl+2", checked="layout-1x2"
    ),
    _view_layout_not_single(
        "layout_three", QT_TRANSLATE_NOOP("Command", "Three planes"), "Ctrl+3", checked="layout-1x3"
    ),
    _view_layout_not_single(
        "layout_four", QT_TRANSLATE_NOOP("Command", "Three planes and 3D"), "Ctrl+4", checked="layout-2x2"
    ),
    _view_layout_not_single(
        "layout_one_and_three",
        QT_TRANSLATE_NOOP("Command", "One large, three small"),
        "Ctrl+5",
        checked="layout-1+3",
    ),
    _view_layout_not_single(
        "layout_nine", QT_TRANSLATE_NOOP("Command", "Nine successive slices"), "Ctrl+9", checked="layout-3x3"
    ),
    _view_layout_more(
        "maximise", QT_TRANSLATE_NOOP("Command", "Maximise view"), "Ctrl+M", checked="maximised"
    ),
    _view_layout_more("next_view", QT_TRANSLATE_NOOP("Command", "Next view"), "F6"),
    _view_plane("plane_axial", QT_TRANSLATE_NOOP("Command", "Axial"), "Alt+A", checked="plane-axial"),
    _view_plane("plane_coronal", QT_TRANSLATE_NOOP("Command", "Coronal"), "Alt+C", checked="plane-coronal"),
    _view_plane(
        "plane_sagittal", QT_TRANSLATE_NOOP("Command", "Sagittal"), "Alt+S", checked="plane-sagittal"
    ),
    _view_plane(
        "plane_acquired", QT_TRANSLATE_NOOP("Command", "As acquired"), "Alt+Q", checked="plane-acquired"
    ),
)

_VIEW = (
    _view_zoom("zoom_in", QT_TRANSLATE_NOOP("Command", "Zoom in"), "+; Ctrl++; =; Ctrl+="),
    _view_zoom("zoom_out", QT_TRANSLATE_NOOP("Command", "Zoom out"), "-; Ctrl+-"),
    _view_zoom("fit", QT_TRANSLATE_NOOP("Command", "Fit to view"), "Ctrl+0"),
    _view_zoom("zoom_to_voxels", QT_TRANSLATE_NOOP("Command", "One voxel a pixel"), "Ctrl+Alt+0"),
    _view_turn("turn_right", QT_TRANSLATE_NOOP("Command", "Turn clockwise"), "R"),
    _view_turn("turn_left", QT_TRANSLATE_NOOP("Command", "Turn anticlockwise"), "Shift+R"),
    _view_turn("mirror", QT_TRANSLATE_NOOP("Command", "Mirror left and right"), "H"),
    _view_reset("reset", QT_TRANSLATE_NOOP("Command", "Reset views"), "Ctrl+R"),
    _view_show("toggle_link", QT_TRANSLATE_NOOP("Command", "Link positions"), "L", checked="linked"),
    _view_show("toggle_crosshair", QT_TRANSLATE_NOOP("Command", "Crosshair"), "X", checked="crosshair"),
    _view_show("toggle_texts", QT_TRANSLATE_NOOP("Command", "Texts on views"), "T", checked="texts"),
    _view_show(
        "toggle_patient",
        QT_TRANSLATE_NOOP("Command", "Hide patient data"),
        "Ctrl+H",
        checked="patient-hidden",
    ),
    _view_show("toggle_objects", QT_TRANSLATE_NOOP("Command", "Overlays"), "O", checked="objects-shown"),
    _view_show_always(
        "toggle_objects_panel",
        QT_TRANSLATE_NOOP("Command", "Overlays and reports"),
        "Ctrl+Alt+O",
        checked="objects-panel-shown",
    ),
    _view_show(
        "show_surfaces", QT_TRANSLATE_NOOP("Command", "Show segments as surfaces"), enabled="surfaces-listed"
    ),
    _view_show_always(
        "toggle_library", QT_TRANSLATE_NOOP("Command", "Library"), "Ctrl+B", checked="library-shown"
    ),
)

_TOOLS = (
    _tools_mouse_always(
        "tool_window", QT_TRANSLATE_NOOP("Command", "Set window"), "W", checked="tool-window"
    ),
    _tools_mouse_always(
        "tool_crosshair", QT_TRANSLATE_NOOP("Command", "Move crosshair"), "C", checked="tool-crosshair"
    ),
    _tools_mouse_always(
        "tool_scroll", QT_TRANSLATE_NOOP("Command", "Scroll slices"), "S", checked="tool-scroll"
    ),
    _tools_mouse_always("tool_zoom", QT_TRANSLATE_NOOP("Command", "Zoom"), "Z", checked="tool-zoom"),
    _tools_mouse_always("tool_pan", QT_TRANSLATE_NOOP("Command", "Pan"), "G", checked="tool-pan"),
    _tools_mouse_more_always(
        "right_drag_window",
        QT_TRANSLATE_NOOP("Command", "Right button sets window"),
        checked="right-drag-window",
    ),
)

CONTRIBUTION = Contribution(
    commands=(
        *(*_FILE, *_WINDOW, *_VALUES, *_SLAB, *_SLICES, *_LAYOUT, *_VIEW, *_TOOLS),
        *ANNOTATION_COMMANDS,
        REPORT_COMMAND,
        *VOLUME_COMMANDS,
        *TRAINING_COMMANDS,
    ),
    workspaces=(
        Workspace(
            id=CARE,
            title=QT_TRANSLATE_NOOP("Command", "Care"),
            icon="care",
            factory="viewers.ui.viewer_workspace:ViewerWorkspace",
            order=10,
        ),
        TRAINING_WORKSPACE,
    ),
    submenus=(
        Submenu("image/window", QT_TRANSLATE_NOOP("Command", "Window")),
        Submenu("image/values", QT_TRANSLATE_NOOP("Command", "Values as")),
        Submenu("image/slab", QT_TRANSLATE_NOOP("Command", "Slab")),
        Submenu("image/interpolation", QT_TRANSLATE_NOOP("Command", "Interpolation")),
        Submenu("view/layout", QT_TRANSLATE_NOOP("Command", "Layout")),
        Submenu("view/zoom", QT_TRANSLATE_NOOP("Command", "Zoom")),
        Submenu("view/turn", QT_TRANSLATE_NOOP("Command", "Turn and mirror")),
        Submenu("view/plane", QT_TRANSLATE_NOOP("Command", "Plane of the active view")),
        *ANNOTATION_SUBMENUS,
        *VOLUME_SUBMENUS,
    ),
)
