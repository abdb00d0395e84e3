"""Writes the smaller network that learnt from a trained one, with a card of its own."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.model_card import ModelCard
from models.training.card import make_card, write_model
from models.training.distillation import student_path, student_plan
from models.training.run_folder import RunFolder
from models.training.validation import FoldScores, score_folds


@dataclass(frozen=True)
class Student:
    """The smaller network: its card, its file, and what the cross-validation gave for it."""

    card: ModelCard
    path: Path
    scores: FoldScores


def write_student(folder: RunFolder, output: Path, engine: str, *, version: str) -> Student | None:
    """Write `NAME-small.onnx` and its card beside `NAME.onnx`; None where no student was asked for."""
    plan = folder.read_plan()
    if not plan.distil:
        return None
    small, path = replace(folder, small=True), student_path(output)
    scores = score_folds(small, plan)
    own = student_plan(plan)
    card = make_card(small.network, path.stem, own, scores, engine, version=version, teacher=output.stem)
    write_model(small.network, path, card)
    return Student(card, path, scores)
