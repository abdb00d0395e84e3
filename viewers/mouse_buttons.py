"""What the mouse buttons do in the slice views, as the user chose it."""

from core.settings import Settings
from viewers.mouse_tools import SHOWING_TOOLS, MouseTool

_LEFT, _RIGHT = "viewer.tool", "viewer.right-tool"


class MouseButtons:
    """The tools of the left and the right button; choices are remembered, but not that of a drawing tool.

    Parameters
    ----------
    settings : Settings
        Where they are remembered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.left = self.showing = _remembered(settings, _LEFT, MouseTool.WINDOW)
        self.right = _remembered(settings, _RIGHT, MouseTool.ZOOM)

    def choose(self, tool: MouseTool) -> None:
        """Give the left button another tool."""
        self.left = tool
        if not tool.draws:
            self.showing = tool
            self._settings.set(_LEFT, tool.value)

    def stop_drawing(self) -> bool:
        """Give the left button the last tool that shows again; False where it has such a one already."""
        drawing = self.left.draws
        self.left = self.showing
        return drawing

    def toggle_right(self) -> None:
        """Let the right button set the window instead of zooming, or zoom again."""
        self.right = MouseTool.ZOOM if self.right is MouseTool.WINDOW else MouseTool.WINDOW
        self._settings.set(_RIGHT, self.right.value)

    def states(self) -> set[str]:
        """Name the tools, for checking commands."""
        window = {"right-drag-window"} if self.right is MouseTool.WINDOW else set[str]()
        return {f"tool-{self.left.value}", *window}


def _remembered(settings: Settings, key: str, usual: MouseTool) -> MouseTool:
    value = settings.get(key, usual.value)
    return MouseTool(value) if value in SHOWING_TOOLS else usual
