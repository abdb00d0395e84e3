"""`sense models server` and `sense models update`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import UsageError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from models.model_server import ModelServer, TrustedServer
from models.speeds import Speeds
from models.store import ModelStore
from models.store_commands import ModelsReport
from models.updates import Offer, OfferedModel


@dataclass(frozen=True)
class ServerOptions:
    """Which server is trusted, and by what."""

    url: str | None = field(
        default=None,
        metadata={"help": "address of the server; without it, tell which is trusted", "positional": True},
    )
    root: Path | None = field(
        default=None, metadata={"help": "root.json that the organisation gave you by a safe way"}
    )
    forget: bool = field(default=False, metadata={"help": "trust no server any more"})


@dataclass(frozen=True)
class UpdateOptions:
    """What to get."""

    names: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "ids, or ID@VERSION; else all models of the store",
            "positional": True,
            "metavar": "ID",
        },
    )
    check: bool = field(default=False, metadata={"help": "only tell what there is; download no model"})


@dataclass(frozen=True)
class ServerReport:
    """The server that is trusted."""

    server: ModelServer | None

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        if self.server is None:
            return {"url": None, "root_sha256": None}
        return {"url": self.server.url, "root_sha256": self.server.fingerprint}

    def __str__(self) -> str:
        """Give address and fingerprint."""
        if self.server is None:
            return "No model server is trusted."
        return f"{self.server.url}  root {self.server.fingerprint}"


@dataclass(frozen=True)
class OfferReport:
    """What the server offers."""

    offer: Offer

    @property
    def rejected(self) -> tuple[Any, ...]:
        """The models that the store would not take."""
        return self.offer.rejected

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        rejected = [{"path": item.path, "reason": str(item.reason)} for item in self.offer.rejected]
        return {"offered": [_described(model) for model in self.offer.models], "rejected": rejected}

    def __str__(self) -> str:
        """Give one line for every model."""
        return "\n".join(
            f"{model.name}  {model.size_bytes / 1e6:.1f} MB  {model.card.licence}  {model.card.title}"
            + (f"  (here: {model.installed})" if model.installed else "  (new)")
            for model in self.offer.models
        )


def _described(model: OfferedModel) -> dict[str, Any]:
    return {
        "id": model.card.id,
        "version": model.card.version,
        "title": model.card.title,
        "licence": model.card.licence,
        "bytes": model.size_bytes,
        "installed": model.installed or None,
        "update": model.is_update,
    }


def trusted_server(library: Library) -> TrustedServer:
    """Give the place of a library that keeps its model server."""
    return TrustedServer(library.folder / "model-server")


def server_command(context: Context, options: ServerOptions) -> ServerReport:
    """Trust a server, forget it, or tell which is trusted."""
    trusted = trusted_server(context.library)
    if options.forget:
        trusted.forget()
        context.library.audit.append("models.server.forget", ())
    elif options.url is not None:
        if options.root is None:
            text = QT_TRANSLATE_NOOP(
                "Message", "A model server is trusted only with its root.json (--root FILE)."
            )
            raise UsageError(message(text))
        server = trusted.trust(options.url, options.root.expanduser())
        context.library.audit.append("models.server", (server.fingerprint,))
    return ServerReport(trusted.current())


def update_command(context: Context, options: UpdateOptions) -> ModelsReport | OfferReport:
    """Get newer models from the server, or tell which there are."""
    from models.updates import check_updates, install_updates

    library = context.library
    store, trusted = ModelStore(library.models_folder), trusted_server(library)
    if options.check:
        return OfferReport(check_updates(trusted, store, context.progress))
    added = install_updates(trusted, store, options.names, context.progress)
    library.audit.append("models.update", [model.card.sha256 for model in added])
    return ModelsReport("added", tuple(added), Speeds(library.models_folder))
