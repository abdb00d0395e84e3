"""Parametric maps and value maps give the values that they were made of."""

import shutil
import subprocess

import numpy as np
import pytest
from pydicom.dataset import Dataset

from core.coded_concept import CodedConcept
from core.errors import BadInput
from imaging.derived_contents import contents_of
from imaging.parametric_maps import ParametricMap, read_parametric_map, write_parametric_map
from imaging.reference_series import reference_series
from imaging.value_maps import read_value_maps, value_map_of
from tests.dicom_factory import make_ct_series

DIFFUSION = CodedConcept("mm2/s", "UCUM", "square millimeter per second")


@pytest.fixture(params=[{}, {"tilt_deg": 10.0}, {"gaps": (2,)}])
def images(request, tmp_path):
    return reference_series(
        None, str(make_ct_series(tmp_path / "ct", **{"slices": 7, **request.param}).folder)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_map_comes_back_as_it_was_written(images, tmp_path, dtype):
    ni, nj, nk = images.geometry.shape_ijk
    values = np.random.default_rng(5).normal(1e-3, 5e-4, (nk, nj, ni)).astype(dtype)
    made = ParametricMap(images.geometry, values, DIFFUSION, "ADC")
    write_parametric_map(tmp_path / "pm.dcm", made, images.headers())
    read = read_parametric_map(tmp_path / "pm.dcm")
    empty = np.isnan(read.values).all(axis=(1, 2))  # where the stack has a hole
    np.testing.assert_array_equal(read.values[~empty], values)
    assert read.values.dtype == dtype
    assert (read.unit, read.label) == (DIFFUSION, "ADC")
    np.testing.assert_allclose(
        read.geometry.positions_lps_mm[~empty], images.geometry.positions_lps_mm, atol=1e-4
    )
    assert len(read.references) == nk
    assert contents_of(tmp_path / "pm.dcm")["unit"] == DIFFUSION.to_json()


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
def test_the_validator_finds_no_error(images, tmp_path):
    ni, nj, nk = images.geometry.shape_ijk
    values = np.linspace(0, 1, nk * nj * ni, dtype=np.float32).reshape(nk, nj, ni)
    path = tmp_path / "pm.dcm"
    write_parametric_map(path, ParametricMap(images.geometry, values, DIFFUSION, "ADC"), images.headers())
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []


def test_a_line_and_a_table_map_their_range_only():
    item = Dataset()
    item.RealWorldValueFirstValueMapped, item.RealWorldValueLastValueMapped = 10, 12
    item.RealWorldValueSlope, item.RealWorldValueIntercept = 0.5, -1.0
    stored = np.array([9, 10, 12, 13])
    np.testing.assert_array_equal(value_map_of(item).apply(stored), [np.nan, 4.0, 5.0, np.nan])
    del item.RealWorldValueSlope
    item.RealWorldValueLUTData = [7.0, 8.0, 9.5]
    np.testing.assert_array_equal(value_map_of(item).apply(stored), [np.nan, 7.0, 9.5, np.nan])
    item.RealWorldValueLUTData = [7.0]
    with pytest.raises(ValueError, match="length"):
        value_map_of(item)


def test_an_image_is_neither(tmp_path):
    made = make_ct_series(tmp_path / "ct", slices=1)
    for read in (read_parametric_map, read_value_maps):
        with pytest.raises(BadInput, match=r"\.dcm"):
            read(made.files[0])
