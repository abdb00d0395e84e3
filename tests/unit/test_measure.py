import json
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.measure import Benchmark, Contender, Sample, required_peer, subprocess_sample


def test_contenders_take_turns_and_the_ratio_is_taken_within_the_round(tmp_path: Path) -> None:
    order: list[str] = []

    def costs(name: str, seconds: float) -> Sample:
        order.append(name)
        return Sample(seconds)

    report = tmp_path / "report.json"
    benchmark = Benchmark("test", ["--runs", "3", "--json", str(report)])
    peer_seconds = iter([9.0, 2.0, 8.0, 4.0])
    result = benchmark.compare(
        "pair",
        Contender("ours", lambda: costs("ours", 2.0)),
        [Contender("peer", lambda: costs("peer", next(peer_seconds)))],
        goal=2.0,
    )
    benchmark.finish()

    assert order == ["ours", "peer", "ours", "peer", "peer", "ours", "ours", "peer"]
    assert result.ratios == {"peer": 2.0}
    written = json.loads(report.read_text())
    assert [run["seconds"] for run in written["results"][0]["samples"]["peer"]] == [2.0, 8.0, 4.0]
    assert written["machine"]["cores"]


def test_preparation_is_not_timed() -> None:
    benchmark = Benchmark("test", ["--runs", "1"])
    side = Contender("ours", lambda: None, prepare=lambda: time.sleep(0.05))
    result = benchmark.compare("alone", side, [], warm_up=False)
    assert result.samples["ours"][0].seconds < 0.05


def test_a_missing_peer_ends_the_benchmark_with_status_1() -> None:
    with pytest.raises(SystemExit, match="no_such_peer is missing") as raised:
        required_peer("no_such_peer")
    assert raised.value.code not in (0, None)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows gives no peak memory of a child")
def test_memory_of_a_program_is_measured() -> None:
    own = psutil.Process().memory_info().rss  # a child's peak starts there
    large = subprocess_sample([sys.executable, "-c", f"b'x' * {own + 300_000_000}"]).peak_bytes
    assert large is not None
    assert large > own + 250_000_000
