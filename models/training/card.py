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
from models.own_card_texts import (
    DEVIATION,
    INTENDED_USE,
    MISSING,
    NOT_CLEARED,
    NOT_MEASURED,
    ON_BLOCKS,
    PROBABILITY,
    SOURCE,
    STUDENT_SOURCE,
)
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
    network: Path,
    name: str,
    plan: TrainingPlan,
    scores: FoldScores,
    engine: str,
    *,
    version: str = "1.0",
    teacher: str = "",
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
    teacher : str
        The model that it learnt from, "" where there was none.
    """
    structures = [label for label in plan.labels if label != "background"]
    return ModelCard(
        id=identifier(name),
        version=version,
        sha256=sha256_of(network),
        title=name,
        task=_TASKS[plan.task],
        intended_use=INTENDED_USE,
        licence="LicenseRef-own",
        source=_source(engine, teacher),
        inputs=(ModelInput(INPUT, preparation_of(plan)),),
        outputs=(
            ModelOutput(
                OUTPUT,
                PROBABILITY.format(names=", ".join(structures)),
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
    return data if math.isnan(deviation) else DEVIATION.format(data=data, deviation=f"{deviation:.3f}")


def _source(engine: str, teacher: str) -> str:
    version = program_version()
    if teacher:
        return STUDENT_SOURCE.format(version=version, engine=engine, teacher=teacher)
    return SOURCE.format(version=version, engine=engine)


def _limits(plan: TrainingPlan, scores: FoldScores) -> tuple[str, ...]:
    limits = [NOT_CLEARED]
    if not scores.scores:
        limits.append(NOT_MEASURED)
    elif plan.held_blocks:
        limits.append(ON_BLOCKS)
    missing = [score.quantity for score in scores.scores if math.isnan(score.value)]
    if missing:
        limits.append(MISSING.format(quantities=", ".join(missing)))
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
