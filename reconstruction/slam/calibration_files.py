"""The calibrations of recordings: KITTI's, a matrix, TUM's line of numbers, EuRoC's, camera sets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from formats.camera_set import read_camera_set

Floats = NDArray[np.float64]
Size = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Cameras of a rig.

    Parameters
    ----------
    left : PosedCamera
        The first camera.
    right : PosedCamera, optional
        The second one.
    right_from_left : (4, 4) float64, optional
        Metres.
    left_from_imu : (4, 4) float64, optional
        Metres.
    """

    left: PosedCamera
    right: PosedCamera | None = None
    right_from_left: Floats | None = None
    left_from_imu: Floats | None = None


def read_calibration(path: Path, size: Size, *, first: int = 0) -> Calibration:
    """Read a calibration file of any kind that is known.

    Parameters
    ----------
    path : Path
        `cameras.json`; `sensor.yaml` as of EuRoC; or text: projection matrices 3 x 4 a line as of KITTI, a
        matrix 3 x 3, or `fx fy cx cy [k1 k2 p1 p2 [k3]]`.
    size : tuple of int
        Width and height of the pictures, where the file does not tell.
    first : int
        Which of several projection matrices is the left camera's; the next is the right one's.

    Raises
    ------
    BadInput
        When the file cannot be read or describes no camera.
    """
    if path.suffix.lower() == ".json":
        return _of_camera_set(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        camera, body_from_camera = read_euroc_camera(path)
        return Calibration(camera, left_from_imu=np.linalg.inv(body_from_camera).astype(np.float64))
    return _of_text(path, size, first)


def read_euroc_camera(path: Path) -> tuple[PosedCamera, Floats]:
    """Read a camera of the EuRoC layout and its place (4, 4) on the body.

    Raises
    ------
    BadInput
        When the file cannot be read or describes no camera.
    """
    content = read_yaml(path)
    try:
        fx, fy, cx, cy = (float(value) for value in content["intrinsics"])
        kind = str(content.get("distortion_model", "radial-tangential"))
        values = [float(value) for value in content.get("distortion_coefficients", ())]
        fisheye = kind in ("equidistant", "kannala-brandt")
        names = ("k1", "k2", "k3", "k4") if fisheye else ("k1", "k2", "p1", "p2", "k3")
        width, height = (int(value) for value in content["resolution"])
        matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]])
        bent = {name: value for name, value in zip(names, values, strict=False) if value}
        return PosedCamera((width, height), matrix, bent, fisheye=fisheye), _placed(content)
    except (KeyError, TypeError, ValueError) as error:
        raise _no_camera(path) from error


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a mapping from YAML, OpenCV's dialect included.

    Raises
    ------
    BadInput
        When the file cannot be read or holds no mapping.
    """
    import yaml

    lines = _text(path).splitlines()
    plain = "\n".join(line for line in lines if not line.startswith("%")).replace("!!opencv-matrix", "")
    try:
        content = yaml.safe_load(plain)
    except (yaml.YAMLError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not YAML.")
        raise BadInput(message(text, path=str(path))) from error
    if not isinstance(content, dict):
        raise _no_camera(path)
    return content


def _placed(content: dict[str, Any]) -> Floats:
    place = content.get("T_BS") or {}
    data = place.get("data", np.eye(4).ravel()) if isinstance(place, dict) else place
    return np.asarray(data, np.float64).reshape(4, 4)


def _of_camera_set(path: Path) -> Calibration:
    cameras = list(read_camera_set(path).values())
    left, right = cameras[0], cameras[1] if len(cameras) == 2 else None
    if right is None or not (left.is_posed and right.is_posed):
        return Calibration(left)
    return Calibration(left, right, np.linalg.inv(_pose(right)) @ _pose(left))


def _pose(camera: PosedCamera) -> Floats:
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = camera.pose
    return pose


def _of_text(path: Path, size: Size, first: int) -> Calibration:
    rows = _numbers(path)
    try:
        matrices = [np.reshape(row, (3, 4)) for row in rows if len(row) == 12]
        matrices = matrices[first:] or matrices
        if len(matrices) >= 2:
            return _of_projections(matrices[0], matrices[1], size)
        if matrices:
            return Calibration(PosedCamera(size, matrices[0][:, :3]))
        if [len(row) for row in rows] == [3, 3, 3]:
            return Calibration(PosedCamera(size, np.array(rows)))
        if len(rows) == 1 and 4 <= len(rows[0]) <= 9:
            return Calibration(_of_one_line(rows[0], size))
    except ValueError as error:
        raise _no_camera(path) from error
    raise _no_camera(path)


def _of_projections(first: Floats, second: Floats, size: Size) -> Calibration:
    """Give the rectified pair that two projections (3, 4) are of, as KITTI has them."""
    matrix = first[:, :3]
    across = np.linalg.solve(matrix, second[:, 3] - first[:, 3])
    right_from_left = np.eye(4)
    right_from_left[:3, 3] = across
    return Calibration(PosedCamera(size, matrix), PosedCamera(size, second[:, :3]), right_from_left)


def _of_one_line(row: list[float], size: Size) -> PosedCamera:
    fx, fy, cx, cy = row[:4]
    names = ("k1", "k2", "p1", "p2", "k3")
    bent = {name: value for name, value in zip(names, row[4:], strict=False) if value}
    return PosedCamera(size, np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]]), bent)


def _numbers(path: Path) -> list[list[float]]:
    """Give the numbers of every line that has some, without a name before them."""
    rows: list[list[float]] = []
    for line in _text(path).splitlines():
        words = line.partition("#")[0].rpartition(":")[2].replace(",", " ").split()
        try:
            row = [float(word) for word in words]
        except ValueError:
            continue
        if row:
            rows.append(row)
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error


def _no_camera(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} describes no camera.")
    hint = QT_TRANSLATE_NOOP(
        "Message", "Give projection matrices as of KITTI, a 3 x 3 matrix, or fx fy cx cy k1 k2 p1 p2."
    )
    return BadInput(message(text, path=str(path)), message(hint))
