"""Downloads one file over HTTPS: with a limit, a digest, and going on where a broken download ended.

Proxies come from the environment or the system's settings, certificates from the system's store.
"""

import hashlib
import json
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from core.errors import BadInput, SenseError
from core.file_lock import file_lock
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from models.block_reader import BlockReader

if TYPE_CHECKING:
    from http.client import HTTPResponse

LARGEST_DOWNLOAD_BYTES = 8 * 10**9
_TIMEOUT_S = 30.0
_ATTEMPTS, _PAUSE_S = 4, 0.5
_HERE = ("localhost", "127.0.0.1", "::1")
_GONE = (404, 410)


class _Broken(Exception):
    """The connection ended too early; worth another attempt."""


@dataclass(frozen=True)
class Download:
    """What is to be downloaded.

    Parameters
    ----------
    url : str
        `https://…`; `http` only of this computer.
    target : Path
        Where the file appears when it is complete.
    sha256 : str
        Its digest in hexadecimal, "" where it is not known.
    largest_bytes : int
        A larger file is refused, as soon as the server tells its size or that much has come.
    """

    url: str
    target: Path
    sha256: str = ""
    largest_bytes: int = LARGEST_DOWNLOAD_BYTES


def is_url(text: str) -> bool:
    """Tell whether the text is meant as an address on the web."""
    return text.lower().startswith(("http://", "https://"))


def name_of(url: str) -> str:
    """Give the name of the file that the URL ends with; "" where it has none that is safe."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    return "" if name in (".", "..") or any(letter in name for letter in "\\/:\0") else name


def download_url(download: Download, folder: Path, progress: Progress = SILENT) -> Path:
    """Download the file; what has come stays in `folder` and the next call goes on from there.

    Parameters
    ----------
    download : Download
        What, and where to.
    folder : Path
        Keeps unfinished downloads.
    progress : Progress
        Told the share that has come; asked for a cancel ten times a second.

    Raises
    ------
    BadInput
        When the URL is not allowed, there is no such file, it is too large or has another digest.
    SenseError
        When the server cannot be reached or breaks off again and again.
    """
    _refuse_unsafe(download.url)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{hashlib.sha256(download.url.encode()).hexdigest()[:32]}.part"
    with file_lock(partial.with_suffix(".lock")):
        _fetch(download, partial, progress)
        if download.sha256 and _digest(partial) != download.sha256:
            _forget(partial)
            text = QT_TRANSLATE_NOOP("Message", "What {url} gives does not have the expected SHA-256.")
            raise BadInput(message(text, url=shown(download.url)))
        download.target.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(download.target)
        _forget(partial)
    return download.target


def shown(url: str) -> str:
    """Give the URL without user name, password and query, as messages may hold it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _refuse_unsafe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        text = QT_TRANSLATE_NOOP("Message", "{url} is refused: models are downloaded over https only.")
        raise BadInput(message(text, url=shown(url)))


def _fetch(download: Download, partial: Path, progress: Progress) -> None:
    """Bring `partial` to its end, over several connections where one breaks off."""
    failures = 0
    while True:
        before = _size(partial)
        try:
            _fetch_once(download, partial, progress)
            return
        except _Broken as error:
            # A connection that brought something was worth it: only those in vain are counted.
            failures = 1 if _size(partial) > before else failures + 1
            if failures >= _ATTEMPTS:
                text = QT_TRANSLATE_NOOP("Message", "{url} cannot be downloaded: {reason}.")
                hint = QT_TRANSLATE_NOOP(
                    "Message", "What has come is kept; the same command goes on from there."
                )
                reason = str(error).rstrip(".")
                told = message(hint) if _size(partial) else None
                raise SenseError(message(text, url=shown(download.url), reason=reason), told) from error
        _pause(_PAUSE_S * failures, progress)


def _fetch_once(download: Download, partial: Path, progress: Progress) -> None:
    stamp = partial.with_suffix(".json")
    have = _size(partial) if stamp.is_file() else 0
    headers = {"User-Agent": "sense-workstation", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": json.loads(stamp.read_text("utf-8"))["validator"]}
    with BlockReader(lambda: _opened(download.url, headers)) as reader:
        response = _clearly(download, partial, reader, progress)
        if response.status != 206:  # the whole file, perhaps because another one lies there now
            have = 0
        total = _total(response, have)
        if max(total, have) > download.largest_bytes:
            raise _too_large(download)
        _remember(response, stamp)
        _write(download, partial, reader, have, total, progress)


def _clearly(
    download: Download, partial: Path, reader: "BlockReader[HTTPResponse]", progress: Progress
) -> "HTTPResponse":
    """Wait for the answer; tell failures that another attempt does not mend."""
    from urllib.error import HTTPError, URLError

    try:
        return reader.opened(progress)
    except HTTPError as error:
        error.close()
        if error.code == 416:  # what is here is not the beginning of what is there
            _forget(partial)
            raise _Broken(f"HTTP {error.code}") from error
        if error.code in _GONE:
            text = QT_TRANSLATE_NOOP("Message", "{url}: the server has no such file.")
            raise BadInput(message(text, url=shown(download.url))) from error
        if error.code < 500 and error.code not in (408, 429):
            text = QT_TRANSLATE_NOOP("Message", "{url} cannot be downloaded: {reason}.")
            reason = f"HTTP {error.code}"
            raise SenseError(message(text, url=shown(download.url), reason=reason)) from error
        raise _Broken(f"HTTP {error.code}") from error
    except URLError as error:
        if isinstance(error.reason, ssl.SSLError):
            text = QT_TRANSLATE_NOOP("Message", "{url}: the server's certificate is not trusted ({reason}).")
            reason = getattr(error.reason, "verify_message", "") or str(error.reason)
            raise SenseError(message(text, url=shown(download.url), reason=reason.rstrip("."))) from error
        raise _Broken(getattr(error.reason, "strerror", None) or str(error.reason)) from error
    except (OSError, _http_error()) as error:
        raise _Broken(str(error) or type(error).__name__) from error


def _write(
    download: Download,
    partial: Path,
    reader: "BlockReader[HTTPResponse]",
    have: int,
    total: int,
    progress: Progress,
) -> None:
    text = QT_TRANSLATE_NOOP("Message", "Downloading {name}: {have} of {size} MB")
    with partial.open("r+b" if have else "wb") as file:
        file.truncate(have)
        file.seek(have)
        try:
            for block in reader.blocks(progress):
                have += len(block)
                if have > download.largest_bytes:
                    raise _too_large(download)
                file.write(block)
                amounts = {"have": round(have / 1e6, 1), "size": round(max(total, have) / 1e6, 1)}
                progress.report(have / max(total, have), message(text, name=name_of(download.url), **amounts))
        except (OSError, _http_error()) as error:
            if isinstance(error, OSError) and error.errno == 28:  # no space left: no matter of the network
                raise
            raise _Broken(str(error) or type(error).__name__) from error
    if have < total:
        raise _Broken("the connection was broken off")


def _opened(url: str, headers: dict[str, str]) -> "HTTPResponse":
    from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

    class _SafeRedirects(HTTPRedirectHandler):
        def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
            try:
                _refuse_unsafe(newurl)
            except BadInput:
                fp.close()
                raise
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    opener = build_opener(HTTPSHandler(context=ssl.create_default_context()), _SafeRedirects)
    return opener.open(Request(url, headers=headers), timeout=_TIMEOUT_S)


def _http_error() -> type[Exception]:
    from http.client import HTTPException

    return HTTPException


def _total(response: "HTTPResponse", have: int) -> int:
    """Give the size of the whole file as the server tells it, 0 where it does not."""
    length = response.headers.get("Content-Length", "")
    return have + int(length) if length.isdigit() else 0


def _remember(response: "HTTPResponse", stamp: Path) -> None:
    """Keep what tells whether the file on the server is still the same; without it nothing is resumed."""
    tag = response.headers.get("ETag", "")
    validator = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
    if validator and response.headers.get("Accept-Ranges", "bytes") != "none":
        stamp.write_text(json.dumps({"validator": validator}), "utf-8")
    else:
        stamp.unlink(missing_ok=True)


def _too_large(download: Download) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{url} is larger than {size} MB.")
    return BadInput(message(text, url=shown(download.url), size=round(download.largest_bytes / 1e6)))


def _pause(seconds: float, progress: Progress) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress.check()
        time.sleep(0.05)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget(partial: Path) -> None:
    for path in (partial, partial.with_suffix(".json")):
        path.unlink(missing_ok=True)
