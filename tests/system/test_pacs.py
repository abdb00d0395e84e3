"""Exchange with real servers: Orthanc by DIMSE and by DICOMweb, dcmtk's tools, and pynetdicom's."""

import json
import logging
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.uid import RLELossless

from core.errors import BadInput, Cancelled
from core.library import Library
from core.message import Message
from core.progress import CancelToken, SilentProgress
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.pacs.exchange import echo, find_series, find_studies, retrieve_study
from imaging.pacs.failures import PacsError
from imaging.pacs.peers import PeerAddress
from imaging.pacs.records import Query
from imaging.pacs.send_queue import SendQueue
from imaging.pacs.sending import send_due, send_series
from tests.dicom_factory import MadeSeries, make_ct_series
from tests.system.pacs_servers import Orthanc, free_port, program, running
from tests.system.test_command_line import COMMAND_LINE, sense

PROTOCOLS = ("dimse", "web")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> MadeSeries:
    return make_ct_series(tmp_path_factory.mktemp("plain"), slices=12)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> MadeSeries:
    folder = tmp_path_factory.mktemp("packed")
    return make_ct_series(folder, slices=4, name="packed", transfer_syntax=RLELossless)


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    server = Orthanc(tmp_path_factory.mktemp("orthanc")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def filled(
    orthanc: Orthanc, tmp_path_factory: pytest.TempPathFactory, plain: MadeSeries, packed: MadeSeries
) -> Orthanc:
    """An Orthanc that both series were sent to: one by each protocol."""
    library = Library.open(tmp_path_factory.mktemp("sender"))
    import_paths(library, [plain.folder, packed.folder])
    by_dimse = send_series(library, PeerAddress(orthanc.dimse_url), [plain.series_uid])
    by_web = send_series(library, PeerAddress(orthanc.web_url), [packed.series_uid])
    assert (by_dimse.sent, by_dimse.waiting, by_dimse.rejected) == (12, 0, [])
    assert (by_web.sent, by_web.waiting, by_web.rejected) == (4, 0, [])
    assert orthanc.count() == 16
    return orthanc


def peer_of(server: Orthanc, protocol: str) -> PeerAddress:
    return PeerAddress(server.dimse_url if protocol == "dimse" else server.web_url)


def files_of(library: Library) -> list[Path]:
    return sorted((library.folder / "files").rglob("*.dcm"))


def data_of(path: Path) -> bytes:
    """Everything behind the file meta group."""
    content = path.read_bytes()
    return content[144 + int.from_bytes(content[140:144], "little") :]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_echo_find_and_get(
    filled: Orthanc, library: Library, plain: MadeSeries, packed: MadeSeries, protocol: str
) -> None:
    peer = peer_of(filled, protocol)
    echo(library, peer)
    (study,) = find_studies(library, peer, Query(patient_id="PHANTOM-1", modality="CT", dates="20260101-"))
    assert (study.study_uid, study.patient_name) == (plain.study_uid, "Phantom^Ada")
    assert (study.instances, study.series, study.modalities) == (16, 2, ("CT",))
    assert study.description == "Synthetic"
    assert find_studies(library, peer, Query(patient_name="*Phan?om*")) == [study]
    assert find_studies(library, peer, Query(patient_id="NOBODY")) == []
    assert find_studies(library, peer, Query(dates="20200101-20201231")) == []
    series = find_series(library, peer, Query(study_uid=plain.study_uid))
    assert {one.series_uid: one.instances for one in series} == {plain.series_uid: 12, packed.series_uid: 4}
    assert find_series(library, peer, Query(study_uid=plain.study_uid, modality="MR")) == []
    got = retrieve_study(library, peer, plain.study_uid)
    assert (got.received, got.present, got.missing, got.rejected) == (16, 0, 0, ())
    assert {one.series_uid: one.instances for one in got.series} == {
        plain.series_uid: 12,
        packed.series_uid: 4,
    }
    # Every object came as it was sent, in its own transfer syntax.
    assert sorted(map(data_of, files_of(library))) == sorted(map(data_of, (*plain.files, *packed.files)))
    again = retrieve_study(library, peer, plain.study_uid)
    assert (again.received, again.present) == (0, 16)
    assert len(files_of(library)) == 16
    assert list((library.folder / "incoming").glob("*.dcm")) == []


def test_move_comes_to_our_own_port(filled: Orthanc, library: Library, plain: MadeSeries) -> None:
    peer = PeerAddress(filled.dimse_url, move_port=filled.client)
    got = retrieve_study(library, peer, plain.study_uid)
    assert (got.received, got.missing) == (16, 0)
    assert len(files_of(library)) == 16


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_only_what_is_missing_is_asked_for(
    filled: Orthanc, library: Library, plain: MadeSeries, protocol: str
) -> None:
    import_paths(library, plain.files[:9])
    got = retrieve_study(library, peer_of(filled, protocol), plain.study_uid)
    assert (got.received, got.present, got.missing) == (7, 9, 0)
    assert len(files_of(library)) == 7


class Killing:
    """A progress that kills the server when some objects have come."""

    def __init__(self, server: Orthanc, at: int) -> None:
        self._server, self._at, self.reports = server, at, 0

    def report(self, fraction: float, message: Message | None = None) -> None:
        self.reports += 1
        if self.reports == self._at:
            self._server.kill()

    def check(self) -> None:
        pass


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_server_killed_in_the_middle_loses_and_doubles_nothing(
    tmp_path: Path, library: Library, protocol: str
) -> None:
    made = make_ct_series(tmp_path / "ct", slices=40, rows=512, columns=512)
    server = Orthanc(tmp_path / "orthanc").start()
    sender = Library.open(tmp_path / "sender")
    import_paths(sender, [made.folder])
    peer = peer_of(server, protocol)
    try:
        assert send_series(sender, peer, [made.series_uid]).sent == 40
        with pytest.raises(PacsError, match=r"\d+ of 40 images are here"):
            retrieve_study(library, peer, made.study_uid, progress=Killing(server, 3))
        here = len(files_of(library))
        assert 3 <= here < 40
        with StudyIndex.open(library) as index:
            assert index.counts().instances == here
        server.start()
        got = retrieve_study(library, peer, made.study_uid)
        assert (got.received, got.present, got.missing) == (40 - here, here, 0)
        assert [one.instances for one in got.series] == [40]
        assert sorted(map(data_of, files_of(library))) == sorted(map(data_of, made.files))
    finally:
        server.stop()


# pynetdicom 3.0.4 drops a socket that was refused without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_sending_is_taken_up_again_after_the_server_was_killed(tmp_path: Path, library: Library) -> None:
    made = make_ct_series(tmp_path / "ct", slices=30, rows=64, columns=64)
    import_paths(library, [made.folder])
    server = Orthanc(tmp_path / "orthanc").start()
    peer = PeerAddress(server.dimse_url)
    try:
        sent = send_series(library, peer, [made.series_uid], progress=Killing(server, 7))
        assert sent.error is not None
        assert sent.sent + sent.waiting == 30
        assert sent.waiting > 0
        with SendQueue(library) as queue:
            assert len(queue.entries()) == sent.waiting
            assert all(entry.attempts == 1 and not entry.failed for entry in queue.entries())
        assert send_due(library).sent == 0  # not due yet
        server.start()
        assert send_due(library, now=True).sent == sent.waiting
        assert server.count() == 30
        with SendQueue(library) as queue:
            assert queue.entries() == []
    finally:
        server.stop()


def test_a_killed_receiver_keeps_what_it_has_acknowledged(tmp_path: Path, plain: MadeSeries) -> None:
    """Between the answer and the index there is a moment; a kill in it must lose nothing."""
    storescu = program("storescu")
    port, folder = free_port(), tmp_path / "library"
    words = [*COMMAND_LINE, "pacs", "serve", "--port", str(port), "--host", "127.0.0.1"]
    with running(words, port, SENSE_LIBRARY=str(folder)) as server:
        subprocess.run(
            [storescu, "-aec", "SENSE", "127.0.0.1", str(port), *map(str, plain.files)],
            check=True,
            timeout=30,
        )
        server.send_signal(signal.SIGKILL)
        server.wait()
    library = Library.open(folder)
    with running(words, port, SENSE_LIBRARY=str(folder)), StudyIndex.open(library) as index:
        assert index.counts().instances == 12
    assert sorted(map(data_of, files_of(library))) == sorted(map(data_of, plain.files))


def test_serve_receives_from_dcmtk_and_tells_at_the_end(
    tmp_path: Path, plain: MadeSeries, packed: MadeSeries
) -> None:
    storescu, echoscu = program("storescu"), program("echoscu")
    port = free_port()
    to_us = ["-aet", "WARD", "-aec", "SENSE", "127.0.0.1", str(port)]
    words = [*COMMAND_LINE, "pacs", "serve", "--port", str(port), "--host", "127.0.0.1", "--json"]
    words += ["--allow", "WARD"]
    with running(words, port, SENSE_LIBRARY=str(tmp_path / "library")) as server:
        subprocess.run([echoscu, *to_us], check=True, timeout=30)
        for _ in range(2):
            subprocess.run([storescu, *to_us, *map(str, plain.files)], check=True, timeout=30)
        subprocess.run([storescu, "-xr", *to_us, *map(str, packed.files)], check=True, timeout=30)
        stranger = [echoscu, "-aet", "NOBODY", "-aec", "SENSE", "127.0.0.1", str(port)]
        assert subprocess.run(stranger, capture_output=True, timeout=30).returncode != 0
        server.send_signal(signal.SIGINT)
        output, errors = server.communicate(timeout=30)
        assert server.returncode == 0, errors
    report = json.loads(output)
    assert (report["received"], report["new"], report["rejected"]) == (28, 16, [])
    assert {one["series_uid"]: one["instances"] for one in report["series"]} == {
        plain.series_uid: 12,
        packed.series_uid: 4,
    }
    files = files_of(Library.open(tmp_path / "library"))
    assert sorted(map(data_of, files)) == sorted(map(data_of, (*plain.files, *packed.files)))


def test_dcmtk_receives_what_we_send_and_refuses_what_it_cannot_take(
    tmp_path: Path, library: Library, plain: MadeSeries, packed: MadeSeries
) -> None:
    import_paths(library, [plain.folder, packed.folder])
    port, folder = free_port(), tmp_path / "received"
    folder.mkdir()
    with running([program("storescp"), "-od", str(folder), "-aet", "STORE", str(port)], port):
        peer = PeerAddress(f"dimse://STORE@127.0.0.1:{port}")
        echo(library, peer)
        sent = send_series(library, peer, [plain.series_uid, packed.series_uid])
    assert sent.sent == 12
    assert sorted(map(data_of, folder.iterdir())) == sorted(map(data_of, plain.files))
    # Nothing is transcoded behind the user's back: storescp takes no RLE unless told so.
    assert len(sent.rejected) == 4
    assert "RLE Lossless" in str(sent.rejected[0].reason)
    with SendQueue(library) as queue:
        assert all(entry.failed for entry in queue.entries())


# pynetdicom 3.0.4 drops a socket that was refused without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_reason_is_told_when_nothing_comes_about(orthanc: Orthanc, library: Library) -> None:
    closed = free_port()
    reasons = {
        f"dimse://ORTHANC@127.0.0.1:{closed}": "the connection was refused",
        f"dimse://WRONG@127.0.0.1:{orthanc.dicom}": "it is not the AE title WRONG",
        f"dimse://ORTHANC@127.0.0.1:{orthanc.http}": "ended the connection",
        f"http://127.0.0.1:{closed}/dicom-web": "the connection was refused",
        f"http://127.0.0.1:{orthanc.http}/nothing-here": "status 404",
        f"https://127.0.0.1:{orthanc.http}/dicom-web": "the secure connection failed",
        "dimse://ORTHANC@no-such-host.invalid:104": "the host is not known",
    }
    for url, reason in reasons.items():
        with pytest.raises(PacsError, match=reason) as caught:
            echo(library, PeerAddress(url))
        assert url in str(caught.value)


def test_an_unregistered_title_is_told_so(filled: Orthanc, library: Library) -> None:
    with pytest.raises(PacsError, match="STRANGER may not be registered"):
        find_studies(library, PeerAddress(filled.dimse_url, aet="STRANGER"), Query(patient_id="*"))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_unknown_study_is_bad_input(filled: Orthanc, library: Library, protocol: str) -> None:
    with pytest.raises(BadInput, match=r"no images of the study 1\.2\.3"):
        retrieve_study(library, peer_of(filled, protocol), "1.2.3")


class CancelledAfter(SilentProgress):
    """Cancels itself when some objects have come."""

    def __init__(self, count: int) -> None:
        self._cancel = CancelToken()
        super().__init__(self._cancel)
        self._left = count

    def report(self, fraction: float, message: Message | None = None) -> None:
        self._left -= 1
        if self._left == 0:
            self._cancel.cancel()
        super().report(fraction, message)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_cancel_keeps_what_came(
    filled: Orthanc, library: Library, plain: MadeSeries, protocol: str
) -> None:
    with pytest.raises(Cancelled):
        retrieve_study(library, peer_of(filled, protocol), plain.study_uid, progress=CancelledAfter(3))
    with StudyIndex.open(library) as index:
        assert 3 <= index.counts().instances <= 16
    assert retrieve_study(library, peer_of(filled, protocol), plain.study_uid).missing == 0
    assert len(files_of(library)) == 16


def test_nothing_about_the_patient_is_audited_or_logged(
    filled: Orthanc, library: Library, plain: MadeSeries, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for protocol in PROTOCOLS:
            peer = peer_of(filled, protocol)
            find_studies(library, peer, Query(patient_id="PHANTOM-1"))
            retrieve_study(library, peer, plain.study_uid)
    trail = (library.folder / "audit.jsonl").read_text()
    assert trail.count('"care.pacs.get"') == 2
    assert trail.count('"care.pacs.find"') == 2
    assert plain.study_uid in trail
    assert filled.dimse_url in trail
    for text in (trail, caplog.text):
        assert "PHANTOM-1" not in text
        assert "Ada" not in text


def test_the_command_line_by_a_saved_name(filled: Orthanc, tmp_path: Path, plain: MadeSeries) -> None:
    folder = tmp_path / "library"
    assert sense(folder, "pacs", "add", "ward", filled.dimse_url).returncode == 0
    (saved,) = json.loads(sense(folder, "pacs", "list", "--json").stdout)["peers"]
    assert (saved["name"], saved["url"]) == ("ward", filled.dimse_url)
    assert json.loads(sense(folder, "pacs", "echo", "ward", "--json").stdout) == {"peer": "ward", "ok": True}
    found = sense(folder, "pacs", "find", "ward", "--patient", "PHANTOM-1", "--level", "series", "--json")
    assert len(json.loads(found.stdout)["series"]) == 2
    got = sense(folder, "pacs", "get", "ward", plain.study_uid, "--json")
    report = json.loads(got.stdout)
    assert (report["received"], report["missing"]) == (16, 0)
    sent = sense(folder, "pacs", "send", "ward", plain.series_uid, "--json")
    assert json.loads(sent.stdout)["sent"] == 12
    assert sense(folder, "pacs", "remove", "ward").returncode == 0
    gone = sense(folder, "pacs", "echo", "ward", "--json")
    assert gone.returncode == 2
    assert "ward" in json.loads(gone.stdout)["error"]


def test_what_cannot_be_sent_waits_in_the_queue(tmp_path: Path, plain: MadeSeries) -> None:
    folder, port = tmp_path / "library", free_port()
    assert sense(folder, "import", str(plain.folder)).returncode == 0
    away = sense(folder, "pacs", "send", f"dimse://AWAY@127.0.0.1:{port}", plain.series_uid, "--json")
    assert away.returncode == 1
    assert "refused" in json.loads(away.stdout)["error"]
    assert away.stderr.count("\n") == 1
    queue = json.loads(sense(folder, "pacs", "queue", "--json").stdout)["queue"]
    assert len(queue) == 12
    assert {entry["attempts"] for entry in queue} == {1}
    received = tmp_path / "received"
    received.mkdir()
    with running([program("storescp"), "-od", str(received), str(port)], port):
        done = sense(folder, "pacs", "queue", "--retry", "--json")
    assert json.loads(done.stdout)["sent"] == 12
    assert json.loads(done.stdout)["queue"] == []
    assert len(list(received.iterdir())) == 12
