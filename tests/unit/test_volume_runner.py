import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BadInput, Cancelled
from core.model_card import ChannelPreparation, InputPreparation, ModelCard
from core.progress import SILENT, CallbackProgress, CancelToken
from core.segmentation import Segmentation
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume_files import FoundVolume
from models.runner import Runner
from models.store import ModelStore
from models.tiled_prediction import Tiling, predict
from models.tiling import mirrorings, tile_starts, tile_weights
from models.volume_preparation import axis_order, normalised, prepare_volume
from models.volume_procedures import segment
from models.volume_runner import VolumeNetwork, segment_volume
from tests.model_factory import save_volume_model


def geometry_of(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> SliceGeometry:
    """Axial slices, (k, j, i) and spacing in that order."""
    affine = np.diag([spacing[2], spacing[1], spacing[0], 1.0])
    positions = np.arange(shape[0])[:, None] * affine[:3, 2]
    row, column = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    ijk = shape[2], shape[1], shape[0]
    return SliceGeometry(GeometryKind.UNIFORM, ijk, spacing[::-1], row, column, positions, affine)


def found_of(voxels: np.ndarray[Any, Any], spacing: tuple[float, float, float] = (1, 1, 1)) -> FoundVolume:
    return FoundVolume(voxels, geometry_of(voxels.shape[-3:], spacing), "sha256:0")


def card_in(folder: Path) -> ModelCard:
    return ModelCard.from_json(json.loads((folder / "levels.card.json").read_text()))


def run(runner: Runner, folder: Path, path: Path, voxels: np.ndarray[Any, Any]) -> Segmentation:
    store = ModelStore(folder / "store")
    return segment(store, runner, store.add_file(path), found_of(voxels), SILENT)


def test_tiles_are_spaced_evenly() -> None:
    assert tile_starts(110, 64, 0.5) == (0, 23, 46)
    assert tile_starts(64, 64, 0.5) == (0,)
    assert tile_starts(3, 1, 0.5) == (0, 1, 2)
    with pytest.raises(ValueError, match="padded"):
        tile_starts(10, 64, 0.5)


def test_the_middle_of_a_tile_counts_most_and_no_voxel_nothing() -> None:
    weights = tile_weights((16, 24, 32))
    assert weights[8, 12, 16] == 10
    assert weights.min() > 0
    assert mirrorings((0, 2)) == ((), (0,), (2,), (0, 2))


@pytest.mark.parametrize("axes", [(), (0,), (0, 1, 2)])
def test_overlapping_tiles_give_what_the_whole_volume_gives(axes: tuple[int, ...]) -> None:
    volume = np.random.default_rng(1).normal(size=(1, 37, 20, 29)).astype(np.float32)
    slabs = list(predict(lambda tiles: tiles * 2.0, volume, Tiling((16, 16, 16), mirror_axes=axes)))
    assert [slab.first for slab in slabs] == [0, 7, 14, 21]
    scores = np.concatenate([slab.scores for slab in slabs], axis=1)
    assert scores.shape == volume.shape
    assert np.allclose(scores, volume * 2.0, atol=0.04)  # sums are in half precision


def test_mirrored_tiles_are_turned_back_before_they_are_averaged() -> None:
    volume = np.zeros((1, 8, 8, 8), np.float32)
    ramp = np.broadcast_to(np.arange(8, dtype=np.float32), (1, 1, 8, 8, 8))  # what a place alone would give
    slab = next(predict(lambda _: ramp, volume, Tiling((8, 8, 8), mirror_axes=(2,))))
    assert np.allclose(slab.scores, 3.5, atol=0.01)


def test_labels_lie_on_the_voxels_of_the_volume(tmp_path: Path) -> None:
    path = save_volume_model(
        tmp_path, labels=3, spacing_mm=[2.0, 2.0, 2.0], channels=[{"normalisation": "fixed", "mean": 100.0}]
    )
    voxels = np.full((30, 40, 50), 100, np.int16)
    voxels[5:15, 6:20, 10:30] = 102
    voxels[20:28, 20:38, 30:48] = 104
    with Runner() as runner:
        segmentation = run(runner, tmp_path, path, voxels)
    labels, expected = segmentation.layers[0], (voxels - 100) // 2
    assert labels.shape == voxels.shape
    assert (labels == expected).mean() > 0.97  # borders may lie half a voxel of the network aside
    inner = np.zeros_like(expected, bool)
    inner[7:13, 8:18, 12:28] = inner[22:26, 22:36, 32:46] = True
    assert np.array_equal(labels[inner], expected[inner])
    assert [(item.number, item.label) for item in segmentation.segments] == [(1, "level 1"), (2, "level 2")]
    assert segmentation.segments[0].algorithm is not None
    assert segmentation.provenance is not None
    assert segmentation.provenance.model == "levels@1.0"


def ignore(*_: object) -> None:
    """Hear a report."""


def test_slices_are_segmented_by_networks_of_pictures(tmp_path: Path) -> None:
    path = save_volume_model(tmp_path, patch=(16, 16), layout="NCHW")
    voxels = np.zeros((3, 20, 33), np.float32)
    voxels[1, 4:9, 5:30] = 2
    with Runner() as runner:
        labels = run(runner, tmp_path, path, voxels)
    assert np.array_equal(labels.layers[0], voxels / 2)


def test_axes_follow_the_directions_of_the_patient() -> None:
    voxels = np.arange(2 * 3 * 4).reshape(2, 3, 4)  # slices to S, rows to P, columns to L
    turned = axis_order(InputPreparation("volume", orientation="RAS"), geometry_of((2, 3, 4), (1, 1, 1)))
    assert np.array_equal(turned.apply(voxels), voxels.transpose(2, 1, 0)[::-1, ::-1])
    same = axis_order(InputPreparation("volume", orientation="SPL"), geometry_of((2, 3, 4), (1, 1, 1)))
    assert np.array_equal(same.apply(voxels), voxels)


def test_only_what_is_not_zero_is_normalised() -> None:
    values = np.zeros((6, 6, 6), np.float32)
    values[1:5, 1:5, 1:5] = np.arange(64).reshape(4, 4, 4) + 1
    values[2, 2, 2] = 0  # enclosed: belongs to the body
    result = normalised(values.copy(), ChannelPreparation("z-score-nonzero"))
    inside = result[1:5, 1:5, 1:5]
    assert (result[0] == 0).all()
    assert abs(inside.mean()) < 1e-6
    assert abs(inside.std() - 1) < 1e-5
    prepared = prepare_volume(
        values,
        geometry_of((6, 6, 6), (1, 1, 1)),
        InputPreparation("volume", crop="nonzero"),
        flat=False,
    )
    assert prepared.values.shape == (1, 4, 4, 4)


def network(card: ModelCard, call: Any) -> VolumeNetwork:
    return VolumeNetwork(card, call, (16, 16, 16))


def test_a_cancel_is_answered_between_tiles(tmp_path: Path) -> None:
    save_volume_model(tmp_path)
    token = CancelToken()
    calls: list[int] = []

    def call(tiles: np.ndarray[Any, Any], _progress: object) -> np.ndarray[Any, Any]:
        calls.append(1)
        if len(calls) == 3:
            token.cancel()
        return np.repeat(tiles, 2, axis=1)

    with pytest.raises(Cancelled):
        segment_volume(
            network(card_in(tmp_path), call),
            found_of(np.ones((40, 40, 40), np.float32)),
            progress=CallbackProgress(ignore, token),
        )
    assert len(calls) == 3


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    save_volume_model(tmp_path)
    card, volume = card_in(tmp_path), found_of(np.ones((20, 20, 20), np.float32))
    with pytest.raises(BadInput, match="volume has 3"):
        segment_volume(network(card, lambda tiles, _: tiles), found_of(np.ones((3, 20, 20, 20), np.float32)))
    with pytest.raises(BadInput, match="2 labels"):
        segment_volume(network(card, lambda tiles, _: np.repeat(tiles, 3, axis=1)), volume)
    with pytest.raises(BadInput, match="tile of 16"):
        segment_volume(network(card, lambda tiles, _: tiles[..., :8]), volume)
    with pytest.raises(BadInput, match="no numbers"):
        segment_volume(network(card, lambda tiles, _: np.repeat(tiles * np.nan, 2, axis=1)), volume)


def test_what_is_no_number_counts_as_nothing(tmp_path: Path) -> None:
    path = save_volume_model(tmp_path)
    voxels = np.zeros((20, 20, 20), np.float32)
    voxels[5:9, 5:9, 5:9] = 2
    voxels[0, 0, 0], voxels[19, 0, 0] = np.nan, np.inf
    with Runner() as runner:
        labels = run(runner, tmp_path, path, voxels).layers[0]
    assert labels.sum() == 4**3
