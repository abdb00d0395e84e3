"""What can go wrong with a PACS, each in one sentence that names the server and no patient."""

import socket
import ssl

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message

NO_SPACE_STATUS = 0xA700
_ABOUT_ALL = (401, 403, 404, 405, 408, 429, 502, 503, 504)  # HTTP statuses that no single object causes


class PacsError(SenseError):
    """A PACS did not do what it was asked; asking again later may help."""


class AnswerFailed(PacsError):
    """A PACS failed over what it was asked, and may do without: one object of many can be to blame."""


def unreachable(peer: str, error: BaseException | None) -> PacsError:
    """Say why no connection to `peer` came about; None stands for a time-out."""
    text = QT_TRANSLATE_NOOP("Message", "{peer} cannot be reached: {reason}.")
    return PacsError(message(text, peer=peer, reason=_connection_reason(error)))


def _connection_reason(error: BaseException | None) -> Message | str:
    if error is None or isinstance(error, TimeoutError):
        return message(QT_TRANSLATE_NOOP("Message", "it did not answer in time"))
    if isinstance(error, ssl.SSLError):
        detail = getattr(error, "verify_message", "") or (error.reason or "TLS").replace("_", " ").lower()
        return message(QT_TRANSLATE_NOOP("Message", "the secure connection failed ({detail})"), detail=detail)
    if isinstance(error, socket.gaierror):
        return message(QT_TRANSLATE_NOOP("Message", "the host is not known"))
    if isinstance(error, ConnectionRefusedError):
        return message(QT_TRANSLATE_NOOP("Message", "the connection was refused"))
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or type(error).__name__).lower()


def rejected_association(peer: str, reason: Message | str) -> PacsError:
    """Say that `peer` answered but wants no association."""
    text = QT_TRANSLATE_NOOP("Message", "{peer} does not accept the connection: {reason}.")
    return PacsError(message(text, peer=peer, reason=reason))


def not_offered(peer: str, service: str) -> PacsError:
    """Say that `peer` does not have a service, such as "C-GET"."""
    text = QT_TRANSLATE_NOOP("Message", "{peer} does not offer {service}.")
    return PacsError(message(text, peer=peer, service=service))


def cut_off(peer: str, our_aet: str = "") -> PacsError:
    """Say that `peer` ended the connection before it had answered."""
    text = QT_TRANSLATE_NOOP("Message", "{peer} ended the connection without an answer.")
    hint = QT_TRANSLATE_NOOP("Message", "Our AE title {aet} may not be registered there.")
    return AnswerFailed(message(text, peer=peer), message(hint, aet=our_aet) if our_aet else None)


def failed_status(peer: str, status: int) -> PacsError:
    """Say that `peer` answered with a DIMSE status (PS3.7 annex C) or an HTTP status that tells a failure."""
    shown = f"0x{status:04X}" if status > 599 or status < 100 else str(status)
    text = QT_TRANSLATE_NOOP("Message", "{peer} could not do it: it answered with the status {status}.")
    hint = None
    if status in (401, 403):
        hint = message(QT_TRANSLATE_NOOP("Message", "It wants a valid bearer token (--token)."))
    kind = PacsError if status in _ABOUT_ALL else AnswerFailed
    return kind(message(text, peer=peer, status=shown), hint)


def unreadable_answer(peer: str) -> PacsError:
    """Say that `peer` answered something that is not what the standard asks for."""
    return PacsError(
        message(QT_TRANSLATE_NOOP("Message", "{peer} gave an answer that cannot be read."), peer=peer)
    )
