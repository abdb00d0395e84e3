"""Receiving objects: what answers a C-STORE, and the server that listens for them (PS3.4 annex B)."""

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from imaging.pacs.association import ANSWER_S, quiet_network, send_at_once
from imaging.pacs.client import Receive
from imaging.pacs.failures import NO_SPACE_STATUS
from imaging.pacs.presentation import storage_classes

_BLOCK = 1 << 20
_CANNOT_UNDERSTAND = 0xC000


class StoreHandler:
    """Hands every object that comes to `receive` as the blocks of a DICOM file (PS3.10 7.1).

    Parameters
    ----------
    receive : callable
        May be called from several threads at once; the object counts as stored when it returns.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._error: SenseError | OSError | None = None

    def __call__(self, event: Any) -> int:
        """Answer a C-STORE with its status."""
        try:
            self._receive(_file_blocks(event))
        except (SenseError, OSError) as error:
            self._error = error
            return NO_SPACE_STATUS
        except (ValueError, AttributeError):  # a request without the UIDs that its file needs
            return _CANNOT_UNDERSTAND
        return 0x0000

    def raise_error(self) -> None:
        """Raise what kept an object from being stored."""
        if self._error is not None:
            raise self._error


def _file_blocks(event: Any) -> Iterator[bytes]:
    from pynetdicom.dsutils import encode_file_meta

    yield b"\0" * 128 + b"DICM" + encode_file_meta(event.file_meta)
    data = event.request.DataSet
    data.seek(0)
    while block := data.read(_BLOCK):
        yield block


@contextmanager
def storing(
    handler: StoreHandler,
    aet: str,
    port: int,
    *,
    host: str = "",
    callers: Sequence[str] = (),
    tls: ssl.SSLContext | None = None,
) -> Iterator[Any]:
    """Listen for objects (and C-ECHO) while the block runs.

    Parameters
    ----------
    aet : str
        Our AE title.
    host : str
        The address to listen on; "" for all of this machine.
    callers : sequence of str
        AE titles that may send; () for any.
    tls : SSLContext, optional
        Speak TLS only (PS3.15 annex B).

    Raises
    ------
    SenseError
        When the port is taken.
    """
    pynetdicom = quiet_network()
    entity = pynetdicom.AE(aet)
    entity.network_timeout = entity.dimse_timeout = entity.acse_timeout = ANSWER_S
    entity.require_calling_aet = list(callers)
    for sop_class in storage_classes():
        entity.add_supported_context(sop_class, pynetdicom.ALL_TRANSFER_SYNTAXES)
    entity.add_supported_context("1.2.840.10008.1.1")
    events = pynetdicom.evt
    handlers = [(events.EVT_C_STORE, handler), (events.EVT_CONN_OPEN, send_at_once)]
    try:
        server = entity.start_server((host, port), block=False, evt_handlers=handlers, ssl_context=tls)
    except (OSError, OverflowError) as error:
        text = QT_TRANSLATE_NOOP("Message", "The port {port} cannot be listened on: {reason}.")
        reason = getattr(error, "strerror", None) or "0-65535"
        raise SenseError(message(text, port=port, reason=reason)) from error
    try:
        yield server
    finally:
        server.shutdown()
        for thread in list(entity.active_associations):
            _end(thread)


def _end(thread: threading.Thread) -> None:
    abort = getattr(thread, "abort", None)
    if abort is not None and thread.is_alive():
        abort(block=False)
    thread.join(1.0)
