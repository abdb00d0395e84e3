"""Heads whose face and brain are known: the face goes, the brain stays, and nothing else changes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from core.errors import BadInput
from core.volume import Volume
from imaging.deidentification.batch import deidentify_paths
from imaging.deidentification.defacing import face_plane
from imaging.deidentification.face_plane import FacePlane
from imaging.deidentification.profile import ProfileOption
from imaging.frame import Frame
from imaging.header import read_header
from imaging.instance import Instance
from tests.dicom_factory import make_ct_series

AIR, SOFT, BONE = -1000, 40, 900
BRAIN, FACE = 1, 2
STEP_MM = 4.0
SIZE = 64


def inside(
    points: NDArray[np.float64], centre: tuple[float, ...], radii: tuple[float, ...]
) -> NDArray[np.bool_]:
    return (((points - centre) / radii) ** 2).sum(axis=-1) <= 1.0


def head_at(points: NDArray[np.float64], modality: str = "CT") -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Give values and what they are, at points in LPS mm: a brain in its skull over a face and a neck."""
    values = np.full(points.shape[:-1], AIR, np.int16)
    labels = np.zeros(points.shape[:-1], np.uint8)
    scalp = inside(points, (0, 0, 40), (78, 98, 85))
    jaw = inside(points, (0, -45, -60), (55, 55, 60))
    nose = inside(points, (0, -104, -25), (12, 18, 22))
    neck = (
        (np.hypot(points[..., 0], points[..., 1] - 20) <= 55)
        & (points[..., 2] < -20)
        & (points[..., 2] > -120)
    )
    values[scalp | jaw | nose | neck] = SOFT
    values[inside(points, (0, 0, 40), (72, 92, 79))] = BONE
    brain = inside(points, (0, 0, 40), (64, 84, 71))
    values[brain] = SOFT
    labels[nose] = FACE
    labels[inside(points, (0, -88, -70), (30, 14, 20)) & jaw] = FACE
    labels[brain] = BRAIN
    if modality == "MR":
        signal = {AIR: 5, SOFT: 200, BONE: 15}
        values = np.select([values == key for key in signal], list(signal.values())).astype(np.int16)
    return values, labels


def volume_of(directions: Any, modality: str) -> tuple[Volume, NDArray[np.uint8], NDArray[np.float64]]:
    affine = np.eye(4)
    affine[:3, :3] = np.array(directions, float).T * STEP_MM
    affine[:3, 3] = -affine[:3, :3] @ np.full(3, (SIZE - 1) / 2)
    k, j, i = np.mgrid[0:SIZE, 0:SIZE, 0:SIZE]
    points = np.stack((i, j, k), axis=-1) @ affine[:3, :3].T + affine[:3, 3]
    values, labels = head_at(points, modality)
    return Volume(np.ascontiguousarray(values), affine), labels, points


AXIAL = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
SAGITTAL = ((0, 1, 0), (0, 0, -1), (-1, 0, 0))
FEET_FIRST = ((-1, 0, 0), (0, 1, 0), (0, 0, -1))


@pytest.mark.parametrize("modality", ["CT", "MR"])
@pytest.mark.parametrize("directions", [AXIAL, SAGITTAL, FEET_FIRST], ids=["axial", "sagittal", "reversed"])
def test_the_face_goes_and_the_brain_stays(directions: Any, modality: str) -> None:
    volume, labels, points = volume_of(directions, modality)
    plane = face_plane(volume, modality)
    assert plane is not None
    cut = points @ np.array(plane.normal) > plane.offset_mm
    assert not cut[labels == BRAIN].any()
    assert cut[labels == FACE].mean() > 0.97
    assert plane.normal[0] == 0.0
    assert plane.normal[1] < 0.0 > plane.normal[2]


def test_a_body_without_a_head_has_no_face() -> None:
    z, y, x = np.mgrid[-150:150:64j, -150:150:64j, -200:200:64j]
    body = np.where((x / 180) ** 2 + (y / 120) ** 2 < 1, SOFT, AIR).astype(np.int16)
    body[(x**2 + (y - 70) ** 2 < 400)] = BONE
    affine = np.diag([400 / 63, 300 / 63, 300 / 63, 1.0])
    assert z.shape == body.shape
    assert face_plane(Volume(body, affine), "CT") is None


def write_head(folder: Path, **attributes: Any) -> None:
    """Write the head as a CT series, sagittal, feet up in its rows."""
    made = make_ct_series(
        folder,
        slices=48,
        rows=70,
        columns=60,
        spacing_mm=(4.0, 4.0, 4.0),
        orientation=(0, 1, 0, 0, 0, -1),
        origin_lps_mm=(94.0, -126.0, 140.0),
        attributes={"BodyPartExamined": "HEAD", **attributes},
    )
    for path in made.files:
        data = dcmread(path)
        header = read_header(str(path))
        assert isinstance(header, Instance)
        values, _ = head_at(places(Frame(header)))
        data.PixelData = (values - int(data.RescaleIntercept)).astype("<i2").tobytes()
        data.save_as(path)


def places(frame: Frame) -> NDArray[np.float64]:
    image, position = frame.instance, frame.position_lps_mm
    assert image.row_direction is not None
    assert image.column_direction is not None
    assert image.spacing_ij_mm is not None
    assert position is not None
    j, i = np.mgrid[0 : image.rows, 0 : image.columns]
    along = i[..., None] * np.array(image.row_direction) * image.spacing_ij_mm[0]
    return (
        np.array(position) + along + j[..., None] * np.array(image.column_direction) * image.spacing_ij_mm[1]
    )


def test_files_lose_the_face_and_keep_every_other_voxel(tmp_path: Path) -> None:
    write_head(tmp_path / "in")
    done = deidentify_paths(
        [tmp_path / "in"],
        tmp_path / "out",
        options=[ProfileOption.DEFACE, ProfileOption.RETAIN_UIDS],
        workers=1,
    )
    assert done.rejected == ()
    before = {data.SOPInstanceUID: data for data in map(dcmread, (tmp_path / "in").glob("*.dcm"))}
    faces = brains = 0
    for path in (tmp_path / "out").rglob("*.dcm"):
        data, header = dcmread(path), read_header(str(path))
        assert isinstance(header, Instance)
        old, new = before[data.SOPInstanceUID].pixel_array, data.pixel_array
        _, labels = head_at(places(Frame(header)))
        changed = old != new
        assert (new[changed] + int(data.RescaleIntercept) == AIR).all()
        assert not changed[labels == BRAIN].any()
        faces += int((changed & (labels == FACE)).sum())
        brains += int((labels == BRAIN).sum())
        assert data.RecognizableVisualFeatures == "NO"
        assert "113102" in [item.CodeValue for item in data.DeidentificationMethodCodeSequence]
    assert faces > 200
    assert brains > 10_000
    report = json.loads((tmp_path / "out" / "deidentification.json").read_text())
    assert any(row["action"] == "defaced" for row in report["changes"])
    assert any("Quickshear" in note for note in report["notes"])


def test_a_head_that_does_not_say_where_it_lies_is_refused(tmp_path: Path) -> None:
    nowhere = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
    make_ct_series(tmp_path / "in", slices=12, attributes={"BodyPartExamined": "HEAD", **nowhere})
    with pytest.raises(BadInput, match="may show a face"):
        deidentify_paths([tmp_path / "in"], tmp_path / "out", options=[ProfileOption.DEFACE], workers=1)
    assert not (tmp_path / "out").exists()


def test_a_thin_series_is_cut_as_the_other_of_its_frame_of_reference(tmp_path: Path) -> None:
    write_head(tmp_path / "in" / "volume", FrameOfReferenceUID="1.2.3")
    thin = make_ct_series(
        tmp_path / "in" / "scout",
        slices=1,
        rows=60,
        columns=60,
        name="scout",
        spacing_mm=(4.0, 4.0, 4.0),
        orientation=(0, 1, 0, 0, 0, -1),
        origin_lps_mm=(0.0, -126.0, 140.0),
        attributes={"BodyPartExamined": "HEAD", "FrameOfReferenceUID": "1.2.3"},
    )
    options = [ProfileOption.DEFACE, ProfileOption.RETAIN_UIDS]
    deidentify_paths([tmp_path / "in"], tmp_path / "out", options=options, workers=1)
    (made,) = (tmp_path / "out").rglob(f"{thin.series_uid}/*.dcm")
    assert (dcmread(made).pixel_array != dcmread(thin.files[0]).pixel_array).any()
    scout_alone = tmp_path / "alone"
    with pytest.raises(BadInput, match="may show a face"):
        deidentify_paths([thin.folder], scout_alone, options=options, workers=1)


def test_a_chest_is_left_as_it_is(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "in", attributes={"BodyPartExamined": "CHEST"})
    deidentify_paths([made.folder], tmp_path / "out", options=[ProfileOption.DEFACE], workers=1)
    (one, *_) = (tmp_path / "out").rglob("*.dcm")
    assert "RecognizableVisualFeatures" not in dcmread(one)
    assert any(dcmread(path).PixelData == dcmread(one).PixelData for path in made.files)


def test_a_plane_tells_the_pixels_before_it(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path, slices=1, tilt_deg=12.0, orientation=(0.6, 0.8, 0, 0, 0, -1))
    header = read_header(str(made.files[0]))
    assert isinstance(header, Instance)
    normal = np.array([0.0, -0.8, -0.6])
    expected = places(Frame(header)) @ normal
    plane = FacePlane((0.0, -0.8, -0.6), float(np.median(expected)))
    assert np.array_equal(plane.before(Frame(header)), expected > plane.offset_mm)
