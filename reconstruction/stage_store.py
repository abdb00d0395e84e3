"""Where the results of stages are kept, so that a run that was cancelled or killed goes on where it was.

While a reconstruction runs they lie in a hidden folder beside its output; when all is done, in `stages/`
inside of it, so that a stage can be run again with other settings.
"""

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from core.atomic_write import LONGEST_PARTIAL, partial_of
from core.errors import SenseError
from core.file_lock import file_lock
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from reconstruction.stage_cost import CostMeter, StageCost
from reconstruction.stage_file import StageFileDamaged, StageHeader, read_header, read_stage, write_stage

Result = TypeVar("Result")
STAGES = "stages"
_LOCK = "lock"
_SUFFIX = ".stage"
_LONGEST_NAME = 80
_log = logging.getLogger(__name__)


class Step(Generic[Result]):
    """A result that is there, in memory or on the disk.

    Parameters
    ----------
    fingerprint : str
        Of what it depends on.
    cost : StageCost
        What making it took.
    resumed : bool
        Whether an earlier run made it.
    get : callable
        Gives it.
    """

    def __init__(
        self, fingerprint: str, cost: StageCost, get: Callable[[], Result], *, resumed: bool
    ) -> None:
        self.fingerprint, self.cost, self.resumed = fingerprint, cost, resumed
        self._get = get

    @cached_property
    def result(self) -> Result:
        """The result, read when first asked for."""
        return self._get()


class StageStore:
    """The results of the stages of one reconstruction.

    Parameters
    ----------
    folder : Path
        Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def step(
        self, name: str, fingerprint: str, make: Callable[[Progress], Result], progress: Progress
    ) -> Step[Result]:
        """Give a result that depends on what `fingerprint` tells: kept from an earlier run, or made and kept.

        Raises
        ------
        SenseError
            When the result cannot be written; what earlier steps gave is kept.
        """
        path = self.folder / f"{name}{_SUFFIX}"
        header = read_header(path)
        if header is not None and header.fingerprint == fingerprint:
            cost = StageCost(**header.cost)
            return Step(fingerprint, cost, lambda: self._read(path, make, progress), resumed=True)
        with CostMeter() as meter:
            result = make(progress)
        with telling_what_is_kept():
            write_stage(path, StageHeader(fingerprint, meter.cost.to_json()), result, progress=progress)
        return Step(fingerprint, meter.cost, lambda: result, resumed=False)

    def _read(self, path: Path, make: Callable[[Progress], Result], progress: Progress) -> Result:
        try:
            return read_stage(path)
        except (StageFileDamaged, OSError):
            _log.warning("%s is damaged and made again", path.name)
            return make(progress)

    def forget(self, name: str) -> None:
        """Let a step be made again."""
        (self.folder / f"{name}{_SUFFIX}").unlink(missing_ok=True)


@contextmanager
def telling_what_is_kept() -> Iterator[None]:
    """Add to an error of the block that what is done is not lost."""
    try:
        yield
    except SenseError as error:
        if type(error) is not SenseError:  # bad input is no matter of room
            raise
        text = QT_TRANSLATE_NOOP(
            "Message", "Make room and run it again: it goes on after the last stage that was kept."
        )
        raise SenseError(error.message, error.hint or message(text)) from error


@contextmanager
def open_store(output: Path) -> Iterator[StageStore]:
    """Give the store of a reconstruction while it runs; another run of the same one waits.

    Raises
    ------
    SenseError
        When it cannot be written.
    """
    work = work_folder(output)
    with _told(output):
        if not work.exists() and (output / STAGES).is_dir():
            (output / STAGES).rename(work)
        work.mkdir(parents=True, exist_ok=True)
    try:
        with file_lock(work / _LOCK):
            _sweep(output, work)
            yield StageStore(work)
    finally:
        if all(path.name == _LOCK for path in work.iterdir()):
            shutil.rmtree(work, ignore_errors=True)


def _sweep(output: Path, work: Path) -> None:
    """Remove what a run that was killed had half written."""
    for path in work.iterdir():
        if partial_of(path) is not None:
            path.unlink(missing_ok=True)
    for path in output.parent.iterdir():
        if path.is_dir() and partial_of(path) == output.name[-LONGEST_PARTIAL:]:
            shutil.rmtree(path, ignore_errors=True)


def keep_store(output: Path) -> None:
    """Move the store of a finished reconstruction into its output."""
    work = work_folder(output)
    if not work.exists():
        return
    with _told(output):
        shutil.rmtree(output / STAGES, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            (work / _LOCK).unlink()
        work.rename(output / STAGES)


def work_folder(output: Path) -> Path:
    """Give where the results of the stages lie while a reconstruction runs, or after it was ended."""
    return output.with_name(f".{output.name[-_LONGEST_NAME:]}.{STAGES}")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        raise SenseError(message(text, path=str(path), reason=error.strerror or str(error))) from error
