"""A CT of 600 slices is segmented within 6 GB of address space."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from core.model_card import ModelCard
from core.worker_process import WorkerLimits, WorkerProcess
from models.session import open_session
from models.volume_runner import VolumeNetwork, segment_volume
from tests.model_factory import save_volume_model
from tests.unit.test_volume_runner import found_of

LIMIT = 6 * 2**30


def segment_large(path: Path) -> tuple[tuple[int, ...], list[int]]:
    """Segment in this process; give the shape of the label map and how often each label is there."""
    card = ModelCard.from_json(json.loads(path.with_suffix(".card.json").read_text()))
    session = open_session(path, ("CPUExecutionProvider",))
    network = VolumeNetwork(
        card, lambda tiles, _: np.asarray(session.run(None, {"volume": tiles})[0]), (128, 128, 128)
    )
    voxels = np.zeros((600, 512, 512), np.int16)
    voxels[200:400, 100:300, 100:300] = 8
    labels = segment_volume(network, found_of(voxels, (1.0, 0.8, 0.8))).layers[0]
    return labels.shape, np.bincount(labels.ravel()).tolist()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_large_ct_stays_within_the_limit(tmp_path: Path) -> None:
    path = save_volume_model(
        tmp_path,
        patch=(128, 128, 128),
        labels=5,
        spacing_mm=[1.1, 0.82, 0.82],
        interpolation="cubic",
        overlap=0.1,
    )
    worker = WorkerProcess(WorkerLimits(seconds=3600.0, memory_bytes=LIMIT))
    try:
        shape, counts = worker.call(segment_large, path)
    finally:
        worker.close()
    assert shape == (600, 512, 512)
    assert abs(counts[4] / (200 * 200 * 200) - 1) < 0.02
