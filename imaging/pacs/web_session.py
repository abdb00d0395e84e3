"""HTTP with a DICOMweb server: clear errors, cancel at any time, and nothing in the logs (PS3.18 8)."""

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from core.progress import Progress
from imaging.pacs.association import ANSWER_S, CONNECT_S
from imaging.pacs.failures import PacsError, cut_off, failed_status, unreachable, unreadable_answer
from imaging.pacs.interruptible import interruptible, interruptible_blocks
from imaging.pacs.peers import PeerAddress

if TYPE_CHECKING:
    from requests import Response

_BLOCK = 1 << 18


class WebSession:
    """Requests to one server.

    Parameters
    ----------
    peer : PeerAddress
        Its URL is the root that paths are appended to.
    token : str
        Bearer token (RFC 6750); "" for none.
    """

    def __init__(self, peer: PeerAddress, token: str) -> None:
        import requests

        logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)  # it logs whole queries
        self._peer = peer
        self._session = requests.Session()
        self._session.verify = peer.ca or True
        if peer.certificate:
            self._session.cert = (peer.certificate, peer.key) if peer.key else peer.certificate
        if token:
            self._session.auth = _Bearer(token)

    def json(self, path: str, parameters: Mapping[str, str | list[str]], progress: Progress) -> list[Any]:
        """Ask for DICOM JSON (PS3.18 annex F); [] where the server has nothing."""
        with self._asked(
            "GET", path, progress, params=_query(parameters), accept="application/dicom+json"
        ) as answer:
            if answer.status_code == 204:
                return []
            body = b"".join(self._read(answer, progress))
        return self._parsed(body)

    @contextmanager
    def stream(self, path: str, accept: str, progress: Progress) -> "Iterator[tuple[str, Iterator[bytes]]]":
        """Ask for a large answer; give its content type and its blocks."""
        with self._asked("GET", path, progress, accept=accept) as answer:
            yield answer.headers.get("Content-Type", ""), self._read(answer, progress)

    def post(self, path: str, body: Any, content_type: str, progress: Progress) -> Mapping[str, Any]:
        """Send `body` and give the DICOM JSON object of the answer; 409 has one too (PS3.18 10.5.3)."""
        headers = {"Content-Type": content_type}
        accept = "application/dicom+json"
        with self._asked(
            "POST", path, progress, accept=accept, headers=headers, data=body, allowed=(409,)
        ) as answer:
            content = b"".join(self._read(answer, progress))
        parsed = self._parsed(content) if content.strip() else [{}]
        if not parsed or not isinstance(parsed[0], dict):
            raise unreadable_answer(self._peer.name)
        return parsed[0]

    def _parsed(self, body: bytes) -> list[Any]:
        import json

        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise unreadable_answer(self._peer.name) from error
        return parsed if isinstance(parsed, list) else [parsed]

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        progress: Progress,
        *,
        accept: str,
        headers: Mapping[str, str] | None = None,
        allowed: tuple[int, ...] = (),
        **arguments: Any,
    ) -> "Iterator[Response]":
        url = f"{self._peer.url.rstrip('/')}/{path}"
        sent = {"Accept": accept, **(headers or {})}

        def ask() -> "Response":
            return self._session.request(
                method, url, headers=sent, stream=True, timeout=(CONNECT_S, ANSWER_S), **arguments
            )

        answer = interruptible(self._clearly(ask), progress, unwanted=lambda late: late.close())
        try:
            if answer.status_code >= 300 and answer.status_code not in allowed:
                raise failed_status(self._peer.name, answer.status_code)
            yield answer
        finally:
            answer.close()

    def _read(self, answer: "Response", progress: Progress) -> Iterator[bytes]:
        import requests

        try:
            yield from interruptible_blocks(answer.iter_content(_BLOCK), progress)
        except requests.RequestException as error:
            raise cut_off(self._peer.name) from error

    def _clearly(self, ask: "Callable[[], Response]") -> "Callable[[], Response]":
        import requests

        def clearly() -> "Response":
            try:
                return ask()
            except requests.Timeout as error:
                raise unreachable(self._peer.name, None) from error
            except requests.RequestException as error:
                raise self._told(error) from error

        return clearly

    def _told(self, error: BaseException) -> PacsError:
        cause = _root(error)
        if isinstance(cause, ConnectionResetError | BrokenPipeError) or not isinstance(cause, OSError):
            return cut_off(self._peer.name)
        return unreachable(self._peer.name, cause)


def _query(parameters: Mapping[str, str | list[str]]) -> str:
    """Give the query of a URL; wildcards stay as they are, for Orthanc 1.10 does not decode them."""
    return urlencode(parameters, doseq=True, safe="*?", quote_via=quote)


class _Bearer:
    """Sets the header of every request; requests would take a password from ~/.netrc instead."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _root(error: BaseException) -> BaseException:
    """Give what requests and urllib3 have wrapped."""
    found: list[BaseException] = [error]
    for one in found:
        inner = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        found += [item for item in inner if isinstance(item, BaseException) and item not in found]
    for kind in (ssl.SSLError, ConnectionError, OSError):
        for one in found:
            if isinstance(one, kind) and type(one).__module__ in ("ssl", "builtins", "socket"):
                return one
    return found[-1]
