"""A display to open windows on."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from toolchain.process import Failure


def has_display() -> bool:
    """Tell whether a window can be opened."""
    return not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


@contextlib.contextmanager
def display() -> Iterator[dict[str, str]]:
    """Give the environment of a display: the present one, or an Xvfb with a window manager for the block."""
    if has_display() or shutil.which("Xvfb") is None:
        yield {}
        return
    reading, writing = os.pipe()
    server = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    null = subprocess.DEVNULL
    xvfb = subprocess.Popen(server, pass_fds=[writing], stdout=null, stderr=null)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as pipe:
        number = pipe.readline().strip()
    if not number:
        xvfb.wait()
        raise Failure("Xvfb did not start")
    environment = {"DISPLAY": f":{number}"}
    programs = [xvfb]
    if shutil.which("openbox"):
        whole = {**os.environ, **environment}
        programs.append(subprocess.Popen(["openbox"], env=whole, stdout=null, stderr=null))
    try:
        yield environment
    finally:
        for program in reversed(programs):
            program.terminate()
            program.wait()
