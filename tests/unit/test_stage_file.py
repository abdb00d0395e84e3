"""Results of stages as files."""

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Cancelled, SenseError
from core.message import message
from core.posed_camera import PosedCamera
from core.progress import SILENT, CancelToken, SilentProgress
from reconstruction.colmap_work import Mapper
from reconstruction.dense_points import DensePoints
from reconstruction.meshing import MeshOptions
from reconstruction.photo_checks import Judgement
from reconstruction.sparse_model import SparseModel
from reconstruction.stage_file import (
    StageFileDamaged,
    StageHeader,
    fingerprint,
    read_header,
    read_stage,
    write_stage,
)
from reconstruction.stage_store import StageStore, keep_store, open_store, work_folder
from reconstruction.world_frame import ScaleSource, World

HEADER = StageHeader("abc", {"seconds": 1.5})


def model() -> SparseModel:
    camera = PosedCamera((640, 480), np.diag([500.0, 500.0, 1.0]), {"k1": 0.1})
    tracks = tuple(np.arange(count, dtype=np.int32) for count in (2, 3, 0, 2))
    return SparseModel(
        {"ä.jpg": camera}, np.ones((4, 3)) / 3, np.zeros((4, 3), np.uint8), np.ones(4), tracks, 0.9
    )


def test_a_result_is_the_same_after_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.stage"
    remark = Judgement("b.jpg", message("{count} of {what}", count=3, what=message("many")))
    given = (World(model(), ScaleSource.GPS, None, {"ä.jpg": 0.1}), Mapper.GLOBAL, (remark,), Path("x"))
    write_stage(path, HEADER, given)
    assert read_header(path) == HEADER
    world, mapper, remarks, other = read_stage(path)
    assert (world.scale, mapper, remarks, other) == (ScaleSource.GPS, Mapper.GLOBAL, (remark,), Path("x"))
    assert world.residuals_m == {"ä.jpg": 0.1}
    np.testing.assert_array_equal(world.model.points, model().points)
    assert world.model.cameras["ä.jpg"].distortion == {"k1": 0.1}
    assert world.model.cameras["ä.jpg"].centre_m is None
    assert [track.tolist() for track in world.model.tracks] == [track.tolist() for track in model().tracks]
    assert world.model.tracks[0].dtype == np.int32


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_plain_data_come_back(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.mktemp("stages") / "a.stage"
    write_stage(path, HEADER, data)
    assert read_stage(path) == data
    assert fingerprint(data) == fingerprint(data)


def test_a_file_that_is_not_whole_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.stage"
    write_stage(path, HEADER, (np.arange(100_000), "x"))
    content = path.read_bytes()
    for cut in (b"", content[:50], content[: len(content) // 2], content[:-10]):
        path.write_bytes(cut)
        assert read_header(path) is None
        with pytest.raises(StageFileDamaged):
            read_stage(path)
    wrong = bytearray(content)
    wrong[len(content) // 2] ^= 255
    path.write_bytes(wrong)
    with pytest.raises(StageFileDamaged):
        read_stage(path)


@pytest.mark.parametrize(
    "name", ["subprocess:Popen", "core.errors:SenseError", "core.nothing:X", "os:system"]
)
def test_reading_makes_data_classes_of_the_program_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.stage"
    with zipfile.ZipFile(path, "w") as archive:
        content = '{"format": 2, "fingerprint": "", "cost": {}, "result": {"object": ["%s", {}]}}'
        archive.writestr("content.json", content % name)
    with pytest.raises(StageFileDamaged):
        read_stage(path)


def test_a_fingerprint_tells_options_and_arrays_apart() -> None:
    options = MeshOptions()
    kinds = [
        fingerprint(options),
        fingerprint(replace(options, views=2)),
        fingerprint(np.zeros(3)),
        fingerprint(np.ones(3)),
        fingerprint(np.zeros(3, np.float32)),
        fingerprint(np.zeros((3, 1))),
        fingerprint("a", "b"),
        fingerprint("ab"),
    ]
    assert len(set(kinds)) == len(kinds)


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_stage(tmp_path / "a.stage", HEADER, object())
    assert list(tmp_path.iterdir()) == []


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        write_stage(tmp_path / "a.stage", HEADER, np.zeros(3), progress=SilentProgress(token))
    assert list(tmp_path.iterdir()) == []


def points(count: int) -> DensePoints:
    rows, none = np.zeros((count, 3), np.float32), np.zeros(0, np.int32)
    return DensePoints(rows, rows, rows.astype(np.uint8), np.zeros(count + 1, np.int64), none)


def test_a_step_is_made_once_until_what_it_depends_on_changes(tmp_path: Path) -> None:
    store, made = StageStore(tmp_path), []

    def make(_progress: object) -> DensePoints:
        made.append(1)
        return points(len(made))

    for wanted, digest in ((1, "a"), (1, "a"), (2, "b"), (2, "b")):
        step = store.step("dense", digest, make, SILENT)
        assert len(step.result.positions) == len(made) == wanted
        assert step.cost.seconds >= 0
        assert step.cost.peak_memory_bytes > 1_000_000
    assert store.step("dense", "b", make, SILENT).resumed
    store.forget("dense")
    assert not store.step("dense", "b", make, SILENT).resumed
    (tmp_path / "dense.stage").write_bytes(b"PK")
    assert len(store.step("dense", "b", make, SILENT).result.positions) == 4


def test_results_move_into_the_output_and_back(tmp_path: Path) -> None:
    output = tmp_path / "out"
    with open_store(output) as store:
        store.step("dense", "a", lambda _: points(1), SILENT)
    output.mkdir()
    keep_store(output)
    assert sorted(path.name for path in (output / "stages").iterdir()) == ["dense.stage"]
    assert not work_folder(output).exists()
    with open_store(output) as store:
        assert store.step("dense", "a", lambda _: points(2), SILENT).resumed
    assert not (output / "stages").exists()


def test_nothing_is_left_of_a_run_that_kept_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), open_store(tmp_path / "out"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(SenseError, match="cannot be written"), open_store(tmp_path / "file" / "out"):
        pass


def test_another_version_of_the_program_does_its_own_work(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint("mesh", 3)
    assert fingerprint("mesh", 3) == before
    monkeypatch.setattr("reconstruction.stage_file.program_version", lambda: "99.0")
    assert fingerprint("mesh", 3) != before
