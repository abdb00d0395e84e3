from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from core.errors import BadInput
from core.library import Library
from core.provenance import Provenance
from core.segmentation import Segment, Segmentation
from core.volume_files import FoundVolume
from imaging.label_map_files import read_label_map
from imaging.volume_access import DiskVolumes
from tests.dicom_factory import make_ct_series

MADE = Provenance("models.run", ("sha256:0",), {"step": 0.5}, "tiles", "organs@1.0")


def labelled(found: FoundVolume) -> Segmentation:
    """Label the voxels over the middle of their range."""
    layer = (found.voxels > np.ptp(found.voxels) / 2 + found.voxels.min()).astype(np.uint8)
    return Segmentation(found.geometry, (layer,), (Segment(1, "Bright"),), provenance=MADE)


@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, 1), (-1, -1, 1), (1, -1, -1)])
@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_a_label_map_has_the_voxels_in_the_order_of_the_file(
    tmp_path: Path, signs: tuple[int, int, int], suffix: str
) -> None:
    affine = np.diag([2.0 * signs[0], 1.5 * signs[1], 3.0 * signs[2], 1.0])
    affine[:3, 3] = -20.0, 7.0, 11.0
    voxels = np.zeros((5, 6, 7), np.int16)
    voxels[1, 2, 3] = voxels[0, 0, 6] = 300
    nib.save(nib.Nifti1Image(voxels, affine), tmp_path / "ct.nii.gz")
    library = Library.open(tmp_path / "library")
    found = DiskVolumes().read(library, str(tmp_path / "ct.nii.gz"))
    assert np.linalg.det(found.geometry.lps_from_ijk[:3, :3]) > 0
    output = tmp_path / f"labels{suffix}"
    assert DiskVolumes().write_labels(library, output, labelled(found), found) == (output,)
    if suffix == ".nii.gz":
        written = nib.load(output)
        assert np.array_equal(np.asarray(written.dataobj), voxels // 300)
        assert np.allclose(written.affine, affine)
    read = read_label_map(output, suffix)
    assert [segment.label for segment in read.segments] == ["Bright"]
    assert np.array_equal(read.layers[0], labelled(found).layers[0])


def test_a_segmentation_object_refers_to_the_series(tmp_path: Path) -> None:
    make_ct_series(tmp_path / "ct")
    library = Library.open(tmp_path / "library")
    found = DiskVolumes().read(library, str(tmp_path / "ct"))
    assert found.modality == "CT"
    output = tmp_path / "labels.dcm"
    DiskVolumes().write_labels(library, output, labelled(found), found)
    from imaging.segmentation_reading import read_segmentation

    read = read_segmentation(output)
    assert read.references[0].series_uid == found.identifier
    assert np.array_equal(read.mask(1), labelled(found).mask(1))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    with pytest.raises(BadInput, match=r"none\.nii\.gz"):
        DiskVolumes().read(library, str(tmp_path / "none.nii.gz"))
    with pytest.raises(BadInput, match=r"1\.2\.3"):
        DiskVolumes().read(library, "1.2.3")
