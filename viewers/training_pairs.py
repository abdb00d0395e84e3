"""Which label file belongs to which image of a folder."""

from dataclasses import dataclass
from pathlib import Path

VOLUMES = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")
LABEL_VOLUMES = (".nii.gz", ".nii", ".seg.nrrd", ".nrrd", ".dcm")
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_CHANNEL = "_0000"  # nnU-Net's name of the first channel


@dataclass(frozen=True)
class Pair:
    """One image, its labels (None where there are none), and the name of the case."""

    name: str
    image: Path
    labels: Path | None

    @property
    def is_picture(self) -> bool:
        """Whether the image is a picture."""
        return _suffix(self.image, PICTURES) != ""


def _suffix(path: Path, known: tuple[str, ...]) -> str:
    name = path.name.lower()
    return next((suffix for suffix in known if name.endswith(suffix)), "")


def _stems(folder: Path, known: tuple[str, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        suffix = _suffix(path, known)
        if suffix and path.is_file() and not path.name.startswith("."):
            found.setdefault(path.name[: -len(suffix)], path)
    return found


def labelled_pairs(folder: Path) -> list[Pair]:
    """Match `images/NAME.*` with `labels/NAME.*`; `NAME_0000` counts as NAME.

    The cases are called `case-000` and so on: the names of files may be those of patients.
    """
    images = _stems(folder / "images", VOLUMES + PICTURES)
    labels = _stems(folder / "labels", LABEL_VOLUMES + PICTURES)
    pairs: list[Pair] = []
    for number, (stem, image) in enumerate(images.items()):
        own = labels.get(stem) or labels.get(stem.removesuffix(_CHANNEL))
        pairs.append(Pair(f"case-{number:03d}", image, own))
    return pairs
