"""Names of files that a reconstruction can be made from, and of those that it consists of."""

from capture.file_kinds import FILMS

PHOTOGRAPHS = (".heic", ".heif", ".jpeg", ".jpg", ".png", ".webp")
# A folder with these is that of a reconstruction.
OF_A_RESULT = ("cameras.json", "sparse.ply")
OPENED = (*PHOTOGRAPHS, *FILMS)
