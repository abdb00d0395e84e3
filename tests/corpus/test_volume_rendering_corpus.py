"""Pictures of real volumes: the right way round, and something in them."""

import numpy as np
import pytest

from core.slice_geometry import RAS_FROM_LPS
from core.volume import Volume
from render.camera import Camera
from render.presets import PRESETS
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook
from render.volume_renderer import VolumeRenderer

pytestmark = pytest.mark.corpus
SIZE = (160, 160)
LIVER, SPLEEN, HIPS = 5, 1, (77, 78)


def nifti(path, dtype):
    import nibabel

    image = nibabel.load(path)
    voxels = np.ascontiguousarray(np.asanyarray(image.dataobj).T.astype(dtype))
    return Volume(voxels, RAS_FROM_LPS @ image.affine)


def centre_of(labels, wanted, direction):
    """Pixel (x, y) in the middle of what some labels show."""
    mask = np.isin(labels.voxels, wanted).astype(np.uint8) * 100
    look = VolumeLook(TransferFunction((ControlPoint(40, 1, 1, 1, 0), ControlPoint(60, 1, 1, 1, 1))))
    volume = Volume(mask, labels.lps_from_ijk)
    picture = VolumeRenderer(volume).render(Camera.looking(volume, direction), look, SIZE)
    rows, columns = np.nonzero(picture[..., 3] > 127)
    return columns.mean(), rows.mean()


def test_organs_are_on_their_sides(corpus):
    """From the front the liver is on the left of the picture, the spleen on the right, the hips below."""
    labels = nifti(corpus / "ct-abdomen-labels" / "labels.nii.gz", np.uint8)
    liver, spleen, hips = (centre_of(labels, organ, "A") for organ in (LIVER, SPLEEN, HIPS))
    assert liver[0] < 80 < spleen[0]
    assert hips[1] > liver[1] + 20
    assert centre_of(labels, SPLEEN, "P")[0] < 80 < centre_of(labels, LIVER, "P")[0]
    assert centre_of(labels, LIVER, "I")[0] < 80 < centre_of(labels, LIVER, "S")[0]


@pytest.mark.parametrize("preset", ["ct-bone", "ct-skin", "ct-muscle", "ct-vessel", "ct-mip", "ct-lung"])
def test_ct_presets_show_something(corpus, preset):
    volume = nifti(corpus / "ct-abdomen-labels" / "ct.nii.gz", np.int16)
    renderer = VolumeRenderer(volume)
    look = PRESETS[preset].make(renderer.value_range)
    picture = renderer.render(Camera.looking(volume, "A"), look, SIZE)
    seen = picture[picture[..., 3] > 20]
    assert 200 < len(seen) < 0.9 * SIZE[0] * SIZE[1]
    assert np.ptp(seen[:, 0]) > 60


@pytest.mark.parametrize("preset", ["mr-head", "mr-mip"])
@pytest.mark.parametrize("name", ["spm152", "t1_crop"])
def test_mr_presets_show_a_head(corpus, preset, name):
    volume = nifti(corpus / "volumes" / f"{name}.nii.gz", np.int16)
    low, high = np.percentile(volume.voxels, [0.2, 99.8])
    look = PRESETS[preset].make((float(low), float(high)))
    picture = VolumeRenderer(volume).render(Camera.looking(volume, "A"), look, SIZE)
    bright = (picture[..., 3] > 200) & (picture[..., 0] > 60)
    assert 0.05 < bright.mean() < 0.6
    _, columns = np.nonzero(bright)
    assert columns.mean() == pytest.approx(80, abs=15)
