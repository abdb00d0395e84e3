"""Reads the slices of a stack on all cores, the wanted one first and then outward from it."""

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from core.worker_process import WorkerLimits, WorkerProcess
from imaging.decoding import decode_frame
from imaging.frame import Frame
from imaging.pixels import Pixels, SliceFacts, facts_of, read_slice, reads_directly, rescale_into

_CORES = os.cpu_count() or 1
# Reading waits for disks and networks, so a few threads more than cores help; decoding computes.
_READERS = min(8, max(4, _CORES))
_INTERVAL_S = 1 / 30
_LIMITS = WorkerLimits(seconds=120.0)
# Kept warm between series: starting a process with its imports costs more than decoding most slices.
_DECODERS = [WorkerProcess(_LIMITS) for _ in range(min(16, _CORES))]


@dataclass(frozen=True)
class SliceDone:
    """One slice was read, or could not be.

    Parameters
    ----------
    index : int
        Of the stored slice.
    facts : SliceFacts, optional
        None where it failed.
    reason : Message, optional
        Why it failed.
    """

    index: int
    facts: SliceFacts | None
    reason: Message | None = None


def outward(first: int, count: int) -> list[int]:
    """Give 0 to count - 1 in the order of their distance from `first`."""
    return sorted(range(count), key=lambda index: (abs(index - first), index))


def decoders(most: int) -> list[WorkerProcess]:
    """Give the processes that decode, at most so many; several threads may call each, one waits then."""
    return _DECODERS[:most]


def read_slices(
    frames: Sequence[Frame], out: Callable[[int], Pixels], order: Sequence[int], progress: Progress
) -> Iterator[list[SliceDone]]:
    """Read all frames into their places and tell, thirty times a second, which are done.

    Parameters
    ----------
    frames : sequence of Frame
        Stored slices.
    out : callable
        Gives the array of a stored slice, (j, i) or (j, i, 3), to be filled.
    order : sequence of int
        Indices of the stored slices, the most wanted first.
    progress : Progress
        Looked at thirty times a second. After a cancel every thread ends with the slice that it is at.

    Yields
    ------
    list of SliceDone
        At once after the first slice; later ones may be empty.
    """
    waiting = deque(order)
    done: queue.SimpleQueue[SliceDone] = queue.SimpleQueue()

    def work(decoder: WorkerProcess) -> None:
        while waiting:
            try:
                index = waiting.popleft()
            except IndexError:
                return
            done.put(_read(index, frames[index], out(index), decoder))

    first = waiting[0]
    if reads_directly(frames[first].instance):
        waiting.popleft()
        yield [_read(first, frames[first], out(first), _DECODERS[0])]
    left = len(waiting)
    for decoder in _workers(frames, left):
        threading.Thread(target=work, args=(decoder,), name="slice-reader", daemon=True).start()
    try:
        yield from _collect(done, left, progress)
    finally:
        waiting.clear()


def _workers(frames: Sequence[Frame], left: int) -> list[WorkerProcess]:
    """Give the decoder of every thread; threads that only copy from files never call theirs."""
    if all(reads_directly(frame.instance) for frame in frames):
        return [_DECODERS[0]] * min(_READERS, left)
    return _DECODERS[:left]


def _collect(
    done: "queue.SimpleQueue[SliceDone]", left: int, progress: Progress
) -> Iterator[list[SliceDone]]:
    while left:
        batch: list[SliceDone] = []
        until = monotonic() + _INTERVAL_S
        while left and (wait := until - monotonic()) > 0:
            try:
                batch.append(done.get(timeout=wait))
            except queue.Empty:
                break
            left -= 1
        progress.check()
        yield batch


def _read(index: int, frame: Frame, out: Pixels, decoder: WorkerProcess) -> SliceDone:
    try:
        if reads_directly(frame.instance):
            return SliceDone(index, read_slice(frame, out))
        colour, instance = out.ndim == 3, frame.instance
        values = decoder.call(decode_frame, instance.path, frame.number, colour, instance.tiles)
        return SliceDone(index, _place(values, frame, out))
    except SenseError as error:
        return SliceDone(index, None, error.message)


def _place(values: Pixels, frame: Frame, out: Pixels) -> SliceFacts:
    if values.shape != out.shape:
        text = QT_TRANSLATE_NOOP("Message", "Its pixels have another size than its header says.")
        raise SenseError(message(text))
    if out.ndim == 3:
        np.copyto(out, values)
        return facts_of(out)
    return rescale_into(values, frame.instance, out)
