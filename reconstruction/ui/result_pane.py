"""The right side of the Reconstruction page: the result, the tools for it, and what is known of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QStackedWidget, QVBoxLayout, QWidget

from core.errors import SenseError
from core.services import Services
from reconstruction.edited_scene import EditedScene
from reconstruction.result_edits import ResultEdits
from reconstruction.result_export import EXPORTED
from reconstruction.result_views import same_cameras
from reconstruction.shown_result import Layer, ShownResult
from reconstruction.ui.comparing import Comparing
from reconstruction.ui.result_bar import ResultBar
from reconstruction.ui.result_tools import ResultTools, Tool
from reconstruction.ui.result_view import ResultView
from reconstruction.ui.tool_strip import ToolStrip
from reconstruction.workspace_folder import WorkspaceNotes, read_notes, write_notes

_STORE_AFTER_MS = 700
_REPORT = "report.html"


class ResultPane(QWidget):
    """Shows a result and lets it be measured, edited, compared and exported.

    Signals: `camera_chosen(name)` after a click on a camera; `export_asked(Path, EditedScene, ResultEdits)`;
    `changed` when what can be done with it has changed.

    Parameters
    ----------
    services : Services
        The program around it.
    file_of : callable
        Gives the file of a photograph by its name, None where it is not there any more.
    """

    camera_chosen = Signal(str)
    export_asked = Signal(object, object, object)
    changed = Signal()

    def __init__(
        self, services: Services, file_of: Callable[[str], Path | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._file_of = services, file_of
        self._told = ""
        self._before_growth: tuple[ShownResult | None, ResultEdits] = None, ResultEdits()
        self.view = ResultView(services)
        self.bar = ResultBar(services)
        self.tools = ResultTools(services, self.view)
        self.strip = ToolStrip(self.tools)
        self.comparing = Comparing(services, self.view)
        self.facts = QLabel(objectName="dim", wordWrap=True)
        self._unstored = QTimer(self, singleShot=True, interval=_STORE_AFTER_MS)
        self._unstored.timeout.connect(self.store_edits)
        self.seen = QStackedWidget()
        self.seen.addWidget(self.view)
        self.seen.addWidget(self.comparing.widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.bar)
        column.addWidget(self.strip)
        column.addWidget(self.seen, 1)
        column.addWidget(self.facts)
        self._connect()
        self.follow()

    def _connect(self) -> None:
        bar, view = self.bar, self.view
        view.camera_chosen.connect(self.camera_chosen)
        view.picture_drawn.connect(self._follow_facts)
        bar.layer_chosen.connect(self._set_layer)
        bar.cameras_shown.connect(view.show_cameras)
        bar.home_asked.connect(view.reset_view)
        bar.tool_chosen.connect(self._choose_tool)
        bar.comparison_asked.connect(self._set_comparison)
        bar.export_asked.connect(self.ask_to_export)
        bar.report_asked.connect(self._open_report)
        self.tools.changed.connect(self._follow_tools)
        self.tools.edited.connect(self._edited)

    # What is shown.

    @property
    def result(self) -> ShownResult | None:
        """What is shown, if anything."""
        return self.view.result

    def show_result(self, result: ShownResult) -> None:
        """Show what a stage has made, or what is stored; edits of another world are dropped."""
        before = self.view.result
        if result.is_growing:
            self._show_growing(before, result)
            return
        grew = before is not None and before.is_growing
        if grew:
            before, self.view.edits = self._before_growth
        if before is not None and not same_cameras(before, result):
            self.view.edits = ResultEdits()
            self.tools.forget()
        self.view.set_result(result, keep_view=not grew)
        self.bar.show_result(result, self.view.layer)
        if self.bar.compare.isChecked():
            self._compare()
        self.follow()

    def _show_growing(self, before: ShownResult | None, result: ShownResult) -> None:
        """Show cameras that are still being found, whole unless somebody looks at a part of them."""
        if before is None or not before.is_growing:
            self._before_growth = before, self.view.edits
            self.tools.forget()
            self.bar.compare.setChecked(False)
            self.view.edits = ResultEdits()
            keep = False
        else:
            keep = self.view.was_moved
        self.view.set_result(result, keep_view=keep)
        self.bar.show_result(result, self.view.layer)
        self.follow()

    def end_growth(self) -> None:
        """Go back to what was shown before, where no cameras came of it."""
        if self.result is None or not self.result.is_growing:
            return
        before, edits = self._before_growth
        if before is not None:
            self.show_result(before)
            return
        self.view.forget()
        self.view.edits = edits
        self.follow()

    def set_edits(self, edits: ResultEdits) -> None:
        """Take the edits of the result that will be shown next."""
        self.view.edits = edits

    def forget(self) -> None:
        """Show nothing."""
        self.store_edits()
        self.tools.forget()
        self.view.forget()
        self.bar.compare.setChecked(False)
        self.follow()

    def choose_camera(self, name: str) -> None:
        """Let the camera of a photograph stand out; where photographs are compared, compare this one."""
        self.view.choose_camera(name)
        if self.bar.compare.isChecked():
            self._compare()

    def close_pane(self) -> None:
        """End all work in the background."""
        self.store_edits()
        self.tools.close()
        self.comparing.close()
        self.view.close_viewport()

    def _set_layer(self, layer: Layer) -> None:
        self.view.set_layer(layer)
        self.choose_camera(self.view.frusta.chosen)
        self.follow()

    def choose_tool(self, tool: str) -> None:
        """Take a tool in hand, by its name."""
        self._choose_tool(Tool(tool))

    def toggle_comparison(self) -> None:
        """Begin or end to compare with a photograph."""
        self.bar.compare.toggle()

    def _choose_tool(self, tool: Tool) -> None:
        self.bar.compare.setChecked(False)
        self.tools.choose(tool)
        self.view.setFocus()

    # Comparing.

    def _set_comparison(self, on: bool) -> None:
        if on:
            self.tools.choose(Tool.TURN)
            self._compare()
        self.seen.setCurrentIndex(1 if on else 0)
        if on:
            self.comparing.widget.setFocus()

    def _compare(self) -> None:
        """Compare with the chosen photograph, or the first that has a camera."""
        result, name = self.result, self.view.frusta.chosen
        if result is not None and not name:
            name = min(result.cameras, default="")
            self.view.choose_camera(name)
        self.comparing.show(name, self._file_of(name))

    # Edits and files.

    def _edited(self) -> None:
        self._unstored.start()
        if self.bar.compare.isChecked():
            self._compare()

    def store_edits(self) -> None:
        """Note the edits beside the result."""
        self._unstored.stop()
        result = self.result
        if result is None or result.folder is None or not result.folder.is_dir():
            return
        notes, edits = read_notes(result.folder), self.view.edits
        stored = None if edits.is_none else edits.to_json()
        if stored != notes.edits:
            try:
                write_notes(result.folder, WorkspaceNotes(notes.photographs, stored))
            except SenseError as error:
                self._services.report_error(error)

    def ask_to_export(self) -> None:
        """Ask where to write the mesh."""
        edited: EditedScene | None = self.view.edited()
        if edited is None:
            return
        kinds = ";;".join(f"{suffix[1:].upper()} (*{suffix})" for suffix in EXPORTED)
        folder = edited.result.folder
        name = f"{'reconstruction' if folder is None else folder.name}.glb"
        path, kind = QFileDialog.getSaveFileName(self, self.tr("Export the mesh"), name, kinds)
        if path:
            chosen = kind.rpartition("*")[2].rstrip(")") or ".glb"
            whole = Path(path) if Path(path).suffix.lower() in EXPORTED else Path(path + chosen)
            self.export_asked.emit(whole, edited, self.view.edits)

    def _report(self) -> Path | None:
        folder = None if self.result is None else self.result.folder
        return folder / _REPORT if folder is not None and (folder / _REPORT).is_file() else None

    def _open_report(self) -> None:
        report = self._report()
        if report is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(report)))

    # Texts.

    def tell(self, text: str) -> None:
        """Say something until the next thing happens."""
        self._told = text
        self._follow_facts()

    def follow(self) -> None:
        """Bring buttons and texts up to date."""
        result = self.result
        self.bar.setEnabled(result is not None and not result.is_growing)
        self.bar.export.setEnabled(result is not None and Layer.MESH in result.layers)
        self.bar.report.setEnabled(self._report() is not None)
        self.tell("")
        self.changed.emit()

    def _follow_tools(self) -> None:
        self.bar.show_tool(self.tools.tool)
        self._follow_facts()
        self.changed.emit()

    def _follow_facts(self) -> None:
        self.facts.setText(self._told or self._sentence())

    def _sentence(self) -> str:
        result = self.result
        if result is None:
            return ""
        numbers = QLocale()
        parts = [self.tr("cameras: {count}").format(count=len(result.cameras))]
        if result.unregistered:
            parts.append(self.tr("without a camera: {count}").format(count=len(result.unregistered)))
        count = numbers.toString(self.view.count())
        if self.view.layer is Layer.MESH:
            parts.append(self.tr("triangles: {count}").format(count=count))
        else:
            parts.append(self.tr("points: {count}").format(count=count))
        error = result.facts.get("reprojection_error_px")
        if error is not None:
            parts.append(self.tr("residual {error} px").format(error=numbers.toString(error, "f", 2)))
        if result.is_growing:
            parts.append(self.tr("more are being found"))
            return "  ·  ".join(parts)
        metres = self.view.has_scale
        parts.append(self.tr("unit: metre") if metres else self.tr("no scale: lengths have no unit"))
        if result.no_surface is not None:
            parts.append(self._services.translate(result.no_surface))
        return "  ·  ".join(parts)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.follow()
        super().changeEvent(event)
