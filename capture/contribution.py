"""What capture offers; data only, so that the command line starts fast."""

from core.command import Command, Contribution, ModelUse
from core.message import QT_TRANSLATE_NOOP

CONTRIBUTION = Contribution(
    commands=(
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
            "capture.record",
        ),
        ModelUse(
            ("palm-detector", "hand-landmarks"),
            QT_TRANSLATE_NOOP("Command", "Capturing hands"),
            "capture.record",
        ),
        ModelUse(
            ("person-detector", "pose-landmarks"),
            QT_TRANSLATE_NOOP("Command", "Capturing bodies"),
            "capture.record",
        ),
        ModelUse(
            ("person-mask",),
            QT_TRANSLATE_NOOP("Command", "Separating a person from the background"),
            "capture.record",
        ),
    ),
)
