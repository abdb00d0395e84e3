"""Calibrated regions of ultrasound pictures."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UltrasoundImageStorage

from core.library import Library
from imaging.importing import import_paths
from imaging.ultrasound_regions import common_spacing_ij_mm, distance_mm, read_regions
from tests.dicom_factory import make_ct_series
from tests.enhanced_factory import item


def _region(x0: int, y0: int, x1: int, y1: int, **changes: float) -> Dataset:
    region = item(
        RegionSpatialFormat=1,
        RegionDataType=1,
        RegionFlags=0,
        RegionLocationMinX0=x0,
        RegionLocationMinY0=y0,
        RegionLocationMaxX1=x1,
        RegionLocationMaxY1=y1,
        PhysicalUnitsXDirection=3,
        PhysicalUnitsYDirection=3,
        PhysicalDeltaX=0.02,
        PhysicalDeltaY=-0.03,
    )
    for keyword, value in changes.items():
        setattr(region, keyword, value)
    return region


def _picture(*regions: Dataset) -> Dataset:
    return item(SequenceOfUltrasoundRegions=list(regions))


def test_a_distance_within_a_region() -> None:
    regions = read_regions(_picture(_region(10, 10, 109, 109)))
    assert regions[0].spacing_ij_mm == pytest.approx((0.2, 0.3))
    assert distance_mm(regions, (20, 20), (50, 60)) == pytest.approx((6.0**2 + 12.0**2) ** 0.5)
    assert distance_mm(regions, (5, 20), (50, 60)) is None


def test_the_smaller_region_counts_and_a_spectrum_is_no_length() -> None:
    spectrum = _region(
        40, 40, 60, 60, RegionSpatialFormat=3, PhysicalUnitsXDirection=4, PhysicalUnitsYDirection=7
    )
    regions = read_regions(_picture(_region(0, 0, 99, 99), spectrum))
    assert distance_mm(regions, (45, 45), (55, 55)) is None
    assert distance_mm(regions, (10, 45), (55, 45)) == pytest.approx(9.0)
    assert common_spacing_ij_mm(regions) == pytest.approx((0.2, 0.3))


def test_regions_that_disagree_give_no_spacing() -> None:
    regions = read_regions(_picture(_region(0, 0, 49, 49), _region(50, 0, 99, 49, PhysicalDeltaX=0.05)))
    assert common_spacing_ij_mm(regions) is None
    assert distance_mm(regions, (60, 10), (70, 10)) == pytest.approx(5.0)
    assert distance_mm(regions, (40, 10), (70, 10)) is None


def test_a_region_that_is_not_complete_is_left_out() -> None:
    broken = _region(0, 0, 9, 9)
    del broken.PhysicalDeltaX
    assert read_regions(_picture(broken)) == ()
    assert read_regions(Dataset()) == ()


def test_the_spacing_of_an_imported_picture(library: Library, tmp_path: Path) -> None:
    attributes = {
        "SOPClassUID": UltrasoundImageStorage,
        "Modality": "US",
        "PixelSpacing": None,
        "SequenceOfUltrasoundRegions": [_region(0, 0, 15, 19)],
    }
    made = make_ct_series(tmp_path / "us", slices=1, attributes=attributes)
    (series,) = import_paths(library, [made.folder]).series
    assert series.geometry is not None
    assert series.geometry.spacing_known
    assert series.geometry.spacing_mm[:2] == pytest.approx((0.2, 0.3))
