import json
from typing import Any

import pytest

from core.model_card import InvalidCard, ModelCard

VALID: dict[str, Any] = {
    "id": "liver-ct",
    "version": "1.2.0",
    "sha256": "0" * 64,
    "title": "Liver",
    "task": "segmentation",
    "intended_use": "Measuring.",
    "licence": "MIT",
    "source": "Trained here.",
    "modality": "CT",
    "inputs": [
        {
            "name": "x",
            "preparation": {"kind": "volume", "layout": "NCDHW", "orientation": "RAS", "window": [-100, 300]},
        }
    ],
    "outputs": [
        {
            "name": "y",
            "meaning": "Scores.",
            "label_axis": 1,
            "labels": [
                "background",
                {"name": "liver", "concept": {"value": "10200004", "scheme": "SCT", "meaning": "Liver"}},
            ],
        }
    ],
    "measured": [{"quantity": "Dice", "value": 0.95, "unit": "", "data": "5 folds"}],
    "limits": ["No children."],
    "data_files": [{"name": "liver.bin", "sha256": "1" * 64}],
}


def test_a_card_survives_json() -> None:
    card = ModelCard.from_json(VALID)
    assert card.outputs[0].labels[1].concept is not None
    assert card.outputs[0].labels[1].concept.value == "10200004"
    assert card.inputs[0].preparation.window == (-100, 300)
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Liver"),
        ("id", "../liver"),
        ("id", 7),
        ("version", "1/2"),
        ("version", ".."),
        ("sha256", "0" * 63),
        ("sha256", None),
        ("title", " "),
        ("source", None),
        ("inputs", []),
        ("inputs", "x"),
        ("outputs", [{"meaning": "without a name"}]),
        ("measured", [{"quantity": "Dice", "value": "good", "unit": "", "data": "?"}]),
        ("data_files", [{"name": "model.onnx", "sha256": "1" * 64}]),
        ("colour", "red"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidCard) as caught:
        ModelCard.from_json(VALID | {field: value})
    assert str(caught.value) in (field, "name")


@pytest.mark.parametrize(
    "field", ["id", "version", "sha256", "title", "licence", "inputs", "outputs", "task"]
)
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(InvalidCard, match=field):
        ModelCard.from_json({name: value for name, value in VALID.items() if name != field})


@pytest.mark.parametrize("data", [None, [], "card", 3])
def test_what_is_no_object_is_no_card(data: Any) -> None:
    with pytest.raises(InvalidCard):
        ModelCard.from_json(data)


@pytest.mark.parametrize(
    "preparation",
    [{"kind": "smell"}, {"window": [3, 3]}, {"value_range": [1]}, {"padding": "none"}, {"odd": 1}],
)
def test_a_wrong_preparation_is_refused(preparation: dict[str, Any]) -> None:
    with pytest.raises(InvalidCard):
        ModelCard.from_json(VALID | {"inputs": [{"name": "x", "preparation": preparation}]})
