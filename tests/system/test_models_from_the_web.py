"""`sense models add URL` and `--from`, with a real server and, where it can be had, the real package."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.packs import PACKS
from tests.file_server import FileServer, serving
from tests.model_factory import save_model, sha256
from tests.system.test_models_command import sense


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "www").mkdir()
    with serving(FileServer(tmp_path / "www")) as running:
        yield running


def test_a_model_is_added_from_the_web(server: FileServer, tmp_path: Path) -> None:
    library = tmp_path / "library"
    path = save_model(server.folder, location="weights.bin")
    card = json.loads((server.folder / "small.card.json").read_text())
    card["data_files"] = [{"name": "weights.bin", "sha256": sha256(server.folder / "weights.bin")}]
    (server.folder / "small.card.json").write_text(json.dumps(card))
    server.break_after, server.breaks_left = 100, 2
    added = sense(library, "add", f"{server.url}/small.onnx", "--sha256", sha256(path), "--json")
    assert [model["id"] for model in json.loads(added.stdout)["added"]] == ["small"]
    assert sense(library, "verify").stdout == "small@1.0  ok\n"
    server.requests.clear()
    again = sense(library, "add", f"{server.url}/small.onnx")
    assert again.returncode == 3
    assert "in the store already" in again.stderr
    assert [path for path, _ in server.requests] == ["/small.card.json"]  # the model was not downloaded


def test_what_the_web_gives_is_not_trusted(server: FileServer, tmp_path: Path) -> None:
    library = tmp_path / "library"
    save_model(server.folder)
    (server.folder / "odd.onnx").write_bytes((server.folder / "small.onnx").read_bytes() + b"x")
    shutil.copy(server.folder / "small.card.json", server.folder / "odd.card.json")
    (server.folder / "bare.onnx").write_bytes(b"x")
    for words, reason in (
        ((f"{server.url}/odd.onnx",), "expected SHA-256"),
        ((f"{server.url}/bare.onnx",), "no such file"),
        ((f"{server.url}/small.onnx", "--sha256", "0" * 64), "another SHA-256 than expected"),
        ((f"{server.url}/small.zip",), "neither an ONNX file nor the package"),
        (("http://models.example/small.onnx",), "over https only"),
    ):
        done = sense(library, "add", *words)
        assert done.returncode == 3, words
        assert reason in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert json.loads(sense(library, "list", "--json").stdout)["models"] == []


def test_a_pack_needs_its_own_packages(tmp_path: Path) -> None:
    package = PACKS["capture"].packages[0]
    library = tmp_path / "library"
    missing = sense(library, "add", "capture", "--from", str(tmp_path))
    assert missing.returncode == 3
    assert package.file_name in missing.stderr
    (tmp_path / package.file_name).write_bytes(b"PK damaged")
    for source in (tmp_path, tmp_path / package.file_name):
        refused = sense(library, "add", "capture", "--from", str(source))
        assert refused.returncode == 3
        assert "damaged or not the package of a pack" in refused.stderr
    assert sense(library, "add", "small.onnx", "--from", str(tmp_path)).returncode == 2
    assert sense(library, "add", "capture", "--sha256", "0" * 64).returncode == 2
