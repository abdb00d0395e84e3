"""`sense pacs add`, `list` and `remove`."""

from dataclasses import dataclass, field, replace

from core.context import Context
from imaging.pacs.commands import Report
from imaging.pacs.options import ConnectionOptions, warnings_about
from imaging.pacs.peers import PeerAddress, remove_peer, save_peer, saved_peers


@dataclass(frozen=True, kw_only=True)
class AddOptions(ConnectionOptions):
    """What a server shall be called, and where it is."""

    name: str = field(metadata={"help": "what to call it", "positional": True, "metavar": "NAME"})
    url: str = field(
        metadata={
            "help": "dimse://CALLED_AET@host:port or https://host/dicom-web",
            "positional": True,
            "metavar": "URL",
        }
    )


@dataclass(frozen=True)
class RemoveOptions:
    """Which server to forget."""

    name: str = field(metadata={"help": "its name", "positional": True, "metavar": "NAME"})


def add_command(context: Context, options: AddOptions) -> Report:
    """Save a server under a name; one of the same name is replaced."""
    peer = options.applied_to(replace(PeerAddress(options.url), name=options.name))
    save_peer(context.library.settings, peer)
    return Report(peer.to_json(), f"{peer.name}  {peer.url}", warnings_about(peer))


def list_command(context: Context, _options: None = None) -> Report:
    """List the saved servers."""
    peers = saved_peers(context.library.settings)
    lines = [f"{peer.name}  {peer.url}  {peer.aet}" for peer in peers]
    return Report({"peers": [peer.to_json() for peer in peers]}, "\n".join(lines))


def remove_command(context: Context, options: RemoveOptions) -> Report:
    """Forget a saved server."""
    remove_peer(context.library.settings, options.name)
    return Report({"removed": options.name}, "")
