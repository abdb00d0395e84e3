"""A series as a folder of DICOM files, plain or as media hold it."""

import re
import shutil
from pathlib import Path

from core.atomic_write import atomic_folder, refuse_existing
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from core.series import Series
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.media import DIRECTORY_NAME, FILES_NAME, write_media

_OURS = re.compile(rf"\d{{4,}}\.dcm|{DIRECTORY_NAME}|{FILES_NAME}")


class DicomFolder:
    """What a folder is to hold.

    Parameters
    ----------
    index : StudyIndex
        Where the files are listed.
    series : Series
        Or the part of one.
    dicomdir : bool
        Names of eight capitals and a DICOMDIR.
    derived : bool
        Objects that were derived from the series too.
    """

    def __init__(self, index: StudyIndex, series: Series, *, dicomdir: bool, derived: bool) -> None:
        files = index.instances(series)
        if derived:
            others = dict.fromkeys(found.series_uid for found in index.derived(series.series_uid))
            files += [file for uid in others for file in index.all_instances(uid)]
        self._files: list[Instance] = list({file.path: file for file in files}.values())
        self._dicomdir = dicomdir

    def write(self, output: Path, *, force: bool, progress: Progress) -> tuple[Message, ...]:
        """Copy the files as they are, complete or not at all; give what the user should know.

        Raises
        ------
        BadInput
            When the folder exists, or there are no files.
        """
        _refuse_folder(output, force=force)
        if not self._files:
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The series has no files.")))
        with atomic_folder(output) as partial:
            if self._dicomdir:
                return write_media(partial, self._files, progress=progress)
            self._copy(partial, progress)
        return ()

    def _copy(self, folder: Path, progress: Progress) -> None:
        """Name the files by their number in slice order."""
        text = message(QT_TRANSLATE_NOOP("Message", "Copying the files"))
        for number, file in enumerate(self._files, start=1):
            shutil.copyfile(file.path, folder / f"{number:04d}.dcm")
            progress.report(number / len(self._files), text)


def _refuse_folder(output: Path, *, force: bool) -> None:
    """Refuse to replace a folder that holds anything but what such an export leaves."""
    if not output.exists():
        return
    names = [entry.name for entry in output.iterdir()] if output.is_dir() else [""]
    if names:
        refuse_existing(output, force=force)
    if any(not _OURS.fullmatch(name) for name in names):
        text = QT_TRANSLATE_NOOP("Message", "{path} holds other files, which would be lost.")
        hint = QT_TRANSLATE_NOOP("Message", "Choose a new folder.")
        raise BadInput(message(text, path=str(output)), message(hint))
