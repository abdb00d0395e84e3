"""Stages of a reconstruction: what is made again, and what is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled
from core.progress import CancelToken, SilentProgress
from formats.camera_set import read_camera_set
from reconstruction.reconstruct import reconstruct
from reconstruction.stage import Stage
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import Reconstruction
from reconstruction.stage_store import work_folder
from render.gltf_scene import read_gltf
from tests.truth.layouts import write_photographs
from tests.truth.sequence import camera_of, sequence

ALL = ["cameras", "dense", "mesh", "texture"]


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stone on a table, from four places around it."""
    made = sequence("object", 4, 4, camera=camera_of((240, 180)), rate_hz=2.0)
    return write_photographs(made, tmp_path_factory.mktemp("photographs"))


@pytest.fixture
def run(photographs: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Reconstruct into `out`."""
    cameras = read_camera_set(photographs / "cameras.json")
    options = StageOptions.of("draft", cameras=cameras)
    options = replace(options, dense=replace(options.dense, longest_side_px=120))

    def made(change: Callable[[StageOptions], StageOptions] = lambda one: one, **more: Any) -> dict[str, Any]:
        images = photographs / "images"
        return dict(reconstruct(images, tmp_path / "out", change(options), **more).facts)

    return made


def resumed(facts: dict[str, Any]) -> list[str]:
    return [name for name, stage in facts["stages"].items() if stage["resumed"]]


def test_only_what_other_settings_change_is_made_again(run: Callable[..., dict[str, Any]]) -> None:
    first = run(lambda one: replace(one, last=Stage.DENSE))
    assert (list(first["stages"]), resumed(first)) == (ALL[:2], [])
    assert resumed(run(lambda one: replace(one, last=Stage.MESH))) == ALL[:2]
    whole = run()
    assert resumed(whole) == ALL[:3]
    assert whole["stages"]["cameras"]["seconds"] == first["stages"]["cameras"]["seconds"] > 0
    assert resumed(run()) == ALL
    coarse = run(lambda one: replace(one, mesh=replace(one.mesh, most_triangles=3000)))
    assert resumed(coarse) == ALL[:2]
    assert coarse["triangles"] <= 3000 < whole["triangles"]
    assert resumed(run(restart=Stage.TEXTURE)) == ALL[:2]
    assert resumed(run(restart=Stage.TEXTURE)) == ALL[:3]


def test_coarser_meshes_are_written_and_textured_besides(
    run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    facts = run(lambda one: replace(one, levels=2))
    assert facts["triangles"] > 3 * facts["levels"][0]
    assert facts["levels"][0] > 3 * facts["levels"][1]
    for number, count in enumerate(facts["levels"], start=1):
        (node,) = read_gltf(tmp_path / "out" / f"mesh-lod{number}.glb")
        assert len(node.mesh.triangles) == count
        assert node.material.base_colour_texture is not None
    assert resumed(run(lambda one: replace(one, levels=2))) == ALL


def test_a_cancelled_run_goes_on_where_it_was(run: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    token, seen = CancelToken(), []

    def on_stage(stage: Stage, made: Reconstruction) -> None:
        seen.append((stage, made.points is not None, made.mesh is not None))
        if stage is Stage.DENSE:
            token.cancel()

    with pytest.raises(Cancelled):
        run(on_stage=on_stage, progress=SilentProgress(token))
    assert seen == [(Stage.CAMERAS, False, False), (Stage.DENSE, True, False)]
    assert not (tmp_path / "out").exists()
    assert work_folder(tmp_path / "out").is_dir()
    facts = run()
    assert resumed(facts) == ALL[:2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    points = (tmp_path / "out" / "dense.ply").read_bytes()
    assert resumed(run(restart=Stage.CAMERAS)) == []
    assert (tmp_path / "out" / "dense.ply").read_bytes() == points
