"""Where photographs come from: a folder, single files, or a film whose pictures are chosen first."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from reconstruction.keyframes import KeyframeOptions, extract_keyframes, is_film
from reconstruction.photograph import Photograph, Rejected, photograph_files, read_photograph


@dataclass(frozen=True)
class PhotographSource:
    """Photographs that were read, and files that could not be.

    Parameters
    ----------
    photographs : tuple of Photograph
        At least two.
    rejected : tuple of Rejected
        With the reason each.
    film : Path, optional
        The film that the photographs are pictures of.
    """

    photographs: tuple[Photograph, ...]
    rejected: tuple[Rejected, ...]
    film: Path | None = None


def open_photographs(
    source: Path,
    frames: Path,
    keyframes: KeyframeOptions | None = None,
    *,
    progress: Progress = SILENT,
) -> PhotographSource:
    """Read the headers of the photographs of a folder; of a film, choose pictures and write them to `frames`.

    Raises
    ------
    BadInput
        When there are fewer than two photographs, or the film does not move.
    """
    if is_film(source) and not source.is_dir():
        files = extract_keyframes(source, frames, keyframes or KeyframeOptions(), progress=progress)
        return read_photographs(source, files, film=source)
    return read_photographs(source, photograph_files(source))


def read_photographs(source: Path, files: Sequence[Path], *, film: Path | None = None) -> PhotographSource:
    """Read the headers of photographs.

    Raises
    ------
    BadInput
        When there are fewer than two.
    """
    photographs: list[Photograph] = []
    rejected: list[Rejected] = []
    for path in files:
        try:
            photographs.append(read_photograph(path))
        except BadInput as error:
            rejected.append(Rejected(path, error.message))
    if len(photographs) < 2:
        text = QT_TRANSLATE_NOOP("Message", "{path}: at least two photographs of the same thing are needed.")
        raise BadInput(rejected[0].reason if rejected else message(text, path=str(source)))
    return PhotographSource(tuple(photographs), tuple(rejected), film)
