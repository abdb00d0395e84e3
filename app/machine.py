"""What the machine has: processors, memory, graphics, display, fonts."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any


def describe_machine() -> dict[str, Any]:
    """Give system, processors, memory, graphics processors and display in JSON's types."""
    import psutil

    memory = psutil.virtual_memory()
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cpu": _cpu_name(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_gib": round(memory.total / 2**30, 1),
        "memory_free_gib": round(memory.available / 2**30, 1),
        "gpus": graphics_processors(),
        "display": display(),
        "chinese_font": chinese_font(),
    }


def memory_in_use_gib() -> float:
    """Give the memory that this process occupies."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 2**30


def memory_total_gib() -> float:
    """Give the memory of the machine."""
    import psutil

    return float(psutil.virtual_memory().total) / 2**30


def _cpu_name() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def graphics_processors() -> list[str]:
    """Give the names of the graphics processors that a driver makes usable; none is needed."""
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
        listed = subprocess.run(query, capture_output=True, text=True, timeout=10, check=False)
        if listed.returncode == 0:
            return [line.strip() for line in listed.stdout.splitlines() if line.strip()]
    return [str(path) for path in sorted(Path("/dev/dri").glob("renderD*"))]


def display() -> str | None:
    """Give how a window would reach a screen, or None where there is no display."""
    if sys.platform in ("win32", "darwin"):
        return sys.platform
    chosen = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return chosen
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return f"x11 {os.environ['DISPLAY']}" if os.environ.get("DISPLAY") else None


def chinese_font() -> bool | None:
    """Tell whether a font with Chinese characters is installed; None where that is not known."""
    if not shutil.which("fc-list"):
        return None if sys.platform.startswith("linux") else True
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, timeout=20, check=False)
    return bool(listed.stdout.strip())
