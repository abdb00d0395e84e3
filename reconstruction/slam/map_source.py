"""Opening what can serve as a map: a `.smap`, or the folder of a reconstruction, which holds one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from formats.map_file import read_map
from reconstruction.photograph import Photograph, read_grey
from reconstruction.slam.map_building import PosedPicture, build_map

MAP_FILE = "map.smap"


def open_map(path: Path) -> VisualMap:
    """Open a map.

    Raises
    ------
    BadInput
        When there is none, or one that cannot be read.
    """
    if not path.is_dir():
        return read_map(path)
    if (path / MAP_FILE).is_file():
        return read_map(path / MAP_FILE)
    text = QT_TRANSLATE_NOOP("Message", "{path} holds no map.")
    hint = QT_TRANSLATE_NOOP("Message", "Give a .smap, or run `sense reconstruct` again: it writes one.")
    raise BadInput(message(text, path=str(path)), message(hint))


def map_of_photographs(
    photographs: Sequence[Photograph],
    cameras: Mapping[str, PosedCamera],
    *,
    is_metric: bool,
    progress: Progress = SILENT,
) -> VisualMap | None:
    """Give a map of photographs whose cameras are known; None where they share no points."""
    known = [one for one in photographs if one.name in cameras]
    pictures = (
        PosedPicture(one.name, cameras[one.name], read_grey(one.path, max(one.size))) for one in known
    )
    try:
        return build_map(
            pictures,
            is_metric=is_metric,
            command="reconstruction.reconstruct",
            progress=progress,
        )
    except BadInput:
        raise
    except SenseError:
        return None
