"""What capture offers; data only, so that the command line starts fast."""

from capture.file_kinds import FILMS
from core.command import Command, Contribution, ModelUse, Workspace
from core.message import QT_TRANSLATE_NOOP

_PAGE = "capture"


def _command(
    name: str, title: str, enabled: str | None = None, menu: str | None = "tools/capture"
) -> Command:
    """Declare a command of the Capture page; its function is in `capture.page_commands`."""
    return Command(
        id=f"capture.page-{name.replace('_', '-')}",
        title=title,
        run=f"capture.page_commands:{name}",
        menu=menu,
        workspace=_PAGE,
        enabled_when=enabled,
    )


CONTRIBUTION = Contribution(
    workspaces=(
        Workspace(
            id=_PAGE,
            title=QT_TRANSLATE_NOOP("Command", "Capture"),
            icon="camera",
            factory="capture.ui.capture_page:CapturePage",
            order=30,
            opens=FILMS,
        ),
    ),
    commands=(
        _command("start_camera", QT_TRANSLATE_NOOP("Command", "Start the camera")),
        _command("open_film", QT_TRANSLATE_NOOP("Command", "Capture a film or picture…")),
        _command("open_folder", QT_TRANSLATE_NOOP("Command", "Capture a folder of pictures…")),
        _command("stop", QT_TRANSLATE_NOOP("Command", "Stop capturing"), "capturing"),
        _command("record", QT_TRANSLATE_NOOP("Command", "Record the capture"), "capture-source"),
        _command("calibrate", QT_TRANSLATE_NOOP("Command", "Calibrate the face at rest"), "capturing"),
        _command("show_models", QT_TRANSLATE_NOOP("Command", "Get the networks for capture")),
        Command(
            id="capture.record",
            title=QT_TRANSLATE_NOOP("Command", "Capture a person"),
            run="capture.capture_command:capture_command",
            options="capture.capture_command:CaptureOptions",
            subcommand="avatar capture",
            summary="Write what face, hands and body do in a film or in pictures (.json).",
            example="sense avatar capture talk.mp4 -o talk.json",
        ),
    ),
    model_uses=(
        ModelUse(
            ("face-detector", "face-landmarks", "face-blendshapes"),
            QT_TRANSLATE_NOOP("Command", "Capturing faces: landmarks, expression, head and gaze"),
            f"workspace:{_PAGE}",
        ),
        ModelUse(
            ("palm-detector", "hand-landmarks"),
            QT_TRANSLATE_NOOP("Command", "Capturing hands"),
            f"workspace:{_PAGE}",
        ),
        ModelUse(
            ("person-detector", "pose-landmarks"),
            QT_TRANSLATE_NOOP("Command", "Capturing bodies"),
            f"workspace:{_PAGE}",
        ),
        ModelUse(
            ("person-mask",),
            QT_TRANSLATE_NOOP("Command", "Separating a person from the background"),
            f"workspace:{_PAGE}",
        ),
    ),
)
