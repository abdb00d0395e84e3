"""What every test has: the corpus, a library of its own, and a display or the lack of one."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from core.library import Library

ROOT = Path(__file__).parents[1]

# A busy machine is no failure: nothing is asserted about time but in the watchdog's tests and the benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

if sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no windows flashing over the developer's desktop


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the tests marked slow as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("corpus"):
            item.fixturenames.insert(0, "corpus")
        if item.get_closest_marker("slow") and not config.getoption("--full"):
            item.add_marker(pytest.mark.skip(reason="slow: only with --full"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared research data, read only; a test that needs it is marked `corpus`."""
    folder = Path(os.environ.get("SENSE_CORPUS") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no corpus at {folder} (SENSE_CORPUS names another place)")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library in a temporary folder."""
    return Library.open(tmp_path / "library")
