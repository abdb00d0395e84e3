"""Which command and which icon belongs to a tool, a layout, a window."""

from viewers.mouse_tools import MouseTool

TOOL_ICONS = {
    MouseTool.WINDOW: "window-level",
    MouseTool.CROSSHAIR: "crosshair",
    MouseTool.SCROLL: "scroll",
    MouseTool.ZOOM: "zoom",
    MouseTool.PAN: "pan",
}
LAYOUT_ICONS = {
    "1x1": "layout-1x1",
    "1x2": "layout-1x2",
    "1x3": "layout-1x3",
    "2x2": "layout-2x2",
    "1+3": "layout-1-3",
    "3x3": "layout-3x3",
}
LAYOUT_COMMANDS = {
    "1x1": "care.layout-one",
    "1x2": "care.layout-two",
    "1x3": "care.layout-three",
    "2x2": "care.layout-four",
    "1+3": "care.layout-one-and-three",
    "3x3": "care.layout-nine",
}
_PRESET_COMMANDS = {
    "percentiles": "care.window-automatic",
    "percentiles-narrow": "care.window-more-contrast",
}


def preset_command(preset_id: str) -> str:
    """Give the command that takes a window preset."""
    return _PRESET_COMMANDS.get(preset_id, f"care.window-{preset_id}")
