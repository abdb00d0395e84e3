"""The options of `sense map inspect`, `merge`, `cut` and `georeference`."""

from dataclasses import dataclass, field
from pathlib import Path

from core.message import QT_TRANSLATE_NOOP
from reconstruction.world_box import WorldBox

_MAP = {
    "help": ".smap, or the folder of `sense slam` or of a reconstruction",
    "positional": True,
    "metavar": "MAP",
    "title": QT_TRANSLATE_NOOP("Command", "Map"),
    "written": False,
}
_OUTPUT = {
    "help": "the map that is written (.smap)",
    "flag": "-o",
    "metavar": "FILE",
    "title": QT_TRANSLATE_NOOP("Command", "New file"),
    "written": True,
}
_FORCE = {"help": "replace an existing output"}


@dataclass(frozen=True)
class Period:
    """From when to when, in seconds on the recording's clock."""

    low: float
    high: float

    @staticmethod
    def parse(text: str) -> "Period":
        """Read `FROM,TO`; `ValueError` says what is wrong."""
        wanted = "FROM,TO in seconds, the smaller first"
        try:
            low, high = (float(part) for part in text.split(","))
        except ValueError as error:
            raise ValueError(wanted) from error
        if not low < high:
            raise ValueError(wanted)
        return Period(low, high)


@dataclass(frozen=True)
class InspectOptions:
    """Which map, and where its points are written.

    Parameters
    ----------
    map : Path
        A map.
    output : Path, optional
        Its points and keyframes as PLY.
    force : bool
        Replace an existing output.
    """

    map: Path = field(metadata=_MAP)
    output: Path | None = field(
        default=None,
        metadata={
            "help": "write its points and keyframes (.ply)",
            "flag": "-o",
            "metavar": "FILE",
            "title": QT_TRANSLATE_NOOP("Command", "Points as a file (.ply)"),
            "written": True,
        },
    )
    force: bool = field(default=False, metadata=_FORCE)


@dataclass(frozen=True)
class MergeOptions:
    """Which maps become one.

    Parameters
    ----------
    maps : tuple of Path
        The first one's world is kept.
    output : Path
        The map that is written.
    seed : int
        Of what is random.
    force : bool
        Replace an existing output.
    """

    maps: tuple[Path, ...] = field(
        metadata={
            "help": "two maps or more; the first one's frame stays",
            "positional": True,
            "metavar": "MAP",
        }
    )
    output: Path = field(metadata=_OUTPUT)
    seed: int = field(default=0, metadata={"help": "of what is random", "metavar": "N"})
    force: bool = field(default=False, metadata=_FORCE)


@dataclass(frozen=True)
class CutOptions:
    """What is kept of a map.

    Parameters
    ----------
    map : Path
        A map.
    output : Path
        The map that is written.
    box : WorldBox, optional
        What is kept.
    outside : bool
        Keep what lies outside of the box.
    time : Period, optional
        Keyframes of this time only.
    without : tuple of str
        Keyframes that go.
    force : bool
        Replace an existing output.
    """

    map: Path = field(metadata=_MAP)
    output: Path = field(metadata=_OUTPUT)
    box: WorldBox | None = field(
        default=None,
        metadata={
            "help": "keep what lies inside; --box=-1,0,-1,1,2,1",
            "metavar": "X0,Y0,Z0,X1,Y1,Z1",
            "parse": WorldBox.parse,
        },
    )
    outside: bool = field(default=False, metadata={"help": "keep what lies outside of the box instead"})
    time: Period | None = field(
        default=None,
        metadata={
            "help": "keep keyframes of this time only, in seconds",
            "metavar": "FROM,TO",
            "parse": Period.parse,
        },
    )
    without: tuple[str, ...] = field(
        default=(),
        metadata={"help": "a keyframe that goes; may be repeated", "metavar": "NAME", "one_each": True},
    )
    force: bool = field(default=False, metadata=_FORCE)


@dataclass(frozen=True)
class GeoreferenceOptions:
    """Where a map is on the Earth.

    Parameters
    ----------
    map : Path
        A map.
    output : Path
        The map that is written.
    positions : Path, optional
        Positions of keyframes.
    gcp : Path, optional
        Ground control points.
    photographs : Path, optional
        The folder of the pictures, whose headers tell where they were taken.
    free_scale : bool
        Let the positions change the scale of a map in metres.
    seed : int
        Of what is random.
    force : bool
        Replace an existing output.
    """

    map: Path = field(metadata=_MAP)
    output: Path = field(metadata=_OUTPUT)
    positions: Path | None = field(
        default=None,
        metadata={
            "help": "lines KEYFRAME,LATITUDE,LONGITUDE,ALTITUDE in degrees and metres",
            "metavar": "CSV",
        },
    )
    gcp: Path | None = field(
        default=None,
        metadata={"help": "ground control points, as `sense reconstruct` reads them", "metavar": "FILE"},
    )
    photographs: Path | None = field(
        default=None, metadata={"help": "folder of the map's pictures with GPS", "metavar": "DIR"}
    )
    free_scale: bool = field(
        default=False, metadata={"help": "let the positions change the scale of a map that is in metres"}
    )
    seed: int = field(default=0, metadata={"help": "of what is random", "metavar": "N"})
    force: bool = field(default=False, metadata=_FORCE)
