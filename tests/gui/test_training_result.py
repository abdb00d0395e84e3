"""The figures of a finished training, and their words when the language changes."""

import json
import math
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.translator import Language, LanguageSwitch, translate_message
from core.message import message
from core.model_card import ModelCard
from core.services import Services
from models.training.training import Trained
from models.training.validation import FoldScores, Score
from tests.model_factory import save_model
from viewers.training_commands import TrainReport
from viewers.ui.training_result import TrainingResult

DICE, DATA = message("Dice {label}", label="liver"), message("accuracy")


def report(folder: Path, scores: FoldScores) -> TrainReport:
    path = save_model(folder)
    card = ModelCard.from_json(json.loads(path.with_suffix(".card.json").read_text()))
    return TrainReport(Trained(card, path, scores, ()), "cpu", 60.0)


def test_figures_are_told_in_the_language_of_the_window(
    qtbot: QtBot, services: Services, tmp_path: Path
) -> None:
    result = TrainingResult(replace(services, translate=translate_message))
    qtbot.addWidget(result)
    scores = (
        Score(str(DICE), 0.9123, 0.0204, 3, DICE),
        Score("x", math.nan, math.nan, 0),
        Score("y", 0.5, math.nan, 1),
    )
    result.show_report(report(tmp_path, FoldScores(scores, str(DATA), DATA)))
    assert result.text() == "Dice liver: 0.912 ± 0.020\nx: –\ny: 0.500\naccuracy"
    languages = LanguageSwitch(tmp_path)
    try:
        languages.switch(Language.CHINESE)
        qtbot.waitUntil(lambda: "准确率" in result.text())
        assert result.text().startswith("liver 的 Dice 系数：0.912 ± 0.020")
    finally:
        languages.remove()


def test_what_was_not_measured_is_told(qtbot: QtBot, services: Services, tmp_path: Path) -> None:
    result = TrainingResult(services)
    qtbot.addWidget(result)
    result.show_report(report(tmp_path, FoldScores((), "")))
    assert "not measured" in result.text()
    result.clear()
    assert result.text() == ""
