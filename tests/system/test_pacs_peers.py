"""Exchange with other peers than Orthanc: dcmtk's archive, pynetdicom's provider, TLS, tokens, silence."""

import json
import re
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

import pynetdicom
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.errors import BadInput, Cancelled, UsageError
from core.library import Library
from core.progress import CancelToken, SilentProgress
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.pacs.association import serving_context
from imaging.pacs.commands import ServeOptions
from imaging.pacs.exchange import echo, find_series, find_studies, retrieve_study
from imaging.pacs.failures import PacsError
from imaging.pacs.peers import PeerAddress
from imaging.pacs.provider import serve
from imaging.pacs.records import Query
from imaging.pacs.send_queue import SendQueue
from imaging.pacs.sending import send_series
from tests.dicom_factory import MadeSeries, make_ct_series
from tests.system.pacs_servers import free_port, program, running, wait_for_port


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeSeries:
    return make_ct_series(tmp_path_factory.mktemp("ct"), slices=6)


@contextmanager
def provider(
    answer: Callable[[Any], int] = lambda _event: 0x0000, context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """pynetdicom's store provider; gives its port."""
    entity = pynetdicom.AE("PEER")
    entity.supported_contexts = pynetdicom.StoragePresentationContexts
    entity.add_supported_context("1.2.840.10008.1.1")
    port = free_port()
    handlers = [(pynetdicom.evt.EVT_C_STORE, answer)]
    server = entity.start_server(("127.0.0.1", port), block=False, evt_handlers=handlers, ssl_context=context)
    try:
        yield port
    finally:
        server.shutdown()


def test_an_archive_of_dcmtk(tmp_path: Path, made: MadeSeries) -> None:
    port, ours, folder = free_port(), free_port(), tmp_path / "archive"
    folder.mkdir()
    settings = tmp_path / "dcmqrscp.cfg"
    settings.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
        f"HostTable BEGIN\nsense = (SENSE, 127.0.0.1, {ours})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nARCHIVE {folder} RW (200, 1024mb) ANY\nAETable END\n"
    )
    peer = PeerAddress(f"dimse://ARCHIVE@127.0.0.1:{port}")
    sender, got, moved = (Library.open(tmp_path / name) for name in ("sender", "got", "moved"))
    import_paths(sender, [made.folder])
    with running([program("dcmqrscp"), "-c", str(settings)], port):
        assert send_series(sender, peer, [made.series_uid]).sent == 6
        (study,) = find_studies(got, peer, Query(patient_id="PHANTOM-1", patient_name="Phan*"))
        assert study.study_uid == made.study_uid
        (series,) = find_series(got, peer, Query(study_uid=made.study_uid))
        assert series.series_uid == made.series_uid
        import_paths(got, made.files[:2])
        report = retrieve_study(got, peer, made.study_uid)
        assert (report.received, report.present, report.missing) == (4, 2, 0)
        by_move = PeerAddress(peer.url, move_port=ours)
        assert retrieve_study(moved, by_move, made.study_uid).received == 6


@pytest.mark.parametrize(
    ("status", "waiting", "rejected"), [(0xA700, 6, 0), (0xA900, 0, 6), (0xC123, 0, 6), (0xB000, 0, 0)]
)
def test_what_an_answer_means_for_the_queue(
    library: Library, made: MadeSeries, status: int, waiting: int, rejected: int
) -> None:
    import_paths(library, [made.folder])
    with provider(lambda _event: status) as port:
        sent = send_series(library, PeerAddress(f"dimse://PEER@127.0.0.1:{port}"), [made.series_uid])
    assert (sent.sent, sent.waiting, len(sent.rejected)) == (6 - waiting - rejected, waiting, rejected)
    with SendQueue(library) as queue:
        assert len(queue.entries()) == waiting + rejected
        assert sum(entry.failed for entry in queue.entries()) == rejected


def test_an_object_that_breaks_the_association_does_not_keep_the_others(
    library: Library, made: MadeSeries
) -> None:
    import_paths(library, [made.folder])
    poison = str(dcmread(made.files[2]).SOPInstanceUID)

    def answer(event: Any) -> int:
        if event.request.AffectedSOPInstanceUID == poison:
            event.assoc.abort()
        return 0x0000

    with provider(answer) as port:
        sent = send_series(library, PeerAddress(f"dimse://PEER@127.0.0.1:{port}"), [made.series_uid])
    assert (sent.sent, sent.waiting, sent.rejected) == (5, 1, [])
    with SendQueue(library) as queue:
        (entry,) = queue.entries()
        assert entry.sop_uid == poison
        assert entry.attempts == 1


class _Delicate(BaseHTTPRequestHandler):
    """A DICOMweb service that fails over every request that holds one object."""

    poison = b""

    def do_POST(self) -> None:
        body = b"".join(self._chunks())
        status = 500 if self.poison in body else 200
        uids = [one for one in _UIDS.findall(body) if b"1.2.840.10008." not in one]
        stored = [{"00081155": {"vr": "UI", "Value": [one.decode()]}} for one in dict.fromkeys(uids)]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps({"00081199": {"vr": "SQ", "Value": stored}}).encode())

    def _chunks(self) -> Iterator[bytes]:
        if "Content-Length" in self.headers:
            yield self.rfile.read(int(self.headers["Content-Length"]))
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def log_message(self, *_: object) -> None:
        pass


_UIDS = re.compile(rb"[0-2](?:\.(?:0|[1-9][0-9]*)){4,}")


def test_an_object_that_fails_a_request_does_not_keep_the_others(library: Library, made: MadeSeries) -> None:
    import_paths(library, [made.folder])
    _Delicate.poison = str(dcmread(made.files[4]).SOPInstanceUID).encode()
    with HTTPServer(("127.0.0.1", 0), _Delicate) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            peer = PeerAddress(f"http://127.0.0.1:{server.server_port}/dicom-web")
            sent = send_series(library, peer, [made.series_uid])
        finally:
            server.shutdown()
            thread.join()
    assert (sent.sent, sent.waiting, sent.rejected) == (5, 1, [])
    with SendQueue(library) as queue:
        assert [entry.sop_uid.encode() for entry in queue.entries()] == [_Delicate.poison]


@contextmanager
def archive_without_image_level(made: MadeSeries) -> Iterator[int]:
    """A query and retrieve provider that tells of studies and series alone."""
    entity = pynetdicom.AE("PEER")
    entity.supported_contexts = pynetdicom.QueryRetrievePresentationContexts
    for context in pynetdicom.StoragePresentationContexts:
        entity.add_supported_context(context.abstract_syntax, scp_role=True, scu_role=True)
    files = [dcmread(path) for path in made.files]

    def find(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        asked = event.identifier
        if asked.QueryRetrieveLevel == "IMAGE":
            yield 0xA900, None
            return
        answer = Dataset()
        answer.QueryRetrieveLevel = asked.QueryRetrieveLevel
        answer.StudyInstanceUID, answer.SeriesInstanceUID = made.study_uid, made.series_uid
        answer.Modality, answer.NumberOfSeriesRelatedInstances = "CT", len(files)
        yield 0xFF00, answer

    def get(_event: Any) -> Iterator[Any]:
        yield len(files)
        for data in files:
            yield 0xFF00, data

    port = free_port()
    handlers = [(pynetdicom.evt.EVT_C_FIND, find), (pynetdicom.evt.EVT_C_GET, get)]
    server = entity.start_server(("127.0.0.1", port), block=False, evt_handlers=handlers)
    try:
        yield port
    finally:
        server.shutdown()


def test_a_server_that_cannot_be_asked_for_objects(library: Library, made: MadeSeries) -> None:
    import_paths(library, made.files[:2])
    with archive_without_image_level(made) as port:
        peer = PeerAddress(f"dimse://PEER@127.0.0.1:{port}")
        report = retrieve_study(library, peer, made.study_uid)
        assert (report.received, report.missing) == (6, 0)
        assert sum(series.instances for series in report.series) == 6
        again = retrieve_study(library, peer, made.study_uid)
        assert (again.received, again.present, again.missing) == (0, 6, 0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    words = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    words += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(words, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


# pynetdicom 3.0.4 drops a socket whose handshake failed without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_is_spoken_and_checked(
    library: Library, made: MadeSeries, certificate: tuple[Path, Path]
) -> None:
    import_paths(library, [made.folder])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    with provider(context=context) as port:
        url = f"dimse://PEER@127.0.0.1:{port}"
        trusted = PeerAddress(url, tls=True, ca=str(certificate[0]))
        echo(library, trusted)
        assert send_series(library, trusted, [made.series_uid]).sent == 6
        with pytest.raises(PacsError, match="the secure connection failed"):
            echo(library, PeerAddress(url, tls=True))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_provider_speaks_tls_and_knows_its_callers(
    tmp_path: Path, made: MadeSeries, certificate: tuple[Path, Path]
) -> None:
    sender, receiver = Library.open(tmp_path / "sender"), Library.open(tmp_path / "receiver")
    import_paths(sender, [made.folder])
    port, stop = free_port(), threading.Event()
    context = serving_context(*certificate, ca=certificate[0])
    arguments: dict[str, Any] = {"host": "127.0.0.1", "tls": context, "stop": stop}
    thread = threading.Thread(target=serve, args=(receiver, port, "SENSE"), kwargs=arguments)
    thread.start()
    try:
        wait_for_port(port)
        url = f"dimse://SENSE@127.0.0.1:{port}"
        cert, key = map(str, certificate)
        known = PeerAddress(url, tls=True, ca=cert, certificate=cert, key=key)
        assert send_series(sender, known, [made.series_uid]).sent == 6
        for stranger in (PeerAddress(url, tls=True, ca=cert), PeerAddress(url)):
            with pytest.raises(PacsError):
                echo(sender, stranger)
    finally:
        stop.set()
        thread.join()
    with StudyIndex.open(receiver) as index:
        assert len(index.all_instances(made.series_uid)) == 6


def test_a_certificate_that_is_none_is_refused(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(BadInput, match="cannot be used"):
        serving_context(tmp_path / "none.pem", None, None)
    with pytest.raises(BadInput, match="cannot be used"):
        serving_context(certificate[0], certificate[1], tmp_path / "none.pem")
    with pytest.raises(UsageError, match="need --certificate"):
        ServeOptions(port=1, key=certificate[1]).tls()


class _Guarded(BaseHTTPRequestHandler):
    """A DICOMweb service without studies, for those who have the token."""

    def do_GET(self) -> None:
        allowed = self.headers.get("Authorization") == "Bearer sesame"
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(b"[]" if allowed else b"")

    def log_message(self, *_: object) -> None:
        pass


def test_a_bearer_token_opens_the_door(library: Library) -> None:
    with HTTPServer(("127.0.0.1", 0), _Guarded) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            peer = PeerAddress(f"http://127.0.0.1:{server.server_port}/dicom-web")
            echo(library, peer, token="sesame")
            assert find_studies(library, peer, Query(), token="sesame") == []
            with pytest.raises(PacsError, match=r"401.*bearer token"):
                echo(library, peer, token="guess")
        finally:
            server.shutdown()
            thread.join()
    assert "sesame" not in (library.folder / "audit.jsonl").read_text()


@pytest.mark.parametrize("url", ["dimse://A@127.0.0.1:{port}", "http://127.0.0.1:{port}/dicom-web"])
def test_a_cancel_does_not_wait_for_a_silent_server(library: Library, url: str) -> None:
    """Without the cancel the call would end after the time-out, with another error."""
    token = CancelToken()
    timer = threading.Timer(0.2, token.cancel)
    with create_server(("127.0.0.1", 0)) as silent:
        timer.start()
        with pytest.raises(Cancelled):
            echo(
                library, PeerAddress(url.format(port=silent.getsockname()[1])), progress=SilentProgress(token)
            )
    timer.join()
    assert '"cancelled"' in (library.folder / "audit.jsonl").read_text()
