"""The volumes of a series in the place of one another, with real files and widgets."""

import numpy as np
import pytest

from tests.enhanced_factory import COLUMNS, ROWS, MadeFrame, make_enhanced, stored_values
from tests.gui.test_viewer_workspace import LOADED_MS, runner, settle, workspace  # noqa: F401
from viewers.orientation import Orientation
from viewers.window_level import Window

TIMES, SLICES = 4, 3


@pytest.fixture
def beating(qtbot, workspace, tmp_path):  # noqa: F811
    frames = [
        MadeFrame((0, 0, 3.0 * k), macros={"FrameContentSequence": {"TemporalPositionIndex": time + 1}})
        for time in range(TIMES)
        for k in range(SLICES)
    ]
    workspace.open_paths([make_enhanced(tmp_path / "in", frames)])
    film = workspace.players.volumes
    qtbot.waitUntil(lambda: film.count == TIMES and len(film.loader.volumes) == TIMES, timeout=LOADED_MS)
    settle(qtbot, workspace)
    return workspace


def _time_shown(workspace):  # noqa: F811
    first = int(workspace.document.volume.voxels[0, 0, 0])
    return first // (100 * SLICES)


def test_a_step_shows_the_next_time_and_keeps_everything_else(qtbot, beating):
    document = beating.document
    document.set_window(Window(300, 77))
    document.scroll(Orientation.AXIAL, 1)
    before = document.state
    for expected in (1, 2, 3, 0):
        beating.run("care.next-volume")
        assert _time_shown(beating) == expected
        assert beating.sequence_bar._slider.value() == expected
        assert document.series.part == f"time {expected + 1}"
    beating.run("care.previous-volume")
    assert _time_shown(beating) == TIMES - 1
    assert document.state == before
    document.history.undo()
    assert document.state.window != before.window
    settle(qtbot, beating)
    view = next(iter(beating.grid.views()))
    assert view.pictures.picture.request.volume is document.volume


def test_the_film_runs_through_all_times_and_stops(qtbot, beating):
    seen = []
    beating.document.listen(lambda: seen.append(_time_shown(beating)))
    beating.players.volumes.set_rate(60)
    beating.run("care.play-volumes")
    assert "playing-volumes" in beating.states()
    qtbot.waitUntil(lambda: set(seen) == set(range(TIMES)), timeout=5000)
    beating.run("care.play-volumes")
    assert "playing-volumes" not in beating.states()


def test_the_slices_play_or_the_volumes_but_not_both(beating):
    beating.run("care.play-volumes")
    beating.run("care.play")
    assert {"playing", "playing-volumes"} & beating.states() == {"playing"}
    beating.run("care.play-volumes")
    assert {"playing", "playing-volumes"} & beating.states() == {"playing-volumes"}
    beating.run("care.play-volumes")


def test_a_volume_that_is_not_loaded_yet_is_waited_for(qtbot, beating):
    film = beating.players.volumes
    del film.loader.volumes[2]
    film.show(2)
    assert film.waiting
    assert film.index == 2
    assert _time_shown(beating) == 0
    qtbot.waitUntil(lambda: _time_shown(beating) == 2, timeout=LOADED_MS)
    assert not film.waiting


def test_no_more_volumes_are_held_than_the_memory_allows(qtbot, beating):
    loader = beating.players.volumes.loader
    loader._most = 2
    beating.players.volumes.show(1)
    assert set(loader.volumes) == {1, 2}
    beating.players.volumes.show(3)
    qtbot.waitUntil(lambda: set(loader.volumes) == {3, 0}, timeout=LOADED_MS)
    assert _time_shown(beating) == 3


def test_a_volume_whose_file_went_away_is_reported_and_passed_over(qtbot, beating, errors, tmp_path):
    loader = beating.players.volumes.loader
    next((tmp_path / "in").iterdir()).unlink()
    del loader.volumes[1]
    beating.players.volumes.show(1)
    qtbot.waitUntil(lambda: len(errors) == 1, timeout=LOADED_MS)
    assert _time_shown(beating) == 0
    seen = []
    beating.document.listen(lambda: seen.append(_time_shown(beating)))
    beating.players.volumes.set_rate(60)
    beating.run("care.play-volumes")
    qtbot.waitUntil(lambda: seen.count(3) > 5, timeout=5000)
    beating.run("care.play-volumes")
    assert set(seen) == {0, 2, 3}


def test_the_bar_shows_the_parts_and_goes_to_them(qtbot, beating):
    bar = beating.sequence_bar
    assert bar.isVisible()
    assert [bar._parts.itemText(i) for i in range(bar._parts.count())] == [
        f"time {n + 1}" for n in range(TIMES)
    ]
    bar._choose(2)
    assert _time_shown(beating) == 2
    assert bar._parts.currentIndex() == 2
    bar._slider.setValue(3)
    assert _time_shown(beating) == 3


def test_another_series_ends_the_film(qtbot, beating, tmp_path):
    beating.run("care.play-volumes")
    other = make_enhanced(tmp_path / "other", [MadeFrame((0, 0, 2.0 * k)) for k in range(4)], modality="CT")
    import pydicom

    data = pydicom.dcmread(other)
    data.SeriesInstanceUID, data.SOPInstanceUID = "1.2.99", "1.2.100"
    data.file_meta.MediaStorageSOPInstanceUID = "1.2.100"
    data.save_as(other)
    beating.open_paths([other])
    qtbot.waitUntil(lambda: beating.document.series.series_uid == "1.2.99", timeout=LOADED_MS)
    qtbot.waitUntil(lambda: beating.opener.settled, timeout=LOADED_MS)
    assert not beating.players.volumes.playing
    assert beating.players.volumes.count == 0
    assert not beating.sequence_bar.isVisible()
    assert beating.document.volume.shape_ijk == (COLUMNS, ROWS, 4)
    assert np.array_equal(beating.document.volume.voxels[0], stored_values(0))


def test_the_3d_picture_follows_with_the_same_look(qtbot, beating):
    beating.run("care.layout-four")
    view = beating.grid.volume_pane.view
    with qtbot.waitSignal(view.picture_drawn, timeout=LOADED_MS):
        view.orbit(30, 10)
    camera, look = view.scene.camera, view.scene.look
    beating.run("care.next-volume")
    qtbot.waitUntil(lambda: view.volume is beating.document.volume, timeout=LOADED_MS)
    assert (view.scene.camera, view.scene.look) == (camera, look)


def test_the_rate_is_remembered(beating):
    beating.players.volumes.set_rate(21)
    state = beating.save_state()
    beating.players.volumes.set_rate(5)
    beating.restore_state(state)
    assert beating.players.volumes.cine.frames_per_second == 21
