"""DICOM associations (PS3.8): opened with a clear error, cancelled at any time, and silent in the logs."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from imaging.pacs.failures import cut_off, rejected_association, unreachable
from imaging.pacs.interruptible import AbortOnCancel, interruptible
from imaging.pacs.peers import PeerAddress

if TYPE_CHECKING:
    from pynetdicom.association import Association
    from pynetdicom.presentation import PresentationContext

CONNECT_S, ANSWER_S = 10.0, 30.0
# Each is proposed on its own, so that the server need not transcode to the one that it prefers (PS3.5 10).
TRANSFER_SYNTAXES = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.92",
    "1.2.840.10008.1.2.4.93",
    "1.2.840.10008.1.2.4.100",
    "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.103",
)
MOST_CONTEXTS = 128
_REJECTION_SOURCE_USER = 1


def quiet_network() -> Any:
    """Import pynetdicom so that it logs nothing: what it would say quotes queries and answers."""
    import pynetdicom
    from pynetdicom import _config

    _config.LOG_HANDLER_LEVEL = "none"
    _config.LOG_REQUEST_IDENTIFIERS = False
    _config.LOG_RESPONSE_IDENTIFIERS = False
    _config.STORE_SEND_CHUNKED_DATASET = True
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)
    return pynetdicom


def tls_context(peer: PeerAddress) -> ssl.SSLContext:
    """Give what checks the server's certificate and shows ours (PS3.15 annex B, BCP 195)."""
    context = ssl.create_default_context(cafile=peer.ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if peer.certificate:
        context.load_cert_chain(peer.certificate, peer.key or None)
    return context


def serving_context(certificate: Path, key: Path | None, ca: Path | None) -> ssl.SSLContext:
    """Give what a provider shows to its callers.

    Parameters
    ----------
    certificate, key : Path
        PEM files; the key may stand in the certificate's.
    ca : Path, optional
        Only callers whose certificate one of these authorities has signed may send.

    Raises
    ------
    BadInput
        When a file cannot be read or is none of that kind.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        if ca is not None:
            context.load_verify_locations(ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as error:  # ssl.SSLError is one
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: the certificate, its key or the authorities cannot be used."
        )
        raise BadInput(message(text, path=str(certificate))) from error
    return context


@contextmanager
def association(
    peer: PeerAddress,
    contexts: "Sequence[PresentationContext]",
    progress: Progress,
    *,
    roles: Iterable[Any] = (),
    on_store: Callable[[Any], int] | None = None,
) -> "Iterator[Association]":
    """Hold an association with `peer`; it is released in the end, and aborted after an error or a cancel.

    Parameters
    ----------
    contexts : sequence of PresentationContext
        What is proposed.
    roles : iterable of SCP_SCU_RoleSelectionNegotiation
        For the objects that come back with a C-GET.
    on_store : callable, optional
        Answers C-STORE requests.

    Raises
    ------
    PacsError
        When the server cannot be reached, or does not accept.
    """
    connections: list[socket.socket] = []
    opened = interruptible(
        lambda: _open(peer, contexts, roles, on_store, connections),
        progress,
        unwanted=lambda late: late.abort(),
    )
    try:
        with AbortOnCancel(progress, lambda: _interrupt(opened)):
            yield opened
        progress.check()
        if opened.is_established:
            opened.release()
    finally:
        if opened.is_established:
            opened.abort()
        for connection in connections:  # pynetdicom leaves one open whose other end went away first
            connection.close()


def send_at_once(event: Any) -> None:
    """Turn Nagle's algorithm off: each small answer would wait 40 ms for the peer's ACK."""
    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _interrupt(opened: "Association") -> None:
    opened.abort(block=False)
    opened.dimse.msg_queue.put((None, None))  # wakes who waits for an answer


def _open(
    peer: PeerAddress,
    contexts: "Sequence[PresentationContext]",
    roles: Iterable[Any],
    on_store: Callable[[Any], int] | None,
    connections: list[socket.socket],
) -> "Association":
    pynetdicom = quiet_network()
    entity = pynetdicom.AE(peer.aet)
    entity.connection_timeout, entity.acse_timeout = CONNECT_S, ANSWER_S
    entity.dimse_timeout, entity.network_timeout = ANSWER_S, ANSWER_S

    def note_connection(event: Any) -> None:
        send_at_once(event)
        connections.append(event.assoc.dul.socket.socket)

    handlers: list[Any] = [(pynetdicom.evt.EVT_CONN_OPEN, note_connection)]
    if on_store is not None:
        handlers.append((pynetdicom.evt.EVT_C_STORE, on_store))
    tls = (_checked_tls(peer), peer.host) if peer.tls else None
    try:
        opened = entity.associate(
            peer.host,
            peer.port,
            contexts=list(contexts),
            ae_title=peer.called_aet,
            ext_neg=list(roles),
            evt_handlers=handlers,
            tls_args=tls,
        )
    except OSError as error:  # a host without an address
        raise unreachable(peer.name, error) from error
    if opened.is_established:
        return opened
    if opened.is_rejected:
        raise rejected_association(peer.name, _rejection(opened.acceptor.primitive, peer))
    if not connections:
        raise unreachable(peer.name, _connection_error(peer))
    for connection in connections:
        connection.close()
    raise cut_off(peer.name, peer.aet)


def _checked_tls(peer: PeerAddress) -> ssl.SSLContext:
    try:
        return tls_context(peer)
    except OSError as error:  # ssl.SSLError is one
        raise unreachable(peer.name, error) from error


def _connection_error(peer: PeerAddress) -> OSError | None:
    """Connect once more to learn why it failed, which pynetdicom only logs."""
    try:
        with socket.create_connection((peer.host, peer.port), CONNECT_S) as plain:
            if peer.tls:
                tls_context(peer).wrap_socket(plain, server_hostname=peer.host).close()
    except OSError as error:
        return error
    return None


def _rejection(primitive: Any, peer: PeerAddress) -> Message | str:
    """Give the reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21)."""
    if primitive.result_source == _REJECTION_SOURCE_USER and primitive.diagnostic == 7:
        return message(QT_TRANSLATE_NOOP("Message", "it is not the AE title {aet}"), aet=peer.called_aet)
    if primitive.result_source == _REJECTION_SOURCE_USER and primitive.diagnostic == 3:
        return message(QT_TRANSLATE_NOOP("Message", "it does not know our AE title {aet}"), aet=peer.aet)
    return str(primitive.reason_str).rstrip(".").lower()
