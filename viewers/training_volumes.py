"""Volumes and their labels, counted along the patient's axes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from models.training.preparation import LabelledImage

if TYPE_CHECKING:
    from core.segmentation import Segmentation
    from core.slice_geometry import SliceGeometry

_SAME_PLACE = 1e-2


@dataclass(frozen=True, eq=False)
class Grid:
    """Values (k, j, i) and where they lie."""

    values: NDArray[Any]
    geometry: "SliceGeometry"


def read_image(path: Path) -> Grid:
    """Read a volume file.

    Raises
    ------
    BadInput
        When it cannot be read.
    """
    from imaging.label_map_files import read_grid
    from imaging.object_file import refusing_damage
    from imaging.volume_reading import VOLUME_SUFFIXES

    suffix = next(item for item in VOLUME_SUFFIXES if path.name.lower().endswith(item))
    with refusing_damage(path):
        values, geometry, _ = read_grid(path, suffix)
        if values.dtype.kind not in "iufb":
            raise ValueError("no grey values")
        return Grid(np.asarray(values), geometry)


def read_labels(path: Path) -> tuple[Grid, dict[int, str]]:
    """Read a label map or a SEG object, and the names of its values that somebody gave."""
    from imaging.conversion_source import on_slices, read_source

    segmentation, _ = on_slices(read_source(path), None)
    names = {
        segment.number: segment.label
        for segment in segmentation.structures
        if segment.label != f"Label {segment.number}"
    }
    return Grid(_flattened(segmentation), segmentation.geometry), names


def _flattened(segmentation: "Segmentation") -> NDArray[np.uint16]:
    """Lay the layers over each other, later ones on top."""
    flat = segmentation.layers[0].astype(np.uint16)
    for layer in segmentation.layers[1:]:
        flat = np.where(layer > 0, layer, flat).astype(np.uint16)
    if segmentation.unlabelled:
        flat[flat == segmentation.unlabelled] = 0
    return flat


def segment_labels(path: Path, image: Grid, numbers: dict[str, int]) -> NDArray[np.uint16]:
    """Draw a segmentation object on the grid of its images.

    `numbers` gives every name its value, and grows with new names.
    """
    from imaging.conversion_source import on_slices, read_source

    segmentation, _ = on_slices(read_source(path), image.geometry)
    own = on_grid(Grid(_flattened(segmentation), segmentation.geometry), image, path)
    table = np.zeros(65536, np.uint16)
    for segment in segmentation.structures:
        table[segment.number] = numbers.setdefault(segment.label, len(numbers) + 1)
    return table[own]


def on_grid(labels: Grid, image: Grid, path: Path) -> NDArray[np.uint16]:
    """Give the labels at the voxels of the image, 0 where they do not reach.

    Raises
    ------
    BadInput
        When one of them has irregular slices and they are not the same.
    """
    if labels.values.shape == image.values.shape and np.allclose(
        labels.geometry.positions_lps_mm, image.geometry.positions_lps_mm, atol=_SAME_PLACE
    ):
        return labels.values.astype(np.uint16)
    here, there = image.geometry.lps_from_ijk, labels.geometry.lps_from_ijk
    if here is None or there is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} lies on other slices than its image.")
        raise BadInput(message(text, path=str(path)))
    map_ijk = np.linalg.inv(there) @ here
    nk, nj, ni = image.values.shape
    j, i = np.mgrid[:nj, :ni]
    found = np.zeros(image.values.shape, np.uint16)
    limits = np.array(labels.values.shape[::-1])
    for k in range(nk):
        points = np.stack([i, j, np.full_like(i, k), np.ones_like(i)]).reshape(4, -1)
        ijk = np.rint(map_ijk[:3] @ points).astype(np.int64)
        inside = ((ijk >= 0) & (ijk < limits[:, None])).all(axis=0)
        row = found[k].reshape(-1)
        row[inside] = labels.values[ijk[2, inside], ijk[1, inside], ijk[0, inside]]
    return found


def labels_on(name: str, image: Grid, labels: Grid, *, path: Path) -> LabelledImage:
    """Put labels on the grid of the image, and both along the patient's axes; a single slice is a picture."""
    drawn = on_grid(labels, image, path)
    if not drawn.any():
        text = QT_TRANSLATE_NOOP("Message", "{path} labels nothing of its image.")
        raise BadInput(message(text, path=str(path)))
    if image.values.shape[0] == 1:
        return LabelledImage(name, image.values[0], drawn[0], image.geometry.spacing_mm[1::-1])
    values, spacing = along_patient(image.values, image.geometry)
    return LabelledImage(name, values, along_patient(drawn, image.geometry)[0], spacing)


def along_patient(values: NDArray[Any], geometry: "SliceGeometry") -> tuple[NDArray[Any], tuple[float, ...]]:
    """Give the values (k, j, i) with axes that run up, to the back and to the left, and their spacing."""
    order, flips = patient_axes(geometry)
    steps = tuple(slice(None, None, -1 if flip else 1) for flip in flips)
    spacing = geometry.spacing_mm[::-1]
    return np.ascontiguousarray(values.transpose(order)[steps]), tuple(spacing[axis] for axis in order)


def patient_axes(geometry: "SliceGeometry") -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
    """Give which array axes run (up, to the back, to the left) most nearly, and which of them the other way.

    A volume that does not tell how it lies keeps its axes.
    """
    if not geometry.lps_known:
        return (0, 1, 2), (False, False, False)
    directions = np.stack([geometry.normal, geometry.column_direction, geometry.row_direction], axis=1)
    order: list[int] = []
    flips: list[bool] = []
    for patient_axis in (2, 1, 0):
        shares = np.abs(directions[patient_axis])
        shares[order] = -1.0
        axis = int(shares.argmax())
        order.append(axis)
        flips.append(bool(directions[patient_axis, axis] < 0))
    return (order[0], order[1], order[2]), (flips[0], flips[1], flips[2])


def picture(path: Path, *, labels: bool = False, colour: bool = False) -> NDArray[Any]:
    """Read a picture as grey or RGB, always as RGB of 8 bits, or labels as (height, width) uint16.

    Raises
    ------
    BadInput
        When it cannot be read, or labels are in colour.
    """
    import cv2

    data = np.fromfile(path, np.uint8)
    kind = cv2.IMREAD_COLOR if colour else cv2.IMREAD_UNCHANGED
    read: Any = cv2.imdecode(data, kind) if len(data) else None
    if read is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a picture.")
        raise BadInput(message(text, path=str(path)))
    if colour:
        return np.ascontiguousarray(read[..., ::-1])
    read = read[..., :3] if read.ndim == 3 else read
    same = read.ndim == 3 and bool((read[..., :1] == read).all())
    read = read[..., 0] if same else read
    if labels:
        if read.ndim != 2 or read.dtype.kind not in "iu":
            text = QT_TRANSLATE_NOOP("Message", "{path}: labels are whole numbers, one for each pixel.")
            raise BadInput(message(text, path=str(path)))
        return read.astype(np.uint16)
    return np.ascontiguousarray(read[..., ::-1]) if read.ndim == 3 else np.asarray(read)
