"""Whether a window can be shown at all; Qt itself would end the program without a word that helps."""

import ctypes
import os
import socket
import sys
from pathlib import Path

from app.machine import display
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message

_X11_LIBRARIES = (
    "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-image.so.0", "libxcb-keysyms.so.1",
    "libxcb-render-util.so.0", "libxcb-shape.so.0", "libxcb-xkb.so.1", "libxkbcommon-x11.so.0",
)  # fmt: skip


def require_display() -> None:
    """Raise `SenseError` where there is no display, none answers, or its libraries are missing."""
    found = display()
    hint = message(QT_TRANSLATE_NOOP("Message", "Start it in a desktop session; the commands need none."))
    if found is None:
        raise SenseError(
            message(QT_TRANSLATE_NOOP("Message", "There is no display to show the window on.")), hint
        )
    if found.startswith("x11 "):
        _require_x11(found.removeprefix("x11 "), hint)


def _require_x11(name: str, hint: object) -> None:
    if not x_server_answers(name):
        text = QT_TRANSLATE_NOOP("Message", "The display {name} does not answer.")
        raise SenseError(message(text, name=name), hint)  # type: ignore[arg-type]
    missing = [library for library in _X11_LIBRARIES if not _loads(library)]
    if missing:
        text = QT_TRANSLATE_NOOP("Message", "Libraries for the window are missing: {names}.")
        remedy = message(QT_TRANSLATE_NOOP("Message", "Run python3 dev.py setup, which installs them."))
        raise SenseError(message(text, names=", ".join(missing)), remedy)


def x_server_answers(name: str) -> bool:
    """Tell whether an X server listens at `host:display.screen`."""
    host, _, rest = name.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdigit():
        return Path(name).exists()  # a socket's path, as macOS has it
    if host in ("", "unix"):
        return any(_connects(socket.AF_UNIX, f"{start}/tmp/.X11-unix/X{number}") for start in ("\0", ""))
    return _connects(socket.AF_INET, (host, 6000 + int(number)))


def _connects(family: int, address: object) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.settimeout(3)
        try:
            tried.connect(address)  # type: ignore[arg-type]
        except OSError:
            return False
    return True


def _loads(library: str) -> bool:
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb").partition(":")[0] != "xcb":
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
