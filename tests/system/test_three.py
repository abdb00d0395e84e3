"""glTF materials beside three.js in a headless Chromium, where both are installed."""

import pytest

from benchmarks.quality.gltf_materials import by_renderer, by_three, psnr
from render.native_renderer import NativeRenderer
from tests.gltf_samples import SAMPLES
from tests.three_pictures import reason_absent

pytestmark = pytest.mark.skipif(bool(reason_absent()), reason=reason_absent())


@pytest.mark.parametrize("name", list(SAMPLES))
def test_materials_look_as_with_three(tmp_path, name):
    path = SAMPLES[name]().write(tmp_path / "a.glb")
    picture = by_renderer(NativeRenderer(), path, "both")
    assert picture.std() > 10
    assert psnr(picture, by_three(path, "both")) > 38
