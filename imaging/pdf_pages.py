"""Pictures of the pages of an encapsulated PDF, drawn by PDFium in a process of its own."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.worker_process import WorkerLimits, WorkerProcess
from imaging.documents import read_document

_LARGEST = 6000
_LIMITS = WorkerLimits(seconds=10.0, memory_bytes=2 * 2**30)
Sizes = tuple[tuple[float, float], ...]


class PdfPages:
    """The pages of a document; a file that makes the renderer crash or hang costs a process only.

    Parameters
    ----------
    path : Path
        DICOM file with an encapsulated PDF.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._worker = WorkerProcess(_LIMITS)

    def sizes_pt(self) -> Sizes:
        """Give width and height of every page, in points of 1/72 inch.

        Raises
        ------
        BadInput
            When the file holds no PDF, or one that is damaged or locked.
        SenseError
            When the renderer crashed on it.
        """
        return self._worker.call(page_sizes, self._path)

    def picture(self, number: int, pixels_per_pt: float) -> NDArray[np.uint8]:
        """Draw page `number` (from 0) on white; a picture of over 6000 pixels a side is made smaller.

        Returns
        -------
        (height, width, 4) uint8
            Red, green, blue, and one that means nothing.

        Raises
        ------
        BadInput, SenseError
            As `sizes_pt`.
        """
        return self._worker.call(page_picture, self._path, number, pixels_per_pt)

    def close(self) -> None:
        """End the process."""
        self._worker.close()


@lru_cache(maxsize=1)
def _opened(path: str) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(read_document(Path(path)).data)
    except pypdfium2.PdfiumError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path}: its PDF is damaged, or locked by a password.")
        raise BadInput(message(text, path=path)) from error


def page_sizes(path: str) -> Sizes:
    """Give the size of every page; called in the renderer's process."""
    document = _opened(path)
    sizes = (document.get_page_size(number) for number in range(len(document)))
    return tuple((float(width), float(height)) for width, height in sizes)


def page_picture(path: str, number: int, pixels_per_pt: float) -> NDArray[np.uint8]:
    """Draw a page; called in the renderer's process."""
    import pypdfium2

    document = _opened(path)
    try:
        page = document[number]
        scale = min(pixels_per_pt, _LARGEST / max(page.get_width(), page.get_height(), 1.0))
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        picture = np.array(bitmap.to_numpy(), np.uint8)
        bitmap.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path}: page {number} of its PDF cannot be shown.")
        raise BadInput(message(text, path=path, number=number + 1)) from error
    return np.ascontiguousarray(picture)
