"""Endings of the names of the files that a reconstruction can be made from."""

from capture.file_kinds import FILMS

PHOTOGRAPHS = (".heic", ".heif", ".jpeg", ".jpg", ".png", ".webp")
OPENED = (*PHOTOGRAPHS, *FILMS)
