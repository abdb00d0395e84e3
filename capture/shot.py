"""One picture of a film, of a camera or of a folder."""

from dataclasses import dataclass

from capture.region import Picture


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture.

    Parameters
    ----------
    name : str
        Of its file, or its number.
    time_s : float
        From the start.
    picture : ndarray of uint8, (height, width, 3)
        RGB.
    """

    name: str
    time_s: float
    picture: Picture
