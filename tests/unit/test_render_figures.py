"""Morph targets, skins, and where what is seen goes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.figure import FigurePose, MorphTarget, Skin
from render.lens_distortion import LensDistortion
from render.native_renderer import NativeRenderer
from render.optical_flow import later_points, optical_flow
from render.renderer import Output, RenderOptions
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from tests.render_scenes import LENS, UNLIT, pinhole, sphere, tilted, wall

RENDERER = NativeRenderer()
SURFACES = RenderOptions(frozenset({Output.DEPTH, Output.NODES, Output.TRIANGLES, Output.WEIGHTS}))


def figure(seed, joints=5, targets=4):
    random = np.random.default_rng(seed)
    mesh = sphere((30, 15))
    count = len(mesh.positions)
    weights = random.dirichlet(np.ones(4), count).astype(np.float32)
    skin = Skin(
        random.integers(0, joints, (count, 4)).astype(np.int32),
        weights,
        np.stack([tilted(random.uniform(-90, 90), random.normal(size=3)) for _ in range(joints)]),
    )
    shapes = []
    for _ in range(targets):
        moved = random.normal(size=(count, 3)) * (random.random((count, 1)) < 0.3)
        shapes.append(MorphTarget(moved.astype(np.float32)))
    return SurfaceMesh(mesh.positions, mesh.triangles, normals=mesh.normals, targets=tuple(shapes), skin=skin)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_posed_figure_is_what_the_formula_says(seed):
    mesh = figure(seed)
    random = np.random.default_rng(seed + 1)
    shares = random.normal(size=4)
    shares[1] = 0
    places = np.stack([tilted(random.uniform(-90, 90), random.normal(size=3)) for _ in range(5)])
    places[:, :3, :3] *= random.uniform(0.5, 2, (5, 1, 1))
    node = SurfaceNode(mesh, UNLIT, pose=FigurePose(tuple(shares), places))
    morphed = mesh.positions + sum(w * t.positions for w, t in zip(shares, mesh.targets, strict=True))
    maps = np.einsum(
        "nw,nwij->nij", mesh.skin.weights, (places @ mesh.skin.joint_from_rest)[mesh.skin.joints]
    )
    expected = np.einsum("nij,nj->ni", maps[:, :3, :3], morphed) + maps[:, :3, 3]
    np.testing.assert_allclose(RENDERER.world_vertices(node), expected, atol=2e-5)


def test_normals_turn_with_the_joints():
    """A figure turned by its joints is lit and seen as the same figure turned as a whole."""
    mesh = sphere((30, 15))
    count = len(mesh.positions)
    turn = tilted(40, (0.2, 0.1, 4))
    joints = np.tile(np.array([0, 1, 0, 1], np.int32), (count, 1))
    skin = Skin(joints, np.full((count, 4), 0.25, np.float32), np.stack([np.eye(4)] * 2))
    skinned = SurfaceMesh(mesh.positions, mesh.triangles, normals=mesh.normals, skin=skin)
    options = RenderOptions(frozenset({Output.RADIANCE}))
    scenes = [
        RenderScene((SurfaceNode(skinned, pose=FigurePose((), np.stack([turn] * 2))),), ambient=(1, 1, 1)),
        RenderScene((SurfaceNode(mesh, world_from_mesh=turn),), ambient=(1, 1, 1)),
    ]
    one, other = (RENDERER.render(scene, pinhole(), options).radiance for scene in scenes)
    np.testing.assert_allclose(one, other, atol=1e-4)
    assert one[..., 3].sum() > 1000


@pytest.mark.parametrize("lens", [LensDistortion(), LENS])
def test_the_flow_of_a_moved_wall_and_a_moved_camera_is_exact(lens):
    camera = pinhole(world_from_camera=tilted(10), distortion=lens)
    later_camera = pinhole(world_from_camera=tilted(13, (0.2, -0.1, 0.4)), distortion=lens)
    mesh = wall(40, 40, 0)
    before, after = tilted(20, (0, 0, 5)), tilted(24, (0.3, 0, 5.2))
    scene = RenderScene((SurfaceNode(mesh, UNLIT, before),))
    later = RenderScene((SurfaceNode(mesh, UNLIT, after),))
    rendering = RENDERER.render(scene, camera, SURFACES)
    flow = optical_flow(rendering, RENDERER, later, later_camera)
    origins, directions = camera.rays()
    normal = before[:3, 2]
    hits = origins + directions * ((before[:3, 3] - origins) @ normal / (directions @ normal))[..., None]
    moved = (hits - before[:3, 3]) @ before[:3, :3] @ after[:3, :3].T + after[:3, 3]
    x, y = np.meshgrid(np.arange(160), np.arange(120))
    expected = later_camera.project(moved) - np.stack([x, y], -1)
    np.testing.assert_allclose(flow, expected, atol=1e-4)


def test_the_flow_of_a_figure_follows_its_vertices():
    mesh = figure(3)
    places = np.stack([np.eye(4)] * 5)
    places[:, :3, 3] = (0, 0, 9)
    still = SurfaceNode(mesh, UNLIT, pose=FigurePose((0.0,) * 4, places))
    moved = places.copy()
    moved[:, :3, 3] += (0.5, -0.25, 0)
    shifted = SurfaceNode(mesh, UNLIT, pose=FigurePose((0.0,) * 4, moved))
    camera = pinhole()
    rendering = RENDERER.render(RenderScene((still,)), camera, SURFACES)
    here = later_points(rendering, RENDERER, RenderScene((still,)))
    there = later_points(rendering, RENDERER, RenderScene((shifted,)))
    seen = rendering.nodes == 0
    assert seen.sum() > 100
    np.testing.assert_allclose(
        (there - here)[seen], np.broadcast_to((0.5, -0.25, 0), (seen.sum(), 3)), atol=1e-5
    )
    assert np.isnan(there[~seen]).all()
    # What is seen in a pixel is where the pixel's ray is.
    x, y = np.meshgrid(np.arange(160), np.arange(120))
    np.testing.assert_allclose(camera.project(here)[seen], np.stack([x, y], -1)[seen], atol=1e-3)


def test_poses_of_other_meshes_are_refused():
    mesh = figure(0)
    places = np.stack([np.eye(4)] * 5)
    for pose in (
        None,
        FigurePose((0.0,) * 3, places),
        FigurePose((0.0,) * 4),
        FigurePose((0.0,) * 4, places[:4]),
    ):
        with pytest.raises(ValueError, match="of the mesh"):
            SurfaceNode(mesh, UNLIT, pose=pose)
    with pytest.raises(ValueError, match="sum to 1"):
        Skin(np.zeros((3, 4), np.int32), np.full((3, 4), 0.3, np.float32), np.eye(4)[None])
    with pytest.raises(ValueError, match="joint"):
        Skin(np.ones((3, 4), np.int32), np.full((3, 4), 0.25, np.float32), np.eye(4)[None])
