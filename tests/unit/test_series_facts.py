"""What the files of a series tell beyond the voxels, and what values and lengths are then told as."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import PositronEmissionTomographyImageStorage, UltrasoundMultiFrameImageStorage

from core.errors import BadInput
from core.library import Library
from core.plane import Plane
from core.series import Series
from core.settings import Settings
from core.volume import Volume
from imaging.acquisition_facts import stated_frames_per_second
from imaging.importing import import_paths
from imaging.ultrasound_regions import read_regions
from tests.dicom_factory import make_ct_series
from tests.enhanced_factory import item
from viewers.overlay import probe, window_message
from viewers.quantity import STORED, Quantity, uptake_quantities
from viewers.region_scale import region_place, region_scale_bar, spacing_at
from viewers.series_facts import SeriesFacts, find_facts, has_facts
from viewers.viewer_document import ViewerDocument
from viewers.window_level import Window

HALF_LIFE_S = 6586.2
FACTOR = 70000 / (370e6 * 2 ** (-3600 / HALF_LIFE_S))
PET = Series("1.2", "1.1", "", "PT", "Whole body", "3", 12, None, window=(5000.0, 10000.0), unit="Bq/ml")


def make_pet_series(folder: Path) -> tuple[Path, ...]:
    """A PET series of an hour after injection."""
    made = make_ct_series(
        folder,
        name="pet",
        slices=3,
        attributes={
            "SOPClassUID": PositronEmissionTomographyImageStorage,
            "Modality": "PT",
            "Units": "BQML",
            "CorrectedImage": ["ATTN", "DECY"],
            "DecayCorrection": "START",
            "SeriesDate": "20260102",
            "SeriesTime": "110000",
            "AcquisitionDate": "20260102",
            "AcquisitionTime": "110000",
            "PatientWeight": 70.0,
            "RadiopharmaceuticalInformationSequence": [
                item(
                    RadionuclideTotalDose=370e6,
                    RadionuclideHalfLife=HALF_LIFE_S,
                    RadiopharmaceuticalStartTime="100000",
                )
            ],
        },
    )
    return made.files


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


def _quantities(library: Library, folder: Path) -> dict[str, Quantity]:
    (series,) = import_paths(library, [folder]).series
    assert has_facts(series)
    return {quantity.id: quantity for quantity in find_facts(library, series).quantities}


def test_uptake_values_of_a_series_and_why_some_are_refused(library: Library, tmp_path: Path) -> None:
    make_pet_series(tmp_path / "pet")
    found = _quantities(library, tmp_path / "pet")
    assert found["suv-bw"].factor == pytest.approx(FACTOR)
    assert found["suv-bw"].unit == "g/ml"
    for refused in ("suv-lbm", "suv-bsa"):
        assert "PatientSize" in str(found[refused].refusal)


def test_images_that_differ_in_their_dose_have_no_uptake_value(library: Library, tmp_path: Path) -> None:
    last = make_pet_series(tmp_path / "pet")[-1]
    data = pydicom.dcmread(last)
    data.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = 300e6
    data.save_as(last)
    assert "differ" in str(_quantities(library, tmp_path / "pet")["suv-bw"].refusal)


def _pet_document(settings: Settings) -> ViewerDocument:
    document = ViewerDocument(settings)
    volume = Volume(np.full((3, 4, 4), 20000, np.uint16), np.eye(4), "Bq/ml")
    document.open(volume, PET, None)
    return document


SUV_BW = Quantity("suv-bw", STORED.title, "SUVbw", "g/ml", 1e-3)
REFUSED = Quantity("suv-lbm", STORED.title, "SUVlbm", refusal=STORED.title)


def test_pet_values_are_told_as_body_weight_uptake_at_first(settings: Settings) -> None:
    document = _pet_document(settings)
    found = probe(document.volume, np.array([1.0, 1, 1]), quantity=document.quantity)
    assert found.value_text == "20000 Bq/ml"
    document.take_facts(SeriesFacts((SUV_BW, REFUSED)))
    found = probe(document.volume, np.array([1.0, 1, 1]), quantity=document.quantity)
    assert found.value_text == "SUVbw 20 g/ml"
    assert str(window_message(document.state, document.quantity)) == "SUVbw W 10 C 5"


def test_the_choice_is_remembered_and_a_refused_one_says_why(settings: Settings) -> None:
    document = _pet_document(settings)
    document.take_facts(SeriesFacts((SUV_BW, REFUSED)))
    with pytest.raises(BadInput, match="Stored values"):
        document.choose_quantity("suv-lbm")
    document.choose_quantity("stored")
    assert document.quantity is STORED
    other = _pet_document(settings)
    other.take_facts(SeriesFacts((SUV_BW,)))
    assert other.quantity is STORED


def test_another_series_begins_with_its_own_values(settings: Settings) -> None:
    document = _pet_document(settings)
    document.take_facts(SeriesFacts((SUV_BW,)))
    document.open(Volume(np.zeros((2, 4, 4), np.int16), np.eye(4)), PET, None)
    assert document.quantity is STORED
    assert document.facts.quantities == ()


def test_an_uptake_window_is_a_window_of_the_stored_values(settings: Settings) -> None:
    document = _pet_document(settings)
    document.choose_preset("suv-5")
    assert document.state.window == Window(5000, 10000)
    document.take_facts(SeriesFacts((SUV_BW,)))
    document.choose_preset("suv-5")
    assert document.state.window == Window(2500, 5000)
    other = _pet_document(settings)
    assert other.state.window == Window(5000, 10000)
    other.take_facts(SeriesFacts((SUV_BW,)))
    assert other.state.window == Window(2500, 5000)


def test_a_window_that_the_user_has_set_is_left_alone(settings: Settings) -> None:
    settings.set("viewer.preset.PT", "suv-5")
    document = _pet_document(settings)
    document.set_window(Window(1, 2))
    document.take_facts(SeriesFacts((SUV_BW,)))
    assert document.state.window == Window(1, 2)


def test_quantities_go_both_ways() -> None:
    quantity = Quantity("q", STORED.title, "Q", "mm", 0.5, -3.0)
    assert quantity.stored(quantity.told(17.0)) == pytest.approx(17.0)
    assert uptake_quantities({}) == ()


# Ultrasound.


def _region(x0: int, y0: int, x1: int, y1: int, delta_cm: float = 0.02) -> Dataset:
    return item(
        RegionSpatialFormat=1,
        RegionLocationMinX0=x0,
        RegionLocationMinY0=y0,
        RegionLocationMaxX1=x1,
        RegionLocationMaxY1=y1,
        PhysicalUnitsXDirection=3,
        PhysicalUnitsYDirection=3,
        PhysicalDeltaX=delta_cm,
        PhysicalDeltaY=delta_cm,
    )


def make_ultrasound(folder: Path, frames: int = 4) -> Path:
    """A loop with two regions of different scale, 40 ms a frame."""
    made = make_ct_series(
        folder,
        name="us",
        slices=1,
        rows=60,
        columns=80,
        attributes={
            "SOPClassUID": UltrasoundMultiFrameImageStorage,
            "Modality": "US",
            "NumberOfFrames": frames,
            "FrameTime": 40.0,
            "SequenceOfUltrasoundRegions": [_region(10, 10, 39, 49), _region(40, 10, 69, 49, 0.05)],
        },
    )
    (path,) = made.files
    data = pydicom.dcmread(path)
    data.PixelData = data.PixelData * frames
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        data.pop(keyword, None)
    data.save_as(path)
    return path


def test_every_frame_of_a_loop_has_the_regions_of_its_file(library: Library, tmp_path: Path) -> None:
    make_ultrasound(tmp_path / "us")
    (series,) = import_paths(library, [tmp_path / "us"]).series
    facts = find_facts(library, series)
    assert facts.frames_per_second == pytest.approx(25.0)
    assert [len(facts.regions_of(k)) for k in (-1, 0, 3, 4)] == [0, 2, 2, 0]


def test_lengths_are_millimetres_within_a_region_and_pixels_elsewhere() -> None:
    regions = read_regions(
        item(SequenceOfUltrasoundRegions=[_region(10, 10, 39, 49), _region(40, 10, 69, 49, 0.05)])
    )
    assert spacing_at(regions, (20, 20)) == pytest.approx((0.2, 0.2))
    assert spacing_at(regions, (50, 20)) == pytest.approx((0.5, 0.5))
    assert spacing_at(regions, (5, 5)) is None
    assert spacing_at(regions, None) is None
    assert spacing_at(regions[:1], None) == pytest.approx((0.2, 0.2))
    assert str(region_place(regions, (20, 15))) == "2.0 mm across, 1.0 mm down in the region"
    assert region_place(regions, (5, 5)) is None


@pytest.mark.parametrize(
    ("right", "down"),
    [((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))],
    ids=["upright", "turned"],
)
def test_the_scale_bar_counts_the_pixels_of_the_picture(right, down) -> None:
    volume = Volume(np.zeros((1, 60, 80), np.uint8), np.eye(4), lps_known=False, spacing_known=False)
    plane = Plane(np.zeros(3), np.array(right), np.array(down), (0.25, 0.25), (400, 400))  # 4 pixels a pixel
    bar = region_scale_bar(volume, plane, None)
    assert (bar.pixels, bar.text) == (pytest.approx(80), "20 px")
    # 0.25 px x 0.2 mm or 0.4 mm a pixel of the screen: 5 mm or 10 mm fit into 100 pixels.
    across, along = (5.0, 0.2) if right[0] else (10.0, 0.4)
    bar = region_scale_bar(volume, plane, (0.2, 0.4))
    assert (bar.pixels, bar.text) == (pytest.approx(across / (0.25 * along)), f"{across:g} mm")


@pytest.mark.parametrize(
    ("attributes", "rate"),
    [
        ({"FrameTime": 33.3}, 1000 / 33.3),
        ({"CineRate": 12, "FrameTime": 33.3}, 12),
        ({"RecommendedDisplayFrameRate": 20, "CineRate": 12}, 20),
        ({"FrameTimeVector": [0, 50, 30]}, 25),
        ({"FrameTime": 0}, None),
        ({}, None),
    ],
)
def test_the_speed_that_a_file_states(attributes, rate) -> None:
    assert stated_frames_per_second(item(**attributes)) == (None if rate is None else pytest.approx(rate))
