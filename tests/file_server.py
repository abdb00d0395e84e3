"""A web server of files that misbehaves on request."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class FileServer:
    """Serves the files of `folder` by HTTP/1.1 with ranges; the fields may be changed while it runs.

    Parameters
    ----------
    folder : Path
        What is served.
    break_after : int, optional
        Bytes of a body after which the connection is dropped.
    breaks_left : int
        How many times that happens.
    stall_after : int, optional
        Bytes of a body after which nothing more comes until `resume` is set.
    etag : str
        The version of all files; "" sends none.
    statuses : list of int
        Answered, one a request, before files are.
    redirect : dict
        From paths to URLs.
    """

    folder: Path
    break_after: int | None = None
    breaks_left: int = 10**9
    stall_after: int | None = None
    etag: str = '"1"'
    statuses: list[int] = field(default_factory=list)
    redirect: dict[str, str] = field(default_factory=dict)
    tells_length: bool = True
    url: str = ""
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    sent_bytes: int = 0
    resume: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(server: FileServer, certificate: Path | None = None) -> Iterator[FileServer]:
    """Run the server on a port of its own."""
    handler = type("Handler", (_Handler,), {"files": server})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        http.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # A client that does not trust it must not end the thread that accepts.
            http.socket = context.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https" if certificate else "http"
        server.url = f"{scheme}://localhost:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.resume.set()
            http.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    files: FileServer

    def handle(self) -> None:
        """Let a client go that breaks off."""
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        files, path = self.files, unquote(urlsplit(self.path).path)
        files.requests.append((self.path, self.headers.get("Range")))
        if files.statuses:
            return self._answer(files.statuses.pop(0))
        if path in files.redirect:
            return self._answer(302, {"Location": files.redirect[path]})
        file = files.folder / path.lstrip("/")
        if not file.is_file():
            return self._answer(404)
        data, start = file.read_bytes(), 0
        asked = self.headers.get("Range")
        if asked and files.etag and self.headers.get("If-Range") == files.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                return self._answer(416)
        headers = {"Accept-Ranges": "bytes"} | ({"ETag": files.etag} if files.etag else {})
        if files.tells_length:
            headers["Content-Length"] = str(len(data) - start)
        self._head(206 if start else 200, headers)
        self._body(data[start:])
        return None

    def _body(self, data: bytes) -> None:
        files, end = self.files, len(data)
        if files.break_after is not None and files.breaks_left > 0 and files.break_after < end:
            files.breaks_left -= 1
            end = files.break_after
        self.close_connection = True
        for first in range(0, end, 2**14):
            if files.stall_after is not None and first >= files.stall_after:
                files.resume.wait(20)
                return
            block = data[first : min(first + 2**14, end)]
            try:
                self.wfile.write(block)
            except OSError:
                return
            files.sent_bytes += len(block)

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self._head(status, {"Content-Length": "0"} | (headers or {}))

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
