"""Maps of other programs hold the values of their references."""

import zipfile

import nrrd
import numpy as np
import pytest

from core.coded_concept import CodedConcept
from imaging.parametric_maps import ParametricMap, read_parametric_map, write_parametric_map
from imaging.reference_series import reference_series
from imaging.value_maps import read_value_maps

pytestmark = pytest.mark.corpus


def test_a_map_equals_the_volume_it_was_made_of(corpus, tmp_path):
    folder = corpus / "dicom-objects" / "dcmqi" / "paramaps"
    with zipfile.ZipFile(folder / "pm-example-dcm.zip") as archive:
        archive.extractall(tmp_path / "images")
    images = reference_series(None, str(tmp_path / "images"))
    voxels, header = nrrd.read(str(folder / "pm-example-float.nrrd"))
    unit = CodedConcept("um2/s", "UCUM", "square micrometer per second")
    made = ParametricMap(images.geometry, np.ascontiguousarray(voxels.T), unit, "ADC")
    write_parametric_map(tmp_path / "pm.dcm", made, images.headers())
    read = read_parametric_map(tmp_path / "pm.dcm")
    np.testing.assert_array_equal(read.values, voxels.T)
    np.testing.assert_allclose(read.geometry.positions_lps_mm[0], header["space origin"], atol=1e-3)
    directions = np.array(header["space directions"], float).T
    np.testing.assert_allclose(read.geometry.lps_from_ijk[:3, :3], directions, atol=1e-3)


def test_a_standardised_uptake_value(corpus):
    (mapping,) = read_value_maps(corpus / "dicom-objects" / "dcmqi" / "sr-example" / "rwvm.dcm")
    assert mapping.unit.value == "{SUVbw}g/ml"
    assert len(mapping.images) > 1
    np.testing.assert_allclose(mapping.apply(np.array([0, 1000, 27674])), [0, 0.375125, 10.3812], rtol=1e-4)
