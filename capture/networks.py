"""The networks of the capture pack, opened when they are first used and shared by all trackers."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.region import Picture, Region
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from models.session import open_session
from models.store import ModelStore

# The mask of the pose network takes a third of its time.
_OUTPUTS = {
    "face-landmarks": ("landmarks", "presence"),
    "pose-landmarks": ("landmarks", "presence", "heatmap", "world"),
}

_BESIDE = 2  # the caller counts as one of them
_MOST_THREADS = 4  # more do not pay for layers of this size


class CaptureNetworks:
    """Runs the networks; several threads may use one.

    Each network runs on one core by default: the parts of a picture, and two pictures of a film, run beside
    each other instead, which needs no waiting within a layer.

    Parameters
    ----------
    store : ModelStore
        Holds the capture pack.
    threads : int
        How many cores one network uses.
    """

    def __init__(self, store: ModelStore, threads: int = 1) -> None:
        self._store, self._threads = store, threads
        self._hurried: CaptureNetworks | None = None
        self._sessions: dict[tuple[str, bool], Any] = {}
        self._lock = threading.Lock()

    def hurried(self) -> "CaptureNetworks":
        """Give the same networks on several cores each, for when a single one is waited for."""
        with self._lock:
            if self._hurried is None:
                self._hurried = CaptureNetworks(self._store, min(_MOST_THREADS, os.cpu_count() or 1))
            return self._hurried

    def check(self) -> None:
        """Look whether the pack is there.

        Raises
        ------
        BadInput
            When it is not.
        """
        self._path("face-detector")

    def run(self, name: str, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Give the outputs of a network in its order.

        Raises
        ------
        BadInput
            When the capture pack is not in the store.
        """
        session = self.session(name)
        return list(session.run(None, {session.get_inputs()[0].name: values}))

    def start(self, name: str, values: NDArray[np.float32]) -> Callable[[], list[NDArray[np.float32]]]:
        """Run a network beside what follows; give what waits for its outputs.

        The network has a thread of its own that never holds Python's lock.

        Raises
        ------
        BadInput
            When the capture pack is not in the store.
        """
        session, done = self.session(name, beside=True), threading.Event()
        told: list[Any] = []

        def ended(outputs: Any, _given: object, error: str) -> None:
            told.extend((outputs, error))
            done.set()

        session.run_async(None, {session.get_inputs()[0].name: values}, ended, None)

        def wait() -> list[NDArray[np.float32]]:
            done.wait()
            outputs, error = told
            if error:
                raise RuntimeError(error)
            return list(outputs)

        return wait

    def run_on(
        self,
        name: str,
        picture: Picture,
        region: Region,
        *,
        size: int,
        low: float = 0.0,
        black_border: bool = False,
    ) -> list[NDArray[np.float32]]:
        """Run a network on a part of a picture whose values become `low` to 1."""
        import cv2

        cut = region.crop(picture, size, black_border=black_border)
        scale = (1.0 - low) / 255.0
        values = cv2.dnn.blobFromImage(cut, scale, mean=(-low / scale,) * 3)
        return self.run(name, np.asarray(values, np.float32))

    def session(self, name: str, *, beside: bool = False) -> Any:
        """Give the session of a network, opened now where there is none; `beside` for `start`."""
        with self._lock:
            if (name, beside) not in self._sessions:
                threads = max(_BESIDE, self._threads) if beside else self._threads
                self._sessions[name, beside] = open_session(
                    self._path(name), threads=threads, outputs=_OUTPUTS.get(name), spinning=self._threads > 1
                )
            return self._sessions[name, beside]

    def _path(self, name: str) -> Path:
        try:
            return self._store.find(name).path
        except BadInput as error:
            text = QT_TRANSLATE_NOOP("Message", "The networks for faces, hands and bodies are not here.")
            hint = QT_TRANSLATE_NOOP("Message", "Add them with: sense models add capture")
            raise BadInput(message(text), message(hint)) from error
