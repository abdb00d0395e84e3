"""Writes what a live camera sees as a recording that can be followed again: TUM's layout."""

from pathlib import Path

from core.atomic_write import write_bytes
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from reconstruction.slam.input_sequence import SensorFrame

_QUALITY = 95


class LiveRecording:
    """A folder with `rgb/` and `rgb.txt`.

    Parameters
    ----------
    folder : Path
        Made anew.

    Raises
    ------
    SenseError
        When it is there already, or cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: list[str] = []
        try:
            folder.mkdir(parents=True)
            (folder / "rgb").mkdir()
        except OSError as error:
            raise self._unwritable(error) from error

    def __len__(self) -> int:
        """Give the number of frames."""
        return len(self._rows)

    def add(self, frame: SensorFrame) -> None:
        """Write a frame.

        Raises
        ------
        SenseError
            When the disk is full, or the folder has gone.
        """
        import cv2

        picture = frame.picture if frame.picture.ndim == 2 else cv2.cvtColor(frame.picture, cv2.COLOR_RGB2BGR)
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
        name = f"rgb/{len(self._rows):06d}.jpg"
        try:
            (self.folder / name).write_bytes(coded.tobytes())
        except OSError as error:
            raise self._unwritable(error) from error
        self._rows.append(f"{frame.time_s:.6f} {name}")

    def close(self) -> None:
        """Write the list of the frames.

        Raises
        ------
        SenseError
            When it cannot be written.
        """
        write_bytes(self.folder / "rgb.txt", "".join(f"{row}\n" for row in self._rows).encode())

    def _unwritable(self, error: OSError) -> SenseError:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        reason = error.strerror or str(error)
        return SenseError(message(text, path=str(self.folder), reason=reason))
