"""`sense pacs send` and `sense pacs queue`."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from core.context import Context
from core.errors import ExitStatus
from core.message import QT_TRANSLATE_NOOP, message
from imaging.pacs.commands import Report
from imaging.pacs.failures import PacsError
from imaging.pacs.options import PeerOptions, warnings_about
from imaging.pacs.send_queue import QueuedSend, SendQueue
from imaging.pacs.sending import Sent, send_due, send_series


@dataclass(frozen=True, kw_only=True)
class SendOptions(PeerOptions):
    """Which series to send."""

    series_uids: tuple[str, ...] = field(
        metadata={"help": "SeriesInstanceUIDs", "positional": True, "metavar": "SERIES_UID"}
    )


@dataclass(frozen=True)
class QueueOptions:
    """What to do with the queue; it is listed in any case."""

    retry: bool = field(default=False, metadata={"help": "send now whatever waits or has failed"})
    due: bool = field(default=False, metadata={"help": "send now what is due again"})
    clear: bool = field(default=False, metadata={"help": "forget everything in it"})
    token: str | None = field(
        default=None, metadata={"help": "bearer token for DICOMweb", "metavar": "TOKEN"}
    )


def send_command(context: Context, options: SendOptions) -> Report:
    """Send series to a PACS; what cannot be sent now stays in the queue."""
    peer = options.address(context)
    token = options.secret(peer)
    sent = send_series(context.library, peer, options.series_uids, token=token, progress=context.progress)
    _raise_failure(sent)
    return replace(_report(sent, {"peer": peer.name}), notes=warnings_about(peer))


def queue_command(context: Context, options: QueueOptions) -> Report:
    """List what waits to be sent, and send it or forget it."""
    sent = Sent()
    with SendQueue(context.library) as queue:
        if options.clear:
            queue.clear()
        if options.retry:
            queue.revive()
    if options.retry or options.due:
        sent = send_due(
            context.library, token=options.token or "", now=options.retry, progress=context.progress
        )
    with SendQueue(context.library) as queue:
        entries = queue.entries()
    report = _report(sent, {"queue": [_entry_json(entry) for entry in entries]})
    return replace(report, text="\n".join(map(_entry_line, entries)))


def _raise_failure(sent: Sent) -> None:
    """Raise where nothing arrived; what waits is not lost."""
    if sent.error is None or sent.sent:
        return
    hint = QT_TRANSLATE_NOOP("Message", "What was not sent waits in the queue: sense pacs queue --retry.")
    raise PacsError(sent.error.message, sent.error.hint or message(hint))


def _report(sent: Sent, values: dict[str, Any]) -> Report:
    nothing = not sent.sent and bool(sent.rejected or sent.error)
    return Report(
        {
            **values,
            "sent": sent.sent,
            "waiting": sent.waiting,
            "rejected": [one.to_json() for one in sent.rejected],
        },
        f"{sent.sent} sent, {sent.waiting} waiting, {len(sent.rejected)} refused",
        rejected=tuple(sent.rejected),
        exit_status=ExitStatus.FAILED if nothing else ExitStatus.DONE,
    )


def _entry_json(entry: QueuedSend) -> dict[str, Any]:
    return {
        "peer": entry.peer.name,
        "series_uid": entry.series_uid,
        "sop_uid": entry.sop_uid,
        "attempts": entry.attempts,
        "next_at": datetime.fromtimestamp(entry.next_at, UTC).isoformat(timespec="seconds"),
        "failed": entry.failed,
        "reason": str(entry.reason or ""),
    }


def _entry_line(entry: QueuedSend) -> str:
    state = "failed" if entry.failed else "waiting"
    return (
        f"{entry.sop_uid}  {entry.peer.name}  {state} after {entry.attempts} attempts  {entry.reason or ''}"
    )
