"""What several models of one training add up to, and what is told of them."""

import itertools
from pathlib import Path

import pytest

from models.training.distillation import student_path, student_plan
from models.training.engine_process import TrainingEvent
from models.training.event_progress import Part, fraction_of, part_message
from models.training.plan import Intensity, TrainingPlan, TrainingTask
from models.training.run_folder import RunFolder


def plan(*, distil: bool) -> TrainingPlan:
    return TrainingPlan(
        TrainingTask.SEGMENTATION,
        ("background", "liver"),
        (1.0, 1.0, 1.0),
        (8, 8, 8),
        2,
        (),
        (),
        (16, 32),
        1,
        Intensity(),
        (),
        (("a",), ("b",)),
        held_blocks=False,
        minutes=10.0,
        distil=distil,
    )


def event(part: str, fraction: float) -> TrainingEvent:
    return TrainingEvent("step", part, {"fraction": fraction, "loss": 0.5, "score": None})


@pytest.mark.parametrize("distil", [False, True])
def test_the_progress_of_all_models_rises_from_nothing_to_all(distil: bool) -> None:
    own = plan(distil=distil)
    parts = [
        f"{name}{ending}" for name in ("fold-0", "fold-1", "final") for ending in ("", "-small")[: 1 + distil]
    ]
    told = [fraction_of(event(part, done), own) for part in parts for done in (0.0, 0.5, 1.0)]
    assert told[0] == 0.0
    assert told[-1] == pytest.approx(1.0)
    assert told == sorted(told)
    assert max(after - before for before, after in itertools.pairwise(told)) < 0.4


def test_the_smaller_model_is_named_as_such() -> None:
    own = plan(distil=True)
    assert Part.of("fold-1-small") == Part(1, student=True)
    assert "smaller model 2 of 2" in str(part_message(event("fold-1-small", 0.1), own))
    assert "Final model" in str(part_message(event("final", 0.1), own))
    assert "Final smaller model" in str(part_message(event("final-small", 0.1), own))


def test_the_student_has_half_the_width_and_places_of_its_own(tmp_path: Path) -> None:
    own = plan(distil=True)
    assert student_plan(own).width == 0.5
    assert not student_plan(own).distil
    assert TrainingPlan.from_json(student_plan(own).to_json()) == student_plan(own)
    assert student_path(tmp_path / "liver.onnx").name == "liver-small.onnx"
    one, other = RunFolder(tmp_path), RunFolder(tmp_path, small=True)
    assert one.network != other.network
    assert one.held("a") != other.held("a")
    assert one.checkpoint("final") != one.checkpoint("final-small")
