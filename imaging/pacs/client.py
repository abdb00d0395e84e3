"""What every PACS can be asked, whichever protocol it speaks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from core.message import Message
from core.progress import Progress
from imaging.instance import Instance
from imaging.pacs.peers import PeerAddress
from imaging.pacs.records import Query, RemoteInstance, RemoteSeries, RemoteStudy

Receive = Callable[[Iterable[bytes]], None]


class Fate(Enum):
    """What became of an object that was sent."""

    STORED = "stored"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True)
class SendOutcome:
    """The answer to one object that was sent.

    Parameters
    ----------
    instance : Instance
        Which one.
    fate : Fate
        LATER where asking again may help (the server is short of space), REFUSED where it will not.
    reason : Message, optional
        Why it is not stored.
    """

    instance: Instance
    fate: Fate
    reason: Message | None = None


class PacsClient(Protocol):
    """Speaks with one PACS; every call raises `PacsError` when that fails, and `Cancelled`."""

    def echo(self, progress: Progress) -> None:
        """Return when the server answers."""
        ...

    def studies(self, query: Query, progress: Progress) -> list[RemoteStudy]:
        """Give the studies that match."""
        ...

    def series(self, study_uid: str, progress: Progress) -> list[RemoteSeries]:
        """Give the series of a study."""
        ...

    def instances(self, series: Sequence[RemoteSeries], progress: Progress) -> list[RemoteInstance]:
        """Give the objects of some series."""
        ...

    def fetch(
        self, wanted: Sequence[RemoteInstance], whole: bool, receive: Receive, progress: Progress
    ) -> None:
        """Give every object of one series (`whole`), or some, to `receive` as the blocks of a DICOM file."""
        ...

    def store(self, instances: Sequence[Instance], progress: Progress) -> Iterator[SendOutcome]:
        """Send objects as they are and give what became of each."""
        ...


def client_of(peer: PeerAddress, token: str = "") -> PacsClient:
    """Give the client for a server; nothing is sent yet."""
    if peer.is_dimse:
        from imaging.pacs.dimse_client import DimseClient

        return DimseClient(peer)
    from imaging.pacs.web_client import WebClient

    return WebClient(peer, token)
