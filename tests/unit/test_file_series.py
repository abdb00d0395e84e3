"""Volume files as series."""

import nibabel as nib
import numpy as np
import pytest

from core.errors import BadInput
from core.provenance import Provenance
from core.slice_geometry import RAS_FROM_LPS, GeometryKind
from core.volume import Volume
from imaging.file_series import read_file_series, volume_suffix
from imaging.volume_files import write_metaimage, write_nifti, write_nrrd

_WRITERS = {".nii": write_nifti, ".nii.gz": write_nifti, ".nrrd": write_nrrd, ".mha": write_metaimage}


def oblique(*, mirrored=False):
    turn = np.linalg.qr(np.array([[1, 0.2, 0.1], [-0.3, 1, 0.2], [0.05, 0.1, 1]]))[0]
    turn *= np.sign(np.linalg.det(turn)) * (-1 if mirrored else 1)
    affine = np.eye(4)
    affine[:3, :3] = turn * (0.7, 0.8, 2.5)
    affine[:3, 3] = (-12, 30, 5)
    voxels = np.arange(5 * 6 * 7, dtype=np.int16).reshape(5, 6, 7)
    return Volume(voxels, affine)


def by_place(volume):
    k, j, i = np.indices(volume.voxels.shape).reshape(3, -1)
    places = np.stack([i, j, k], 1) @ volume.lps_from_ijk[:3, :3].T + volume.lps_from_ijk[:3, 3]
    return {
        tuple(np.round(place, 2)): value for place, value in zip(places, volume.voxels.ravel(), strict=True)
    }


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("suffix", list(_WRITERS))
def test_every_voxel_is_where_the_file_says(tmp_path, suffix, mirrored):
    path, volume = tmp_path / f"head{suffix}", oblique(mirrored=mirrored)
    _WRITERS[suffix](path, volume, Provenance("test", (), {}, ""))
    assert volume_suffix(path) == suffix
    found = read_file_series(path)
    assert by_place(found.volume) == by_place(volume)
    geometry = found.series.geometry
    assert geometry.kind is GeometryKind.UNIFORM
    assert np.allclose(geometry.lps_from_ijk, found.volume.lps_from_ijk)
    assert np.allclose(geometry.normal * geometry.spacing_mm[2], geometry.lps_from_ijk[:3, 2], atol=1e-4)
    assert found.series.description == f"head{suffix}"
    assert found.series.value_range == (0, 209)
    assert found.series.series_uid == ""
    assert "is not DICOM" in str(found.warnings[0])


def test_without_a_place_in_the_patient_there_are_no_sides(tmp_path):
    image = nib.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.eye(4))
    image.set_sform(np.eye(4), 0)
    image.set_qform(np.eye(4), 0)
    nib.save(image, tmp_path / "where.nii.gz")
    found = read_file_series(tmp_path / "where.nii.gz")
    assert not found.volume.lps_known
    assert not found.series.geometry.lps_known
    assert "sides are unknown" in str(found.warnings[1])


def test_of_several_volumes_the_first_is_shown_and_said(tmp_path):
    nib.save(nib.Nifti1Image(np.zeros((4, 5, 6, 3), np.int16), RAS_FROM_LPS), tmp_path / "film.nii.gz")
    assert "3 volumes" in str(read_file_series(tmp_path / "film.nii.gz").warnings[1])


def test_slanted_rows_are_refused(tmp_path):
    affine = np.eye(4)
    affine[0, 1] = 0.4
    nib.save(nib.Nifti1Image(np.zeros((4, 5, 6), np.int16), affine), tmp_path / "slanted.nii")
    with pytest.raises(BadInput, match="not perpendicular"):
        read_file_series(tmp_path / "slanted.nii")


def test_a_damaged_file_is_refused_with_its_name(tmp_path):
    (tmp_path / "half.nii.gz").write_bytes(b"\x1f\x8b\x08nothing")
    with pytest.raises(BadInput, match=str(tmp_path / "half.nii.gz")):
        read_file_series(tmp_path / "half.nii.gz")
    assert volume_suffix(tmp_path / "image.dcm") is None
