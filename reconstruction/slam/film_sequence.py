"""A film as the recording of one camera."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from capture.pictures import Film
from core.message import Message
from reconstruction.photograph import Rejected
from reconstruction.slam.input_sequence import CameraRig, InertialReadings, SensorFrame


@dataclass(frozen=True, eq=False)
class FilmSequence:
    """A film; see `InputSequence`.

    Parameters
    ----------
    path : Path
        The film.
    rig : CameraRig
        Its camera.
    imu : InertialReadings, optional
        On the clock of the film, which begins at 0.
    """

    path: Path
    rig: CameraRig
    imu: InertialReadings | None = None
    has_times: bool = True
    warnings: tuple[Message, ...] = ()
    rejected: list[Rejected] = field(default_factory=list[Rejected])

    def __len__(self) -> int:
        """How many frames the film says it holds."""
        return len(Film(self.path))

    def frames(self) -> Iterator[SensorFrame]:
        """Read one frame after another; broken ones are left out."""
        for index, shot in enumerate(Film(self.path).shots()):
            yield SensorFrame(index, shot.name, shot.time_s, shot.picture)


def film_size(path: Path) -> tuple[int, int]:
    """Give width and height of a film's pictures.

    Raises
    ------
    BadInput
        When the film is damaged or of an unknown kind.
    """
    height, width = next(Film(path).shots()).picture.shape[:2]
    return width, height
