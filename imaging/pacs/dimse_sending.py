"""Sending objects by C-STORE, each in the transfer syntax that its file has (PS3.4 annex B)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from imaging.instance import Instance
from imaging.pacs.association import MOST_CONTEXTS, association
from imaging.pacs.client import Fate, SendOutcome
from imaging.pacs.dimse_answers import is_success, status_of
from imaging.pacs.failures import PacsError, cut_off, failed_status
from imaging.pacs.part10 import has_file_meta, with_file_meta
from imaging.pacs.peers import PeerAddress
from imaging.pacs.presentation import sending_contexts

_MOST_CUTS = 3  # in a row, after which it is not the object that is to blame


def send_all(peer: PeerAddress, instances: Sequence[Instance], progress: Progress) -> Iterator[SendOutcome]:
    """Send objects and give what became of each; `PacsError` leaves those that follow unsent.

    An object on which the server cuts the association is left for later, and the others go by a new one: it
    may be the object that the server cannot bear.
    """
    cuts = 0
    for group in _groups(instances):
        left = list(group)
        while left:
            try:
                with association(peer, sending_contexts(map(_kind, left)), progress) as opened:
                    accepted = _accepted(opened)
                    while left:
                        progress.check()
                        outcome = _outcome(opened, peer, left[0], accepted, progress)
                        left.pop(0)
                        cuts = 0
                        yield outcome
            except _Cut as cut:
                cuts += 1
                if cuts == _MOST_CUTS:
                    raise cut.error from None
                yield SendOutcome(left.pop(0), Fate.LATER, cut.error.message)


class _Cut(Exception):
    """The server went away over one object, which has to wait."""

    def __init__(self, error: PacsError) -> None:
        super().__init__()
        self.error = error


def _accepted(opened: Any) -> set[tuple[str, str]]:
    return {
        (str(context.abstract_syntax), str(context.transfer_syntax[0]))
        for context in opened.accepted_contexts
    }


def _outcome(
    opened: Any,
    peer: PeerAddress,
    instance: Instance,
    accepted: set[tuple[str, str]],
    progress: Progress,
) -> SendOutcome:
    if _kind(instance) not in accepted:
        return SendOutcome(instance, Fate.REFUSED, _not_accepted(peer, instance))
    return _send(opened, peer, instance, progress)


def _kind(instance: Instance) -> tuple[str, str]:
    return instance.sop_class_uid, instance.transfer_syntax


def _groups(instances: Sequence[Instance]) -> Iterator[list[Instance]]:
    """Cut so that no group has more kinds than an association has contexts."""
    group: list[Instance] = []
    kinds: set[tuple[str, str]] = set()
    for instance in instances:
        if len(kinds | {_kind(instance)}) > MOST_CONTEXTS:
            yield group
            group, kinds = [], set()
        group.append(instance)
        kinds.add(_kind(instance))
    if group:
        yield group


def _send(opened: Any, peer: PeerAddress, instance: Instance, progress: Progress) -> SendOutcome:
    try:
        path = Path(instance.path)
        answer = opened.send_c_store(path if has_file_meta(path) else with_file_meta(instance))
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "the file cannot be read: {reason}")
        reason = message(text, reason=error.strerror or type(error).__name__)
        return SendOutcome(instance, Fate.REFUSED, reason)
    except (AttributeError, ValueError):
        reason = message(QT_TRANSLATE_NOOP("Message", "the file lacks what every DICOM object has"))
        return SendOutcome(instance, Fate.REFUSED, reason)
    except RuntimeError:  # the association is gone
        progress.check()
        raise _Cut(cut_off(peer.name, peer.aet)) from None
    progress.check()
    try:
        status = status_of(answer, peer)
    except PacsError as error:  # it went away without an answer
        raise _Cut(error) from None
    if is_success(status):
        return SendOutcome(instance, Fate.STORED)
    fate = Fate.LATER if status >> 8 == 0xA7 else Fate.REFUSED
    return SendOutcome(instance, fate, failed_status(peer.name, status).message)


def _not_accepted(peer: PeerAddress, instance: Instance) -> Message:
    from pydicom.uid import UID

    text = QT_TRANSLATE_NOOP("Message", "{peer} does not accept {kind} in the encoding {encoding}.")
    kind, encoding = UID(instance.sop_class_uid).name, UID(instance.transfer_syntax).name
    return message(text, peer=peer.name, kind=kind, encoding=encoding)
