"""How volumes were last seen."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.series import Series
from core.settings import Settings
from render.camera import Camera
from render.clip_plane import ClipPlane
from render.presets import PRESETS
from render.volume_look import VolumeLook, VolumeMode
from viewers.volume_memory import VolumeMemory, read_scene, scene_json
from viewers.volume_scene import Background, Fusion, VolumeScene

_CAMERA = Camera((0, -500, 20.5), (1, 2, 3), (0, 0.1, 1), 24.0)
_LUNG = PRESETS["ct-lung"].make((-1000, 2000))


def _scene(**changes):
    look = VolumeLook(
        _LUNG.transfer,
        VolumeMode.ISOSURFACE,
        shaded=False,
        specular=0.7,
        crop=((0, 1, 2), (10.5, 20, 30)),
        window=(40, 400),
        surface_value=120.5,
        clip_planes=(ClipPlane((1, 2, 3), (0, 0, -1)), ClipPlane((3, 2, 1), (1, 0, 0))),
    )
    scene = VolumeScene(
        _CAMERA, look, "ct-lung", Background.WHITE, Fusion("1.2", "time 2", 0.25, 0.5), ("/a.stl",)
    )
    return scene if not changes else VolumeScene(**{**vars(scene), **changes})


def _series(uid="1.2.3", part=""):
    return Series(uid, "1.2", part, "CT", "", "1", 9, None)


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.json")


def test_a_scene_comes_back_as_it_was():
    stored = json.loads(json.dumps(scene_json(_scene())))
    assert read_scene(stored) == _scene()
    plain = VolumeScene(_CAMERA, PRESETS["ct-bone"].make((-1000, 2000)), "ct-bone")
    assert read_scene(json.loads(json.dumps(scene_json(plain)))) == plain


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["camera", "look", "preset", "background", "fusion", "surfaces"]), _json)
def test_what_is_not_understood_is_no_scene_but_no_error(name, value):
    assert isinstance(read_scene({**scene_json(_scene()), name: value}), VolumeScene | None)
    assert isinstance(read_scene(value), VolumeScene | None)


def test_every_part_of_a_series_has_its_own_and_the_newest_counts(settings):
    memory = VolumeMemory(settings)
    memory.remember(_series(), _scene())
    memory.remember(_series(part="echo 2"), _scene(preset="ct-skin"))
    memory.remember(_series(), _scene(preset="ct-bone"))
    assert memory.recall(_series()).preset == "ct-bone"
    assert VolumeMemory(settings).recall(_series(part="echo 2")).preset == "ct-skin"
    memory.forget(_series())
    assert memory.recall(_series()) is None
    assert memory.recall(_series("9")) is None


def test_files_that_are_in_no_library_are_not_remembered(settings):
    memory = VolumeMemory(settings)
    memory.remember(_series(""), _scene())
    assert memory.recall(_series("")) is None


def test_old_scenes_are_forgotten(settings):
    memory = VolumeMemory(settings)
    for number in range(60):
        memory.remember(_series(str(number)), _scene())
    assert memory.recall(_series("9")) is None
    assert memory.recall(_series("10")) is not None
