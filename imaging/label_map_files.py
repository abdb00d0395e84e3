"""Label maps as NIfTI and NRRD files; the segments' names and codes travel in the header."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.provenance import Provenance
from core.segmentation import Segment, Segmentation
from core.slice_geometry import RAS_FROM_LPS, GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.object_file import refusing_damage
from imaging.stack import shear_deg
from imaging.volume_files import write_nifti, write_nrrd

LABEL_MAP_SUFFIXES = (".nii.gz", ".nii", ".nrrd")
_PERPENDICULAR = 1e-4
LPS_FROM_SPACE = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}


def write_label_map(
    path: Path,
    suffix: str,
    segmentation: Segmentation,
    layer: int,
    provenance: Provenance,
    *,
    slices_reversed: bool = False,
) -> None:
    """Write one layer; the header's `parameters.segments` describes the segments.

    With `slices_reversed` the file counts its slices from the last one, as the volume that it belongs to may.

    Raises
    ------
    BadInput
        When the slices are irregular: no affine describes them.
    """
    affine = segmentation.geometry.lps_from_ijk
    if affine is None:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: its slices are irregular, no label map with one affine can hold them."
        )
        raise BadInput(message(text, path=str(path)))
    segments = [
        segment.to_json()
        for segment in segmentation.segments
        if segmentation.layer_of.get(segment.number, 0) == layer
    ]
    told = Provenance(
        provenance.command,
        provenance.inputs,
        {**provenance.parameters, "segments": segments},
        provenance.method,
        provenance.model,
    )
    voxels = np.ascontiguousarray(segmentation.layers[layer])
    if voxels.dtype == np.uint16 and int(voxels.max()) < 256:
        voxels = voxels.astype(np.uint8)
    if slices_reversed:
        affine = affine @ _flip(2, voxels.shape[0])
        voxels = np.ascontiguousarray(voxels[::-1])
    geometry = segmentation.geometry
    volume = Volume(
        voxels, affine, lps_known=geometry.lps_known, spacing_known=geometry.spacing_known, provenance=told
    )
    (write_nrrd if suffix == ".nrrd" else write_nifti)(path, volume, told)


def read_label_map(path: Path, suffix: str) -> Segmentation:
    """Read a label map; segments that its header does not describe are called by their number.

    Raises
    ------
    BadInput
        When its voxels are no labels, it is not three-dimensional, or its axes are not perpendicular.
    """
    with refusing_damage(path):
        voxels, geometry, told = read_grid(path, suffix)
        voxels = _labels(path, voxels)
        present = [int(number) for number in np.unique(voxels) if number > 0]
        return Segmentation(geometry, (voxels,), _segments(told, present))


def read_grid(path: Path, suffix: str) -> tuple[NDArray[Any], SliceGeometry, Any]:
    """Read the voxels (k, j, i) of a volume file, where they lie, and the comment that may describe them.

    Slices are counted along row x column direction, whatever the file does.

    Raises
    ------
    BadInput
        When the volume is not three-dimensional, or its axes are not perpendicular.
    ValueError
        When the file is damaged; see `imaging.object_file.refusing_damage`.
    """
    return read_counted_grid(path, suffix)[:3]


def read_counted_grid(path: Path, suffix: str) -> tuple[NDArray[Any], SliceGeometry, Any, bool]:
    """Do as `read_grid`, also for MetaImage, and tell whether the file counts its slices the other way."""
    voxels, affine, told = _read_any(path, suffix)
    while voxels.ndim > 3 and voxels.shape[0] == 1:
        voxels = voxels[0]
    if voxels.ndim == 2:
        voxels = voxels[None]
    if voxels.ndim != 3 or not voxels.size:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no single volume.")
        raise BadInput(message(text, path=str(path)))
    is_reversed = bool(np.linalg.det(affine[:3, :3]) < 0)
    if is_reversed:
        affine = affine @ _flip(2, voxels.shape[0])
        voxels = voxels[::-1]
    return voxels, _geometry(affine, voxels), told, is_reversed


def _read_any(path: Path, suffix: str) -> tuple[NDArray[Any], NDArray[np.float64], Any]:
    if suffix in (".mha", ".mhd"):
        return (*read_metaimage(path), None)
    return read_nrrd(path) if suffix == ".nrrd" else read_nifti(path)


def _flip(axis: int, length: int) -> NDArray[np.float64]:
    flip = np.eye(4)
    flip[axis, axis], flip[axis, 3] = -1.0, length - 1.0
    return flip


def _labels(path: Path, voxels: NDArray[Any]) -> NDArray[Any]:
    text = QT_TRANSLATE_NOOP(
        "Message", "{path}: the voxels of a label map are whole numbers from 0 to 65535."
    )
    if voxels.dtype.kind not in "iufb":
        raise BadInput(message(text, path=str(path)))
    low, high = float(voxels.min()), float(voxels.max())
    whole = voxels.dtype.kind != "f" or bool((voxels == np.rint(voxels)).all())
    if not (low >= 0 and high <= 65535 and whole):
        raise BadInput(message(text, path=str(path)))
    return np.ascontiguousarray(voxels, np.uint8 if high < 256 else np.uint16)


def read_metaimage(path: Path) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Read voxels (k, j, i) and the affine to LPS of a MetaImage file."""
    import SimpleITK

    image: Any = SimpleITK.ReadImage(str(path))
    if image.GetDimension() != 3:
        raise ValueError("not three-dimensional")
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return SimpleITK.GetArrayFromImage(image), affine


def read_nifti(path: Path) -> tuple[NDArray[Any], NDArray[np.float64], Any]:
    """Read voxels (k, j, i), the affine to LPS and the comment of a NIfTI file."""
    import nibabel as nib
    from nibabel.filebasedimages import ImageFileError
    from nibabel.wrapstruct import WrapStructError

    try:
        image: Any = nib.load(path)
        voxels = np.asanyarray(image.dataobj)
    except (ImageFileError, WrapStructError) as error:
        raise ValueError(str(error)) from error
    texts = [item.get_content() for item in image.header.extensions if item.get_code() == 6]
    return voxels.T, RAS_FROM_LPS @ np.asarray(image.affine, np.float64), texts[0] if texts else None


def read_nrrd(path: Path) -> tuple[NDArray[Any], NDArray[np.float64], Any]:
    """Read voxels (k, j, i), the affine to LPS and the comment of an NRRD file."""
    import nrrd

    try:
        voxels, header = nrrd.read(str(path), index_order="C")
    except nrrd.NRRDError as error:
        raise ValueError(str(error)) from error
    affine = np.eye(4)
    directions = np.asarray(header.get("space directions", np.eye(3)), np.float64)
    signs = LPS_FROM_SPACE.get(str(header.get("space", "lps")).lower())
    if signs is None or directions.shape != (3, 3):
        raise ValueError("an unknown space")
    affine[:3, :3] = directions.T
    affine[:3, 3] = np.asarray(header.get("space origin", np.zeros(3)), np.float64)
    return voxels, np.diag([*signs, 1.0]) @ affine, header.get("sense_provenance") or _slicer_names(header)


def _slicer_names(header: Any) -> str:
    """Give what 3D Slicer's `.seg.nrrd` says about its segments in our own form."""
    segments: list[dict[str, Any]] = []
    number = 0
    while f"Segment{number}_Name" in header:
        value = int(header.get(f"Segment{number}_LabelValue", number + 1))
        segments.append(Segment(value, str(header[f"Segment{number}_Name"])).to_json())
        number += 1
    return json.dumps({"parameters": {"segments": segments}})


def _segments(told: Any, present: list[int]) -> tuple[Segment, ...]:
    described: dict[int, Segment] = {}
    try:
        text = told.decode("utf-8") if isinstance(told, bytes) else (told or "{}")
        for item in json.loads(text.rstrip("\0"))["parameters"]["segments"]:
            segment = Segment.from_json(item)
            described[segment.number] = segment
    except (ValueError, KeyError, TypeError, AttributeError):
        described = {}  # somebody else's comment
    numbers = sorted({*described, *present})
    return tuple(described.get(number, Segment(number, f"Label {number}")) for number in numbers)


def _geometry(affine: NDArray[np.float64], voxels: NDArray[Any]) -> SliceGeometry:
    nk, nj, ni = voxels.shape
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    row, column = affine[:3, 0] / lengths[0], affine[:3, 1] / lengths[1]
    if abs(float(row @ column)) > _PERPENDICULAR:
        text = QT_TRANSLATE_NOOP(
            "Message", "The axes of the label map are not perpendicular, as DICOM needs them."
        )
        raise BadInput(message(text))
    positions = affine[:3, 3] + np.arange(nk)[:, None] * affine[:3, 2]
    normal = np.cross(row, column)
    sheared = nk > 1 and shear_deg(positions, normal) > 0
    kind = GeometryKind.SHEARED if sheared else GeometryKind.UNIFORM if nk > 1 else GeometryKind.FLAT
    spacing = float(lengths[0]), float(lengths[1]), float(affine[:3, 2] @ normal)
    return SliceGeometry(kind, (ni, nj, nk), spacing, row, column, positions, affine)
