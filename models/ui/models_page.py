"""The Models page: what is in the store, its cards, and everything that can be done with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.errors import SenseError
from core.job import Job, JobState
from core.services import Services
from models.run_commands import BenchReport
from models.shelves import Shelf, ShelvedModel, Shelves
from models.store import AlreadyThere, Verification
from models.store_commands import ModelsReport, RemoveReport, VerifyReport
from models.ui.address_dialog import AddressDialog
from models.ui.card_view import CardView
from models.ui.licence_question import LicenceQuestion
from models.ui.status_label import StatusLabel
from models.ui.store_questions import RemovalQuestion, ReplacementQuestion
from models.ui.store_tree import StoreTree
from models.ui.store_work import StoreWork
from models.ui.updates_dialog import UpdatesDialog
from models.ui.wording import in_words, megabytes, milliseconds, provider_name
from models.ui.work_strip import WorkStrip

_HALF = 1000  # of the width; Qt makes both sides fit


class ModelsPage(QWidget):
    """The Models workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    states_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._shelves: Shelves | None = None
        self.work = StoreWork(services, self)
        self.tree, self.card = StoreTree(), CardView(services)
        self.progress = WorkStrip(services, self.work)
        self._title = QLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        self._title.setFont(font)
        self.status = StatusLabel(services)
        self.add_file, self.add_address, self.updates, self.verify_all = (QPushButton() for _ in range(4))
        self.add_pack, self.add_offline = QPushButton(), QPushButton()
        self.bench, self.verify, self.revert, self.remove = (QPushButton() for _ in range(4))
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self.retranslate()
        self.work.refresh()

    def states(self) -> set[str]:
        """Report what the menu may do with the current row."""
        return {"model-chosen"} if isinstance(self.tree.choice(), ShelvedModel) else set()

    def save_state(self) -> dict[str, Any]:
        """Remember how the page is divided."""
        return {"sizes": self.splitter.sizes()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Divide the page as it was."""
        self.splitter.setSizes(state.get("sizes", [_HALF, _HALF]))

    def close_workspace(self) -> bool:
        """End what reads the store."""
        self.work.close()
        return True

    # What the user does.

    def ask_for_file(self) -> None:
        """Ask for a model or the package of a pack, and add it."""
        kinds = self.tr("Models and packages of packs") + " (*.onnx *.whl *.tgz)"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Add model"), "", kinds)
        if path:
            self.work.add(path)

    def ask_for_address(self) -> None:
        """Ask for the address of a model or package, and add what lies there."""
        AddressDialog(lambda url, sha256: self.work.add(url, sha256=sha256), self).open()

    def show_updates(self) -> None:
        """Open the window of the model server."""
        UpdatesDialog(self._services, self.work, self).open()

    def ask_for_packages(self) -> None:
        """Ask for the folder with the packages of the chosen pack, and add them without a connection."""
        choice = self.tree.choice()
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder with the packages"))
        if folder and isinstance(choice, Shelf) and choice.pack is not None:
            self.work.add(choice.pack.name, offline=Path(folder))

    def add_chosen_pack(self) -> None:
        """Download and add the chosen pack."""
        choice = self.tree.choice()
        if isinstance(choice, Shelf) and choice.pack is not None and choice.missing_bytes:
            self.work.add(choice.pack.name)

    def bench_chosen(self) -> None:
        """Measure the speed of the chosen model."""
        if isinstance(choice := self.tree.choice(), ShelvedModel):
            self.work.bench(choice.name)

    def verify_chosen(self) -> None:
        """Verify the chosen model, or the models of the chosen pack."""
        if name := self._chosen_name():
            self.work.verify(name)

    def revert_chosen(self) -> None:
        """Go back from the chosen model to the version before; or use it where it is not in use."""
        choice = self.tree.choice()
        if isinstance(choice, ShelvedModel) and (target := _other_version(choice)):
            self.work.revert(target)

    def remove_chosen(self) -> None:
        """Ask whether the chosen model or pack shall be removed."""
        choice = self.tree.choice()
        if not (name := self._chosen_name()):
            return
        if isinstance(choice, ShelvedModel):
            title, models = f"{in_words(choice.model.card.title)} {choice.model.card.version}", [choice.model]
        elif isinstance(choice, Verification):
            title, models = choice.name, []
        else:
            title, models = in_words(choice.pack.title), [item.model for item in choice.models]
        size = megabytes(sum(model.size_bytes for model in models))
        RemovalQuestion(title, size if models else "", lambda: self.work.remove(name), self).open()

    # What comes of it.

    def _listed(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self.tree.show_shelves(shelves)

    def _ask(self, error: SenseError, again: Callable[..., None]) -> None:
        if isinstance(error, AlreadyThere):
            ReplacementQuestion(error.name, lambda: again(force=True), self).open()
        else:
            LicenceQuestion(lambda licence: again(licence=licence), self).open()

    def _done(self, _kind: str, result: object) -> None:
        if isinstance(result, BenchReport):
            fastest = min(result.results, key=lambda speed: speed.median_ms)
            text = self.tr("{name}: {time} a run on {provider}.")
            provider = provider_name(fastest.provider)
            self.status.tell(text.format(name=result.card.id, time=milliseconds(fastest), provider=provider))
        elif isinstance(result, VerifyReport):
            self._tell_verified(result)
        elif isinstance(result, RemoveReport):
            self.status.tell(self.tr("Models removed: {count}").format(count=len(result.removed)))
        elif isinstance(result, ModelsReport) and result.models:
            text = self.tr("In use: {names}") if result.key == "in_use" else self.tr("Models added: {names}")
            names = ", ".join(f"{model.card.id} {model.card.version}" for model in result.models)
            self.status.tell(text.format(names=names))
            self.tree.select(f"{result.models[0].card.id}@{result.models[0].card.version}")

    def _tell_verified(self, report: VerifyReport) -> None:
        if not report.rejected:
            text = self.tr("Models verified, all as they were: {count}")
            self.status.tell(text.format(count=len(report.checked)))
        else:
            reasons = [self._services.translate(item.reason) for item in report.rejected]
            self.status.tell(" ".join(reasons), error=True)

    def _job_seen(self, job: Job) -> None:
        if job.state is JobState.CANCELLED:
            self.status.tell(self.tr("Stopped; the store is as it was."))
        if job.state.ended or job.state is JobState.WAITING:
            self._enable_adding()

    def _enable_adding(self) -> None:
        """Keep a pack from being added twice at a time."""
        choice = self.tree.choice()
        name = choice.pack.name if isinstance(choice, Shelf) and choice.pack else ""
        idle = not self.work.is_adding(name)
        self.add_pack.setEnabled(idle)
        self.add_offline.setEnabled(idle)

    def refresh(self) -> None:
        """Show the chosen card and enable what can be done with it."""
        choice = self.tree.choice()
        self.card.show_choice(choice, self._shelves.providers if self._shelves else ())
        is_model = isinstance(choice, ShelvedModel)
        can_add = isinstance(choice, Shelf) and choice.missing_bytes > 0
        self.add_pack.setVisible(can_add)
        self._enable_adding()
        self.add_offline.setVisible(can_add and not choice.came_along)
        self.bench.setVisible(is_model)
        self.verify.setVisible(bool(self._chosen_name()) and not isinstance(choice, Verification))
        self.remove.setVisible(bool(self._chosen_name()))
        self.revert.setVisible(is_model and bool(_other_version(choice)))
        if can_add:
            text = self.tr("Add ({size})") if choice.came_along else self.tr("Download and add ({size})")
            self.add_pack.setText(text.format(size=megabytes(choice.missing_bytes)))
        if is_model and not choice.model.in_use:
            self.revert.setText(self.tr("Use this version"))
        elif is_model and choice.previous is not None:
            text = self.tr("Go back to {version}")
            self.revert.setText(text.format(version=choice.previous.card.version))
        self.states_changed.emit()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("Models"))
        self.add_file.setText(self.tr("Add file…"))
        self.add_file.setToolTip(self.tr("An ONNX file with its card beside it, or the package of a pack"))
        self.add_address.setText(self.tr("Add from address…"))
        self.add_address.setToolTip(self.tr("Download a model or a package from an address that you give"))
        self.updates.setText(self.tr("Updates…"))
        self.updates.setToolTip(self.tr("Newer models from your organisation's signed server"))
        self.add_offline.setText(self.tr("Add from folder…"))
        self.add_offline.setToolTip(self.tr("Take packages that were downloaded on another computer"))
        self.verify_all.setText(self.tr("Verify all"))
        self.verify_all.setToolTip(self.tr("Compare every file with the digest in its card"))
        self.bench.setText(self.tr("Measure speed"))
        self.verify.setText(self.tr("Verify"))
        self.remove.setText(self.tr("Remove…"))
        self.tree.setAccessibleName(self.tr("Models of the store"))
        self.card.setAccessibleName(self.tr("Model card"))
        self.tree.retranslate()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.work.refresh()  # the command line may have changed it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_paths([Path(name) for name in _dropped(event)])

    def open_paths(self, paths: list[Path]) -> None:
        """Add models, and the packages that packs are made from."""
        for path in paths:
            self.work.add(str(path))

    def _chosen_name(self) -> str:
        """Give what the commands of the store call the chosen row; "" where there is nothing to name."""
        choice = self.tree.choice()
        if isinstance(choice, ShelvedModel | Verification):
            return choice.name
        return choice.pack.name if choice is not None and choice.pack and choice.models else ""

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        for button in (self.add_file, self.add_address, self.updates, self.verify_all):
            top.addWidget(button)
        right = QWidget()
        actions = QHBoxLayout()
        for button in (self.add_pack, self.add_offline, self.bench, self.verify, self.revert, self.remove):
            actions.addWidget(button)
        actions.addStretch(1)
        self.add_pack.setProperty("primary", True)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card, 1)
        column.addLayout(actions)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(right)
        self.splitter.setSizes([_HALF, _HALF])
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 14)
        layout.addLayout(top)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        self.setFocusProxy(self.tree)

    def _connect(self) -> None:
        self.tree.chosen.connect(self.refresh)
        self.tree.removal_asked.connect(self.remove_chosen)
        self.card.command_asked.connect(self._services.run_command)
        self.add_file.clicked.connect(self.ask_for_file)
        self.add_address.clicked.connect(self.ask_for_address)
        self.updates.clicked.connect(self.show_updates)
        self.add_offline.clicked.connect(self.ask_for_packages)
        self.verify_all.clicked.connect(lambda: self.work.verify(None))
        self.add_pack.clicked.connect(self.add_chosen_pack)
        self.bench.clicked.connect(self.bench_chosen)
        self.verify.clicked.connect(self.verify_chosen)
        self.revert.clicked.connect(self.revert_chosen)
        self.remove.clicked.connect(self.remove_chosen)
        self.work.listed.connect(self._listed)
        self.work.done.connect(self._done)
        self.work.failed.connect(self.status.refuse)
        self.work.asked.connect(self._ask)
        self.work.job_seen.connect(self._job_seen)


def _other_version(choice: ShelvedModel) -> str:
    """Give the version that the button would bring into use, "" where there is none."""
    if not choice.model.in_use:
        return choice.name
    previous = choice.previous
    return f"{previous.card.id}@{previous.card.version}" if previous is not None else ""


def _dropped(event: QDropEvent) -> list[str]:
    paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if Path(path).suffix.lower() in (".onnx", ".whl", ".tgz")]
