import pytest

from core.message import Message
from viewers.part_title import part_title


def marked(text: Message) -> str:
    """A language of its own: the template in brackets, so that what was recognised can be seen."""
    return f"<{text.text}|{text}>"


@pytest.mark.parametrize(
    ("label", "template"),
    [
        ("orientation 2", "orientation {value}"),
        ("without position", "without position"),
        ("spacing 0.5 x 0.5 mm", "spacing {value}"),
        ("spacing unknown", "spacing unknown"),
        ("acquisition 3", "acquisition {value}"),
        ("acquisition time 101500", "acquisition time {value}"),
        ("acquisition 5", "acquisition {value}"),
        ("SomePrivateKeyword 7", "{value}"),
    ],
)
def test_a_label_is_recognised_and_stays_itself_in_english(label: str, template: str) -> None:
    assert part_title(label, marked) == f"<{template}|{label}>"


def test_a_quantity_gets_its_unit() -> None:
    assert part_title("trigger time 40", str) == "trigger time 40 ms"
    assert part_title("TE 10.5, flip angle 30", str) == "TE 10.5 ms, flip angle 30°"


def test_several_words_are_translated_one_by_one() -> None:
    assert part_title("echo 2, volume 1", marked) == "<echo {value}|echo 2>, <volume {value}|volume 1>"


def test_a_series_of_one_part_needs_no_title() -> None:
    assert part_title("", marked) == ""
