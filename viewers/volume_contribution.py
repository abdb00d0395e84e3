"""The commands of the 3D view, as data for menu, palette and shortcuts page."""

from functools import partial

from core.command import Command, Submenu
from core.message import QT_TRANSLATE_NOOP


def _command(
    menu: str,
    name: str,
    title: str,
    key: str | None = None,
    *,
    enabled: str = "volume-shown",
    checked: str | None = None,
) -> Command:
    return Command(
        id=f"care.volume.{name.replace('_', '-')}",
        title=title,
        run=f"viewers.volume_commands:{name}",
        menu=menu,
        shortcut=key,
        workspace="care",
        enabled_when=enabled,
        checked_when=checked,
    )


_side = partial(_command, "view/volume/side")
_preset = partial(_command, "view/volume/preset")
_mode = partial(_command, "view/volume/mode")
_more = partial(_command, "view/volume")
_tool = partial(_command, "tools/volume")
_clip = partial(_command, "view/volume/clip")
_behind = partial(_command, "view/volume/background")

VOLUME_SUBMENUS = (
    Submenu("view/volume/side", QT_TRANSLATE_NOOP("Command", "Look from")),
    Submenu("view/volume/preset", QT_TRANSLATE_NOOP("Command", "Preset")),
    Submenu("view/volume/mode", QT_TRANSLATE_NOOP("Command", "Mode")),
    Submenu("view/volume/clip", QT_TRANSLATE_NOOP("Command", "Clip planes")),
    Submenu("view/volume/background", QT_TRANSLATE_NOOP("Command", "Background")),
    Submenu("view/volume", QT_TRANSLATE_NOOP("Command", "3D view")),
    Submenu("tools/volume", QT_TRANSLATE_NOOP("Command", "3D tools")),
)

_SIDES = (
    _side("look_from_front", QT_TRANSLATE_NOOP("Command", "3D from the front")),
    _side("look_from_back", QT_TRANSLATE_NOOP("Command", "3D from the back")),
    _side("look_from_left", QT_TRANSLATE_NOOP("Command", "3D from the left")),
    _side("look_from_right", QT_TRANSLATE_NOOP("Command", "3D from the right")),
    _side("look_from_head", QT_TRANSLATE_NOOP("Command", "3D from the head")),
    _side("look_from_feet", QT_TRANSLATE_NOOP("Command", "3D from the feet")),
    _side("reset_view", QT_TRANSLATE_NOOP("Command", "Reset 3D view")),
)

_PRESETS = (
    _preset("preset_ct_bone", QT_TRANSLATE_NOOP("Command", "3D CT bone"), checked="volume-preset-ct-bone"),
    _preset(
        "preset_ct_vessel", QT_TRANSLATE_NOOP("Command", "3D CT vessels"), checked="volume-preset-ct-vessel"
    ),
    _preset("preset_ct_lung", QT_TRANSLATE_NOOP("Command", "3D CT lung"), checked="volume-preset-ct-lung"),
    _preset("preset_ct_skin", QT_TRANSLATE_NOOP("Command", "3D CT skin"), checked="volume-preset-ct-skin"),
    _preset(
        "preset_ct_muscle", QT_TRANSLATE_NOOP("Command", "3D CT muscle"), checked="volume-preset-ct-muscle"
    ),
    _preset("preset_ct_mip", QT_TRANSLATE_NOOP("Command", "3D CT MIP"), checked="volume-preset-ct-mip"),
    _preset("preset_mr_head", QT_TRANSLATE_NOOP("Command", "3D MR head"), checked="volume-preset-mr-head"),
    _preset(
        "preset_mr_vessel", QT_TRANSLATE_NOOP("Command", "3D MR vessels"), checked="volume-preset-mr-vessel"
    ),
    _preset("preset_mr_mip", QT_TRANSLATE_NOOP("Command", "3D MR MIP"), checked="volume-preset-mr-mip"),
    _preset("reset_preset", QT_TRANSLATE_NOOP("Command", "Reset 3D preset")),
)

_MODES = (
    _mode(
        "mode_rendering",
        QT_TRANSLATE_NOOP("Command", "3D volume rendering"),
        checked="volume-mode-composite",
    ),
    _mode(
        "mode_maximum",
        QT_TRANSLATE_NOOP("Command", "3D maximum intensity projection"),
        checked="volume-mode-mip",
    ),
    _mode(
        "mode_minimum",
        QT_TRANSLATE_NOOP("Command", "3D minimum intensity projection"),
        checked="volume-mode-minip",
    ),
    _mode("mode_mean", QT_TRANSLATE_NOOP("Command", "3D mean projection"), checked="volume-mode-mean"),
    _mode("mode_isosurface", QT_TRANSLATE_NOOP("Command", "3D isosurface"), checked="volume-mode-isosurface"),
)

_BACKGROUNDS = (
    _behind(
        "background_black",
        QT_TRANSLATE_NOOP("Command", "3D on black"),
        checked="volume-background-black",
    ),
    _behind(
        "background_gradient",
        QT_TRANSLATE_NOOP("Command", "3D on a blue gradient"),
        checked="volume-background-gradient",
    ),
    _behind(
        "background_white",
        QT_TRANSLATE_NOOP("Command", "3D on white"),
        checked="volume-background-white",
    ),
)

_CLIPS = (
    _clip(
        "clip_facing",
        QT_TRANSLATE_NOOP("Command", "Cut 3D open from here"),
        "Alt+Shift+X",
        enabled="volume-clip-room",
    ),
    _clip("clip_coronal", QT_TRANSLATE_NOOP("Command", "Cut 3D coronally"), enabled="volume-clip-room"),
    _clip("clip_sagittal", QT_TRANSLATE_NOOP("Command", "Cut 3D sagittally"), enabled="volume-clip-room"),
    _clip("clip_axial", QT_TRANSLATE_NOOP("Command", "Cut 3D axially"), enabled="volume-clip-room"),
    _clip(
        "toggle_clip",
        QT_TRANSLATE_NOOP("Command", "3D clip plane handles"),
        enabled="volume-clipped",
        checked="volume-clipping",
    ),
    _clip("flip_clip", QT_TRANSLATE_NOOP("Command", "Flip 3D clip plane"), enabled="volume-clipped"),
    _clip("remove_clip", QT_TRANSLATE_NOOP("Command", "Remove 3D clip plane"), enabled="volume-clipped"),
    _clip(
        "remove_clips", QT_TRANSLATE_NOOP("Command", "Remove all 3D clip planes"), enabled="volume-clipped"
    ),
)

_MORE = (
    _more("toggle_crop", QT_TRANSLATE_NOOP("Command", "3D crop box"), "Alt+X", checked="volume-cropping"),
    _more("reset_crop", QT_TRANSLATE_NOOP("Command", "Reset 3D crop box"), enabled="volume-cropped"),
    _more("fuse", QT_TRANSLATE_NOOP("Command", "Fuse 3D with…"), "Alt+Shift+F", enabled="volume-fusable"),
    _more("remove_fusion", QT_TRANSLATE_NOOP("Command", "Remove 3D fusion"), enabled="volume-fused"),
    _more("add_surfaces", QT_TRANSLATE_NOOP("Command", "Add surfaces to 3D…")),
    _more(
        "remove_surfaces", QT_TRANSLATE_NOOP("Command", "Remove surfaces from 3D"), enabled="volume-surfaces"
    ),
    _more("save_picture", QT_TRANSLATE_NOOP("Command", "Save 3D picture…")),
    _more("save_turntable", QT_TRANSLATE_NOOP("Command", "Save 3D turntable…")),
    _more("reset_look", QT_TRANSLATE_NOOP("Command", "Reset 3D look")),
    _more("toggle_shading", QT_TRANSLATE_NOOP("Command", "3D shading"), checked="volume-shaded"),
    _more("toggle_spin", QT_TRANSLATE_NOOP("Command", "Turn 3D by itself"), checked="volume-spinning"),
    _more("edit_transfer_function", QT_TRANSLATE_NOOP("Command", "Edit transfer function…"), "Alt+T"),
)

_TOOLS = (
    _tool("tool_rotate", QT_TRANSLATE_NOOP("Command", "Rotate 3D"), checked="volume-tool-rotate"),
    _tool("tool_pan", QT_TRANSLATE_NOOP("Command", "Move 3D"), checked="volume-tool-pan"),
    _tool("tool_zoom", QT_TRANSLATE_NOOP("Command", "Zoom 3D"), checked="volume-tool-zoom"),
    _tool(
        "tool_window",
        QT_TRANSLATE_NOOP("Command", "Shift 3D colours and opacity"),
        checked="volume-tool-window",
    ),
)

VOLUME_COMMANDS = (*_SIDES, *_PRESETS, *_MODES, *_BACKGROUNDS, *_CLIPS, *_MORE, *_TOOLS)
