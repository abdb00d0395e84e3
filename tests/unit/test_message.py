import json

from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, ExitStatus, SenseError, UsageError
from core.message import Message, message

VALUES = st.text() | st.integers() | st.floats(allow_nan=False)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), VALUES, max_size=4))
def test_a_message_survives_json_with_its_values(values: dict[str, str | int | float]) -> None:
    text = Message("Read " + " ".join(f"{{{name}}}" for name in values), values)
    again = Message.from_json(json.loads(json.dumps(text.to_json())))
    assert again == text
    assert str(again) == "Read " + " ".join(str(value) for value in values.values())


def test_braces_in_a_value_are_no_template() -> None:
    assert str(message("{path} is gone.", path="{0}/{x}.dcm")) == "{0}/{x}.dcm is gone."


def test_an_error_is_one_line_with_its_hint_and_a_status() -> None:
    error = BadInput(message("a.dcm is cut off."), message("Copy it again."))
    assert str(error) == "a.dcm is cut off. Copy it again."
    assert str(SenseError(message("No."))) == "No."
    statuses = [kind(message("x")).status for kind in (SenseError, UsageError, BadInput)]
    assert statuses == [ExitStatus.FAILED, ExitStatus.USAGE, ExitStatus.BAD_INPUT]


def test_a_message_within_a_message_stays_one() -> None:
    inner = message("It is {count} bytes short.", count=3)
    outer = message("{name} cannot be read: {reason}", name="a.dcm", reason=inner)
    again = Message.from_json(json.loads(json.dumps(outer.to_json())))
    assert again.values["reason"] == inner
    assert str(again) == "a.dcm cannot be read: It is 3 bytes short."
