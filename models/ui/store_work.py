"""The work of the Models page: the commands of the store as jobs, and reading what is there."""

import logging
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from core.command import resolve
from core.context import Context
from core.errors import SenseError
from core.job import Job
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from core.services import Services
from models.described_models import NoLicence
from models.store import AlreadyThere

GROUP = "models"
_READ = "read"
_log = logging.getLogger(__name__)


class StoreWork(QObject):
    """Runs what the command line runs, each as a job; several may run beside one another.

    `asked(error, again)` comes instead of a failure where the user can help: `again(force=True)` replaces a
    model that is there (`AlreadyThere`), `again(licence=NAME)` takes one that tells none (`NoLicence`).
    `done(kind, result)` and `failed(error)` tell what became of a job, `listed(shelves)` what is there.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    done = Signal(str, object)
    failed = Signal(object)
    listed = Signal(object)
    job_seen = Signal(object)
    asked = Signal(object, object)
    _ended = Signal(str, object, object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._reader: threading.Thread | None = None
        self._reading = self._again = self._closed = False
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        alive = [self]  # jobs tell from their threads, also after this object has gone
        self._alive = alive
        services.runner.listen(
            lambda job: [one.job_seen.emit(job) for one in list(alive) if is_of_models(job)]
        )

    def close(self) -> None:
        """Wait for what is being read, and hear nothing of the jobs any more."""
        self._closed = True
        self._alive.clear()
        if self._reader is not None:
            self._reader.join()

    def refresh(self) -> None:
        """Look through the store in a thread: a card on a network drive takes its time."""
        if self._closed:
            return
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        self._reader = threading.Thread(target=self._read, name="model-shelves", daemon=True)
        self._reader.start()

    def add(self, source: str, *, offline: Path | None = None, sha256: str = "", force: bool = False) -> None:
        """Add a pack (from a file or folder where one is given), a file or what lies at an address."""
        from models.store_commands import AddOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Add {name}"), name=source.rpartition("/")[2] or source)
        options = AddOptions(source, offline=offline, sha256=sha256 or None, force=force)
        self._submit("add", source, title, "models.store_commands:add_command", options)

    def remove(self, name: str) -> None:
        """Remove a model, a version of it, or a pack."""
        from models.store_commands import RemoveOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Remove {name}"), name=name)
        self._submit("remove", name, title, "models.store_commands:remove_command", RemoveOptions(name))

    def revert(self, name: str) -> None:
        """Use another version from now on."""
        from models.store_commands import RevertOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Use {name}"), name=name)
        self._submit("revert", name, title, "models.store_commands:revert_command", RevertOptions(name))

    def verify(self, name: str | None) -> None:
        """Compare the files of one model, or of all, with their cards."""
        from models.store_commands import VerifyOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Verify models"))
        self._submit("verify", name or "", title, "models.store_commands:verify_command", VerifyOptions(name))

    def bench(self, name: str) -> None:
        """Measure how fast a model runs here."""
        from models.run_commands import BenchOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Measure the speed of {name}"), name=name)
        self._submit("bench", name, title, "models.run_commands:bench_command", BenchOptions(name))

    def trust(self, url: str, root: Path) -> None:
        """Trust a model server by its root; nothing is asked of it."""
        from models.update_commands import ServerOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Trust {name}"), name=url)
        self._submit("server", "", title, "models.update_commands:server_command", ServerOptions(url, root))

    def forget_server(self) -> None:
        """Trust no model server any more."""
        from models.update_commands import ServerOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Forget the model server"))
        options = ServerOptions(forget=True)
        self._submit("server", "", title, "models.update_commands:server_command", options)

    def check_updates(self) -> None:
        """Ask the model server what it offers."""
        from models.update_commands import UpdateOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Look for updates"))
        self._submit("check", "", title, "models.update_commands:update_command", UpdateOptions(check=True))

    def update(self, names: tuple[str, ...]) -> None:
        """Download and add these models from the model server."""
        from models.update_commands import UpdateOptions

        title = message(QT_TRANSLATE_NOOP("Message", "Update models"))
        self._submit("update", "", title, "models.update_commands:update_command", UpdateOptions(names))

    def active(self) -> list[Job]:
        """Give the jobs of the store that have not ended."""
        return [job for job in self._services.runner.active() if is_of_models(job)]

    def is_adding(self, name: str) -> bool:
        """Tell whether a pack is being added."""
        return any(job.group == f"{GROUP}:add:{name}" for job in self.active())

    def _submit(self, kind: str, name: str, title: Message, command: str, options: Any) -> None:
        def again(**answers: Any) -> None:
            self._submit(kind, name, title, command, replace(options, **answers))

        def work(*, progress: Progress) -> Any:
            result, error = None, None
            try:
                result = resolve(command)(Context(self._services.library, progress), options)
                return result
            except SenseError as caught:
                error = caught
                if _can_be_helped(kind, error):
                    return None  # no failure yet: the user is asked
                raise
            finally:
                if (result is not None or error is not None) and not self._closed:
                    self._ended.emit(kind, result if error is None else again, error)

        self._services.runner.submit(title, work, group=f"{GROUP}:{kind}:{name}")

    def _tell(self, kind: str, result: object, error: SenseError | None) -> None:
        if error is not None and _can_be_helped(kind, error):
            self.asked.emit(error, result)
        elif error is not None:
            self.failed.emit(error)
        elif kind == _READ:
            self.listed.emit(result)
        else:
            self.done.emit(kind, result)
        if kind == _READ:
            self._reading = False
        if kind != _READ or self._again:
            self.refresh()

    def _read(self) -> None:
        # In a thread.
        from models.shelves import read_shelves

        try:
            shelves = read_shelves(self._services.library.models_folder)
        except Exception as error:
            _log.exception("the model store cannot be read")
            text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
            failure = SenseError(message(text, kind=type(error).__name__))
            self._ended.emit(_READ, None, failure)
            return
        self._ended.emit(_READ, shelves, None)


def _can_be_helped(kind: str, error: SenseError) -> bool:
    return kind == "add" and isinstance(error, AlreadyThere | NoLicence)


def is_of_models(job: Job) -> bool:
    """Tell whether a job works on the store."""
    return job.group is not None and job.group.split(":")[0] == GROUP
