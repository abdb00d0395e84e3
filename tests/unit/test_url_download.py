import hashlib
import itertools
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput, Cancelled, SenseError
from core.progress import CallbackProgress, CancelToken
from models import url_download
from models.url_download import Download, download_url, name_of, shown
from tests.file_server import FileServer, serving

DATA = np.random.default_rng(1).integers(0, 256, 1_000_000, np.uint8).tobytes()
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(url_download, "_PAUSE_S", 0.01)
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "a b.bin").write_bytes(DATA)
    with serving(FileServer(tmp_path / "www")) as running:
        yield running


def fetch(server: FileServer, folder: Path, *, sha256: str = DIGEST, **options: object) -> bytes:
    wanted = Download(f"{server.url}/a%20b.bin", folder / "out" / "a b.bin", sha256)
    return download_url(wanted, folder / "unfinished", **options).read_bytes()  # type: ignore[arg-type]


def leftovers(folder: Path) -> list[str]:
    return [path.suffix for path in (folder / "unfinished").iterdir() if path.suffix != ".lock"]


def test_a_file_is_downloaded_with_its_progress(server: FileServer, tmp_path: Path) -> None:
    reports: list[tuple[float, str]] = []
    progress = CallbackProgress(lambda share, text: reports.append((share, str(text))), CancelToken())
    assert fetch(server, tmp_path, progress=progress) == DATA
    assert reports[-1] == (1.0, "Downloading a b.bin: 1.0 of 1.0 MB")
    assert [share for share, _ in reports] == sorted(share for share, _ in reports)
    assert leftovers(tmp_path) == []


def test_a_download_that_breaks_off_goes_on_from_there(server: FileServer, tmp_path: Path) -> None:
    server.break_after, server.breaks_left = 300_000, 3
    assert fetch(server, tmp_path) == DATA
    starts = [int((asked or "bytes=0-").removeprefix("bytes=").rstrip("-")) for _, asked in server.requests]
    assert starts[0] == 0
    assert len(starts) == 4
    assert all(later > earlier for earlier, later in itertools.pairwise(starts))
    assert server.sent_bytes <= len(DATA) + 3 * 2**16  # nothing was sent twice but what was under way


def test_what_has_come_is_kept_for_the_next_call(server: FileServer, tmp_path: Path) -> None:
    server.break_after = 0
    with pytest.raises(SenseError, match="cannot be downloaded") as failure:
        fetch(server, tmp_path)
    assert failure.value.hint is None
    server.break_after, server.breaks_left, server.statuses = 400_000, 1, []
    with pytest.raises(SenseError, match="goes on from there"):
        server.statuses = []
        _fail_after_first(server, tmp_path)
    server.break_after = None
    assert fetch(server, tmp_path) == DATA
    assert server.requests[-1][1] is not None


def _fail_after_first(server: FileServer, folder: Path) -> None:
    """Let one connection bring something and all others nothing."""

    def watch() -> None:
        while server.breaks_left:
            time.sleep(0.001)
        server.statuses = [503] * 20

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        fetch(server, folder)
    finally:
        thread.join()
        server.statuses = []


def test_another_file_in_the_meantime_is_downloaded_from_its_beginning(
    server: FileServer, tmp_path: Path
) -> None:
    server.stall_after = 200_000
    _cancelled_fetch(server, tmp_path)
    changed = DATA[::-1]
    (server.folder / "a b.bin").write_bytes(changed)
    server.etag, server.stall_after = '"2"', None
    assert fetch(server, tmp_path, sha256=hashlib.sha256(changed).hexdigest()) == changed


def _cancelled_fetch(server: FileServer, folder: Path) -> float:
    """Cancel once something has come; give the seconds from there to the end."""
    token, began = CancelToken(), []

    def watch() -> None:
        while server.sent_bytes < 100_000:
            time.sleep(0.005)
        time.sleep(0.2)
        began.append(time.monotonic())
        token.cancel()

    thread = threading.Thread(target=watch)
    thread.start()
    with pytest.raises(Cancelled):
        fetch(server, folder, progress=CallbackProgress(lambda *_: None, token))
    thread.join()
    return time.monotonic() - began[0]


def test_a_cancel_does_not_wait_for_a_silent_server(server: FileServer, tmp_path: Path) -> None:
    server.stall_after = 200_000
    assert _cancelled_fetch(server, tmp_path) < 10  # the server is silent for twenty
    assert not (tmp_path / "out" / "a b.bin").exists()
    server.stall_after = None
    assert fetch(server, tmp_path) == DATA
    assert server.requests[-1][1] is not None


def test_a_wrong_digest_is_refused_and_not_gone_on_with(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected SHA-256"):
        fetch(server, tmp_path, sha256="0" * 64)
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "out" / "a b.bin").exists()


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_file_over_the_limit_is_refused(server: FileServer, tmp_path: Path, tells_length: bool) -> None:
    server.tells_length = tells_length
    wanted = Download(f"{server.url}/a%20b.bin", tmp_path / "x", largest_bytes=500_000)
    with pytest.raises(BadInput, match="larger than"):
        download_url(wanted, tmp_path / "unfinished")


def test_answers_that_are_no_file(server: FileServer, tmp_path: Path) -> None:
    server.statuses = [500, 503]  # worth another attempt
    assert fetch(server, tmp_path) == DATA
    server.statuses = [403]
    with pytest.raises(SenseError, match="HTTP 403"):
        fetch(server, tmp_path)
    with pytest.raises(BadInput, match="has no such file"):
        download_url(Download(f"{server.url}/ghost", tmp_path / "x"), tmp_path / "unfinished")


def test_only_https_leaves_this_computer(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="over https only"):
        download_url(Download("http://models.example/a.onnx", tmp_path / "x"), tmp_path / "unfinished")
    server.redirect["/away"] = "http://models.example/a.onnx"
    with pytest.raises(BadInput, match="over https only"):
        download_url(Download(f"{server.url}/away", tmp_path / "x"), tmp_path / "unfinished")


def test_certificates_are_those_of_the_system(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    words = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    key, certificate, both = (tmp_path / name for name in ("key.pem", "cert.pem", "both.pem"))
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    for name in ("https_proxy", "HTTPS_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    with serving(FileServer(server.folder), both) as secure:
        with pytest.raises(SenseError, match="certificate is not trusted"):
            fetch(secure, tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch(secure, tmp_path) == DATA


def test_names_and_secrets_in_urls() -> None:
    assert name_of("https://h/x/liver%201.onnx?key=1") == "liver 1.onnx"
    assert name_of("https://h/..%2f..%2fpasswd") == "passwd"
    assert name_of("https://h/x/..") == ""
    assert shown("https://me:word@h:8/x.onnx?key=1") == "https://h:8/x.onnx"
