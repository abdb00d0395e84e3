"""What plays: the slices of the active view, or the volumes of the series. Never both."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from core.services import Services
from viewers.ui.film import Film
from viewers.ui.series_opener import SeriesOpener
from viewers.ui.volume_film import VolumeFilm
from viewers.viewer_document import ViewerDocument


class Players(QObject):
    """The two films of a workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        What is played.
    opener : SeriesOpener
        Loads what is played.
    """

    changed = Signal()

    def __init__(
        self, services: Services, document: ViewerDocument, opener: SeriesOpener, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.slices = Film(document, self)
        self.volumes = VolumeFilm(services, document, opener, self)
        self.slices.changed.connect(self.changed)
        self.volumes.changed.connect(self.changed)

    def toggle_slices(self) -> None:
        """Play the slices of the active view, or stop."""
        self.volumes.stop()
        self.slices.toggle()

    def toggle_volumes(self) -> None:
        """Play the volumes of the series (times, phases), or stop."""
        self.slices.stop()
        self.volumes.toggle()

    def change_rate(self, factor: float) -> None:
        """Play the slices faster or slower."""
        self.slices.set_rate(self.slices.cine.frames_per_second * factor)

    def forget(self) -> None:
        """Stop, since another series comes."""
        self.slices.stop()
        self.volumes.forget()

    def close(self) -> None:
        """Stop, and end the work in the background."""
        self.slices.stop()
        self.volumes.close()

    def states(self) -> set[str]:
        """Name what is true, for enabling and checking commands."""
        named = {
            "playing": self.slices.playing,
            "bouncing": self.slices.bounces,
            "volumes-open": self.volumes.count > 0,
            "playing-volumes": self.volumes.playing,
        }
        return {name for name, holds in named.items() if holds}

    def save_state(self) -> dict[str, Any]:
        """Give the speeds, for the next start."""
        return {"rate": self.slices.own_rate, "volume-rate": self.volumes.cine.frames_per_second}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take over what `save_state` gave; what does not fit is left out."""
        for name, film in (("rate", self.slices), ("volume-rate", self.volumes)):
            rate = state.get(name)
            if isinstance(rate, int | float):
                film.set_rate(float(rate))
