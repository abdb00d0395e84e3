"""Options that all the commands about a PACS share."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.pacs.peers import PeerAddress, find_peer, read_token

_TOKEN = "SENSE_PACS_TOKEN"


def _about(help_text: str, metavar: str) -> dict[str, str]:
    return {"help": help_text, "metavar": metavar}


@dataclass(frozen=True, kw_only=True)
class ConnectionOptions:
    """How a server is spoken to; what is not given is as it was saved.

    Parameters
    ----------
    aet : str, optional
        Our AE title.
    tls : bool
        DIMSE over TLS.
    ca, certificate, key : Path, optional
        PEM files.
    token_file : Path, optional
        Holds a bearer token.
    move_port : int, optional
        Receive by C-MOVE on this port.
    """

    aet: str | None = field(default=None, metadata=_about("our AE title (default: SENSE)", "AET"))
    tls: bool = field(default=False, metadata={"help": "speak DIMSE over TLS"})
    ca: Path | None = field(default=None, metadata=_about("trust the authorities of this PEM file", "FILE"))
    certificate: Path | None = field(default=None, metadata=_about("show this certificate (PEM)", "FILE"))
    key: Path | None = field(default=None, metadata=_about("its private key (PEM)", "FILE"))
    token_file: Path | None = field(default=None, metadata=_about("file that holds a bearer token", "FILE"))
    move_port: int | None = field(
        default=None, metadata=_about("retrieve by C-MOVE, receive on this port", "PORT")
    )

    def applied_to(self, peer: PeerAddress) -> PeerAddress:
        """Give the peer with what was given here."""
        files = {name: getattr(self, name) for name in ("ca", "certificate", "key", "token_file")}
        changes: dict[str, Any] = {
            name: os.fspath(path.absolute()) for name, path in files.items() if path is not None
        }
        for name in ("aet", "move_port"):
            if getattr(self, name) is not None:
                changes[name] = getattr(self, name)
        return replace(peer, tls=self.tls or peer.tls, **changes)


@dataclass(frozen=True, kw_only=True)
class PeerOptions(ConnectionOptions):
    """Which server.

    Parameters
    ----------
    peer : str
        Saved name or address.
    token : str, optional
        Bearer token.
    """

    peer: str = field(
        metadata={
            "help": "dimse://CALLED_AET@host:port, https://host/dicom-web, or a saved name",
            "positional": True,
            "metavar": "PEER",
        }
    )
    token: str | None = field(default=None, metadata=_about(f"bearer token (default: {_TOKEN})", "TOKEN"))

    def address(self, context: Context) -> PeerAddress:
        """Give the server, as saved and as changed by these options."""
        return self.applied_to(find_peer(context.library.settings, self.peer))

    def secret(self, peer: PeerAddress) -> str:
        """Give the bearer token; "" where there is none."""
        return read_token(peer, self.token or os.environ.get(_TOKEN, ""))


def warnings_about(peer: PeerAddress) -> tuple[Message, ...]:
    """Warn where patient data would cross the network in clear text."""
    if not peer.is_exposed or peer.is_dimse:  # DIMSE without TLS is what hospital networks speak
        return ()
    text = QT_TRANSLATE_NOOP("Message", "{peer} is spoken to without encryption; use https where it can.")
    return (message(text, peer=peer.name),)
