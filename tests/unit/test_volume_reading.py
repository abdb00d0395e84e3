"""Reading volume files: the same voxels in the same place, whatever the file's frame."""

import nibabel as nib
import nrrd
import numpy as np
import pytest
import SimpleITK

from core.errors import BadInput
from core.provenance import Provenance
from core.volume import Volume
from imaging.volume_files import write_metaimage, write_nifti, write_nrrd
from imaging.volume_reading import read_volume
from tests.rotations import rotation

PLACE = Provenance("test", (), {}, "none")


def turned_volume(dtype=np.int16):
    affine = np.eye(4)
    affine[:3, :3] = rotation((20, -35, 50)) * [0.7, 0.9, 2.5]
    affine[:3, 3] = [12.0, -30.5, 7.25]
    voxels = np.random.default_rng(1).integers(0, 200, (4, 5, 6)).astype(dtype)
    return Volume(voxels, affine)


@pytest.mark.parametrize(
    ("suffix", "write", "frame"),
    [
        (".nii.gz", write_nifti, np.diag([-1, -1, 1, 1])),
        (".nrrd", write_nrrd, np.eye(4)),
        (".mha", write_metaimage, np.eye(4)),
    ],
)
def test_a_volume_comes_back_in_its_place_with_the_frame_of_its_file(tmp_path, suffix, write, frame):
    volume = turned_volume()
    path = tmp_path / f"volume{suffix}"
    write(path, volume, PLACE)
    read = read_volume(path, suffix)
    np.testing.assert_array_equal(read.volume.voxels, volume.voxels)
    assert read.volume.voxels.dtype == volume.voxels.dtype
    np.testing.assert_allclose(read.volume.lps_from_ijk, volume.lps_from_ijk, atol=1e-5)
    np.testing.assert_array_equal(read.frame_from_lps, frame)


def test_the_space_of_an_nrrd_is_the_frame(tmp_path):
    path = tmp_path / "ras.nrrd"
    header = {
        "space": "right-anterior-superior",
        "space directions": np.eye(3),
        "space origin": [1.0, 2.0, 3.0],
    }
    nrrd.write(str(path), np.zeros((2, 3, 4), np.int16), header)
    read = read_volume(path, ".nrrd")
    np.testing.assert_array_equal(read.frame_from_lps, np.diag([-1, -1, 1, 1]))
    np.testing.assert_array_equal(read.volume.lps_from_ijk[:3, 3], [-1, -2, 3])


@pytest.mark.parametrize(
    ("stored", "kept"),
    [(">i2", np.int16), ("i1", np.int16), ("i4", np.float32), (">f8", np.float32), ("u1", np.uint8)],
)
def test_values_keep_their_size_in_a_type_of_the_kernels(tmp_path, stored, kept):
    path = tmp_path / "a.nii"
    values = np.arange(24).reshape(2, 3, 4).astype(stored)
    image = nib.Nifti1Image(values, np.eye(4), dtype=stored)
    nib.save(image, path)
    voxels = read_volume(path, ".nii").volume.voxels
    assert voxels.dtype == kept
    np.testing.assert_array_equal(voxels, values.T)


def test_what_is_no_number_becomes_the_lowest_value(tmp_path):
    path = tmp_path / "a.nii"
    values = np.array([np.nan, -2, 5, np.inf, -np.inf, 0, 1, 2], np.float32).reshape(2, 2, 2)
    nib.save(nib.Nifti1Image(values, np.eye(4)), path)
    voxels = read_volume(path, ".nii").volume.voxels
    np.testing.assert_array_equal(voxels.T.ravel(), [-2, -2, 5, 5, -2, 0, 1, 2])


def test_of_several_volumes_the_first_is_read_and_that_is_said(tmp_path):
    path = tmp_path / "a.nii.gz"
    values = np.arange(48, dtype=np.int16).reshape(2, 3, 4, 2)
    nib.save(nib.Nifti1Image(values, np.eye(4)), path)
    read = read_volume(path, ".nii.gz")
    np.testing.assert_array_equal(read.volume.voxels, values[..., 0].T)
    assert "2 volumes" in str(read.notes[0])


def test_colours_of_a_metaimage(tmp_path):
    path = tmp_path / "a.mha"
    rgb = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(rgb, isVector=True), str(path))
    np.testing.assert_array_equal(read_volume(path, ".mha").volume.voxels, rgb)


@pytest.mark.parametrize("suffix", [".nii.gz", ".nii", ".nrrd", ".mha"])
@pytest.mark.parametrize("content", [b"", b"no volume at all", bytes(1000)])
def test_damage_is_one_sentence_that_names_the_file(tmp_path, suffix, content, capfd):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="broken"):
        read_volume(path, suffix)
    assert capfd.readouterr().err == ""
