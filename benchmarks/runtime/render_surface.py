"""Surfaces against VTK on a software OpenGL: a figure that moves, and a large reconstruction."""

import os
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Benchmark, Contender, Result, required_peer
from render.environment import Environment
from render.figure import FigurePose, MorphTarget, Skin
from render.light import DirectionalLight
from render.material import Material
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import RenderOptions
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.texture import Texture

SIZE = (1280, 720)
EYE, TARGET = (0.0, 0.1, 3.6), (0.0, 0.0, 0.0)
FIGURE_GOAL_HZ, RECONSTRUCTION_GOAL_HZ = 30, 10


def body(around: int, along: int, bumps: float) -> SurfaceMesh:
    """Make a bumpy, upright, closed body about two high, with texture coordinates."""
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, around), np.linspace(0.02, np.pi - 0.02, along))
    radius = 0.45 * np.sin(v) * (1 + bumps * np.sin(9 * u) * np.sin(13 * v))
    points = np.stack([radius * np.cos(u), np.cos(v), -radius * np.sin(u)], -1).reshape(-1, 3)
    first = (np.arange(along - 1)[:, None] * around + np.arange(around - 1)).ravel()
    below = first + around
    upper = np.stack([first, below, first + 1], 1)
    triangles = np.concatenate([upper, np.stack([first + 1, below, below + 1], 1)])
    uv = np.stack([u / (2 * np.pi), v / np.pi], -1).reshape(-1, 2)
    return SurfaceMesh(
        points.astype(np.float32), triangles.astype(np.int32), uv=np.ascontiguousarray(uv, np.float32)
    )


def figure() -> SurfaceMesh:
    """Make 14,000 vertices with 20 joints and 52 morph targets, each of a fifth of the vertices."""
    mesh = body(140, 100, 0.05)
    random = np.random.default_rng(7)
    height = mesh.positions[:, 1]
    place = np.clip((height + 1) / 2 * 18.99, 0, 18.99)
    joint = place.astype(np.int32)
    share = (place - joint).astype(np.float32)
    joints = np.stack([joint, joint + 1, np.zeros_like(joint), np.zeros_like(joint)], 1)
    weights = np.stack([1 - share, share, 0 * share, 0 * share], 1)
    targets = []
    for n in range(52):
        near = np.exp(-(((height - random.uniform(-0.9, 0.9)) / 0.1) ** 2))[:, None]
        moved = np.where(near > 0.3, near * random.normal(scale=0.02, size=(1, 3)), 0)
        targets.append(MorphTarget(moved.astype(np.float32), None, f"shape{n}"))
    skin = Skin(joints, weights, np.stack([np.eye(4)] * 20))
    return SurfaceMesh(mesh.positions, mesh.triangles, uv=mesh.uv, targets=tuple(targets), skin=skin)


def skin_like() -> Material:
    """Give a textured, slightly glossy material."""
    noise = np.random.default_rng(1).integers(120, 255, (64, 64, 3), np.uint8)
    large = np.kron(noise, np.ones((16, 16, 1), np.uint8))
    return Material(base_colour_texture=Texture.of_rgb(large), roughness=0.55)


def camera() -> PinholeCamera:
    """See the whole body."""
    return PinholeCamera.looking_at(EYE, TARGET, SIZE, view_angle_deg=36.0)


LIGHTS = (DirectionalLight((-0.4, -0.6, -1)), DirectionalLight((1, -0.2, -0.5), intensity=1.5))


def posed_figures(count: int) -> list[SurfaceNode]:
    """Give the figure in `count` poses, with all targets at work."""
    mesh, material = figure(), skin_like()
    nodes = []
    for n in range(count):
        places = np.stack([np.eye(4)] * 20)
        places[:, 0, 3] = 0.15 * np.sin(np.linspace(0, 3, 20) + 0.3 * n)
        shares = 0.5 + 0.5 * np.sin(0.4 * n + np.arange(52))
        nodes.append(SurfaceNode(mesh, material, pose=FigurePose(tuple(shares), places)))
    return nodes


def native_figure(environment: Environment | None) -> Callable[[], Any]:
    """Give a call that poses and draws the figure anew."""
    renderer, view, options = NativeRenderer(), camera(), RenderOptions(samples=4)
    nodes = posed_figures(64)
    count = iter(range(10**9))

    def run() -> None:
        number = next(count) % len(nodes)
        # A node of its own is posed anew.
        node = SurfaceNode(nodes[number].mesh, nodes[number].material, pose=nodes[number].pose)
        renderer.render(RenderScene((node,), LIGHTS, environment=environment), view, options)

    return run


def vtk_window(mesh: SurfaceMesh) -> tuple[Any, Any]:
    """Give an off-screen window that shows a mesh by physically based shading, and the mesh's data."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
    from vtkmodules.vtkFiltersCore import vtkPolyDataNormals
    from vtkmodules.vtkRenderingCore import (
        vtkActor,
        vtkLight,
        vtkPolyDataMapper,
        vtkRenderer,
        vtkRenderWindow,
    )

    data, points, cells = vtkPolyData(), vtkPoints(), vtkCellArray()
    points.SetData(numpy_to_vtk(mesh.positions, deep=True))
    starts = np.arange(0, 3 * len(mesh.triangles) + 1, 3)
    corners = mesh.triangles.astype(np.int64).ravel()
    cells.SetData(numpy_to_vtkIdTypeArray(starts, deep=True), numpy_to_vtkIdTypeArray(corners, deep=True))
    data.SetPoints(points)
    data.SetPolys(cells)
    normals = vtkPolyDataNormals()
    normals.SetInputData(data)
    normals.SplittingOff()
    normals.ConsistencyOff()
    normals.Update()
    data = normals.GetOutput()
    mapper, actor, scene, window = vtkPolyDataMapper(), vtkActor(), vtkRenderer(), vtkRenderWindow()
    mapper.SetInputData(data)
    actor.SetMapper(mapper)
    actor.GetProperty().SetInterpolationToPBR()
    actor.GetProperty().SetRoughness(0.55)
    actor.GetProperty().BackfaceCullingOn()
    scene.AddActor(actor)
    scene.AutomaticLightCreationOff()
    for light in LIGHTS:
        lamp = vtkLight()
        lamp.SetPosition(*(-np.array(light.direction)))
        lamp.SetFocalPoint(0, 0, 0)
        scene.AddLight(lamp)
    view = scene.GetActiveCamera()
    view.SetPosition(EYE)
    view.SetFocalPoint(TARGET)
    view.SetViewUp(0, 1, 0)
    view.SetViewAngle(36)
    scene.ResetCameraClippingRange()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(4)
    window.SetSize(*SIZE)
    window.AddRenderer(scene)
    return window, data


def vtk_figure() -> Callable[[], Any]:
    """Give a call that hands VTK new vertices (posed beforehand: it cannot do that) and draws."""
    from vtkmodules.util.numpy_support import numpy_to_vtk

    renderer, nodes = NativeRenderer(), posed_figures(16)
    vertices = [numpy_to_vtk(renderer.world_vertices(node).astype(np.float32), deep=True) for node in nodes]
    window, data = vtk_window(body(140, 100, 0.05))
    count = iter(range(10**9))

    def run() -> None:
        data.GetPoints().SetData(vertices[next(count) % len(vertices)])
        data.GetPoints().Modified()
        window.Render()

    return run


def turning(draw: Callable[[np.ndarray], None]) -> Callable[[], Any]:
    """Turn the body a little further by each call."""
    count = iter(range(10**9))

    def run() -> None:
        angle = 0.05 * next(count)
        place = np.eye(4)
        place[0, 0] = place[2, 2] = np.cos(angle)
        place[0, 2], place[2, 0] = np.sin(angle), -np.sin(angle)
        draw(place)

    return run


def native_reconstruction(mesh: SurfaceMesh, samples: int) -> Callable[[], Any]:
    """Give a call that draws the mesh, turned further."""
    renderer, view, options = NativeRenderer(), camera(), RenderOptions(samples=samples)
    material = Material(roughness=0.55)

    def draw(place: np.ndarray) -> None:
        scene = RenderScene((SurfaceNode(mesh, material, place),), LIGHTS)
        renderer.render(scene, view, options)

    return turning(draw)


def vtk_reconstruction(mesh: SurfaceMesh) -> Callable[[], Any]:
    """Give the same by VTK."""
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    window, _ = vtk_window(mesh)
    actor = window.GetRenderers().GetFirstRenderer().GetActors().GetLastActor()

    def draw(place: np.ndarray) -> None:
        matrix = vtkMatrix4x4()
        matrix.DeepCopy(place.ravel())
        actor.SetUserMatrix(matrix)
        window.Render()

    return turning(draw)


def report(result: Result, goal_hz: float) -> None:
    """Say how many pictures a second there are, here and on two cores that do nothing else."""
    samples = result.samples["sense"]
    here = 1 / statistics.median(sample.seconds for sample in samples)
    alone = 2 / statistics.median(sample.cpu_seconds for sample in samples)
    met = "reached" if alone >= goal_hz else "NOT reached"
    figures = f"{alone:.1f} by processor time on two cores, {here:.1f} here"
    print(f"goal {goal_hz} pictures a second: {met} ({figures})")


def main() -> None:
    """Compare and print."""
    os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
    for module in ("RenderingCore", "RenderingOpenGL2"):
        required_peer(f"vtkmodules.vtk{module}")
    benchmark = Benchmark("Surfaces at 1280 x 720, four samples a pixel, against VTK on llvmpipe")
    peer = Contender("VTK, posed beforehand", vtk_figure())
    for name, environment in (("two lights", None), ("two lights and a panorama", Environment.studio())):
        label = f"figure of 14,000 vertices, 52 targets, 20 joints, {name}"
        report(
            benchmark.compare(label, Contender("sense", native_figure(environment)), [peer]), FIGURE_GOAL_HZ
        )
    mesh = body(1001, 501, 0.02)
    peer = Contender("VTK", vtk_reconstruction(mesh))
    for samples in (4, 1):
        label = f"{len(mesh.triangles):,} triangles, {samples} samples"
        ours = Contender("sense", native_reconstruction(mesh, samples))
        report(benchmark.compare(label, ours, [peer]), RECONSTRUCTION_GOAL_HZ)
    benchmark.finish()


if __name__ == "__main__":
    main()
