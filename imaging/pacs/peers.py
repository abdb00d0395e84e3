"""Where a PACS is and how it is spoken to: addresses as text, and those saved under a name."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.settings import Settings

DEFAULT_AET = "SENSE"
_SAVED = "pacs.peers"
_AET = re.compile(r"[ -\[\]-~]{1,16}")  # PS3.5 6.2: no control characters and no backslash
_NAME = re.compile(r"[^\s/:@]{1,64}")


@dataclass(frozen=True)
class PeerAddress:
    """A PACS as it is asked for and saved; secrets are never among it, only the file that holds one.

    Parameters
    ----------
    url : str
        `dimse://CALLED_AET@host:port`, or the root of a DICOMweb service, `https://host/dicom-web`.
    name : str
        What messages and the audit trail call it; the URL itself when it was not saved under a name.
    aet : str
        Our AE title.
    tls : bool
        Speak DIMSE over TLS (PS3.15 annex B); DICOMweb goes by the URL.
    ca, certificate, key : str
        PEM files: who is trusted instead of the system's authorities, and what we show ourselves.
    token_file : str
        Holds a bearer token.
    move_port : int
        Where not 0, objects are asked for by C-MOVE and received on this port; by C-GET otherwise.
    """

    url: str
    name: str = ""
    aet: str = DEFAULT_AET
    tls: bool = False
    ca: str = ""
    certificate: str = ""
    key: str = ""
    token_file: str = ""
    move_port: int = 0

    def __post_init__(self) -> None:
        parts = _parts(self.url)
        if not self.name:
            object.__setattr__(self, "name", self.url)
        for aet in (self.aet, parts[0] if self.is_dimse else self.aet):
            if not aet.strip() or not _AET.fullmatch(aet):
                text = QT_TRANSLATE_NOOP(
                    "Message", "{aet} is not an AE title: it has 1 to 16 ASCII characters."
                )
                raise UsageError(message(text, aet=repr(aet)))

    @property
    def is_dimse(self) -> bool:
        """Whether it speaks DIMSE; DICOMweb otherwise."""
        return self.url.startswith("dimse://")

    @property
    def called_aet(self) -> str:
        """Its AE title; "" for DICOMweb."""
        return _parts(self.url)[0]

    @property
    def host(self) -> str:
        """Name or address of the machine."""
        return _parts(self.url)[1]

    @property
    def port(self) -> int:
        """TCP port; 104 where a DIMSE address has none."""
        return _parts(self.url)[2]

    @property
    def is_exposed(self) -> bool:
        """Whether patient data would cross the network in clear text."""
        return not (self.tls if self.is_dimse else self.url.startswith("https:")) and not _is_loopback(
            self.host
        )

    def to_json(self) -> dict[str, Any]:
        """Give what `from_json` reads back."""
        return {key: value for key, value in asdict(self).items() if value}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "PeerAddress":
        """Read what `to_json` gave; fields of a newer program are left out."""
        known = {field.name for field in fields(PeerAddress)}
        return PeerAddress(**{key: value for key, value in data.items() if key in known})


def _parts(url: str) -> tuple[str, str, int]:
    """Give AE title, host and port; `UsageError` when `url` is no address of a PACS."""
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError:
        split, host, port = urlsplit(""), "", None
    if host and split.scheme == "dimse" and split.username and not split.path.strip("/"):
        return _unquoted(split.username), host, port or 104
    if host and split.scheme in ("http", "https") and not split.username and not split.query:
        return "", host, port or (443 if split.scheme == "https" else 80)
    text = QT_TRANSLATE_NOOP("Message", "{address} is neither a saved server nor the address of one.")
    hint = QT_TRANSLATE_NOOP("Message", "Write dimse://AET@host:104 or https://host/dicom-web.")
    raise UsageError(message(text, address=url), message(hint))


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def saved_peers(settings: Settings) -> list[PeerAddress]:
    """Give the saved servers by name; one that was broken by hand is left out."""
    found: list[PeerAddress] = []
    saved: dict[str, Any] = settings.get(_SAVED, {})
    for name, data in sorted(saved.items()):
        try:
            found.append(replace(PeerAddress.from_json(data), name=name))
        except (TypeError, AttributeError, UsageError):
            continue
    return found


def save_peer(settings: Settings, peer: PeerAddress) -> None:
    """Save a server under its name; `UsageError` when that cannot be one."""
    if not _NAME.fullmatch(peer.name):
        text = QT_TRANSLATE_NOOP(
            "Message", "{name} cannot be the name of a server: leave out spaces and / : @."
        )
        raise UsageError(message(text, name=repr(peer.name)))
    settings.set(_SAVED, {**settings.get(_SAVED, {}), peer.name: peer.to_json()})


def remove_peer(settings: Settings, name: str) -> None:
    """Forget a saved server; `UsageError` when there is none of that name."""
    saved = settings.get(_SAVED, {})
    if name not in saved:
        raise UsageError(message(QT_TRANSLATE_NOOP("Message", "There is no saved server {name}."), name=name))
    settings.set(_SAVED, {key: value for key, value in saved.items() if key != name})


def find_peer(settings: Settings, text: str) -> PeerAddress:
    """Give the server saved under the name `text`, or that whose address it is."""
    for peer in saved_peers(settings):
        if peer.name == text:
            return peer
    return PeerAddress(text)


def read_token(peer: PeerAddress, given: str = "") -> str:
    """Give the bearer token: the one that was given, else what the peer's file holds, else ""."""
    if given or not peer.token_file:
        return given
    return Path(peer.token_file).read_text(encoding="ascii").strip()
