"""The commands of training, as data."""

from core.command import Command, Workspace
from core.message import QT_TRANSLATE_NOOP

TRAINING_COMMANDS = (
    Command(
        id="models.train",
        title=QT_TRANSLATE_NOOP("Command", "Train model"),
        run="viewers.training_commands:train_command",
        options="viewers.training_commands:TrainOptions",
        subcommand="models train",
        summary="Train a model on labelled images of your own; the card tells how good it was found to be.",
        example="sense models train --task segmentation --data hips -o hips.onnx --minutes 20",
    ),
    Command(
        id="models.show-training",
        title=QT_TRANSLATE_NOOP("Command", "Train model…"),
        run="viewers.training_commands:show_training",
        menu="tools/models",
    ),
    Command(
        id="models.show",
        title=QT_TRANSLATE_NOOP("Command", "Show models"),
        run="viewers.training_commands:show_models",
    ),
)

TRAINING_WORKSPACE = Workspace(
    id="training",
    title=QT_TRANSLATE_NOOP("Command", "Training"),
    icon="training",
    factory="viewers.ui.training_page:TrainingPage",
    order=81,
)
