"""Colour volumes and volumes of unknown place are written so that others understand them."""

import nibabel as nib
import nrrd
import numpy as np
import pytest
import SimpleITK

from core.provenance import Provenance
from core.volume import Volume
from imaging.volume_files import write_metaimage, write_nifti, write_nrrd

PROVENANCE = Provenance("test", ("1.2.3",), {}, "copy")
AFFINE = np.array([[0.5, 0, 0, 1], [0, 0.75, 0, 2], [0, 0, 3.0, -4], [0, 0, 0, 1]])


@pytest.fixture
def colour():
    voxels = np.random.default_rng(3).integers(0, 256, (2, 4, 5, 3), dtype=np.uint8)
    return Volume(voxels, AFFINE)


def test_colour_in_nifti(colour, tmp_path):
    write_nifti(tmp_path / "a.nii", colour, PROVENANCE)
    found = np.asarray(nib.load(tmp_path / "a.nii").dataobj)
    assert found.dtype.names == ("R", "G", "B")
    for channel, name in enumerate("RGB"):
        np.testing.assert_array_equal(found[name].T, colour.voxels[..., channel])


def test_colour_in_nrrd(colour, tmp_path):
    write_nrrd(tmp_path / "a.nrrd", colour, PROVENANCE)
    found, header = nrrd.read(str(tmp_path / "a.nrrd"), index_order="C")
    np.testing.assert_array_equal(found, colour.voxels)
    assert header["kinds"] == ["RGB-color", "domain", "domain", "domain"]
    np.testing.assert_allclose(header["space directions"][1:].T, AFFINE[:3, :3])


def test_colour_in_metaimage(colour, tmp_path):
    write_metaimage(tmp_path / "a.mha", colour, PROVENANCE)
    image = SimpleITK.ReadImage(str(tmp_path / "a.mha"))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), colour.voxels)
    assert image.GetOrigin() == (1, 2, -4)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float32])
def test_every_type_keeps_its_values(dtype, tmp_path):
    volume = Volume((np.arange(60).reshape(3, 4, 5) * 4).astype(dtype), AFFINE)
    write_nifti(tmp_path / "a.nii.gz", volume, PROVENANCE)
    write_nrrd(tmp_path / "a.nrrd", volume, PROVENANCE)
    write_metaimage(tmp_path / "a.mha", volume, PROVENANCE)
    nifti = np.asarray(nib.load(tmp_path / "a.nii.gz").dataobj).T
    meta = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "a.mha")))
    for found in (nifti, nrrd.read(str(tmp_path / "a.nrrd"), index_order="C")[0], meta):
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, volume.voxels)


def test_an_unknown_place_is_not_claimed(tmp_path):
    volume = Volume(np.zeros((2, 3, 4), np.int16), AFFINE, lps_known=False)
    write_nifti(tmp_path / "a.nii", volume, PROVENANCE)
    header = nib.load(tmp_path / "a.nii").header
    assert (int(header["sform_code"]), int(header["qform_code"])) == (0, 0)
    write_nrrd(tmp_path / "a.nrrd", volume, PROVENANCE)
    assert "space" not in nrrd.read_header(str(tmp_path / "a.nrrd"))
