"""Receiving what others send: the store provider (PS3.4 annex B)."""

import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.found_file import Rejected
from imaging.importing import OnSeries
from imaging.pacs.incoming import Incoming
from imaging.pacs.storing import StoreHandler, storing

_LOOK_S = 0.2
_QUIET_S = 1.0
_SETTLED_AT = 200


@dataclass(frozen=True)
class Received:
    """What came while the provider listened.

    Parameters
    ----------
    series : tuple of Series
        That grew.
    received, new : int
        Objects that came, and those of them that were not there before.
    rejected : tuple of Rejected
        Received, but not to be used.
    """

    series: tuple[Series, ...]
    received: int
    new: int
    rejected: tuple[Rejected, ...]


def serve(
    library: Library,
    port: int,
    aet: str,
    *,
    host: str = "",
    callers: Sequence[str] = (),
    tls: ssl.SSLContext | None = None,
    stop: threading.Event,
    progress: Progress = SILENT,
    on_series: OnSeries | None = None,
) -> Received:
    """Receive into the library until `stop` is set.

    Parameters
    ----------
    host : str
        The address to listen on; "" for all of this machine.
    callers : sequence of str
        AE titles that may send; () for any.
    tls : SSLContext, optional
        Speak TLS only; see `serving_context`.

    Raises
    ------
    SenseError
        When the port is taken.
    """
    incoming = Incoming(library)
    incoming.settle(on_series)  # what a killed program left
    with storing(StoreHandler(incoming.keep), aet, port, host=host, callers=callers, tls=tls):
        library.audit.append("care.pacs.serve", (aet, str(port)), "started")
        settled, seen, seen_s = 0, 0, time.monotonic()
        while not stop.wait(_LOOK_S):
            progress.report(
                0.0, message(QT_TRANSLATE_NOOP("Message", "Images received: {count}"), count=seen)
            )
            if incoming.received != seen:
                seen, seen_s = incoming.received, time.monotonic()
            quiet = time.monotonic() - seen_s > _QUIET_S
            if seen > settled and (quiet or seen - settled >= _SETTLED_AT):
                settled = seen
                incoming.settle(on_series)
    incoming.settle(on_series)
    uids = {one.series_uid for one in incoming.series.values()}
    library.audit.append("care.pacs.serve", tuple(sorted(uids))[:500], "ended")
    return Received(
        tuple(incoming.series.values()), incoming.received, incoming.new, tuple(incoming.rejected)
    )
