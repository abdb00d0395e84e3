"""How fast a model runs on this machine, and how far the providers agree."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.model_card import InputPreparation, ModelCard
from core.progress import SILENT, Progress
from core.worker_process import WorkerLimits, WorkerProcess
from models.runner import cancellable
from models.session import available_providers, open_session
from models.store import StoredModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REFERENCE = "CPUExecutionProvider"
_LIMITS = WorkerLimits(
    seconds=600.0, memory_bytes=2**40
)  # GPU drivers reserve address space without using it
_SECONDS, _FEWEST_RUNS, _MOST_RUNS = 2.0, 3, 200


@dataclass(frozen=True)
class ProviderBench:
    """One provider's figures.

    Parameters
    ----------
    provider : str
        ONNX Runtime's name of it.
    load_ms, median_ms, slowest_ms : float
        Wall time to load, and of a run.
    memory_mb : float
        By how much the process grew from before loading to after the runs (2**20 bytes).
    difference : float
        Largest difference from the CPU's outputs, as a share of each output's range.
    """

    provider: str
    load_ms: float
    median_ms: float
    slowest_ms: float
    memory_mb: float
    difference: float


def bench(model: StoredModel, *, progress: Progress = SILENT) -> list[ProviderBench]:
    """Run the model some seconds on every provider of this machine, each in a fresh process.

    Raises
    ------
    SenseError
        When the model cannot be loaded or run.
    """
    results: list[ProviderBench] = []
    reference: list[NDArray[Any]] = []
    providers = sorted(available_providers(), key=lambda name: name != _REFERENCE)
    for done, provider in enumerate(providers):
        progress.report(done / len(providers))
        worker = WorkerProcess(_LIMITS)

        def measured(worker: WorkerProcess = worker, provider: str = provider) -> Any:
            return worker.call(measure, model.path, model.card, provider)

        try:
            figures, outputs = cancellable(measured, worker.kill, progress)
        finally:
            worker.close()
        reference = reference or outputs
        results.append(ProviderBench(provider, **figures, difference=largest_difference(outputs, reference)))
    return results


def measure(path: Path, card: ModelCard, provider: str) -> "tuple[dict[str, float], list[NDArray[Any]]]":
    """Load and run a file in this process; give the figures by name, and the outputs."""
    import numpy as np
    import psutil

    process = psutil.Process()
    before = process.memory_info().rss
    start = time.perf_counter()
    session = open_session(path, (provider,))
    load_ms = (time.perf_counter() - start) * 1000.0
    inputs = random_inputs(session, card)
    outputs: Any = session.run(None, inputs)  # the first one still allocates
    times: list[float] = []
    while len(times) < _FEWEST_RUNS or (sum(times) < _SECONDS and len(times) < _MOST_RUNS):
        start = time.perf_counter()
        session.run(None, inputs)
        times.append(time.perf_counter() - start)
    grown_mb = max(process.memory_info().rss - before, 0) / 2**20
    milliseconds = np.array(times) * 1000.0
    figures = {
        "load_ms": load_ms,
        "median_ms": float(np.median(milliseconds)),
        "slowest_ms": float(milliseconds.max()),
        "memory_mb": grown_mb,
    }
    return figures, list(outputs)


def random_inputs(session: Any, card: ModelCard) -> "dict[str, NDArray[Any]]":
    """Make inputs of the right shape and range, the same every time."""
    import numpy as np

    generator = np.random.default_rng(6)
    kinds = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}
    inputs: dict[str, NDArray[Any]] = {}
    for item, described in zip(session.get_inputs(), card.inputs, strict=True):
        shape = _shape(item.shape, described.preparation)
        if item.type in kinds:
            low, high = described.preparation.value_range or (0.0, 1.0)
            inputs[item.name] = generator.uniform(low, high, shape).astype(kinds[item.type])
        else:
            kind = item.type.removeprefix("tensor(").rstrip(")").replace("bool", "bool_")
            inputs[item.name] = np.ones(shape, getattr(np, kind))
    return inputs


def _shape(shape: list[Any], preparation: InputPreparation) -> list[int]:
    """Fill free sizes: space by the patch, everything else by one."""
    sizes = [size if isinstance(size, int) and size > 0 else 1 for size in shape]
    patch = preparation.patch or ()
    axes = [axis for axis, letter in enumerate(preparation.layout) if letter in "DHW"]
    for axis, size in zip(axes, patch, strict=False):
        if axis < len(shape) and not isinstance(shape[axis], int):
            sizes[axis] = size
    return sizes


def largest_difference(outputs: "list[NDArray[Any]]", reference: "list[NDArray[Any]]") -> float:
    """Give the largest difference of any value, as a share of its output's range in the reference."""
    import numpy as np

    worst = 0.0
    for value, expected in zip(outputs, reference, strict=True):
        wide = np.asarray(expected, np.float64)
        if wide.size:
            # A single value, such as a probability, has no range: there the difference itself counts.
            extent = float(wide.max() - wide.min()) or max(float(np.abs(wide).max()), 1.0)
            worst = max(worst, float(np.abs(np.asarray(value, np.float64) - wide).max()) / extent)
    return worst
