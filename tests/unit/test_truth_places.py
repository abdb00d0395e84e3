"""What the synthetic truth says is what its pictures show."""

import cv2
import numpy as np
import pytest

from render.lens_distortion import LensDistortion
from render.material import Material, Shading
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions
from render.scene import RenderScene, SurfaceNode
from tests.render_scenes import LENS
from tests.truth.places import PLACES
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import RENDERER, TRUTH, camera_of, sequence
from tests.truth.solids import box, lump, placed
from tests.truth.trajectory import Trajectory

SMALL = camera_of((200, 150))
SEED = 3
FISHEYE = LensDistortion((0.02, -0.01, 0.003, 0), fisheye=True)


def with_lens(lens):
    return PinholeCamera(SMALL.size, SMALL.fx, SMALL.fy, SMALL.cx, SMALL.cy, distortion=lens, near=0.02)


def opencv_pixels(points, camera):
    """Pixels by OpenCV, which knows nothing of ours."""
    pose = camera.camera_from_world
    rotation, shift = cv2.Rodrigues(pose[:3, :3])[0], pose[:3, 3]
    lens, matrix = np.array(camera.distortion.coefficients, float), camera.intrinsics
    if camera.distortion.fisheye:
        seen = cv2.fisheye.projectPoints(points[:, None], rotation, shift, matrix, lens)[0]
    else:
        seen = cv2.projectPoints(points, rotation, shift, matrix, lens if lens.size else None)[0]
    return seen[:, 0]


def shown_points(scene, truth):
    """Pixels and the places in the world that they show, from the meshes alone."""
    pixels, points = [], []
    for number, node in enumerate(scene.nodes):
        y, x = np.nonzero(truth.nodes == number)
        corners = node.mesh.positions[node.mesh.triangles[truth.triangles[y, x]]].astype(float)
        local = np.einsum("nc,ncx->nx", truth.weights[y, x], corners)
        points.append(local @ node.world_from_mesh[:3, :3].T + node.world_from_mesh[:3, 3])
        pixels.append(np.stack([x, y], 1))
    return np.concatenate(pixels), np.concatenate(points)


@pytest.mark.parametrize("lens", [LensDistortion(), LENS, FISHEYE], ids=["none", "brown", "fisheye"])
@pytest.mark.parametrize("place", PLACES)
def test_world_points_project_to_the_pixels_that_show_them(place, lens):
    walk = sequence(place, SEED, 5, camera=with_lens(lens))
    for index in (0, 2):
        camera, truth = walk.camera_at(walk.times_s[index]), walk.truth(index)
        pixels, points = shown_points(walk.scene_at(0), truth)
        assert len(pixels) > 0.4 * truth.nodes.size
        assert np.abs(opencv_pixels(points, camera) - pixels).max() < 0.01
        depth = (points @ camera.camera_from_world[2, :3]) + camera.camera_from_world[2, 3]
        np.testing.assert_allclose(truth.depth[pixels[:, 1], pixels[:, 0]], depth, rtol=1e-5)


@pytest.mark.parametrize("lens", [LensDistortion(), LENS, FISHEYE], ids=["none", "brown", "fisheye"])
def test_small_bodies_are_seen_where_opencv_projects_them(lens):
    """Found in the picture itself: the middle of a bright plate of four pixels, to a tenth of one."""
    rng = np.random.default_rng(5)
    camera = with_lens(lens).moved(placed((0.4, -0.3, 0.2), 20) @ np.diag([1, -1, -1, 1.0]))
    white = Material(shading=Shading.UNLIT)
    for _ in range(5):
        ahead = np.array([*rng.uniform(-0.4, 0.4, 2), 1.0]) * rng.uniform(3, 6)
        at = camera.world_from_camera[:3, :3] @ ahead + camera.world_from_camera[:3, 3]
        edge = ahead[2] * 4 / camera.fx
        scene = RenderScene((SurfaceNode(box((edge, edge, edge / 50)), white, placed(at, 20)),))
        light = RENDERER.render(scene, camera, RenderOptions(samples=16)).picture[..., 3].astype(float)
        y, x = np.mgrid[: light.shape[0], : light.shape[1]]
        middle = np.array([(light * x).sum(), (light * y).sum()]) / light.sum()
        assert np.abs(middle - opencv_pixels(at[None], camera)[0]).max() < 0.1


def sampled(picture, places):
    return cv2.remap(picture, places.astype(np.float32), None, cv2.INTER_LINEAR)


def pixel_grid(shape):
    return np.stack(np.meshgrid(np.arange(shape[1]), np.arange(shape[0])), -1)


@pytest.mark.parametrize("place", PLACES)
def test_depth_agrees_between_views(place):
    """A pixel carried by depth and pose alone to another view finds the same depth there."""
    walk = sequence(place, SEED, 4, camera=with_lens(LENS), rate_hz=4)
    first, second = walk.camera_at(walk.times_s[0]), walk.camera_at(walk.times_s[1])
    depths = walk.truth(0).depth, walk.truth(1).depth
    origins, directions = first.rays()
    points = origins + directions * depths[0][..., None]
    flow, seen = walk.flow(0, 1)
    places = second.project(points)
    np.testing.assert_allclose(places - pixel_grid(depths[0].shape), flow, atol=0.01)
    expected = points @ second.camera_from_world[2, :3] + second.camera_from_world[2, 3]
    error = np.abs(sampled(depths[1], places) - expected)[seen] / expected[seen]
    assert seen.mean() > 0.3
    # Bilinear depth is wrong only where an edge or the curve of a surface is between the pixels.
    assert np.quantile(error, 0.9) < 1e-3


@pytest.mark.parametrize("place", PLACES)
def test_flow_carries_one_picture_to_the_next(place):
    walk = sequence(place, SEED, 2, camera=camera_of((320, 240)), rate_hz=10)
    first, second = (walk.frame(index).picture.astype(np.float32) for index in (0, 1))
    flow, seen = walk.flow(0, 1)
    carried = sampled(second, flow + pixel_grid(flow.shape))
    still = np.abs(first - second)[seen].mean()
    error = np.abs(first - carried)[seen].mean()
    assert seen.mean() > 0.4
    assert np.linalg.norm(flow[seen], axis=-1).mean() > 1
    assert error < 4
    assert error < 0.5 * still


def test_what_is_hidden_is_not_seen_in_the_other_view():
    """Behind a cube the wall is hidden, and only there: known from rays against the cube."""
    cube, wall = SurfaceNode(box((0.4, 0.4, 0.4))), SurfaceNode(box((8, 6, 0.1), (0, 0, -2)))
    scene = RenderScene((cube, wall))
    walk = sequence("object", 1, 2, camera=SMALL)
    path = Trajectory.looking(
        np.column_stack([np.linspace(-0.4, 0.4, 8), np.zeros(8), np.full(8, 1.5)]), np.zeros((8, 3)), 1.0
    )
    walk = type(walk)(lambda _: scene, path, SMALL, np.array([0.0, 1.0]))
    flow, seen = walk.flow(0, 1)
    first, eye = walk.truth(0), walk.camera_at(1.0).world_from_camera[:3, 3]
    origins, directions = walk.camera_at(0.0).rays()
    points = origins + directions * first.depth[..., None]
    ways = points - eye
    with np.errstate(divide="ignore"):
        ends = np.sort(np.stack([(-0.2 - eye) / ways, (0.2 - eye) / ways]), axis=0)
    hidden = (ends[0].max(-1) < ends[1].min(-1)) & (first.nodes == 1)
    inside = ((flow + pixel_grid(flow.shape) > 3) & (flow + pixel_grid(flow.shape) < [196, 146])).all(-1)
    assert (hidden & inside).sum() > 300
    assert not (hidden & seen).any()
    outline = cv2.dilate(hidden.astype(np.uint8), np.ones((9, 9))) > 0
    plain = (first.nodes == 1) & inside & ~outline
    assert plain.sum() > 5000
    assert seen[plain].mean() > 0.99


def test_the_same_seed_gives_the_same_place_and_another_one_another():
    camera = camera_of((96, 72)).moved(placed((0, 0.5, 0.7)) @ np.diag([1, -1, -1, 1.0]))
    first, again, other = (
        RENDERER.render(PLACES["object"](seed).scene, camera, RenderOptions(frozenset(Output)))
        for seed in (8, 8, 9)
    )
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.depth, again.depth)
    assert (first.picture != other.picture).any(-1)[np.isfinite(first.depth)].mean() > 0.9
    frames = [
        sequence("object", SEED, 2, camera=SMALL, sensor=ImageSensor.handheld()).frame(1) for _ in range(2)
    ]
    np.testing.assert_array_equal(frames[0].picture, frames[1].picture)


def test_places_are_rich_in_features():
    """A detector finds corners all over each place, without which no later measurement means much."""
    for place in PLACES:
        walk = sequence(place, SEED, 4, camera=camera_of((480, 360)))
        for index in range(3):
            grey = cv2.cvtColor(walk.frame(index).picture, cv2.COLOR_RGB2GRAY)
            assert len(cv2.SIFT_create().detect(grey)) > 150


def test_bodies_are_closed_and_face_outwards():
    for mesh, volume in ((box((1, 2, 3)), 6.0), (lump(np.random.default_rng(1), (1, 1, 1), 0.0), 4.1887902)):
        a, b, c = mesh.positions[mesh.triangles].astype(float).transpose(1, 0, 2)
        assert np.einsum("ni,ni->n", a, np.cross(b, c)).sum() / 6 == pytest.approx(volume, rel=2e-3)


def test_nothing_is_seen_through_a_wall():
    """From inside the room and the corridor every pixel shows something, at less than its size."""
    for place in ("room", "corridor"):
        made = PLACES[place](2)
        walk = sequence(place, SEED, 6, camera=SMALL)
        for index in range(6):
            depth = RENDERER.render(
                made.scene, walk.camera_at(walk.times_s[index]), RenderOptions(TRUTH)
            ).depth
            assert np.isfinite(depth).all()
            assert depth.max() < np.linalg.norm(made.extent_m)
