"""Which renderer draws: the one that was measured to be the faster one, or the one that the user chose."""

import contextlib
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.settings import Settings

CHOSEN = "render.backend"
MEASURED = "render.measured"
_SECONDS = 120.0
_ADDRESS_SPACE = 1 << 46  # drivers reserve far more than they use


class Backend(StrEnum):
    """What draws volumes and surfaces."""

    NATIVE = "native"
    VTK = "vtk"


@dataclass(frozen=True)
class Measured:
    """What was found at the first start.

    Parameters
    ----------
    device : str
        What OpenGL names as the one that draws; "" where there is none.
    software : bool
        Whether that is the processor after all.
    native_ms, vtk_ms : float or None
        For a picture of the same volume; None where VTK draws none.
    reason : str
        Why it does not.
    """

    device: str
    software: bool
    native_ms: float
    vtk_ms: float | None
    reason: str = ""

    @property
    def faster(self) -> Backend:
        """VTK where a graphics processor is the faster one; the processor emulating one never is chosen."""
        if self.vtk_ms is None or self.software or self.vtk_ms >= self.native_ms:
            return Backend.NATIVE
        return Backend.VTK

    def __str__(self) -> str:
        """Give it to read."""
        vtk = self.reason or "none" if self.vtk_ms is None else f"{self.vtk_ms:.0f} ms on {self.device}"
        return f"native {self.native_ms:.0f} ms, VTK {vtk}"


def measured(settings: Settings) -> Measured | None:
    """Give what was measured before; None where nothing was, or it is not understood."""
    kept: Any = settings.get(MEASURED, None)
    if isinstance(kept, dict):
        with contextlib.suppress(TypeError):
            return Measured(**kept)
    return None


def chosen(settings: Settings) -> Backend | None:
    """Give what the user chose; None for the faster one."""
    kept = settings.get(CHOSEN, "")
    return Backend(kept) if kept in list(Backend) else None


def backend_of(settings: Settings) -> Backend:
    """Give what draws: what the user chose, else what was the faster one, else the native renderer."""
    found = measured(settings)
    return chosen(settings) or (Backend.NATIVE if found is None else found.faster)


def measure(settings: Settings) -> Measured:
    """Measure both and keep what was found; takes seconds."""
    from core.worker_process import WorkerDied, WorkerLimits, WorkerProcess, WorkerTimedOut
    from render.backend_probe import probe

    worker = WorkerProcess(WorkerLimits(_SECONDS, _ADDRESS_SPACE))
    try:
        found = Measured(**worker.call(probe))
    except WorkerDied:
        found = Measured("", True, 0.0, None, "the driver crashed")
    except WorkerTimedOut:
        found = Measured("", True, 0.0, None, "the driver did not answer")
    finally:
        worker.close()
    settings.set(MEASURED, asdict(found))
    return found


def measure_apart(settings: Settings) -> threading.Thread:
    """Measure in a thread that the end of the program does not wait for."""
    thread = threading.Thread(target=measure, args=(settings,), name="measure renderers", daemon=True)
    thread.start()
    return thread
