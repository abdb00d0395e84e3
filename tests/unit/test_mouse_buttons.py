"""The tools of the mouse buttons are remembered, whatever a settings file holds."""

from viewers.mouse_buttons import MouseButtons
from viewers.mouse_tools import MouseTool


def test_choices_are_remembered(library):
    buttons = MouseButtons(library.settings)
    assert (buttons.left, buttons.right) == (MouseTool.WINDOW, MouseTool.ZOOM)
    buttons.choose(MouseTool.PAN)
    buttons.toggle_right()
    again = MouseButtons(library.settings)
    assert again.states() == {"tool-pan", "right-drag-window"}
    again.toggle_right()
    assert again.states() == {"tool-pan"}


def test_an_unknown_tool_is_left_out(library):
    library.settings.set("viewer.tool", "hammer")
    assert MouseButtons(library.settings).left is MouseTool.WINDOW
