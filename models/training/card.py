"""The card of a model that was trained here."""

import json
import math
import re
import shutil
from pathlib import Path

from core.atomic_write import atomic_file, write_bytes
from core.model_card import (
    ModelCard,
    ModelInput,
    ModelLabel,
    ModelMeasurement,
    ModelOutput,
)
from core.provenance import program_version
from models.admission import card_path_of, sha256_of
from models.training.export import INPUT, OUTPUT
from models.training.plan import TrainingPlan, TrainingTask
from models.training.preparation import preparation_of
from models.training.validation import FoldScores

_TASKS = {
    TrainingTask.SEGMENTATION: "segmentation",
    TrainingTask.INSTANCES: "instance-segmentation",
    TrainingTask.CLASSIFICATION: "classification",
}


def make_card(
    network: Path, name: str, plan: TrainingPlan, scores: FoldScores, engine: str, *, version: str = "1.0"
) -> ModelCard:
    """Describe the network.

    Parameters
    ----------
    network : Path
        The ONNX file.
    name : str
        What the user calls it; the id is made of it.
    engine : str
        What trained it.
    """
    structures = [label for label in plan.labels if label != "background"]
    return ModelCard(
        id=identifier(name),
        version=version,
        sha256=sha256_of(network),
        title=name,
        task=_TASKS[plan.task],
        intended_use="Images like those it was trained on, looked over by a person who knows the subject.",
        licence="LicenseRef-own",
        source=f"Trained by Sense Workstation {program_version()} ({engine}) on the user's own labels",
        inputs=(ModelInput(INPUT, preparation_of(plan)),),
        outputs=(
            ModelOutput(
                OUTPUT,
                f"probability, 0 to 1, of {', '.join(structures)}",
                tuple(ModelLabel(label) for label in plan.labels),
                1,
                plan.values,
                activation="",
            ),
        ),
        modality=plan.modality,
        measured=tuple(
            ModelMeasurement(score.quantity, round(score.value, 4), "", _told(score.deviation, scores.data))
            for score in scores.scores
            if not math.isnan(score.value)
        ),
        limits=_limits(plan, scores),
    )


def _told(deviation: float, data: str) -> str:
    return data if math.isnan(deviation) else f"{data}; standard deviation over the cases {deviation:.3f}"


def _limits(plan: TrainingPlan, scores: FoldScores) -> tuple[str, ...]:
    limits = ["Not cleared as a medical device; not tested on images of other scanners or hospitals."]
    if not scores.scores:
        limits.append("Trained without cross-validation: how good it is was not measured.")
    elif plan.held_blocks:
        limits.append("Measured on blocks of the images that it was trained on, not on other patients.")
    missing = [score.quantity for score in scores.scores if math.isnan(score.value)]
    if missing:
        limits.append(f"Could not be measured: {', '.join(missing)}.")
    return tuple(limits)


def identifier(name: str) -> str:
    """Make an id of a name: lower-case letters and digits, joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:60].rstrip("-") or "model"


def write_model(network: Path, output: Path, card: ModelCard) -> None:
    """Write network and card beside each other, each complete or not at all."""
    with atomic_file(output) as partial:
        shutil.copyfile(network, partial)
    write_bytes(card_path_of(output), json.dumps(card.to_json(), indent=2, ensure_ascii=False).encode())
