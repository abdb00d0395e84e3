"""Texts that were filled with values are found again, so that the window can tell them in its language."""

import re
from pathlib import Path

import pytest

from models.own_card_texts import OWN_CARD_TEXTS, taken_apart, translated
from models.training import validation


@pytest.mark.parametrize("text", OWN_CARD_TEXTS)
def test_every_template_is_found_again_with_its_values(text: str) -> None:
    names = re.findall(r"\{(\w+)\}", text)
    values = {name: f"some {name}, 3" for name in names}
    assert taken_apart(text.format(**values)) == (text, values)


def test_values_stay_and_the_text_around_them_is_translated() -> None:
    assert translated("Dice liver", lambda text: text.replace("Dice", "Überlappung")) == "Überlappung liver"
    told = "5-fold cross-validation on 9 images, each model trained for 1.0 of 5.0 minutes"
    whole = f"{told}; standard deviation over the cases 0.031"
    assert translated(whole, lambda text: f"<{text}>") == f"<<{told}>" + whole[len(told) :] + ">"
    assert translated("what a pack says", lambda _text: "?") == "what a pack says"


def test_all_texts_of_the_cross_validation_are_known() -> None:
    source = Path(validation.__file__).read_text("utf-8")
    literals = re.findall(r'QT_TRANSLATE_NOOP\(\s*"Message",((?:\s*"[^"]*")+)', source)
    texts = {"".join(re.findall(r'"([^"]*)"', literal)) for literal in literals}
    assert len(texts) == 8
    assert texts <= set(OWN_CARD_TEXTS)
