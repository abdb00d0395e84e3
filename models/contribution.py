"""What the model store offers; data only, so that the command line starts fast."""

from core.command import Command, Contribution, Workspace
from core.message import QT_TRANSLATE_NOOP
from models.uses import USES

_PAGE = "models"


def _on_page(name: str, title: str, *, enabled: str | None = None) -> Command:
    """Declare a menu command of the Models page; its function is in `models.page_commands`."""
    return Command(
        id=f"models.page-{name.replace('_', '-')}",
        title=title,
        run=f"models.page_commands:{name}",
        menu="tools/models",
        workspace=_PAGE,
        enabled_when=enabled,
    )


CONTRIBUTION = Contribution(
    workspaces=(
        Workspace(
            id=_PAGE,
            title=QT_TRANSLATE_NOOP("Command", "Models"),
            icon="models",
            factory="models.ui.models_page:ModelsPage",
            order=80,
            opens=(".onnx", ".whl"),
        ),
    ),
    commands=(
        _on_page("add_file", QT_TRANSLATE_NOOP("Command", "Add model file…")),
        _on_page("add_address", QT_TRANSLATE_NOOP("Command", "Add model from address…")),
        _on_page("show_updates", QT_TRANSLATE_NOOP("Command", "Updates from the model server…")),
        _on_page("verify_all", QT_TRANSLATE_NOOP("Command", "Verify all models")),
        _on_page(
            "measure_speed", QT_TRANSLATE_NOOP("Command", "Measure the model's speed"), enabled="model-chosen"
        ),
        Command(
            id="models.list",
            title=QT_TRANSLATE_NOOP("Command", "List models"),
            run="models.store_commands:list_command",
            subcommand="models list",
            summary="List the trained models of the library, and the packs that can be added.",
            example="sense models list --json",
        ),
        Command(
            id="models.add",
            title=QT_TRANSLATE_NOOP("Command", "Add model"),
            run="models.store_commands:add_command",
            options="models.store_commands:AddOptions",
            subcommand="models add",
            summary="Add a pack, its package as a file, NAME.onnx with NAME.card.json, or the URL of one.",
            example="sense models add capture",
        ),
        Command(
            id="models.remove",
            title=QT_TRANSLATE_NOOP("Command", "Remove model"),
            run="models.store_commands:remove_command",
            options="models.store_commands:RemoveOptions",
            subcommand="models remove",
            summary="Remove a model (all versions, or ID@VERSION) or all models of a pack.",
            example="sense models remove liver@1.0",
        ),
        Command(
            id="models.revert",
            title=QT_TRANSLATE_NOOP("Command", "Go back to the version before"),
            run="models.store_commands:revert_command",
            options="models.store_commands:RevertOptions",
            subcommand="models revert",
            summary="Use the version of a model before the one in use, or ID@VERSION, from now on.",
            example="sense models revert liver",
        ),
        Command(
            id="models.verify",
            title=QT_TRANSLATE_NOOP("Command", "Verify models"),
            run="models.store_commands:verify_command",
            options="models.store_commands:VerifyOptions",
            subcommand="models verify",
            summary="Compare the files of the models with the digests of their cards.",
            example="sense models verify",
        ),
        Command(
            id="models.server",
            title=QT_TRANSLATE_NOOP("Command", "Trust a model server"),
            run="models.update_commands:server_command",
            options="models.update_commands:ServerOptions",
            subcommand="models server",
            summary="Trust your organisation's model server by its signed root, or tell which is trusted.",
            example="sense models server https://models.example.org --root root.json",
        ),
        Command(
            id="models.update",
            title=QT_TRANSLATE_NOOP("Command", "Update models"),
            run="models.update_commands:update_command",
            options="models.update_commands:UpdateOptions",
            subcommand="models update",
            summary="Get newer or new models from the trusted model server; the versions before stay.",
            example="sense models update --check",
        ),
        Command(
            id="models.run",
            title=QT_TRANSLATE_NOOP("Command", "Run model"),
            run="models.run_commands:run_command",
            options="models.run_commands:RunOptions",
            subcommand="models run",
            summary="Run a model on a picture, a volume or arrays (.npz), and write what it gives.",
            example="sense models run face-landmarks face.png -o face.npz",
        ),
        Command(
            id="models.variant",
            title=QT_TRANSLATE_NOOP("Command", "Make a smaller variant of a model"),
            run="models.variant_command:variant_command",
            options="models.variant_command:VariantOptions",
            subcommand="models variant",
            summary="Make weights of 16 or 8 bits, kept only where they lose no more than the card allows.",
            example="sense models variant brain head.nii.gz --precision int8",
        ),
        Command(
            id="models.bench",
            title=QT_TRANSLATE_NOOP("Command", "Measure the speed of a model"),
            run="models.run_commands:bench_command",
            options="models.run_commands:BenchOptions",
            subcommand="models bench",
            summary="Measure time, memory and agreement of a model on every provider of this machine.",
            example="sense models bench face-landmarks --json",
        ),
    ),
    model_uses=USES,
)
