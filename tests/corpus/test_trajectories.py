"""Our errors of trajectories are those of evo (Grupp), on published trajectories."""

from pathlib import Path

import numpy as np
import pytest

from formats.trajectory_file import read_trajectory
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.trajectory_error import (
    ErrorSummary,
    aligning,
    associated,
    frame_pairs,
    moved,
    position_errors_m,
    relative_errors,
    rotation_errors_deg,
)

pytestmark = pytest.mark.corpus


def named_pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Every estimate with the truth whose name begins alike."""
    truths = [path for path in sorted(folder.glob("*.txt")) if path.stem.endswith(("_gt", "groundtruth"))]
    return [
        (truth, path)
        for truth in truths
        for path in sorted(folder.glob("*.txt"))
        if path not in truths and path.stem[:8] == truth.stem[:8]
    ]


@pytest.mark.parametrize("alignment", list(Alignment))
def test_errors_agree_with_evo(corpus: Path, alignment: Alignment) -> None:
    evo = pytest.importorskip("evo.core.metrics", reason="the peer evo is not installed")
    from evo.core import sync, units
    from evo.tools import file_interface

    pairs = named_pairs(corpus / "trajectories")
    assert pairs
    for truth_file, file in pairs:
        truth, estimate = associated(read_trajectory(truth_file), read_trajectory(file))
        mine = moved(estimate, aligning(estimate, truth, alignment))
        kitti = len(file.read_text().splitlines()[-1].split()) == 12
        read = file_interface.read_kitti_poses_file if kitti else file_interface.read_tum_trajectory_file
        reference, theirs = read(str(truth_file)), read(str(file))
        if not kitti:
            reference, theirs = sync.associate_trajectories(reference, theirs)
        if alignment is Alignment.FIRST:
            theirs.align_origin(reference)
        elif alignment is not Alignment.NONE:
            theirs.align(reference, correct_scale=alignment is Alignment.SIMILARITY)
        assert len(mine) == theirs.num_poses
        place, turn = evo.PoseRelation.translation_part, evo.PoseRelation.rotation_angle_deg
        expected = [evo.APE(place), evo.APE(turn)]
        expected += [evo.RPE(kind, 10, units.Unit.frames, all_pairs=True) for kind in (place, turn)]
        relative = relative_errors(mine, truth, frame_pairs(len(truth), 10))
        found = [position_errors_m(mine, truth), rotation_errors_deg(mine, truth), *relative]
        for metric, errors in zip(expected, found, strict=True):
            metric.process_data((reference, theirs))
            assert np.abs(errors - metric.error).max() < 1e-6, (file, metric)
            statistics, ours = metric.get_all_statistics(), ErrorSummary.of(errors)
            names = {"rmse": ours.rmse, "mean": ours.mean, "median": ours.median, "std": ours.deviation}
            for name, value in names.items():
                assert value == pytest.approx(statistics[name], abs=1e-6), (file, metric, name)
