"""Names of files that a reconstruction can be made from, and of those that it consists of."""

from pathlib import Path

from capture.file_kinds import FILMS

PHOTOGRAPHS = (".heic", ".heif", ".jpeg", ".jpg", ".png", ".webp")
# A folder with these is that of a reconstruction.
OF_A_RESULT = ("cameras.json", "sparse.ply")
# Maps, and what a folder of `sense slam` holds.
MAPS = (".smap",)
OF_A_MAP = ("map.smap", "trajectory.txt")
OPENED = (*PHOTOGRAPHS, *FILMS)


def is_map(path: Path) -> bool:
    """Tell whether a path is a map, or a folder of `sense slam` that holds one."""
    if path.is_dir():
        return all((path / name).is_file() for name in OF_A_MAP)
    return path.name.lower().endswith(MAPS)
