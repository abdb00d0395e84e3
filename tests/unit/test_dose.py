"""RT dose: values in gray at the right place, tied to the images, and refused where it says too little."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from core.dose import Dose, DoseType
from core.errors import BadInput
from core.library import Library
from core.slice_geometry import GeometryKind
from imaging.dose_reading import read_dose
from imaging.importing import import_paths
from imaging.index import StudyIndex
from tests.dicom_factory import SAGITTAL, make_ct_series, uid
from tests.dose_factory import SCALING_GY, dose_values, make_dose, make_plan

HEAD_FIRST_PRONE = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
FEET_FIRST_SUPINE = (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
POSITION = (-95.0, -75.0, 42.0)


def _at(dose: Dose, point_lps_mm: Any) -> float:
    i, j, k = np.rint((dose.volume.ijk_from_lps @ [*point_lps_mm, 1.0])[:3]).astype(int)
    return float(dose.volume.voxels[k, j, i])


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_values_are_in_gray(tmp_path: Path, syntax: str) -> None:
    path = make_dose(tmp_path / "dose.dcm", transfer_syntax=syntax)
    dose = read_dose(path)
    expected = dose_values(4, 7, 5) * SCALING_GY
    np.testing.assert_allclose(dose.volume.voxels, expected, rtol=1e-6)
    assert (dose.type, dose.summation, dose.relative) == (DoseType.PHYSICAL, "PLAN", False)
    assert dose.volume.unit == "Gy"
    assert dose.maximum == pytest.approx(expected.max(), rel=1e-6)
    assert dose.volume.spacing_mm == pytest.approx((2.5, 2.0, 3.0))
    assert dose.references[0].sop_uid == uid("plan", "study")


@pytest.mark.parametrize(
    ("orientation", "offsets", "second_mm"),
    [
        ((1, 0, 0, 0, 1, 0), (0.0, 3.0, 6.0), (-95.0, -75.0, 45.0)),
        ((1, 0, 0, 0, 1, 0), (0.0, -3.0, -6.0), (-95.0, -75.0, 39.0)),
        ((1, 0, 0, 0, 1, 0), (42.0, 45.0, 48.0), (-95.0, -75.0, 45.0)),
        (HEAD_FIRST_PRONE, (42.0, 45.0, 48.0), (-95.0, -75.0, 45.0)),
        (FEET_FIRST_SUPINE, (0.0, 3.0, 6.0), (-95.0, -75.0, 39.0)),  # along the normal, which points down
        (FEET_FIRST_SUPINE, (42.0, 45.0, 48.0), (-95.0, -75.0, 45.0)),  # z itself, wherever the normal points
        (SAGITTAL, (0.0, 3.0, 6.0), (-98.0, -75.0, 42.0)),
    ],
)
def test_offsets_count_from_the_first_frame_or_are_z(
    tmp_path: Path, orientation: tuple[float, ...], offsets: tuple[float, ...], second_mm: tuple[float, ...]
) -> None:
    dose = read_dose(make_dose(tmp_path / "dose.dcm", orientation=orientation, offsets=offsets))
    values = dose_values(3, 7, 5) * SCALING_GY
    assert _at(dose, POSITION) == pytest.approx(values[0, 0, 0], rel=1e-6)
    assert _at(dose, second_mm) == pytest.approx(values[1, 0, 0], rel=1e-6)
    along_row = np.array(POSITION) + 2.5 * np.array(orientation[:3])
    assert _at(dose, along_row) == pytest.approx(values[0, 0, 1], rel=1e-6)


def test_uneven_planes_are_interpolated_by_their_place(tmp_path: Path) -> None:
    dose = read_dose(make_dose(tmp_path / "dose.dcm", offsets=(0.0, 2.0, 4.0, 9.0, 14.0)))
    values = dose_values(5, 7, 5) * SCALING_GY
    k = np.arange(dose.volume.shape_ijk[2])
    depths = dose.volume.lps_from_ijk[2, 3] + k * dose.volume.lps_from_ijk[2, 2] - POSITION[2]
    expected = np.interp(depths, (0.0, 2.0, 4.0, 9.0, 14.0), values[:, 0, 0])
    np.testing.assert_allclose(dose.volume.voxels[:, 0, 0], expected, rtol=2e-2)
    assert any("spacing varies" in str(warning) for warning in dose.warnings)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"DoseUnits": None}, "no known unit"),
        ({"DoseUnits": "CGY"}, "no known unit"),
        ({"DoseGridScaling": None}, "without a scaling"),
        ({"GridFrameOffsetVector": [40.0, 43.0, 46.0, 49.0]}, "where its dose lies"),
        ({"GridFrameOffsetVector": [0.0, 3.0, 6.0]}, "where its dose lies"),
        ({"ImagePositionPatient": None}, "where its dose lies"),
        ({"PixelSpacing": None}, "where its dose lies"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2"}, "is no RT dose"),
        ({"PixelData": b"\0" * 8}, "fewer pixels"),
    ],
)
def test_what_says_too_little_is_refused(tmp_path: Path, attributes: dict[str, Any], reason: str) -> None:
    path = make_dose(tmp_path / "dose.dcm", attributes=attributes)
    with pytest.raises(BadInput, match=reason):
        read_dose(path)


def test_z_offsets_of_slanted_frames_are_refused(tmp_path: Path) -> None:
    path = make_dose(tmp_path / "dose.dcm", orientation=SAGITTAL, offsets=(42.0, 45.0, 48.0))
    with pytest.raises(BadInput, match="where its dose lies"):
        read_dose(path)


def test_relative_dose_has_no_unit() -> None:
    path = Path(str(get_testdata_file("rtdose.dcm")))  # comes with pydicom
    dose = read_dose(path)
    stored = dcmread(path)
    assert (dose.relative, dose.volume.unit) == (True, "")
    np.testing.assert_allclose(
        dose.volume.voxels, stored.pixel_array * float(stored.DoseGridScaling), rtol=1e-6
    )
    for other in ("rtdose_rle.dcm", "rtdose_expb.dcm"):
        same = read_dose(Path(str(get_testdata_file(other))))
        np.testing.assert_array_equal(same.volume.voxels, dose.volume.voxels)


def test_a_dose_is_listed_with_its_images(library: Library, tmp_path: Path) -> None:
    frame = {"FrameOfReferenceUID": uid("frame of reference", "study")}
    ct = make_ct_series(tmp_path / "in" / "ct", name="ct", attributes=frame)
    make_dose(tmp_path / "in" / "dose.dcm")
    make_plan(tmp_path / "in" / "plan.dcm")
    result = import_paths(library, [tmp_path / "in"])
    dose = next(series for series in result.series if series.modality == "RTDOSE")
    assert (dose.unit, dose.warnings) == ("Gy", ())
    assert dose.geometry is not None
    assert dose.geometry.kind is GeometryKind.UNIFORM
    assert dose.geometry.shape_ijk == (5, 7, 4)
    plan = next(series for series in result.series if series.modality == "RTPLAN")
    with StudyIndex.open(library) as index:
        assert [series.modality for series in index.derived(ct.series_uid)] == ["RTDOSE"]
        assert [series.modality for series in index.derived(plan.series_uid)] == ["RTDOSE"]
        assert index.derived(dose.series_uid) == []


def test_doses_of_one_series_are_volumes_of_their_own(library: Library, tmp_path: Path) -> None:
    for number, offsets in enumerate(((0.0, 3.0, 6.0), (0.0, 4.0, 8.0, 12.0)), start=1):
        attributes = {"SOPInstanceUID": uid(number), "InstanceNumber": number}
        make_dose(tmp_path / "in" / f"{number}.dcm", offsets=offsets, attributes=attributes)
    parts = import_paths(library, [tmp_path / "in"]).series
    assert {part.part: part.geometry and part.geometry.shape_ijk[2] for part in parts} == {
        "dose 1": 3,
        "dose 2": 4,
    }
