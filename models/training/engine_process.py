"""Runs the engine in a process of its own and passes on what it tells."""

import base64
import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from models.training.engine_python import Engine
from models.training.run_folder import RunFolder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROOT = Path(__file__).resolve().parents[2]
_CHECK_S = 0.1
_LAST_LINES = 30


@dataclass(frozen=True, eq=False)
class TrainingEvent:
    """What the engine told.

    Parameters
    ----------
    kind : str
        "started", "step", "sample", "fold" or "done".
    part : str
        Which model: "fold-0", ..., "final".
    values : dict
        Of a step: `fraction` (0 to 1 of this model), `loss`, `score` (Dice of the batches, or None) and
        `seconds`.
    pictures : dict of str to (h, w) uint8
        Of a sample: "image", "truth", "prediction".
    """

    kind: str
    part: str = ""
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    pictures: "dict[str, NDArray[np.uint8]]" = field(default_factory=dict[str, Any])


def parse_event(line: str) -> TrainingEvent | None:
    """Read one line of the engine; None for what some library printed."""
    import numpy as np

    try:
        told = json.loads(line)
        kind, part, pictures = told.pop("kind"), told.pop("part", ""), told.pop("pictures", {})
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    shown = {
        name: np.frombuffer(base64.b64decode(item["data"]), np.uint8).reshape(item["size"])
        for name, item in pictures.items()
    }
    return TrainingEvent(kind, part, told, shown)


def run_engine(
    engine: Engine, folder: RunFolder, on_event: Callable[[TrainingEvent], None], progress: Progress
) -> None:
    """Train; a cancel ends the process at once, and its checkpoints stay.

    Raises
    ------
    SenseError
        When the engine fails, with the last line of what it said.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(_ROOT),
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait must not take cores from the rest of the machine
        "PYTHONWARNINGS": "ignore",
    }
    process = subprocess.Popen(
        [str(engine.python), "-m", "models.training.worker", str(folder.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    said: list[str] = []
    try:
        for line in _lines(process, progress):
            event = parse_event(line)
            if event is None:
                said = [*said, line.rstrip()][-_LAST_LINES:]
                continue
            if event.kind == "step":
                with folder.events.open("a", encoding="utf-8") as file:
                    file.write(line)
            on_event(event)
        status = process.wait()
    finally:
        _end(process)
    if status != 0 or not folder.network.is_file():
        text = QT_TRANSLATE_NOOP("Message", "The training failed: {reason}.")
        reason = next((line for line in reversed(said) if line.strip()), f"status {status}")
        raise SenseError(message(text, reason=reason.strip().rstrip(".")[:200]))


def _lines(process: "subprocess.Popen[str]", progress: Progress) -> Any:
    """Give the lines that the process writes, and look for a cancel ten times a second in between."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError):  # closed by the cancel
            for line in process.stdout:
                lines.put(line)
        lines.put(None)

    thread = threading.Thread(target=read, name="training-reader", daemon=True)
    thread.start()
    while True:
        progress.check()
        try:
            line = lines.get(timeout=_CHECK_S)
        except queue.Empty:
            continue
        if line is None:
            thread.join()
            return
        yield line


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
