"""`sense models list`, `add`, `remove`, `revert` and `verify`."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.command import ModelUse
from core.context import Context
from core.errors import ExitStatus
from core.message import Message
from models.speeds import Speeds
from models.store import ModelStore, RemovedModel, StoredModel, Verification
from models.uses import uses_of

_NAME = {"help": "id, ID@VERSION, or a pack", "positional": True, "metavar": "ID"}


@dataclass(frozen=True)
class AddOptions:
    """What to add."""

    source: str = field(
        metadata={
            "help": "a pack, its package as a file, NAME.onnx with its card beside it, or the URL of one",
            "positional": True,
            "metavar": "PACK|FILE|URL",
        }
    )
    offline: Path | None = field(
        default=None,
        metadata={
            "help": "take the pack's packages from this file or folder instead of downloading them",
            "name": "from",
            "metavar": "FILE|FOLDER",
        },
    )
    sha256: str | None = field(
        default=None, metadata={"help": "what the file at the URL must have", "metavar": "HEX"}
    )
    licence: str | None = field(
        default=None,
        metadata={"help": "SPDX name, where nnU-Net's plans or a MONAI bundle tell none", "metavar": "NAME"},
    )
    force: bool = field(default=False, metadata={"help": "replace what is there in the same version"})


@dataclass(frozen=True)
class RemoveOptions:
    """What to remove."""

    name: str = field(metadata=_NAME)


@dataclass(frozen=True)
class RevertOptions:
    """Which model goes back."""

    name: str = field(
        metadata={
            "help": "id, for the version before the one in use; or ID@VERSION",
            "positional": True,
            "metavar": "ID",
        }
    )


@dataclass(frozen=True)
class VerifyOptions:
    """What to verify: one model, a pack, or all."""

    name: str | None = field(default=None, metadata=_NAME)


@dataclass(frozen=True)
class ModelsReport:
    """Models of the store, under the key that tells what was done with them, and where models are used."""

    key: str
    models: tuple[StoredModel, ...]
    speeds: Speeds
    uses: tuple[ModelUse, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        described = {self.key: [self._described(model) for model in self.models]}
        if self.key != "models":
            return described
        from models.packs import PACKS

        there = {model.pack for model in self.models}
        packs = [
            {
                "name": pack.name,
                "title": pack.title,
                "bytes": pack.size_bytes,
                "installed": pack.name in there,
            }
            for pack in PACKS.values()
        ]
        return {**described, "packs": packs}

    def __str__(self) -> str:
        """Give one line for every model, and one for every place that uses it."""
        return "\n".join(
            "\n    ".join((self._line(model), *(f"used in: {use}" for use in self._used_in(model))))
            for model in self.models
        )

    def _described(self, model: StoredModel) -> dict[str, Any]:
        return {
            "id": model.card.id,
            "version": model.card.version,
            "title": model.card.title,
            "task": model.card.task,
            "pack": model.pack or None,
            "bytes": model.size_bytes,
            "in_use": model.in_use,
            "used_in": self._used_in(model),
            "speed": [asdict(result) for result in self.speeds.of(model.card)],
            "path": str(model.path),
            "card": model.card.to_json(),
        }

    def _line(self, model: StoredModel) -> str:
        return (
            f"{model.card.id}@{model.card.version}  {model.size_bytes / 1e6:.1f} MB"
            f"  {model.card.licence}  {model.card.title}{'' if model.in_use else '  (not in use)'}"
        )

    def _used_in(self, model: StoredModel) -> list[str]:
        return [use.title for use in uses_of(model, self.uses)] if model.in_use else []


@dataclass(frozen=True)
class RemoveReport:
    """The models that are gone."""

    removed: tuple[RemovedModel, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {"removed": [{"id": model.id, "version": model.version} for model in self.removed]}

    def __str__(self) -> str:
        """Give one line for every model."""
        return "\n".join(f"{model.id}@{model.version}" for model in self.removed)


@dataclass(frozen=True)
class _Rejected:
    path: Path
    reason: Message


@dataclass(frozen=True)
class VerifyReport:
    """What was verified."""

    checked: tuple[Verification, ...]

    @property
    def rejected(self) -> tuple[_Rejected, ...]:
        """The models that are not what they were."""
        return tuple(_Rejected(item.path, item.reason) for item in self.checked if item.reason)

    @property
    def exit_status(self) -> ExitStatus:
        """Tell the shell whether all is well."""
        return ExitStatus.BAD_INPUT if self.rejected else ExitStatus.DONE

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "models": [
                {
                    "id": item.name.partition("@")[0],
                    "version": item.name.partition("@")[2],
                    "ok": item.reason is None,
                    "reason": str(item.reason) if item.reason else None,
                }
                for item in self.checked
            ]
        }

    def __str__(self) -> str:
        """Give the models that are well."""
        return "\n".join(f"{item.name}  ok" for item in self.checked if item.reason is None)


def list_command(context: Context, _options: None) -> ModelsReport:
    """List what is in the store."""
    return _report(context, "models", ModelStore(context.library.models_folder).models())


def add_command(context: Context, options: AddOptions) -> ModelsReport:
    """Add one model."""
    from models.adding import add

    store = ModelStore(context.library.models_folder)
    added = add(
        store,
        options.source,
        offline=options.offline,
        sha256=options.sha256 or "",
        licence=options.licence or "",
        force=options.force,
        progress=context.progress,
    )
    context.library.audit.append("models.add", [model.card.sha256 for model in added])
    return _report(context, "added", added)


def revert_command(context: Context, options: RevertOptions) -> ModelsReport:
    """Go back to an earlier version."""
    model = ModelStore(context.library.models_folder).revert(options.name)
    context.library.audit.append("models.revert", (model.card.sha256,))
    return _report(context, "in_use", [model])


def _report(context: Context, key: str, models: list[StoredModel]) -> ModelsReport:
    return ModelsReport(key, tuple(models), Speeds(context.library.models_folder), context.model_uses)


def remove_command(context: Context, options: RemoveOptions) -> RemoveReport:
    """Remove models."""
    removed = ModelStore(context.library.models_folder).remove(options.name)
    context.library.audit.append("models.remove", [model.sha256 for model in removed if model.sha256])
    return RemoveReport(tuple(removed))


def verify_command(context: Context, options: VerifyOptions) -> VerifyReport:
    """Verify models."""
    store = ModelStore(context.library.models_folder)
    return VerifyReport(tuple(store.verify(options.name, context.progress)))
