"""What finds faces, hands and bodies: our runner, or MediaPipe, behind one interface."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, Self

from capture.found import Found
from capture.networks import CaptureNetworks
from capture.region import Picture
from capture.shot import Shot
from capture.tracker import Tracker, TrackerOptions
from models.store import ModelStore


class Backend(Protocol):
    """Finds things in pictures."""

    name: str

    def __enter__(self) -> Self:
        """Give the backend itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close it."""
        ...

    def find(self, picture: Picture) -> Found:
        """Find everything in a picture by itself."""
        ...

    def follow(self, picture: Picture, time_s: float) -> Found:
        """Find everything in the next picture of a camera."""
        ...

    def film(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, Found]]:
        """Find everything in the pictures of a film, in their order."""
        ...

    def close(self) -> None:
        """End its threads."""
        ...


def open_backend(models_folder: Path, options: TrackerOptions, tasks: Path | None = None) -> Backend:
    """Open MediaPipe with the `.task` files of a folder, or our own runner where none is given.

    Raises
    ------
    BadInput
        When files are not there.
    """
    if tasks is None:
        networks = CaptureNetworks(ModelStore(models_folder))
        networks.check()
        return Tracker(networks, options)
    from capture.mediapipe_backend import MediaPipeBackend

    return MediaPipeBackend(tasks, options)
