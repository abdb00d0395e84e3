"""Inertial readings as of the EuRoC layout: nanoseconds, rad/s and m/s^2 in CSV, noise in YAML beside it."""

from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from reconstruction.slam.calibration_files import read_yaml
from reconstruction.slam.input_sequence import InertialReadings

_NOISE = {
    "gyroscope_noise_density": "gyro_noise",
    "gyroscope_random_walk": "gyro_walk",
    "accelerometer_noise_density": "accel_noise",
    "accelerometer_random_walk": "accel_walk",
}


def read_inertial(path: Path) -> InertialReadings:
    """Read inertial readings, and their noise from `sensor.yaml` beside them where there is one.

    Parameters
    ----------
    path : Path
        `timestamp [ns], gyro x, y, z, accelerometer x, y, z` a line; or the folder of `data.csv`.

    Raises
    ------
    BadInput
        When the file cannot be read, or its times do not rise.
    """
    if path.is_dir():
        path = path / "data.csv"
    try:
        rows = np.loadtxt(path, np.float64, delimiter=",", comments="#", ndmin=2)
    except (OSError, ValueError) as error:
        raise _unusable(path) from error
    if rows.shape[1] < 7 or len(rows) < 2 or not np.isfinite(rows[:, :7]).all():
        raise _unusable(path)
    times_s = rows[:, 0] * 1e-9
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(times_s)) > 0])
    if rising.mean() < 0.9:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the times of the inertial readings do not rise.")
        raise BadInput(message(text, path=str(path)))
    rows, times_s = rows[rising], times_s[rising]
    return InertialReadings(times_s, rows[:, 1:4], rows[:, 4:7], **_noise(path.with_name("sensor.yaml")))


def _noise(path: Path) -> dict[str, float]:
    if not path.is_file():
        return {}
    content = read_yaml(path)
    try:
        return {own: float(content[name]) for name, own in _NOISE.items() if name in content}
    except (TypeError, ValueError) as error:
        raise _unusable(path) from error


def _unusable(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} holds no inertial readings.")
    hint = QT_TRANSLATE_NOOP(
        "Message", "Give lines of nanoseconds, three turning rates and three accelerations."
    )
    return BadInput(message(text, path=str(path)), message(hint))
