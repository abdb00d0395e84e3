"""What the commands that measure and annotate do."""

from viewers.annotation_jump import show_annotation
from viewers.commands import OnDocument, OnWorkspace
from viewers.mouse_tools import MouseTool
from viewers.viewer_document import ViewerDocument


def _tool(tool: MouseTool) -> OnWorkspace:
    return OnWorkspace(lambda workspace: workspace.choose_tool(tool))


tool_length = _tool(MouseTool.LENGTH)
tool_bidirectional = _tool(MouseTool.BIDIRECTIONAL)
tool_length_3d = _tool(MouseTool.LENGTH_3D)
tool_angle = _tool(MouseTool.ANGLE)
tool_cobb = _tool(MouseTool.COBB)
tool_cardiothoracic = _tool(MouseTool.CARDIOTHORACIC)
tool_limb = _tool(MouseTool.LIMB)
tool_ellipse = _tool(MouseTool.ELLIPSE)
tool_rectangle = _tool(MouseTool.RECTANGLE)
tool_polygon = _tool(MouseTool.POLYGON)
tool_freehand = _tool(MouseTool.FREEHAND)
tool_spline = _tool(MouseTool.SPLINE)
tool_sphere = _tool(MouseTool.SPHERE)
tool_probe = _tool(MouseTool.PROBE)
tool_profile = _tool(MouseTool.PROFILE)
tool_arrow = _tool(MouseTool.ARROW)
tool_text = _tool(MouseTool.TEXT)


def _step(document: ViewerDocument, steps: int) -> None:
    items = document.annotations.items
    if not items:
        return
    uids = [one.uid for one in items]
    selected = document.annotations.selected
    place = uids.index(selected) + steps if selected in uids else (0 if steps > 0 else -1)
    show_annotation(document, uids[place % len(uids)])


next_annotation = OnDocument(lambda document: _step(document, 1))
previous_annotation = OnDocument(lambda document: _step(document, -1))
delete_annotation = OnDocument(lambda document: document.annotations.remove([document.annotations.selected]))
delete_annotations = OnDocument(
    lambda document: document.annotations.remove([one.uid for one in document.annotations.items])
)
edit_annotation_text = OnWorkspace(lambda workspace: workspace.measurements.edit_text())
copy_annotations = OnWorkspace(lambda workspace: workspace.measurements.copy())
save_annotations = OnWorkspace(lambda workspace: workspace.annotation_files.ask_to_save())
add_annotations_to_study = OnWorkspace(lambda workspace: workspace.annotation_files.add_to_study())
toggle_annotations_panel = OnWorkspace(lambda workspace: workspace.toggle_annotations_panel())
