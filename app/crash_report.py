"""Reports of crashes: what happened where in the program, and nothing of the patient or the user."""

import faulthandler
import logging
import os
import platform
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from app.packages import needed_packages
from app.scrub import describe_exception, scrub_paths
from core.atomic_write import write_bytes
from core.provenance import program_version

_log = logging.getLogger(__name__)
_MOST_KEPT = 20


class CrashReports:
    """Writes a report when something unexpected happens, and gives those of earlier runs.

    Parameters
    ----------
    folder : Path
        Where the reports are kept; made if absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._native = folder / f"native-{os.getpid()}.trace"
        self._native_file = None
        self.on_report: Callable[[Path], None] = lambda _: None

    def install(self) -> None:
        """Catch what nobody else does: exceptions in any thread, and crashes of native code."""
        self._collect_native()
        self._native_file = self._native.open("w", encoding="utf-8")
        faulthandler.enable(self._native_file)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Give the hooks back and forget that nothing happened."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        faulthandler.disable()
        if self._native_file is not None:
            self._native_file.close()
            self._native.unlink(missing_ok=True)

    def reports(self) -> list[Path]:
        """Give all reports, newest first."""
        return sorted(self._folder.glob("report-*.txt"), reverse=True)

    def unseen(self) -> list[Path]:
        """Give the reports that were not offered to the user yet, newest first."""
        seen = self._seen()
        return [path for path in self.reports() if path.name not in seen]

    def mark_seen(self) -> None:
        """Do not offer the present reports again."""
        write_bytes(self._folder / "seen", "\n".join(path.name for path in self.reports()).encode())

    def delete_all(self) -> None:
        """Delete every report."""
        for path in self.reports():
            path.unlink(missing_ok=True)

    def write(self, what: str) -> Path:
        """Write a report about `what`, which must be free of values already."""
        now = datetime.now(UTC)
        path = self._folder / f"report-{now:%Y%m%dT%H%M%S}-{now.microsecond:06d}.txt"
        write_bytes(path, f"{_heading(now)}\n\n{what}\n".encode())
        for old in self.reports()[_MOST_KEPT:]:
            old.unlink(missing_ok=True)
        return path

    def _seen(self) -> set[str]:
        try:
            return set((self._folder / "seen").read_text("utf-8").split())
        except FileNotFoundError:
            return set()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("something unexpected went wrong", exc_info=(kind, error, trace))
        self.on_report(self.write(describe_exception(kind, error, trace)))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _collect_native(self) -> None:
        """Turn the traces that crashed runs have left into reports."""
        for trace in self._folder.glob("native-*.trace"):
            if _runs(trace):
                continue
            text = trace.read_text("utf-8", errors="replace").strip()
            if text:
                self.write(scrub_paths(text))
            trace.unlink(missing_ok=True)


def _runs(trace: Path) -> bool:
    """Tell whether the process that a trace is named for is still alive."""
    import psutil

    try:
        number = int(trace.stem.partition("-")[2])
    except ValueError:
        return False
    return number != os.getpid() and psutil.pid_exists(number)


def _heading(now: datetime) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in needed_packages().items())
    return "\n".join(
        (
            f"Sense Workstation {program_version()}",
            f"time {now.isoformat(timespec='seconds')}",
            f"system {platform.system()} {platform.release()} {platform.machine()}",
            f"python {platform.python_version()}",
            f"packages {packages}",
        )
    )
