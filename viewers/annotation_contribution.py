"""The commands that measure and annotate; data only."""

from core.command import Command, Submenu
from core.message import QT_TRANSLATE_NOOP

_MENU = "tools/measure"


def _tool(tool: str, title: str, key: str | None = None) -> Command:
    return Command(
        id=f"care.tool-{tool}",
        title=title,
        run=f"viewers.annotation_commands:tool_{tool.replace('-', '_')}",
        menu=_MENU,
        shortcut=key,
        workspace="care",
        enabled_when="series-open",
        checked_when=f"tool-{tool}",
    )


def _list(
    name: str,
    title: str,
    key: str | None = None,
    *,
    enabled: str | None = "annotations",
    checked: str | None = None,
) -> Command:
    return Command(
        id=f"care.{name.replace('_', '-')}",
        title=title,
        run=f"viewers.annotation_commands:{name}",
        menu="tools/measurements",
        shortcut=key,
        workspace="care",
        enabled_when=enabled,
        checked_when=checked,
    )


ANNOTATION_COMMANDS = (
    _tool("length", QT_TRANSLATE_NOOP("Command", "Length"), "D"),
    _tool("bidirectional", QT_TRANSLATE_NOOP("Command", "Long and short axis"), "B"),
    _tool("length-3d", QT_TRANSLATE_NOOP("Command", "Length across slices"), "Shift+D"),
    _tool("angle", QT_TRANSLATE_NOOP("Command", "Angle"), "Shift+W"),
    _tool("cobb", QT_TRANSLATE_NOOP("Command", "Cobb angle")),
    _tool("cardiothoracic", QT_TRANSLATE_NOOP("Command", "Cardiothoracic ratio")),
    _tool("limb", QT_TRANSLATE_NOOP("Command", "Limb alignment")),
    _tool("ellipse", QT_TRANSLATE_NOOP("Command", "Ellipse"), "E"),
    _tool("rectangle", QT_TRANSLATE_NOOP("Command", "Rectangle"), "Shift+E"),
    _tool("polygon", QT_TRANSLATE_NOOP("Command", "Polygon")),
    _tool("freehand", QT_TRANSLATE_NOOP("Command", "Freehand")),
    _tool("spline", QT_TRANSLATE_NOOP("Command", "Smooth curve")),
    _tool("sphere", QT_TRANSLATE_NOOP("Command", "Sphere")),
    _tool("probe", QT_TRANSLATE_NOOP("Command", "Value at a point"), "V"),
    _tool("profile", QT_TRANSLATE_NOOP("Command", "Values along a line")),
    _tool("arrow", QT_TRANSLATE_NOOP("Command", "Arrow"), "Q"),
    _tool("text", QT_TRANSLATE_NOOP("Command", "Text"), "Shift+Q"),
    _list("next_annotation", QT_TRANSLATE_NOOP("Command", "Next measurement"), "J"),
    _list("previous_annotation", QT_TRANSLATE_NOOP("Command", "Previous measurement"), "Shift+J"),
    _list("edit_annotation_text", QT_TRANSLATE_NOOP("Command", "Text of the measurement…"), "F2"),
    _list("copy_annotations", QT_TRANSLATE_NOOP("Command", "Copy measurements")),
    _list("save_annotations", QT_TRANSLATE_NOOP("Command", "Save measurements…")),
    _list(
        "add_annotations_to_study",
        QT_TRANSLATE_NOOP("Command", "Add measurements to the study"),
        enabled="annotations-listed",
    ),
    _list("delete_annotation", QT_TRANSLATE_NOOP("Command", "Delete measurement")),
    _list("delete_annotations", QT_TRANSLATE_NOOP("Command", "Delete all measurements")),
    _list(
        "toggle_annotations_panel",
        QT_TRANSLATE_NOOP("Command", "List of measurements"),
        "Ctrl+Alt+M",
        enabled=None,
        checked="annotations-panel-shown",
    ),
)
REPORT_COMMAND = Command(
    id="care.report",
    title=QT_TRANSLATE_NOOP("Command", "Measurements as report"),
    run="viewers.report_command:report_command",
    options="viewers.report_command:ReportOptions",
    subcommand="report",
    summary="Write the measurements of a series as a structured report, a table or JSON.",
    example="sense report 1.2.840.99.1 -o report.dcm",
)
ANNOTATION_SUBMENUS = (Submenu(_MENU, QT_TRANSLATE_NOOP("Command", "Measure and annotate")),)
