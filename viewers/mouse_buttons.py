"""What the mouse buttons do in the slice views, as the user chose it."""

from core.settings import Settings
from viewers.strokes import MouseTool

_LEFT, _RIGHT = "viewer.tool", "viewer.right-tool"


class MouseButtons:
    """The tools of the left and the right button; choices are remembered.

    Parameters
    ----------
    settings : Settings
        Where they are remembered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.left = _remembered(settings, _LEFT, MouseTool.WINDOW)
        self.right = _remembered(settings, _RIGHT, MouseTool.ZOOM)

    def choose(self, tool: MouseTool) -> None:
        """Give the left button another tool."""
        self.left = tool
        self._settings.set(_LEFT, tool.value)

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
    return MouseTool(value) if value in list(MouseTool) else usual
