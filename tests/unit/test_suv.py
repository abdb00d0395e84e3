"""Standardised uptake values: by hand, and refused where the header does not allow them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from core.context import Context
from core.errors import BadInput
from core.library import Library
from imaging.importing import import_paths
from imaging.series_command import SeriesOptions, series_command
from imaging.suv import SuvKind, suv_factor
from tests.dicom_factory import make_ct_series
from tests.enhanced_factory import item

HALF_LIFE_S = 6586.2


def _pet(**changes: object) -> Dataset:
    data = item(
        Modality="PT",
        Units="BQML",
        CorrectedImage=["NORM", "ATTN", "SCAT", "DECY"],
        DecayCorrection="START",
        SeriesDate="20260102",
        SeriesTime="110000",
        AcquisitionDate="20260102",
        AcquisitionTime="110000.00",
        PatientWeight=70.0,
        PatientSize=1.75,
        PatientSex="F",
        RadiopharmaceuticalInformationSequence=[_drug()],
    )
    for keyword, value in changes.items():
        if value is None:
            delattr(data, keyword)
        else:
            setattr(data, keyword, value)
    return data


def _drug(start: str = "100000.0") -> Dataset:
    return item(
        RadionuclideTotalDose=370e6, RadionuclideHalfLife=HALF_LIFE_S, RadiopharmaceuticalStartTime=start
    )


LEFT_AFTER_AN_HOUR = 370e6 * 2 ** (-3600 / HALF_LIFE_S)


def test_the_three_kinds_of_an_hour_after_injection() -> None:
    body, lean, surface = (suv_factor(_pet(), kind) for kind in SuvKind)
    assert body.factor == pytest.approx(70000 / LEFT_AFTER_AN_HOUR)
    assert lean.factor == pytest.approx((1.07 * 70 - 148 * (70 / 175) ** 2) * 1000 / LEFT_AFTER_AN_HOUR)
    assert surface.factor == pytest.approx(1e4 * 0.007184 * 70**0.425 * 175**0.725 / LEFT_AFTER_AN_HOUR)
    assert [found.unit for found in (body, lean, surface)] == ["g/ml", "g/ml", "cm2/ml"]
    male = suv_factor(_pet(PatientSex="M"), SuvKind.LEAN_BODY_MASS)
    assert male.factor == pytest.approx((1.10 * 70 - 128 * (70 / 175) ** 2) * 1000 / LEFT_AFTER_AN_HOUR)


def _body_weight(data: Dataset) -> float:
    return suv_factor(data, SuvKind.BODY_WEIGHT).factor


def test_a_dose_corrected_to_its_administration_does_not_decay() -> None:
    assert _body_weight(_pet(DecayCorrection="ADMIN")) == pytest.approx(70000 / 370e6)


def test_an_injection_before_midnight() -> None:
    night = _pet(SeriesTime="003000", AcquisitionTime="003000")
    night.RadiopharmaceuticalInformationSequence = [_drug("233000")]
    assert _body_weight(night) == pytest.approx(70000 / LEFT_AFTER_AN_HOUR)


def test_a_series_made_later_takes_the_time_of_the_scan() -> None:
    later = _pet(SeriesTime="150000")
    later.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20260102110000.00")
    assert _body_weight(later) == pytest.approx(70000 / LEFT_AFTER_AN_HOUR)
    derived = _pet(SeriesTime="150000", AcquisitionTime="112000")
    # A short frame whose middle is 20 minutes and 5 seconds after the reference time.
    derived.FrameReferenceTime, derived.ActualFrameDuration = 1205000, 10000
    assert _body_weight(derived) == pytest.approx(70000 / LEFT_AFTER_AN_HOUR, rel=1e-6)


def test_values_that_are_uptake_values_already() -> None:
    assert _body_weight(_pet(Units="GML", PatientWeight=None)) == 1.0
    surface = suv_factor(_pet(Units="GML"), SuvKind.BODY_SURFACE)
    assert surface.factor == pytest.approx(1e4 * 0.007184 * 70**0.425 * 175**0.725 / 70000)
    with pytest.raises(BadInput, match="SUVType"):
        _body_weight(_pet(Units="GML", SUVType="LBM"))


def test_counts_of_philips() -> None:
    counts = _pet(Units="CNTS")
    with pytest.raises(BadInput, match="7053,1000"):
        _body_weight(counts)
    block = counts.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x09, "DS", "2.5")
    assert _body_weight(counts) == pytest.approx(2.5 * 70000 / LEFT_AFTER_AN_HOUR)
    block.add_new(0x00, "DS", "0.0005")
    assert _body_weight(counts) == pytest.approx(0.0005)


@pytest.mark.parametrize(
    ("named", "change"),
    [
        ("PatientWeight", lambda data: delattr(data, "PatientWeight")),
        ("PatientWeight", lambda data: setattr(data, "PatientWeight", 0)),
        ("Units", lambda data: setattr(data, "Units", "PROPCPS")),
        ("CorrectedImage", lambda data: setattr(data, "CorrectedImage", ["DECY"])),
        ("DecayCorrection", lambda data: setattr(data, "DecayCorrection", "NONE")),
        ("RadiopharmaceuticalInformationSequence", lambda data: _without_drug(data)),
        ("RadionuclideTotalDose", lambda data: _clear(data, "RadionuclideTotalDose")),
        ("RadionuclideHalfLife", lambda data: _clear(data, "RadionuclideHalfLife")),
        ("RadiopharmaceuticalStartTime", lambda data: _clear(data, "RadiopharmaceuticalStartTime")),
        ("SeriesTime", lambda data: setattr(data, "SeriesTime", "")),
    ],
)
def test_what_is_missing_is_named(named: str, change: Callable[[Dataset], None]) -> None:
    data = _pet()
    change(data)
    with pytest.raises(BadInput, match=named):
        _body_weight(data)


def _without_drug(data: Dataset) -> None:
    data.RadiopharmaceuticalInformationSequence = []


def _clear(data: Dataset, keyword: str) -> None:
    delattr(data.RadiopharmaceuticalInformationSequence[0], keyword)


def test_the_command_tells_values_and_refusals(library: Library, tmp_path: Path) -> None:
    stated = {element.keyword: element.value for element in _pet(PatientSize=None)}
    made = make_ct_series(tmp_path / "pet", slices=2, attributes=stated)
    import_paths(library, [made.folder])
    suv = series_command(Context(library), SeriesOptions(made.series_uid)).to_json()["suv"]
    assert suv["bw"] == {"factor": pytest.approx(70000 / LEFT_AFTER_AN_HOUR), "unit": "g/ml"}
    assert "PatientSize" in suv["lbm"]["refused"]
    assert "PatientSize" in suv["bsa"]["refused"]
