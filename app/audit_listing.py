"""`sense audit`: the audit trail as a table or as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from core.audit import AuditEvent
from core.context import Context


@dataclass(frozen=True)
class AuditListing:
    """The events of the trail, oldest first."""

    events: tuple[AuditEvent, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the events as plain dictionaries."""
        return {"events": [asdict(event) for event in self.events]}

    def __str__(self) -> str:
        """Give one line for each event."""
        return "\n".join(
            f"{event.time}  {event.user}  {event.action}  {event.outcome}  {' '.join(event.objects)}".rstrip()
            for event in self.events
        )


def list_audit(context: Context, _options: None) -> AuditListing:
    """List the trail of the library; raises `SenseError` where a line was changed."""
    return AuditListing(tuple(context.library.audit.events()))
