"""What the application itself offers."""

from core.command import Command, Contribution
from core.message import QT_TRANSLATE_NOOP

CONTRIBUTION = Contribution(
    commands=(
        Command(
            id="app.doctor",
            title=QT_TRANSLATE_NOOP("Command", "Check this machine"),
            run="app.doctor:examine",
            subcommand="doctor",
            summary="Say what this machine has for the program, what is missing and how to get it.",
            example="sense doctor --json",
        ),
        Command(
            id="app.audit",
            title=QT_TRANSLATE_NOOP("Command", "Audit trail"),
            run="app.audit_listing:list_audit",
            subcommand="audit",
            summary="List who did what to which study.",
            example="sense audit --json",
        ),
    )
)
