"""Long native calls that a cancelled progress ends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import TYPE_CHECKING, TypeVar

from core.progress import Progress

if TYPE_CHECKING:
    from native._core import StopFlag

Result = TypeVar("Result")
_LOOK_EVERY_S = 0.05


def run_stoppable(work: "Callable[[StopFlag], Result]", progress: Progress) -> Result:
    """Run `work` beside the calling thread, which looks whether to go on.

    Parameters
    ----------
    work : callable
        Called with a flag that it hands on to the native code, which ends early once it is set.
    progress : Progress
        Checked in the calling thread.

    Raises
    ------
    Cancelled
        When the progress was cancelled, once the work has ended.
    """
    from native import _core

    progress.check()
    stop = _core.StopFlag()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, stop)
        try:
            while wait_for([future], timeout=_LOOK_EVERY_S).not_done:
                progress.check()
        except BaseException:
            stop.stop()
            raise
        return future.result()
