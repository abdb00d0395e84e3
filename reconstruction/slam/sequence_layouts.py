"""How published data sets and programs lay out recordings in folders, and opening whichever it is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from capture.file_kinds import PICTURES
from capture.pictures import natural_order
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.slam.calibration_files import Calibration, read_calibration, read_euroc_camera
from reconstruction.slam.film_sequence import FilmSequence, film_size
from reconstruction.slam.frame_pictures import read_stored_picture
from reconstruction.slam.inertial_files import read_inertial
from reconstruction.slam.input_sequence import FileSequence, FrameFiles, InertialReadings, InputSequence
from reconstruction.slam.rig import assumed_rig, mono_rig, single_rig, stereo_rig
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.timed_files import in_order, in_pairs, listed_files

_TUM_DEPTH, _MILLIMETRES = 5000.0, 1000.0
_LEFT_FOLDERS = ("image_l", "image_0", "image_00/data", "image_2", "left")
_RIGHT_FOLDERS = ("image_r", "image_1", "image_01/data", "image_3", "right")


@dataclass(frozen=True, eq=False)
class _Laid:
    """What a folder of a known layout holds."""

    files: tuple[FrameFiles, ...]
    calibration: Path | None = None
    depth_per_metre: float = _MILLIMETRES
    has_times: bool = False
    warnings: tuple[Message, ...] = ()
    first_matrix: int = 0


def open_sequence(
    source: Path, sensor: Sensor, *, calibration: Path | None = None, imu: Path | None = None
) -> InputSequence:
    """Open a film or a folder of a known layout.

    Parameters
    ----------
    source : Path
        A film, a folder of pictures, `frame-NNNNNN.*`, `image_l` and `image_r`, or KITTI's, TUM's or
        EuRoC's layout.
    sensor : Sensor
        What is to be used of it.
    calibration : Path, optional
        Instead of what the folder brings; see `read_calibration`.
    imu : Path, optional
        Inertial readings as of EuRoC, instead of what the folder brings.

    Raises
    ------
    BadInput
        When there is nothing to read, or no second camera or depth where the sensor asks for it.
    """
    if source.is_file():
        if sensor is not Sensor.MONO:
            raise _lacks(source, sensor)
        return FilmSequence(source, mono_rig(film_size(source), calibration), _given(imu))
    if not source.is_dir():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file or folder.")
        raise BadInput(message(text, path=str(source)))
    mav = source / "mav0" if (source / "mav0").is_dir() else source
    if (mav / "cam0" / "data.csv").is_file():
        return _euroc(mav, sensor, calibration, imu)
    laid = _laid_out(source)
    sequence = _with_cameras(source, laid, sensor, calibration)
    return replace(sequence, imu=_given(imu))


def _given(imu: Path | None) -> InertialReadings | None:
    return None if imu is None else read_inertial(imu)


# Layouts.


def _laid_out(source: Path) -> _Laid:
    layouts: tuple[Callable[[Path], _Laid | None], ...] = (_numbered, _tum, _pairs, _plain)
    for layout in layouts:
        laid = layout(source)
        if laid is not None:
            return laid
    raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} holds no pictures."), path=str(source)))


def _numbered(source: Path) -> _Laid | None:
    """`frame-NNNNNN.color.*` and `frame-NNNNNN.depth.png`."""
    frames: dict[int, dict[str, Path]] = {}
    for path in sorted(source.iterdir()):
        found = re.fullmatch(r"frame-(\d{1,12})\.(color|depth)\.(\w+)", path.name)
        if found and f".{found[3].lower()}" in PICTURES:
            frames.setdefault(int(found[1]), {})[found[2]] = path
    files = tuple(
        FrameFiles(float(number), kinds["color"], depth=kinds.get("depth"))
        for number, kinds in sorted(frames.items())
        if "color" in kinds
    )
    matrix = source / "camera-intrinsics.txt"
    return _Laid(files, matrix if matrix.is_file() else None) if files else None


def _tum(source: Path) -> _Laid | None:
    """`rgb.txt` and `depth.txt` with times and names of files."""
    if not (source / "rgb.txt").is_file():
        return None
    colours, warnings = in_order(listed_files(source / "rgb.txt"), source / "rgb.txt")
    depths, more = [], ()
    if (source / "depth.txt").is_file():
        depths, more = in_order(listed_files(source / "depth.txt"), source / "depth.txt")
    matched = in_pairs(colours, depths)
    files = tuple(FrameFiles(time, path, depth=depth) for time, path, depth in matched)
    return _Laid(files, _own(source), _TUM_DEPTH, True, (*warnings, *more)) if files else None


def _pairs(source: Path) -> _Laid | None:
    """Left and right pictures of the same names in two folders, as of KITTI."""
    for left, right in zip(_LEFT_FOLDERS, _RIGHT_FOLDERS, strict=True):
        if (source / left).is_dir():
            names = [path.name for path in _pictures(source / left)]
            others = {path.name: path for path in _pictures(source / right)}
            times = _times(source, len(names))
            files = tuple(
                FrameFiles(time, source / left / name, others.get(name))
                for time, name in zip(times, names, strict=True)
            )
            first = 2 if left == "image_2" else 0
            laid = _Laid(files, _own(source), has_times=_has_times(source), first_matrix=first)
            return laid if files else None
    return None


def _plain(source: Path) -> _Laid | None:
    """Pictures in the order of the numbers in their names."""
    files = tuple(FrameFiles(float(index), path) for index, path in enumerate(_pictures(source)))
    return _Laid(files, _own(source)) if files else None


def _euroc(mav: Path, sensor: Sensor, calibration: Path | None, imu: Path | None) -> FileSequence:
    """`mav0/cam0`, `cam1` and `imu0`."""
    if sensor is Sensor.RGBD:
        raise _lacks(mav, sensor)
    lefts, warnings = in_order(listed_files(mav / "cam0/data.csv", 1e-9, "data"), mav / "cam0/data.csv")
    rights = []
    if sensor is Sensor.STEREO:
        if not (mav / "cam1/data.csv").is_file():
            raise _lacks(mav, sensor)
        rights, _ = in_order(listed_files(mav / "cam1/data.csv", 1e-9, "data"), mav / "cam1/data.csv")
    files = tuple(FrameFiles(time, left, right) for time, left, right in in_pairs(lefts, rights))
    if imu is not None:
        readings = read_inertial(imu)
    else:
        readings = read_inertial(mav / "imu0") if (mav / "imu0/data.csv").is_file() else None
    own = _euroc_cameras(mav, both=sensor is Sensor.STEREO)
    cameras = own if calibration is None else read_calibration(calibration, own.left.size)
    laid = _Laid(files, has_times=True, warnings=warnings)
    return replace(_with_rig(mav, laid, sensor, cameras), imu=readings)


def _euroc_cameras(mav: Path, *, both: bool) -> Calibration:
    left, body_from_left = read_euroc_camera(mav / "cam0/sensor.yaml")
    left_from_body = np.linalg.inv(body_from_left).astype(np.float64)
    if not both:
        return Calibration(left, left_from_imu=left_from_body)
    right, body_from_right = read_euroc_camera(mav / "cam1/sensor.yaml")
    return Calibration(left, right, np.linalg.inv(body_from_right) @ body_from_left, left_from_body)


# Cameras.


def _with_cameras(source: Path, laid: _Laid, sensor: Sensor, calibration: Path | None) -> FileSequence:
    height, width = read_stored_picture(_first_readable(laid.files)).shape[:2]
    chosen = calibration or laid.calibration
    if chosen is not None:
        cameras = read_calibration(chosen, (width, height), first=laid.first_matrix)
        return _with_rig(source, laid, sensor, cameras)
    if sensor is not Sensor.MONO:
        text = QT_TRANSLATE_NOOP("Message", "{path} has no calibration of its cameras.")
        hint = QT_TRANSLATE_NOOP("Message", "Give one with --calib.")
        raise BadInput(message(text, path=str(source)), message(hint))
    files, rig = _used(source, laid, sensor), assumed_rig((width, height))
    return FileSequence(rig, files, has_times=laid.has_times, warnings=laid.warnings)


def _with_rig(source: Path, laid: _Laid, sensor: Sensor, cameras: Calibration) -> FileSequence:
    files = _used(source, laid, sensor)
    rig, bent = stereo_rig(cameras, source) if sensor is Sensor.STEREO else (single_rig(cameras), None)
    return FileSequence(
        rig,
        files,
        laid.depth_per_metre,
        has_times=laid.has_times,
        warnings=laid.warnings,
        rectification=bent,
    )


def _used(source: Path, laid: _Laid, sensor: Sensor) -> tuple[FrameFiles, ...]:
    """Keep what the sensor uses of the frames that have it."""
    if sensor is Sensor.MONO:
        return tuple(replace(frame, right=None, depth=None) for frame in laid.files)
    kept = tuple(
        replace(frame, depth=None) if sensor is Sensor.STEREO else replace(frame, right=None)
        for frame in laid.files
        if (frame.right if sensor is Sensor.STEREO else frame.depth) is not None
    )
    if not kept:
        raise _lacks(source, sensor)
    return kept


def _lacks(source: Path, sensor: Sensor) -> BadInput:
    texts = {
        Sensor.STEREO: QT_TRANSLATE_NOOP("Message", "{path} has no pictures of a second camera."),
        Sensor.RGBD: QT_TRANSLATE_NOOP("Message", "{path} has no depth pictures."),
    }
    hint = QT_TRANSLATE_NOOP("Message", "Use --sensor mono, which needs one camera only.")
    return BadInput(message(texts[sensor], path=str(source)), message(hint))


# Files.


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    paths = [path for path in folder.iterdir() if path.suffix.lower() in PICTURES and path.is_file()]
    return sorted(paths, key=lambda path: natural_order(path.name))


def _first_readable(files: Sequence[FrameFiles]) -> Path:
    for frame in files:
        try:
            read_stored_picture(frame.picture)
        except BadInput:
            continue
        return frame.picture
    return files[0].picture


def _own(source: Path) -> Path | None:
    names = ("calib.txt", "calibration.txt", "cameras.json", "camera-intrinsics.txt")
    return next((source / name for name in names if (source / name).is_file()), None)


def _has_times(source: Path) -> bool:
    return (source / "times.txt").is_file()


def _times(source: Path, count: int) -> list[float]:
    if not _has_times(source):
        return [float(index) for index in range(count)]
    path = source / "times.txt"
    try:
        times = np.loadtxt(path, np.float64, ndmin=1)
    except (OSError, ValueError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no times.")
        raise BadInput(message(text, path=str(path))) from error
    if times.shape[0] < count or (np.diff(times[:count]) <= 0).any():
        text = QT_TRANSLATE_NOOP(
            "Message", "{path} does not hold a rising time for each of {count} pictures."
        )
        raise BadInput(message(text, path=str(path), count=count))
    return [float(time) for time in times[:count]]
