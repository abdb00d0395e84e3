"""Threads that take turns with the pictures of a film, and networks without unused outputs."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from capture.alternating import in_turns
from models.session import open_session


def test_results_come_in_order_with_the_state_of_two_items_before() -> None:
    def work(item: int, number: int, state: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        time.sleep(0.004 if number % 2 else 0.001)  # one thread is slower
        return state, (*state, item)

    found = list(in_turns(range(9), work, (), workers=2))
    assert [item for item, _ in found] == list(range(9))
    assert found[7][1] == (1, 3, 5)
    assert found[8][1] == (0, 2, 4, 6)


def test_nothing_gives_nothing() -> None:
    assert list(in_turns([], lambda item, number, state: (item, state), 0, workers=2)) == []


def test_what_fails_is_raised_and_threads_end() -> None:
    def work(item: int, number: int, state: int) -> tuple[int, int]:
        if item == 5:
            raise ZeroDivisionError
        return item, state

    seen: list[int] = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(item for item, _ in in_turns(range(1000), work, 0, workers=2))
    assert seen == sorted(seen)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("capture-")]


def test_a_source_that_fails_is_raised() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        list(in_turns(broken(), lambda item, number, state: (item, state), 0, workers=2))


def test_whoever_stops_listening_stops_the_work() -> None:
    read: list[int] = []

    def source() -> Iterator[int]:
        for number in range(10**6):
            read.append(number)
            yield number

    results = in_turns(source(), lambda item, number, state: (item, state), 0, workers=2)
    assert next(results)[0] == 0
    results.close()  # pyright: ignore
    assert len(read) < 50
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("capture-")]


def test_a_network_without_an_output_does_not_compute_it(tmp_path: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    nodes = [
        helper.make_node("Mul", ["x", "two"], ["double"]),
        helper.make_node("Sqrt", ["double"], ["root"]),
        helper.make_node("Exp", ["double"], ["other"]),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "root", "other")]
    two = helper.make_tensor("two", TensorProto.FLOAT, [], [2.0])
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], [two])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(tmp_path / "model.onnx"))
    session = open_session(tmp_path / "model.onnx", threads=1, outputs=("root",))
    assert [output.name for output in session.get_outputs()] == ["root"]
    (root,) = session.run(None, {"x": np.array([2.0, 8.0], np.float32)})
    assert root == pytest.approx([2.0, 4.0])
