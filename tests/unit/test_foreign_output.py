"""What libraries in C print does not reach the output that programs read."""

import ctypes
import json
import os

import pytest

from app.foreign_output import foreign_output_to_standard_error

pytestmark = pytest.mark.skipif(os.name != "posix", reason="C's streams are looked at by their POSIX names")


def test_only_the_result_is_on_the_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    library = ctypes.CDLL(None)
    with foreign_output_to_standard_error():
        library.printf(b"BLAS : something odd\n")
        os.write(1, b"and more\n")
    print(json.dumps({"done": True}))
    seen = capfd.readouterr()
    assert json.loads(seen.out) == {"done": True}
    assert "something odd" in seen.err
    assert "and more" in seen.err


def test_a_stream_in_memory_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with foreign_output_to_standard_error():
        print("told")
    assert capsys.readouterr().out == "told\n"
