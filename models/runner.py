"""Runs the models of the store: those of packs here, those that the user brought in a process apart."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import BadInput, Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard
from core.progress import SILENT, Progress
from core.worker_process import WorkerDied, WorkerLimits, WorkerProcess, WorkerTimedOut
from models.admission import wrong_labels
from models.graph import Tensor, tensor_of
from models.session import available_providers, reason_of
from models.session_cache import DEFAULT_BUDGET_BYTES, SessionCache
from models.store import StoredModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

_T = TypeVar("_T")
_CHECK_INTERVAL_S = 0.02
_LIMITS = WorkerLimits(seconds=1800.0, memory_bytes=8 * 2**30)
_ON_CPU = ("CPUExecutionProvider",)


class Runner:
    """Gives the outputs of models for arrays; several threads may use one.

    Parameters
    ----------
    budget_bytes : int
        How large the weights that are kept loaded may be together.
    limits : WorkerLimits
        What one run of a model that the user brought may cost.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES, limits: WorkerLimits = _LIMITS) -> None:
        self._sessions = SessionCache(budget_bytes)
        self._worker = WorkerProcess(limits)

    def __enter__(self) -> "Runner":
        """Give the runner itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let everything go."""
        self.close()

    def providers(self, model: StoredModel) -> tuple[str, ...]:
        """Tell where the model may run, the preferred provider first."""
        return available_providers() if model.pack else _ON_CPU

    def run(
        self, model: StoredModel, inputs: "Mapping[str, NDArray[Any]]", *, progress: Progress = SILENT
    ) -> "dict[str, NDArray[np.generic]]":
        """Run the model once.

        Parameters
        ----------
        model : StoredModel
            Which model.
        inputs : mapping of str to ndarray
            By the names of the card, prepared as it says.
        progress : Progress
            Asked for a cancel fifty times a second.

        Returns
        -------
        dict
            The outputs by name.

        Raises
        ------
        BadInput
            When the inputs do not fit, or the labels of the card not the output.
        SenseError
            When the process of a model that the user brought dies or takes too long.
        """
        if model.pack:
            outputs = self._here(model, inputs, progress)
        else:
            outputs = self._in_worker(model, run_file, progress, dict(inputs), takes_volume(model.card))
        for output in model.card.outputs:
            axis, shape = output.label_axis, outputs[output.name].shape
            channels = shape[axis] if -len(shape) <= axis < len(shape) else 0
            if output.labels and channels != len(output.labels):
                raise wrong_labels(model.path, output.name, len(output.labels), channels)
        return outputs

    def inputs(self, model: StoredModel) -> tuple[Tensor, ...]:
        """Give the inputs of the network; sizes that are free are None.

        Raises
        ------
        BadInput, SenseError
            As `run`.
        """
        if model.pack:
            return inputs_of(self._session(model))
        return self._in_worker(model, inputs_of_file, SILENT, takes_volume(model.card))

    def close(self) -> None:
        """Let all sessions go and end the process."""
        self._sessions.clear()
        self._worker.close()

    def _session(self, model: StoredModel) -> "InferenceSession":
        return self._sessions.session(
            model.path, self.providers(model), model.size_bytes, precise=takes_volume(model.card)
        )

    def _here(
        self, model: StoredModel, inputs: "Mapping[str, NDArray[Any]]", progress: Progress
    ) -> "dict[str, NDArray[np.generic]]":
        import onnxruntime

        session = self._session(model)
        options = onnxruntime.RunOptions()

        def stop() -> None:
            options.terminate = True

        return cancellable(lambda: _run(session, model.path, inputs, options), stop, progress)

    def _in_worker(
        self, model: StoredModel, function: Callable[..., _T], progress: Progress, *more: Any
    ) -> _T:
        try:
            return cancellable(
                lambda: self._worker.call(function, model.path, *more), self._worker.kill, progress
            )
        except WorkerTimedOut as error:
            text = QT_TRANSLATE_NOOP("Message", "The model {name} takes too long.")
            raise SenseError(message(text, name=model.card.id)) from error
        except WorkerDied as error:
            text = QT_TRANSLATE_NOOP("Message", "The model {name} crashed or needs too much memory.")
            raise SenseError(message(text, name=model.card.id)) from error


_sessions_of_worker = SessionCache()


def takes_volume(card: ModelCard) -> bool:
    """Tell whether the network's values are volumes, (batch, channels, d, h, w)."""
    return any(item.preparation.layout == "NCDHW" for item in card.inputs)


def inputs_of_file(path: Path, precise: bool) -> tuple[Tensor, ...]:
    """Give the inputs of a file that is loaded in this process."""
    return inputs_of(_sessions_of_worker.session(path, _ON_CPU, path.stat().st_size, precise=precise))


def inputs_of(session: Any) -> tuple[Tensor, ...]:
    """Give the inputs of a session."""
    return tuple(tensor_of(item) for item in session.get_inputs())


def run_file(
    path: Path, inputs: "Mapping[str, NDArray[Any]]", precise: bool
) -> "dict[str, NDArray[np.generic]]":
    """Run a file on the CPU of this process, which keeps it loaded."""
    size_bytes = path.stat().st_size
    session = _sessions_of_worker.session(path, _ON_CPU, size_bytes, precise=precise)
    return _run(session, path, inputs, None)


def _run(
    session: Any, path: Path, inputs: "Mapping[str, NDArray[Any]]", options: Any
) -> "dict[str, NDArray[np.generic]]":
    names = [output.name for output in session.get_outputs()]
    try:
        values = session.run(names, dict(inputs), options)
    except MemoryError:
        raise
    except Exception as error:  # ONNX Runtime's errors have no base class of their own
        if options is not None and options.terminate:
            raise Cancelled from error
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot take this input: {reason}.")
        raise BadInput(message(text, path=str(path), reason=reason_of(error))) from error
    return dict(zip(names, values, strict=True))


def cancellable(function: Callable[[], _T], stop: Callable[[], None], progress: Progress) -> _T:
    """Run `function` while `progress` is asked for a cancel; on one, call `stop` and wait for the end."""
    if progress is SILENT:
        return function()
    progress.check()
    answer: list[_T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            answer.append(function())
        except BaseException as error:  # raised again in the thread that waits
            failure.append(error)

    thread = threading.Thread(target=work, name="model-run", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_CHECK_INTERVAL_S)
        try:
            progress.check()
        except BaseException:
            stop()
            thread.join()
            raise
    if failure:
        raise failure[0]
    return answer[0]
