"""The organisation's model server that the user trusts: its address and the root of its signatures."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.atomic_write import write_bytes
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, message


@dataclass(frozen=True)
class ModelServer:
    """A server and the keys that it is trusted by.

    Parameters
    ----------
    url : str
        Where `metadata/` and `targets/` of its TUF repository lie.
    root : bytes
        The signed root metadata that the user gave.
    """

    url: str
    root: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root of trust, to be compared with what the organisation tells."""
        return hashlib.sha256(self.root).hexdigest()


class TrustedServer:
    """Keeps the server, and what was last seen of its signatures, so that nothing older is accepted.

    Parameters
    ----------
    folder : Path
        A folder of the library; made when a server is trusted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._address, self._root = folder / "server.json", folder / "root.json"
        self.metadata_folder = folder / "metadata"

    def current(self) -> ModelServer | None:
        """Give the server, or None where none is trusted."""
        try:
            return ModelServer(str(json.loads(self._address.read_bytes())["url"]), self._root.read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def needed(self) -> ModelServer:
        """Give the server.

        Raises
        ------
        BadInput
            When none is trusted.
        """
        server = self.current()
        if server is None:
            hint = QT_TRANSLATE_NOOP("Message", "Give one with sense models server URL --root FILE.")
            text = QT_TRANSLATE_NOOP("Message", "No model server is trusted yet.")
            raise BadInput(message(text), message(hint))
        return server

    def trust(self, url: str, root_file: Path) -> ModelServer:
        """Trust a server from now on; nothing is asked of it yet.

        Raises
        ------
        UsageError
            When `url` is not a web address, or holds a password.
        BadInput
            When the file is not root metadata that its own keys have signed.
        """
        server = ModelServer(_checked_address(url), _checked_root(root_file))
        if server != self.current():
            self.forget()  # another root may number its lists anew
            write_bytes(self._root, server.root)
            write_bytes(self._address, json.dumps({"url": server.url}).encode())
        return server

    def forget(self) -> None:
        """Trust no server any more; the models that came from it stay."""
        if self._folder.is_dir():
            shutil.rmtree(self._folder)


def _checked_address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        good = good and not (parts.query or parts.fragment) and (parts.port or 0) >= 0
    except ValueError:
        good = False
    if not good:
        text = QT_TRANSLATE_NOOP("Message", "{url} is not the address of a model server.")
        hint = QT_TRANSLATE_NOOP("Message", "It looks like {example}.")
        raise UsageError(message(text, url=url), message(hint, example="https://models.example.org"))
    return url.strip().rstrip("/")


def _checked_root(path: Path) -> bytes:
    from tuf.api.exceptions import RepositoryError
    from tuf.api.metadata import Metadata, Root

    try:
        data = path.read_bytes()
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read.")
        raise BadInput(message(text, path=str(path))) from error
    try:
        root: Metadata[Any] = Metadata.from_bytes(data)
        if not isinstance(root.signed, Root):
            raise ValueError("not a root")
        root.signed.verify_delegate(Root.type, root.signed_bytes, root.signatures)
    except (RepositoryError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path} is not the signed root of a model server (TUF root.json)."
        )
        raise BadInput(message(text, path=str(path))) from error
    return data
