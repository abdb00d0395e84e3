"""Which photograph is compared with the reconstruction, and the pictures for it."""

from pathlib import Path

from PySide6.QtCore import QObject

from core.errors import Cancelled, SenseError
from core.services import Services
from imaging.reslice import StopFlag
from reconstruction.comparison import Comparison, compare
from reconstruction.ui.compare_view import CompareView
from reconstruction.ui.questions import Questions
from reconstruction.ui.result_view import ResultView
from render.scene import RenderScene


class Comparing(QObject):
    """Fills a `CompareView`.

    Parameters
    ----------
    services : Services
        The program around it.
    view : ResultView
        Has the reconstruction.
    """

    def __init__(self, services: Services, view: ResultView) -> None:
        super().__init__(view)
        self._services, self._view = services, view
        self.widget = CompareView()
        self._questions = Questions(self)
        self._stop = StopFlag()
        self.name = ""

    def show(self, name: str, path: Path | None) -> None:
        """Compare with a photograph; `path` is None where its file is not there any more."""
        self.name = name
        result, edited, layer = self._view.result, self._view.edited(), self._view.layer
        self._stop.stop()
        self._stop = stop = StopFlag()
        if result is None or edited is None or name not in result.cameras:
            self.widget.show_note(self.tr("Choose a photograph that has a camera."))
            return
        if path is None:
            self.widget.show_note(self.tr("The file of this photograph is not there any more."))
            return
        camera, edits, renderer = result.cameras[name], self._view.edits, self._view.renderer.native
        environment = self._view.studio

        def find() -> Comparison | SenseError | None:
            try:
                scene = RenderScene(edited.cut(layer, edits), environment=environment)
                return compare(renderer, scene, path, camera, stop)
            except Cancelled:
                return None
            except SenseError as error:
                return error

        self.widget.show_note(self.tr("Drawing what the camera of {name} sees…").format(name=name))
        self._questions.ask("compare", find, self._take)

    def _take(self, made: Comparison | SenseError | None) -> None:
        if isinstance(made, SenseError):
            self.widget.show_note(self._services.translate(made.message))
        elif made is not None:
            self.widget.show_comparison(made)

    def close(self) -> None:
        """Draw nothing any more."""
        self._stop.stop()
        self._questions.close()
