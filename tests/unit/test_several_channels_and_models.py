"""Volumes of several channels, and several networks asked together."""

import json
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from core.context import Context
from core.errors import BadInput, UsageError
from core.library import Library
from core.progress import SILENT
from imaging.volume_access import DiskVolumes
from models.channel_reading import read_channels
from models.run_commands import RunOptions, run_command
from models.runner import Runner
from models.store import ModelStore
from models.volume_procedures import segment
from tests.model_factory import save_volume_model
from tests.unit.test_volume_runner import found_of

PLAIN = {"normalisation": "", "window": None}
AFFINE = np.array([[-1.5, 0, 0, 10], [0, 1.0, 0, -20], [0, 0, 2.0, 5], [0, 0, 0, 1]])


def saved(path: Path, voxels: np.ndarray, affine: np.ndarray = AFFINE) -> str:
    nib.save(nib.Nifti1Image(voxels, affine), path)
    return str(path)


def run(library: Library, volume: str, output: Path, **more: object) -> None:
    context = Context(library, volumes=DiskVolumes())
    run_command(context, RunOptions("levels", Path(volume), output, **more))  # type: ignore[arg-type]


@pytest.fixture
def two_channels(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "library")
    path = save_volume_model(tmp_path, labels=3, channel_count=2)
    card = json.loads((tmp_path / "levels.card.json").read_text())
    card["inputs"][0]["preparation"]["channels"] = [PLAIN, PLAIN]
    (tmp_path / "levels.card.json").write_text(json.dumps(card))
    ModelStore(library.models_folder).add_file(path)
    return library


def test_further_channels_are_named_in_their_order(two_channels: Library, tmp_path: Path) -> None:
    one, other = np.zeros((2, 20, 18, 16), np.float32)
    one[2:12, 4:9, 4:12], other[7:18, 4:9, 4:12] = 2, 2
    first, second = saved(tmp_path / "t1.nii.gz", one), saved(tmp_path / "t2.nii.gz", other)
    run(two_channels, first, tmp_path / "labels.nii.gz", channel=(Path(second),))
    written = nib.load(tmp_path / "labels.nii.gz")
    assert np.array_equal(np.asarray(written.dataobj), (one + other) / 2)
    assert len(json.loads(written.header.extensions[0].get_content())["inputs"]) == 2

    with pytest.raises(BadInput, match="takes 2 channels; the volume has 1"):
        run(two_channels, first, tmp_path / "alone.nii.gz")
    moved = AFFINE.copy()
    moved[0, 3] += 0.5
    wrong = saved(tmp_path / "moved.nii.gz", other, moved), saved(tmp_path / "small.nii.gz", other[1:])
    for volume in map(Path, wrong):
        with pytest.raises(BadInput, match=f"{volume.name} does not lie on the voxels of"):
            run(two_channels, first, tmp_path / "no.nii.gz", channel=(volume,))
    with pytest.raises(UsageError, match="for models that label volumes"):
        run(two_channels, first, tmp_path / "no.npz", channel=(Path(second),))
    assert not list(tmp_path.glob("no.*"))


def test_a_channel_may_count_its_slices_the_other_way(tmp_path: Path) -> None:
    voxels = np.arange(6 * 5 * 4, dtype=np.float32).reshape(6, 5, 4)
    turned = AFFINE @ np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 3], [0, 0, 0, 1.0]])
    first = saved(tmp_path / "one.nii", voxels)
    second = saved(tmp_path / "two.nii", voxels[:, :, ::-1].copy(), turned)
    library = Library.open(tmp_path / "library")
    found = read_channels(DiskVolumes(), library, first, [second], part=None, progress=SILENT)
    assert found.voxels.shape == (2, 4, 5, 6)
    assert np.array_equal(found.voxels[0], found.voxels[1])


def test_models_of_one_design_are_asked_together(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "store")
    models = []
    for number, offset in enumerate((-1.0, 2.0)):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = save_volume_model(folder, labels=4, offset=offset)
        card = json.loads((folder / "levels.card.json").read_text())
        (folder / "levels.card.json").write_text(json.dumps({**card, "id": f"levels-{number}"}))
        models.append(store.add_file(path))
    # The means of both offsets and of the labels' ranges: 0.5 more than the value.
    voxels = np.full((20, 20, 20), 2.25, np.float32)
    voxels[10:] = 2.75
    with Runner() as runner:
        alone, other, together = (
            segment(store, runner, model, found_of(voxels), SILENT, others=others)
            for model, others in ((models[0], ()), (models[1], ()), (models[0], models[1:]))
        )
    assert [int(one.layers[0][k, 0, 0]) for one in (alone, other, together) for k in (0, 19)] == [
        *(1, 1),
        *(2, 2),
        *(1, 2),
    ]
    assert together.provenance is not None
    assert together.provenance.model == "levels-0@1.0 + levels-1@1.0"

    with Runner() as runner, pytest.raises(BadInput, match="are not of one design"):
        inputs = models[1].card.inputs
        changed = replace(inputs[0], preparation=replace(inputs[0].preparation, crop="nonzero"))
        odd = replace(models[1], card=replace(models[1].card, inputs=(changed,)))
        segment(store, runner, models[0], found_of(voxels), SILENT, others=(odd,))
