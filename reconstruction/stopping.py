"""Kernels that answer a cancel while they run."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from core.errors import Cancelled
from core.progress import Progress
from native import _core

_LOOK_S = 0.1


def run_stoppable(kernel: Callable[[_core.StopFlag], bool], progress: Progress) -> None:
    """Run `kernel(stop)`, which gives False when its flag stopped it, and look for a cancel meanwhile.

    Raises
    ------
    Cancelled
        When the work shall stop.
    """
    progress.check()
    stop = _core.StopFlag()
    with ThreadPoolExecutor(1, "kernel") as executor:
        work: Future[bool] = executor.submit(kernel, stop)
        try:
            while not wait((work,), _LOOK_S).done:
                progress.check()
        except BaseException:
            stop.stop()
            raise
    if not work.result():
        raise Cancelled
