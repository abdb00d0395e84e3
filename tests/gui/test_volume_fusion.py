"""Another volume of the same frame of reference in the 3D view, with real files, jobs and pictures."""

import numpy as np
import pydicom
import pytest

from imaging.importing import import_paths
from imaging.index import StudyIndex
from render.picture_quality import Quality
from render.volume_look import VolumeMode
from tests.dicom_factory import make_ct_series
from viewers.fusion import fusion_partners
from viewers.ui.fusion_bar import FusionBar
from viewers.ui.volume_view import VolumeView

LOADED_MS = 20_000


def fill(made, value_of):
    """Give every voxel of a series the value of its place, `value_of(x, y, z)`, LPS mm."""
    for path in made.files:
        data = pydicom.dcmread(path)
        x0, y0, z = map(float, data.ImagePositionPatient)
        y, x = np.indices((data.Rows, data.Columns), float)
        values = value_of(
            x0 + x * float(data.PixelSpacing[1]), y0 + y * float(data.PixelSpacing[0]), np.full_like(x, z)
        )
        data.PixelData = (values - float(data.RescaleIntercept)).astype(np.int16).tobytes()
        data.save_as(path)


def ball(centre, radius, inside, outside):
    def value_of(x, y, z):
        distance = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2)
        return np.where(distance < radius, inside, outside)

    return value_of


@pytest.fixture
def series(tmp_path, library):
    """A ball of bone on the patient's right, and on another grid a hot spot on the left."""
    frame = {"FrameOfReferenceUID": "1.2.3"}
    ct = make_ct_series(
        tmp_path / "ct",
        slices=24,
        rows=24,
        columns=40,
        spacing_mm=(1, 1, 1),
        origin_lps_mm=(0, 0, 0),
        attributes=frame,
    )
    fill(ct, ball((9, 12, 12), 7, 900, -1000))
    pet = make_ct_series(
        tmp_path / "pet",
        name="pet",
        slices=12,
        rows=12,
        columns=20,
        spacing_mm=(2, 2, 2),
        origin_lps_mm=(0.5, 0.5, 0.5),
        attributes={**frame, "Modality": "PT", "SeriesDescription": "FDG", "RescaleIntercept": 0},
    )
    fill(pet, ball((30, 12, 12), 6, 900, 0))
    elsewhere = make_ct_series(
        tmp_path / "elsewhere", name="other", attributes={"FrameOfReferenceUID": "1.2.3.4"}
    )
    import_paths(library, [tmp_path])
    with StudyIndex.open(library) as index:
        return tuple(index.find_series(one.series_uid)[0] for one in (ct, pet, elsewhere))


@pytest.fixture
def view(services, series, library, qtbot, errors):
    from imaging.loading import load_series

    made = VolumeView(services)
    qtbot.addWidget(made)
    made.resize(400, 340)
    made.show()
    with StudyIndex.open(library) as index:
        volume = load_series(index, series[0]).volume
    made.set_volume(volume, series[0])
    qtbot.waitUntil(lambda: bool(made.fusion.partners))
    yield made
    made.close_view()
    assert errors == []


def fuse(view, series, qtbot):
    view.fusion.fuse(series)
    qtbot.waitUntil(lambda: view.canvas.has_fused, timeout=LOADED_MS)
    settle(view, qtbot)


def settle(view, qtbot):
    with qtbot.waitSignal(
        view.picture_drawn, check_params_cb=lambda one: one.request.quality is Quality.FULL, timeout=LOADED_MS
    ):
        view.canvas.redraw()


def right_half(view):
    """Pixels of the half of the picture where the patient's left is, without the cube."""
    image = view.picture()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return pixels[: image.height() - 90, image.width() // 2 + 10 :, 2::-1].astype(int)


def test_only_volumes_of_the_same_frame_of_reference_can_be_fused(library, series):
    ct, pet, elsewhere = series
    assert [one.series_uid for one in fusion_partners(library, ct)] == [pet.series_uid]
    assert [one.series_uid for one in fusion_partners(library, pet)] == [ct.series_uid]
    assert fusion_partners(library, elsewhere) == ()


@pytest.mark.parametrize("mode", list(VolumeMode))
def test_the_hot_spot_is_seen_where_it_is(view, series, qtbot, mode):
    view.looks.set_mode(mode)
    settle(view, qtbot)
    before = right_half(view)
    assert (before[..., 0] - before[..., 2]).max() < 30
    fuse(view, series[1], qtbot)
    after = right_half(view)
    assert ((after[..., 0] - after[..., 2]) > 60).sum() > 100  # hot metal is reddish, bone and greys are not


def test_fusing_fading_and_removing_are_edits(view, series, qtbot):
    history = view.looks._history
    fuse(view, series[1], qtbot)
    assert {"volume-fused", "volume-fusable"} <= view.states()
    strong = right_half(view)[..., 0].sum()
    bar = view.findChild(FusionBar)
    assert bar.isVisible()
    for percent in (40, 20, 5):
        bar.strength.setValue(percent)
    settle(view, qtbot)
    assert right_half(view)[..., 0].sum() < 0.7 * strong
    history.undo()
    assert view.fusion.settings.strength == pytest.approx(0.6)
    bar.threshold.setValue(50)
    assert view.fusion.settings.threshold == pytest.approx(0.5)
    history.undo()
    assert bar.threshold.value() == 30
    view.fusion.remove()
    assert not bar.isVisible()
    assert not view.canvas.has_fused
    history.undo()
    qtbot.waitUntil(lambda: view.canvas.has_fused, timeout=LOADED_MS)
    history.undo()
    assert view.scene.fusion is None


def test_what_cuts_the_volume_cuts_what_is_fused(view, series, qtbot):
    from viewers.crop_box import CropBox

    fuse(view, series[1], qtbot)
    view.looks.set_crop(CropBox.whole(view.volume).with_face(1, 18.0, view.volume))
    settle(view, qtbot)
    assert right_half(view).max() < 40


def test_a_volume_that_cannot_be_read_is_told_and_given_up(view, series, qtbot, errors, tmp_path):
    for path in (tmp_path / "pet").iterdir():
        path.unlink()
    view.fusion.fuse(series[1])
    qtbot.waitUntil(lambda: bool(errors), timeout=LOADED_MS)
    assert view.scene.fusion is None
    errors.clear()


def test_another_volume_begins_without_fusion(view, series, qtbot):
    fuse(view, series[1], qtbot)
    view.set_volume(view.volume, series[2])
    assert not view.canvas.has_fused
    assert view.fusion.partners == ()
