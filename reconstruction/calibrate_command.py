"""`sense calibrate`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reconstruction.lens_calibration import LensCalibration

_MOST_LOOKED_AT = 120


@dataclass(frozen=True)
class CalibrateOptions:
    """What shows the board.

    Parameters
    ----------
    images : Path
        A folder of pictures, or a film.
    output : Path
        The camera set that is written.
    fisheye : bool
        Whether the lens is one.
    force : bool
        Replace an existing file.
    """

    images: Path = field(
        metadata={
            "help": "film or folder of pictures of the board (`sense board`), held at different angles",
            "positional": True,
            "metavar": "IMAGES",
            "title": QT_TRANSLATE_NOOP("Command", "Film of the board"),
            "written": False,
        }
    )
    output: Path = field(
        metadata={
            "help": "NAME.json",
            "flag": "-o",
            "metavar": "FILE",
            "title": QT_TRANSLATE_NOOP("Command", "New file"),
            "written": True,
        }
    )
    fisheye: bool = field(
        default=False,
        metadata={"help": "the lens is a fisheye", "title": QT_TRANSLATE_NOOP("Command", "Fisheye lens")},
    )
    force: bool = field(
        default=False,
        metadata={
            "help": "replace an existing file",
            "title": QT_TRANSLATE_NOOP("Command", "Replace an existing file"),
        },
    )


@dataclass(frozen=True, eq=False)
class CalibrationReport:
    """What `sense calibrate` prints."""

    output: Path
    found: "LensCalibration"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        found = self.found
        return {
            "output": str(self.output),
            "K": found.camera.intrinsics.tolist(),
            "distortion": dict(found.camera.distortion),
            "fisheye": found.camera.fisheye,
            "error_px": found.error_px,
            "focal_sigma": found.focal_sigma,
            "views": found.views,
            "coverage": found.coverage,
        }

    def __str__(self) -> str:
        """Give one line."""
        found = self.found
        return (
            f"{self.output}: focal length {found.camera.intrinsics[0, 0]:.1f} px, known to"
            f" {found.focal_sigma:.2%}; {found.views} pictures, {found.error_px:.2f} px,"
            f" corners in {found.coverage:.0%} of the picture"
        )


def calibrate_command(context: Context, options: CalibrateOptions) -> CalibrationReport:
    """Find the lens of a camera by pictures of the board of markers."""
    from core.atomic_write import refuse_existing
    from core.progress import PartProgress
    from formats.camera_set import write_camera_set
    from reconstruction.lens_calibration import calibrate_lens, views_of_board

    images, output = options.images.expanduser(), options.output.expanduser().absolute()
    refuse_existing(output, force=options.force)
    progress = context.progress
    views, size = views_of_board(_pictures(images), progress=PartProgress(progress, 0.0, 0.6))
    found = calibrate_lens(views, size, fisheye=options.fisheye, progress=PartProgress(progress, 0.6, 1.0))
    write_camera_set(output, {images.stem: found.camera})
    return CalibrationReport(output, found)


def _pictures(images: Path) -> "Iterator[NDArray[np.uint8]]":
    """Give pictures as they are stored; of a film some, evenly."""
    from capture.file_kinds import PICTURES
    from capture.pictures import Film
    from reconstruction.photograph import photograph_files
    from reconstruction.slam.frame_pictures import read_stored_picture

    if images.is_dir() or images.suffix.lower() in PICTURES:
        for path in photograph_files(images) if images.is_dir() else [images]:
            yield read_stored_picture(path)
        return
    film = Film(images)
    every = max(1, len(film) // _MOST_LOOKED_AT)
    for number, shot in enumerate(film.shots()):
        if number % every == 0:
            yield shot.picture
