"""The views that dense stereo is made of: photographs without distortion, sky and black surroundings."""

from collections.abc import Sequence

from core.progress import SILENT, Progress
from reconstruction.darkness import without_darkness
from reconstruction.level_axes import level_up
from reconstruction.neighbours import seen_points
from reconstruction.photograph import Photograph
from reconstruction.sky import without_sky
from reconstruction.sparse_model import SparseModel
from reconstruction.view import View, undistorted_view


def dense_views(
    photographs: Sequence[Photograph],
    model: SparseModel,
    longest_side_px: int,
    *,
    progress: Progress = SILENT,
) -> list[View]:
    """Read the photographs that have a camera.

    Parameters
    ----------
    photographs : sequence of Photograph
        Files, in the order of the views.
    model : SparseModel
        Cameras, and the points that tell where there is no sky.
    longest_side_px : int
        Of the views, at most.
    progress : Progress
        Cancels.

    Raises
    ------
    BadInput
        When a file is damaged.
    Cancelled
        When the progress was cancelled.
    """
    placed = [one for one in photographs if one.name in model.cameras]
    names = [one.name for one in placed]
    cameras = [model.cameras[name] for name in names]
    seen_by = seen_points(cameras, names, model)
    up = level_up(
        {one.name: model.cameras[one.name] for one in placed}, {one.name: one.turns for one in placed}
    )
    views: list[View] = []
    for one, camera, seen in zip(placed, cameras, seen_by, strict=True):
        progress.check()  # whoever cancels need not wait for all of them
        view = without_darkness(undistorted_view(one, camera, longest_side_px))
        views.append(without_sky(view, model.points[seen], one.turns, up))
    return views
