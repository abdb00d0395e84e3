"""A texture for a mesh from the photographs that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, PartProgress, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.colour_levelling import Seams, spread_colours
from reconstruction.face_views import Candidates, FaceLookup, projected
from reconstruction.mesh_edges import InnerEdges, inner_edges
from reconstruction.photograph import Photograph
from reconstruction.texture_charts import Charts, choose_views, make_charts
from reconstruction.texture_pages import Layout, Pages, lay_out
from reconstruction.view import View, resized_camera, undistorted_view
from reconstruction.view_exposure import ghosts, view_gains

Floats = NDArray[np.float32]
_LOOKED_AT_PX = 2048  # longest side of a view in which faces are looked for
_GREY = 128.0


@dataclass(frozen=True)
class TextureOptions:
    """How a mesh is textured.

    Parameters
    ----------
    longest_side_px : int
        Views are reduced to it.
    page_side_px : int
        Most of a page of the texture; smaller ones are used where all fits.
    most_pages : int
        What does not fit is reduced.
    candidates : int
        Most views of a face that are considered.
    smoothness : float
        What a seam costs; see `choose_views`.
    remove_ghosts : bool
        Leave out views that show something else than most views do: passers-by, reflections.
    level_colours : bool
        Bring exposures together and adjust colours where charts meet.
    """

    longest_side_px: int = 4096
    page_side_px: int = 8192
    most_pages: int = 4
    candidates: int = 10
    smoothness: float = 0.5
    remove_ghosts: bool = True
    level_colours: bool = True

    @staticmethod
    def of(quality: str) -> "TextureOptions":
        """Give the options for "draft", "normal" or "high"."""
        return {
            "draft": TextureOptions(1024, 4096, 1, 6),
            "normal": TextureOptions(),
            "high": TextureOptions(16384, 16384, 4, 16),
        }[quality]


@dataclass(frozen=True, eq=False)
class Texture:
    """A textured mesh, and how much of it is not seen.

    Parameters
    ----------
    mesh : TexturedMesh
        Vertices where charts meet are there once for each.
    filled_share : float
        Share of the faces that no photograph shows, whose colours are taken from around them.
    """

    mesh: TexturedMesh
    filled_share: float


def texture_mesh(
    mesh: TexturedMesh,
    photographs: Sequence[Photograph],
    cameras: Mapping[str, PosedCamera],
    options: TextureOptions | None = None,
    *,
    progress: Progress = SILENT,
) -> Texture:
    """Texture a mesh from photographs.

    Every face gets the view that shows it largest, with few seams between views, without views whose colours
    are outliers; charts are cut out of the photographs without resampling, and their colours brought together
    along the seams. Faces that no view shows get the colours around them.

    Parameters
    ----------
    mesh : TexturedMesh
        In the cameras' world; vertices that faces share are there once.
    photographs : sequence of Photograph
        Those without a posed camera are not used.
    cameras : mapping
        By the photographs' names.

    Raises
    ------
    BadInput
        When a photograph is damaged, or none shows the mesh.
    """
    return _Texturing(mesh, photographs, cameras, options or TextureOptions()).run(progress)


class _Texturing:
    """One run; views are read one by one, three times, and never kept."""

    def __init__(
        self,
        mesh: TexturedMesh,
        photographs: Sequence[Photograph],
        cameras: Mapping[str, PosedCamera],
        options: TextureOptions,
    ) -> None:
        used = [one for one in photographs if one.name in cameras and cameras[one.name].is_posed]
        self._photographs = used
        self._cameras = [cameras[one.name] for one in used]
        self._mesh, self._options = mesh, options
        self._edges: InnerEdges = inner_edges(mesh.triangles)

    def run(self, progress: Progress) -> Texture:
        candidates = self._candidates(PartProgress(progress, 0.0, 0.4))
        charts, gains = self._charts(candidates, PartProgress(progress, 0.4, 0.5))
        adjustments = self._levelled(charts, gains, PartProgress(progress, 0.5, 0.7))
        layout = lay_out(charts, self._pixels(charts), self._options.page_side_px, self._options.most_pages)
        progress.report(0.7)
        pages = Pages(charts, layout)
        self._paint(pages, charts, layout, gains, adjustments, PartProgress(progress, 0.7, 0.95))
        unseen = charts.view_of_face < 0
        if unseen.any():
            pages.paint_unseen(self._unseen_colours(charts, candidates, gains, adjustments, progress))
        mesh = self._mesh
        textured = TexturedMesh(
            np.ascontiguousarray(mesh.positions[charts.vertices]),
            charts.corners,
            None if mesh.colours is None else np.ascontiguousarray(mesh.colours[charts.vertices]),
            layout.uv(charts),
            pages.finished(progress),
            layout.page,
        )
        return Texture(textured, float(unseen.mean()))

    def _camera(self, number: int, longest_side: float) -> PosedCamera:
        """Give the camera of a view; see `undistorted_view`."""
        camera = self._cameras[number]
        scale = min(1.0, longest_side / max(camera.size))
        width, height = (max(1, round(side * scale)) for side in camera.size)
        return replace(resized_camera(camera, (width, height)), distortion={}, fisheye=False)

    def _view(self, number: int, longest_side: float) -> View:
        return undistorted_view(self._photographs[number], self._cameras[number], int(longest_side))

    def _candidates(self, progress: Progress) -> Candidates:
        lookup = FaceLookup(self._mesh.positions, self._mesh.triangles)
        found = Candidates.none(len(self._mesh.triangles), self._options.candidates)
        for number in range(len(self._photographs)):
            progress.report(number / len(self._photographs))
            view = self._view(number, min(_LOOKED_AT_PX, self._options.longest_side_px))
            seen = lookup.seen_by(view)
            full = self._camera(number, self._options.longest_side_px).size[0] / view.camera.size[0]
            found.add(number, replace(seen, areas=(seen.areas * full**2).astype(np.float32)))
        if not (found.views >= 0).any():
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "No photograph shows the surface.")))
        return found

    def _charts(self, candidates: Candidates, progress: Progress) -> tuple[Charts, Floats]:
        gains = np.ones((len(self._photographs), 3), np.float32)
        if self._options.level_colours:
            gains = view_gains(candidates, len(self._photographs))
        if self._options.remove_ghosts:
            candidates.drop(ghosts(candidates, gains))
        ends = self._mesh.positions[self._edges.vertices]
        lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).astype(np.float32)
        views = choose_views(candidates, self._edges, lengths, self._options.smoothness, progress)
        return make_charts(self._mesh.triangles, views, self._edges), gains

    def _levelled(self, charts: Charts, gains: Floats, progress: Progress) -> Floats:
        if not self._options.level_colours:
            return np.zeros((len(charts.vertices), 3), np.float32)
        seams = Seams(charts, self._edges, self._mesh.positions)
        for number in range(len(self._photographs)):
            progress.report(0.8 * number / len(self._photographs))
            if (charts.view_of_face == number).any():
                seams.look(number, self._view(number, self._options.longest_side_px), gains[number])
        return seams.adjustments(progress)

    def _pixels(self, charts: Charts) -> NDArray[np.float64]:
        """Give the faces' corners in their views, (m, 3, 2)."""
        pixels = np.zeros((len(charts.triangles), 3, 2))
        for number in range(len(self._photographs)):
            faces = np.flatnonzero(charts.view_of_face == number)
            corners = self._mesh.positions[charts.triangles[faces]].reshape(-1, 3).astype(np.float64)
            camera = self._camera(number, self._options.longest_side_px)
            pixels[faces] = projected(camera, corners)[0].reshape(-1, 3, 2)
        return pixels

    def _paint(
        self,
        pages: Pages,
        charts: Charts,
        layout: Layout,
        gains: Floats,
        adjustments: Floats,
        progress: Progress,
    ) -> None:
        import cv2

        for number in range(len(self._photographs)):
            progress.report(number / len(self._photographs))
            if not (charts.view_of_face == number).any():
                continue
            colours = self._view(number, self._options.longest_side_px).colours
            if layout.shrink < 1:
                colours = _shrunk(colours, layout.shrink)
            levels = np.arange(256, dtype=np.float32)[:, None] * gains[number]
            table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
            levelled = np.ascontiguousarray(cv2.LUT(colours, table[None]), np.uint8)
            pages.paint_view(number, levelled, adjustments, progress)

    def _unseen_colours(
        self, charts: Charts, candidates: Candidates, gains: Floats, adjustments: Floats, progress: Progress
    ) -> Floats:
        """Give colours at the vertices that fill what no view shows."""
        seen = np.flatnonzero(charts.view_of_face >= 0)
        column = (candidates.views[seen] == charts.view_of_face[seen, None]).argmax(axis=1)
        levels = candidates.colours[seen, column] * gains[charts.view_of_face[seen]]
        levels = levels[:, None] + adjustments[charts.corners[seen]]
        corners = charts.triangles[seen].reshape(-1)
        count = len(self._mesh.positions)
        times = np.bincount(corners, minlength=count)
        total = [np.bincount(corners, levels[..., c].reshape(-1), count) for c in range(3)]
        known = times > 0
        colours = np.full((count, 3), _GREY, np.float32)
        if self._mesh.colours is not None:
            colours[:] = self._mesh.colours
        colours[known] = (np.stack(total, 1) / np.maximum(times, 1)[:, None])[known]
        return spread_colours(charts, colours, known, progress)


def _shrunk(colours: NDArray[np.uint8], shrink: float) -> NDArray[np.uint8]:
    """Reduce a picture so that pixel x lies at (x + 0.5) * shrink - 0.5."""
    import cv2

    height, width = (int(np.ceil(side * shrink)) for side in colours.shape[:2])
    moved = np.array([[shrink, 0, 0.5 * shrink - 0.5], [0, shrink, 0.5 * shrink - 0.5]])
    smooth = cv2.GaussianBlur(colours, (0, 0), 0.5 * np.sqrt(max(shrink**-2 - 1, 1e-4)))
    reduced = cv2.warpAffine(smooth, moved, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(reduced, np.uint8)
