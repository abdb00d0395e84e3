"""Pictures of a reconstruction for its report: what it looks like from several sides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.progress import Progress
from core.textured_mesh import TexturedMesh
from formats.linear_colour import linear_colours
from formats.mesh_parts import mesh_parts
from reconstruction.photograph import Photograph, read_colours
from reconstruction.stage_results import Reconstruction

if TYPE_CHECKING:
    from render.camera import Camera
    from render.scene import RenderScene, SceneNode

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
SIZE = (480, 360)
_THUMBNAIL_PX = 160
_MOST_POINTS = 500_000
_MOST_FITTED = 20_000
_PAGE_PX = 2048
_BACKGROUND = 255
_CAMERA_COLOUR = (0.03, 0.22, 0.75, 1.0)
_FRUSTUM_STEPS = 24
# Turns about the vertical and heights of the views, in degrees, from where the photographs were taken.
_AROUND = ((0.0, 12.0), (90.0, 12.0), (180.0, 12.0), (270.0, 12.0))
_BEFORE = ((0.0, 5.0), (-40.0, 12.0), (40.0, 12.0), (0.0, 50.0))
_ALL_AROUND = 0.35


@dataclass(frozen=True, eq=False)
class PictureRow:
    """One result from several sides.

    Parameters
    ----------
    name : str
        "sparse", "dense", "mesh" or "texture".
    pictures : tuple of (height, width, 3) uint8
        From the front, from both sides and from above; or from four sides.
    """

    name: str
    pictures: tuple[Picture, ...]


def thumbnail(photograph: Photograph) -> Picture:
    """Give a small copy of a photograph, as it is stored."""
    return read_colours(photograph.path, _THUMBNAIL_PX)


def picture_rows(made: Reconstruction, progress: Progress) -> Iterator[PictureRow]:
    """Draw what there is, without a GPU: sparse points with the cameras, dense points, mesh and texture."""
    from render.native_renderer import NativeRenderer
    from render.pinhole_camera import PinholeCamera

    model = made.placed.world.model
    renderer = NativeRenderer()
    for name, nodes, shaded in _shapes(made):
        pictures: list[Picture] = []
        points = _framing(made)
        if name == "sparse":
            points = np.concatenate((points, [camera.pose[1] for camera in model.cameras.values()]))
        for view in _views(points, model.cameras):
            progress.check()
            camera = PinholeCamera.of_view(view, SIZE)
            drawn = renderer.render(_scene(nodes, view, shaded=shaded), camera).picture
            assert drawn is not None
            pictures.append(_over_white(drawn))
        yield PictureRow(name, tuple(pictures))


def _shapes(made: Reconstruction) -> "Iterator[tuple[str, tuple[SceneNode, ...], bool]]":
    model = made.placed.world.model
    cameras = _frusta(model.cameras, model.points)
    yield "sparse", (_points(model.points, model.colours, 1.3), cameras), False
    if made.points is not None:
        yield "dense", (_points(made.points.positions, made.points.colours, 1.0),), False
    if made.mesh is not None:
        yield "mesh", tuple(_surfaces(made.mesh, textured=False)), True
        if made.mesh.pages:
            yield "texture", tuple(_surfaces(made.mesh, textured=True)), False


def _points(positions: NDArray[Any], colours: NDArray[np.uint8], radius: float) -> "SceneNode":
    from render.point_set import PointSet
    from render.scene import PointNode

    step = max(1, -(-len(positions) // _MOST_POINTS))
    linear = np.ones((len(positions[::step]), 4), np.float32)
    linear[:, :3] = linear_colours(colours[::step])
    radii = np.array([radius], np.float32)
    return PointNode(PointSet(positions[::step].astype(np.float32), radii, colours=linear))


def _frusta(cameras: Mapping[str, PosedCamera], points: Floats) -> "SceneNode":
    """Give the edges of the cameras' pyramids, as rows of points."""
    from render.material import Material, Shading
    from render.point_set import PointSet
    from render.scene import PointNode

    centres = np.array([camera.pose[1] for camera in cameras.values()])
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    middle = np.median(points, axis=0) if len(points) else centres.mean(axis=0)
    far = float(np.median(np.linalg.norm(centres - middle, axis=1)))
    depth = min(0.5 * float(np.median(apart.min(axis=1))), 0.12 * far)
    share = np.linspace(0.0, 1.0, _FRUSTUM_STEPS)[:, None]
    rows: list[Floats] = []
    for camera in cameras.values():
        corners = _corners(camera, depth)
        around = [(corners[at], corners[(at + 1) % 4]) for at in range(4)]
        rows += [a + share * (b - a) for a, b in (*around, *((camera.pose[1], corner) for corner in corners))]
    places = np.concatenate(rows).astype(np.float32)
    material = Material(base_colour=_CAMERA_COLOUR, shading=Shading.UNLIT)
    return PointNode(PointSet(places, np.array([1.0], np.float32)), material)


def _corners(camera: PosedCamera, depth: float) -> Floats:
    rotation, centre = camera.pose
    width, height = camera.size
    pixels = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    rays = np.linalg.solve(camera.intrinsics, pixels.T).T * depth
    return rays @ rotation.T + centre


def _surfaces(mesh: TexturedMesh, *, textured: bool) -> "Iterator[SceneNode]":
    import cv2

    from render.material import Material, Shading
    from render.scene import SurfaceNode
    from render.surface_mesh import SurfaceMesh
    from render.texture import Texture, TextureWrap

    if not textured:
        material = Material(base_colour=(0.6, 0.6, 0.6, 1.0), roughness=0.9, double_sided=True)
        yield SurfaceNode(SurfaceMesh(mesh.positions, mesh.triangles), material)
        return
    for part in mesh_parts(mesh):
        assert part.page is not None
        assert mesh.uv is not None
        page = mesh.pages[part.page]
        scale = min(1.0, _PAGE_PX / max(page.shape))
        size = max(1, round(page.shape[1] * scale)), max(1, round(page.shape[0] * scale))
        small = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
        opaque = np.full((*small.shape[:2], 1), 255, np.uint8)
        texture = Texture(np.concatenate((small, opaque), 2), TextureWrap.CLAMP, TextureWrap.CLAMP)
        surface = SurfaceMesh(mesh.positions[part.vertices], part.triangles, uv=mesh.uv[part.vertices])
        yield SurfaceNode(
            surface, Material(base_colour_texture=texture, shading=Shading.UNLIT, double_sided=True)
        )


def _scene(nodes: "tuple[SceneNode, ...]", view: "Camera", *, shaded: bool) -> "RenderScene":
    from render.light import DirectionalLight
    from render.scene import RenderScene

    if not shaded:
        return RenderScene(nodes)
    # From over the viewer's left shoulder.
    across, down, ahead = view.axes
    x, y, z = (ahead + 0.5 * down + 0.4 * across).tolist()
    return RenderScene(nodes, (DirectionalLight(direction=(x, y, z), intensity=3.0),), (0.25, 0.25, 0.25))


def _framing(made: Reconstruction) -> Floats:
    """Give the points that views are fitted to: a few far ones do not count."""
    points = made.placed.world.model.points
    if made.points is not None and len(made.points.positions):
        points = made.points.positions.astype(np.float64)
    points = points[:: max(1, len(points) // _MOST_FITTED)]
    if not len(points):
        return np.array([camera.pose[1] for camera in made.placed.world.model.cameras.values()])
    distances = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    return points[distances <= np.quantile(distances, 0.96)]


def _views(points: Floats, cameras: Mapping[str, PosedCamera]) -> "Iterator[Camera]":
    from render.camera import Camera
    from render.view_fitting import fitted

    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    offsets = np.array([camera.pose[1] for camera in cameras.values()]) - middle
    up = -np.mean([camera.pose[0][:, 1] for camera in cameras.values()], axis=0)
    up = _main_axis(up)
    flat = offsets - np.outer(offsets @ up, up)
    towards = flat.mean(axis=0)
    around = np.linalg.norm(towards) < _ALL_AROUND * np.linalg.norm(flat, axis=1).mean()
    front = _unit(flat[0] if around else towards, fallback=np.roll(up, 1))
    for turn, height in _AROUND if around else _BEFORE:
        angle, rise = np.radians(turn), np.radians(height)
        side = np.cos(angle) * front + np.sin(angle) * np.cross(up, front)
        outwards = np.cos(rise) * side + np.sin(rise) * up
        yield fitted(Camera(_vector(middle + outwards), _vector(middle), _vector(up)), points, SIZE)


def _main_axis(up: Floats) -> Floats:
    """Give the y axis, which is up in worlds of our own; of a given world, its axis that is nearest to up."""
    axis = np.zeros(3)
    axis[np.abs(up).argmax()] = np.sign(up[np.abs(up).argmax()]) or 1.0
    y_is_up = up[1] > 0.7 * np.linalg.norm(up)
    return np.array([0.0, 1.0, 0.0]) if y_is_up else axis


def _unit(vector: Floats, *, fallback: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else fallback


def _vector(values: Floats) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return x, y, z


def _over_white(picture: NDArray[np.uint8]) -> Picture:
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.rint(picture[..., :3] * alpha + _BACKGROUND * (1 - alpha)).astype(np.uint8)
