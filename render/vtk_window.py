"""VTK's window without a screen, and the one thread that OpenGL is used from."""

import contextlib
import importlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message

T = TypeVar("T")
_SOFTWARE = re.compile(r"llvmpipe|softpipe|swrast|software|swiftshader|basic render|osmesa", re.IGNORECASE)


class GraphicsFailure(SenseError):
    """The graphics processor, its driver or VTK did not draw."""


@lru_cache(maxsize=1)
def _thread() -> ThreadPoolExecutor:
    # A context of OpenGL belongs to the thread that made it.
    return ThreadPoolExecutor(1, thread_name_prefix="opengl")


def in_graphics_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in the one thread that draws with VTK, and wait for it."""
    return _thread().submit(function, *arguments).result()


def later_in_graphics_thread(function: Callable[[], None]) -> None:
    """Have a function called in the thread that draws with VTK, and do not wait."""
    with contextlib.suppress(RuntimeError):  # the program ends
        _thread().submit(function)


def failure(reason: str) -> GraphicsFailure:
    """Say that VTK did not draw."""
    text = QT_TRANSLATE_NOOP("Message", "The graphics processor could not draw: {reason}.")
    return GraphicsFailure(message(text, reason=reason))


class VtkWindow:
    """A picture in the memory of the graphics processor; only for the graphics thread.

    What VTK reports as an error is raised as `GraphicsFailure` from `picture`.
    """

    def __init__(self) -> None:
        try:
            with quiet():
                self._make()
        except ImportError as error:
            raise failure(f"VTK is not installed ({error.name})") from error

    def _make(self) -> None:
        importlib.import_module("vtkmodules.vtkRenderingOpenGL2")  # the implementation registers itself
        from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

        self.errors: list[str] = []
        self.renderer: Any = vtkRenderer()
        self.renderer.SetBackground(0, 0, 0)
        self.renderer.SetBackgroundAlpha(0)
        self.renderer.AutomaticLightCreationOff()
        self.window: Any = vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetAlphaBitPlanes(1)
        self.window.SetMultiSamples(0)
        self.window.AddRenderer(self.renderer)
        self.watch(self.window)
        self.watch(self.renderer)

    def watch(self, item: Any) -> None:
        """Note the errors of one of VTK's objects."""
        from vtkmodules.util.misc import calldata_type
        from vtkmodules.util.vtkConstants import VTK_STRING

        @calldata_type(VTK_STRING)
        def note(_item: Any, _event: str, text: str) -> None:
            self.errors.append(" ".join(text.split())[-200:])

        item.AddObserver("ErrorEvent", note)

    def device(self) -> tuple[str, bool]:
        """Give the name of what draws, and whether it is the processor after all."""
        self.window.SetSize(16, 16)
        with quiet():
            self.window.Render()
            told = str(self.window.ReportCapabilities())
        found = re.search(r"OpenGL renderer string:\s*(.+)", told)
        if found is None:
            raise failure("there is no OpenGL")
        name = found[1].strip()
        return name, bool(_SOFTWARE.search(name))

    def picture(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw; (height, width, 4), colours not multiplied by alpha; see `pixels`."""
        return _divided(self.pixels(size))

    def pixels(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw; (height, width, 4), colours multiplied by alpha.

        Raises
        ------
        GraphicsFailure
            When VTK could not.
        """
        from vtkmodules.util.numpy_support import vtk_to_numpy
        from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

        width, height = size
        self.errors.clear()
        self.window.SetSize(width, height)
        pixels = vtkUnsignedCharArray()
        with quiet():
            self.window.Render()
            self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, pixels)
        if self.errors or pixels.GetNumberOfTuples() != width * height:
            raise failure(self.errors[0] if self.errors else "it gave no picture")
        return vtk_to_numpy(pixels).reshape(height, width, 4)[::-1]


def _divided(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Divide the colours by alpha."""
    alpha = picture[..., 3:].astype(np.float32)
    colours = picture[..., :3] * (255 / np.maximum(alpha, 1))
    out = np.empty(picture.shape, np.uint8)
    out[..., :3] = np.minimum(np.rint(colours), 255)
    out[..., 3] = picture[..., 3]
    return out


@contextmanager
def quiet() -> Iterator[None]:
    """Keep VTK's own messages off the terminal; what they say is raised."""
    from vtkmodules.vtkCommonCore import vtkLogger

    before = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    try:
        yield
    finally:
        vtkLogger.SetStderrVerbosity(before)
