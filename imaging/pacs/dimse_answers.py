"""Answers of DIMSE services: what a status means, and identifiers as text (PS3.7 annex C, PS3.4 C.4)."""

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from imaging.pacs.failures import PacsError, cut_off, failed_status
from imaging.pacs.peers import PeerAddress

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_PENDING = (0xFF00, 0xFF01)


def status_of(answer: "Dataset", peer: PeerAddress) -> int:
    """Give the status of an answer; `PacsError` where the server went away instead."""
    if "Status" not in answer:
        raise cut_off(peer.name, peer.aet)
    return int(answer.Status)


def is_success(status: int) -> bool:
    """Tell whether all was done, be it with a warning."""
    return status in (0x0000, 0x0001, 0x0107, 0x0116) or status >> 12 == 0xB


def is_pending(status: int) -> bool:
    """Tell whether more answers follow."""
    return status in _PENDING


def refuse_failure(status: int, peer: PeerAddress) -> None:
    """Raise `PacsError` for a status that is none of success, warning and pending."""
    if not (is_success(status) or is_pending(status)):
        raise failed_status(peer.name, status)


def matches(
    answers: "Iterable[tuple[Dataset, Dataset | None]]", peer: PeerAddress
) -> "Iterator[dict[str, str]]":
    """Give the identifiers of a C-FIND, keyword to text; several values are joined by a backslash."""
    for answer, identifier in answers:
        status = status_of(answer, peer)
        refuse_failure(status, peer)
        if is_pending(status) and identifier is not None:
            yield _texts(identifier)


def _texts(identifier: "Dataset") -> dict[str, str]:
    values: dict[str, str] = {}
    with warnings.catch_warnings():  # values that break the rules are shown as they are
        warnings.simplefilter("ignore")
        for element in identifier:
            if element.keyword and element.VR != "SQ":
                values[element.keyword] = _text(element.value)
    return values


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable) or hasattr(value, "components"):
        return str(value).strip(" \0")
    return "\\".join(_text(item) for item in value)


def worst_of_suboperations(answer: "Dataset", peer: PeerAddress) -> PacsError | None:
    """Give an error when the sub-operations of a C-GET or C-MOVE failed."""
    status = status_of(answer, peer)
    failed = int(answer.get("NumberOfFailedSuboperations", 0) or 0)
    if is_pending(status) or (is_success(status) and not failed):
        return None
    return failed_status(peer.name, status)
