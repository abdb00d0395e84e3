"""The clock that a training's time is told by.

People mean the clock on the wall. On a computer that does other things meanwhile it says little of the work
that was done; a measurement there sets `SENSE_TRAIN_CLOCK=processor` and has the processor time, divided by
the cores that PyTorch uses: as long as the work takes where the cores are free, and no longer.
"""

import os
import time
from collections.abc import Callable

VARIABLE = "SENSE_TRAIN_CLOCK"
PROCESSOR = "processor"


def work_clock() -> Callable[[], float]:
    """Give a clock in seconds that starts anywhere and never goes back."""
    if os.environ.get(VARIABLE) != PROCESSOR:
        return time.monotonic
    import torch

    cores = torch.get_num_threads()
    return lambda: time.process_time() / cores
