"""Points of the photographs of a folder, each paired with those of the next."""

from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import PartProgress, Progress
from models.disk_features import DiskFinder
from models.feature_matching import DISK_MODEL, FeatureMatcher
from models.input_reading import PICTURES, read_picture
from models.local_features import FeatureFinder, LocalFeatures
from models.runner import Runner
from models.store import ModelStore


def write_pairs(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Find points by XFeat and pair them by LighterGlue; see `paired`."""
    return paired(FeatureFinder(store, runner), FeatureMatcher(store, runner), given, output, progress)


def write_disk_pairs(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Find points by DISK and pair them by LightGlue; see `paired`."""
    matcher = FeatureMatcher(store, runner, DISK_MODEL)
    return paired(DiskFinder(store, runner), matcher, given, output, progress)


def paired(
    finder: FeatureFinder | DiskFinder,
    matcher: FeatureMatcher,
    given: Path,
    output: Path,
    progress: Progress,
) -> tuple[int, ...]:
    """Find and pair points of the pictures of a folder, in the order of their names.

    Parameters
    ----------
    given : Path
        The folder.
    output : Path
        `names`; for every picture `points_K` and `scores_K`; `pairs_K` are numbers of points of picture K and
        of the next, with their `probabilities_K`.

    Returns
    -------
    tuple of int
        How many pairs each two pictures have.

    Raises
    ------
    BadInput
        When the folder has fewer than two pictures.
    """
    import numpy as np

    paths = sorted(path for path in given.iterdir() if path.suffix.lower() in PICTURES)
    if len(paths) < 2:
        text = QT_TRANSLATE_NOOP("Message", "{path} must hold two pictures at least.")
        raise BadInput(message(text, path=str(given)))
    arrays: dict[str, Any] = {"names": np.array([path.name for path in paths], dtype=np.str_)}
    before: tuple[LocalFeatures, tuple[int, int]] | None = None
    counts: list[int] = []
    for number, path in enumerate(paths):
        part = PartProgress(progress, number / len(paths), (number + 1) / len(paths))
        part.report(0.0)
        picture = read_picture(path)
        features = finder.find(picture, progress=part)
        size = picture.shape[1], picture.shape[0]
        arrays |= {f"points_{number}": features.points, f"scores_{number}": features.scores}
        if before is not None:
            pairs, chances = matcher.match((before[0], features), (before[1], size), progress=part)
            arrays |= {f"pairs_{number - 1}": pairs, f"probabilities_{number - 1}": chances}
            counts.append(len(pairs))
        before = features, size
    np.savez(output, **arrays)
    return tuple(counts)
