"""What reconstruction offers; data only, so that the command line starts fast."""

from core.command import Command, Contribution
from core.message import QT_TRANSLATE_NOOP

CONTRIBUTION = Contribution(
    commands=(
        Command(
            id="reconstruction.reconstruct",
            title=QT_TRANSLATE_NOOP("Command", "Reconstruct from photographs"),
            run="reconstruction.reconstruct_command:reconstruct_command",
            options="reconstruction.reconstruct_command:ReconstructOptions",
            subcommand="reconstruct",
            summary="Find where photographs were taken, and the surface of what they show.",
            example="sense reconstruct photographs -o statue",
        ),
    )
)
