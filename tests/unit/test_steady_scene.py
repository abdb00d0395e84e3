"""What draws scenes when the graphics processor does not."""

import numpy as np
import pytest

import render.vtk_scene
from render.backend import Backend
from render.material import Material, Shading
from render.native_renderer import NativeRenderer
from render.renderer import Output, RenderOptions
from render.scene import RenderScene
from render.steady_scene import SteadySceneRenderer
from render.vtk_window import failure
from tests.unit.test_vtk_scene import CAMERA, ROUGH, plate


@pytest.fixture
def broken(monkeypatch):
    """VTK as it is where the driver is gone."""

    class Broken:
        made = 0

        def render(self, *_arguments, **_more):
            Broken.made += 1
            raise failure("the context was lost")

    monkeypatch.setattr(render.vtk_scene, "VtkSceneRenderer", Broken)
    return Broken


def test_a_lost_processor_does_not_lose_the_view(broken):
    scene = RenderScene((plate(ROUGH),), ambient=(0.5, 0.5, 0.5))
    steady = SteadySceneRenderer(Backend.VTK)
    assert steady.backend is Backend.VTK
    expected = NativeRenderer().render(scene, CAMERA).picture
    for _ in range(2):
        np.testing.assert_array_equal(steady.render(scene, CAMERA).picture, expected)
    assert broken.made == 1
    assert steady.backend is Backend.NATIVE
    assert "context was lost" in str(steady.notes[0])


def test_drawn_figures_are_drawn_natively_and_that_is_said(broken):
    toon = RenderScene((plate(Material(shading=Shading.TOON)),), ambient=(0.5, 0.5, 0.5))
    steady = SteadySceneRenderer(Backend.VTK)
    assert steady.render(toon, CAMERA).picture.any()
    assert (steady.backend, broken.made) == (Backend.NATIVE, 0)
    assert "MToon" in str(steady.notes[0])


def test_depths_are_those_of_the_native_renderer(broken):
    scene = RenderScene((plate(ROUGH),))
    steady = SteadySceneRenderer(Backend.VTK)
    drawn = steady.render(scene, CAMERA, RenderOptions(frozenset({Output.DEPTH, Output.NODES})))
    assert np.nanmin(drawn.depth) > 3
    assert (broken.made, steady.notes) == (0, ())
    assert len(steady.world_vertices(scene.nodes[0])) == 4
