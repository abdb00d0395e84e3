"""The map of a followed camera in 3D: points, keyframes, the way of the camera, and where it is now."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from core.posed_camera import PosedCamera
from core.services import Services
from core.textured_mesh import TexturedMesh
from reconstruction.camera_frusta import EDGES, make_frusta
from reconstruction.shown_result import mesh_nodes
from reconstruction.slam.anchor import Anchor
from reconstruction.slam.live_moment import MapView
from render.backend import backend_of
from render.camera import Camera
from render.drawing_pace import DrawingPaces
from render.environment import Environment
from render.pinhole_camera import PinholeCamera
from render.point_set import PointSet
from render.scene import PointNode, RenderScene, SceneNode, SurfaceNode
from render.steady_scene import SteadySceneRenderer
from render.surface_source import SurfaceSource
from render.ui.viewport import Viewport
from render.ui.viewport_overlay import ViewportOverlay
from render.view_fitting import fitted

_BACKGROUND = QColor(38, 42, 47)
_WAY, _NOW, _OBJECT = QColor(98, 190, 255), QColor(255, 200, 80), QColor(255, 150, 60)
_KEYFRAME = QColor(98, 190, 255, 120)
_INK = np.array([[0.62, 0.66, 0.7, 1.0]], np.float32)
_RADII_PX = np.array([1.4], np.float32)
_MOST_WAY = 20_000


class LiveMapView(Viewport):
    """Shows a map while it grows.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        settings = services.library.settings
        super().__init__(parent, paces=DrawingPaces(settings))
        self._renderer = SteadySceneRenderer(backend_of(settings))
        self._light = Environment.studio()
        self.way = _Way(self)
        self.overlays.append(self.way)
        self._points = np.zeros((0, 3), np.float32)
        self._moved = False
        self.camera_changed.connect(self._keep)
        self.home_requested.connect(self.reset_view)

    def _keep(self, _camera: Camera) -> None:
        self._moved = True

    def show_map(self, shown: MapView) -> None:
        """Show a map; from where the last one was looked at, if somebody chose that."""
        self._points = shown.points[np.isfinite(shown.points).all(axis=1)]
        self.way.keyframes = shown.keyframes
        if self.way.first is None and len(shown.keyframes):
            self.way.first = shown.keyframes[0, :3, 2], -shown.keyframes[0, :3, 1]
        if len(self._points) < 3:
            return
        points = PointSet(self._points, _RADII_PX, colours=np.repeat(_INK, len(self._points), axis=0))
        nodes: tuple[SceneNode, ...] = (PointNode(points),)
        if shown.surface is not None and len(shown.surface.triangles):
            nodes = seen_from_inside(shown.surface)
        source = SurfaceSource(self._renderer, RenderScene(nodes, environment=self._light))
        camera = self.camera if self._moved and self.camera is not None else self._whole()
        self.show_source(source, camera)

    def show_camera(self, camera: PosedCamera | None) -> None:
        """Show where the camera is; None where that is not known."""
        self.way.add(camera)
        self.update()

    def show_anchors(self, anchors: tuple[Anchor, ...]) -> None:
        """Show where objects were put."""
        self.way.anchors = anchors
        self.update()

    def forget(self) -> None:
        """Show nothing."""
        self.way.clear()
        self._points, self._moved = np.zeros((0, 3), np.float32), False
        self.show_source(None, None)

    def reset_view(self) -> None:
        """Look at the whole map, from behind and above the first camera."""
        self._moved = False
        if len(self._points) >= 3:
            self.set_camera(self._whole())

    def _whole(self) -> Camera:
        """Look at what is around the cameras, from behind and above the first one."""
        points = self._points.astype(float)
        middle = np.median(points, axis=0)
        apart = np.linalg.norm(points - middle, axis=1)
        near = points[apart <= 3 * np.median(apart)]
        first = self.way.first
        forward, up = (np.array([0, 0, 1.0]), np.array([0, -1.0, 0])) if first is None else first
        seen = np.concatenate((near, self.way.centres())) if len(self.way.centres()) else near
        focal = (seen.min(axis=0) + seen.max(axis=0)) / 2
        place = focal - forward + 0.8 * up
        looking = Camera(tuple(place.tolist()), tuple(focal.tolist()), tuple(up.tolist()))
        return fitted(looking, seen, (max(1, self.width()), max(1, self.height())))

    def paint_background(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), _BACKGROUND)


def seen_from_inside(surface: TexturedMesh) -> tuple[SceneNode, ...]:
    """Give a fused surface to draw; walls are not there from behind, so that a room can be looked into."""
    return tuple(
        replace(node, material=replace(node.material, double_sided=False))
        for node in mesh_nodes(surface)
        if isinstance(node, SurfaceNode)
    )


class _Way(ViewportOverlay):
    """Draws the way of the camera, the camera, and what was put into the scene."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.keyframes = np.zeros((0, 4, 4))
        self.anchors: tuple[Anchor, ...] = ()
        self.first: tuple[np.ndarray, np.ndarray] | None = None
        self._way: list[np.ndarray | None] = []
        self._now: PosedCamera | None = None

    def add(self, camera: PosedCamera | None) -> None:
        """Go on to where the camera is now."""
        self._now = camera
        self._way.append(None if camera is None else camera.pose[1])
        if camera is not None and self.first is None:
            self.first = camera.pose[0][:, 2], -camera.pose[0][:, 1]
        if len(self._way) > _MOST_WAY:  # hours: of the older half every second place is enough
            half = _MOST_WAY // 2
            self._way = self._way[:half:2] + self._way[half:]

    def clear(self) -> None:
        """Forget everything."""
        self.keyframes, self.anchors, self.first = np.zeros((0, 4, 4)), (), None
        self._way, self._now = [], None

    def centres(self) -> np.ndarray:
        """Give where the camera was, (n, 3)."""
        return np.array([place for place in self._way if place is not None]).reshape(-1, 3)

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        viewport = self._viewport
        if viewport.camera is None:
            return
        view = PinholeCamera.of_view(viewport.camera, (viewport.width(), viewport.height()))
        painter.setPen(QPen(_KEYFRAME, 4.0))
        for place in view.project(self.keyframes[:, :3, 3]) if len(self.keyframes) else ():
            if np.isfinite(place).all() and np.abs(place).max() < 1e5:
                painter.drawPoint(QPointF(*place))
        painter.setPen(QPen(_WAY, 1.6))
        for run in self._runs():
            pixels = view.project(run)
            shown = pixels[np.isfinite(pixels).all(axis=1) & (np.abs(pixels).max(axis=1) < 1e5)]
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in shown]))
        self._paint_camera(painter, view)
        painter.setPen(QPen(_OBJECT, 8.0))
        for anchor in self.anchors:
            place = view.project(anchor.place)
            if np.isfinite(place).all() and np.abs(place).max() < 1e5:
                painter.drawPoint(QPointF(*place))

    def _runs(self) -> list[np.ndarray]:
        """Give the parts of the way between moments at which the camera was lost."""
        runs: list[list[np.ndarray]] = [[]]
        for place in self._way:
            if place is None:
                runs.append([])
            else:
                runs[-1].append(place)
        return [np.array(run) for run in runs if len(run) > 1]

    def _paint_camera(self, painter: QPainter, view: PinholeCamera) -> None:
        if self._now is None:
            return
        reach = self.centres()
        depth = float(
            np.linalg.norm(view.camera_from_world[:3, :3] @ reach[-1] + view.camera_from_world[:3, 3])
        )
        # A pyramid of a twentieth of the distance, whatever the scale of the world.
        towards = self._now.pose[1] + depth * self._now.pose[0][:, 2]
        corners = view.project(make_frusta({"now": self._now}, towards[None]).corners[0])
        painter.setPen(QPen(_NOW, 2.0))
        for first, second in EDGES:
            ends = corners[[first, second]]
            if np.isfinite(ends).all() and np.abs(ends).max() < 1e5:
                painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
