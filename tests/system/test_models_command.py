import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from tests.file_server import FileServer, serving
from tests.model_factory import save_model, sha256
from tests.tuf_repository import TufRepository


def sense(library: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    program = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, "--library", str(library), "models", *words],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )


def test_a_model_lives_through_all_commands(tmp_path: Path) -> None:
    library = tmp_path / "library"
    path = save_model(tmp_path)
    added = json.loads(sense(library, "add", str(path), "--json").stdout)["added"]
    assert [(model["id"], model["bytes"]) for model in added] == [("small", path.stat().st_size)]
    listed = json.loads(sense(library, "list", "--json").stdout)["models"]
    assert listed[0]["used_in"] == ["Labelling volumes and pictures (sense models run)"]
    assert "\n    used in: Labelling volumes" in sense(library, "list").stdout
    assert listed[0]["card"]["outputs"][0]["labels"][1]["concept"]["value"] == "10200004"
    assert sense(library, "verify").stdout == "small@1.0  ok\n"

    picture = np.zeros((40, 60, 3), np.uint8)
    picture[..., 2] = 255  # red, in OpenCV's order
    cv2.imwrite(str(tmp_path / "red.png"), picture)
    run = sense(library, "run", "small", str(tmp_path / "red.png"), "-o", str(tmp_path / "o.npz"), "--json")
    report = json.loads(run.stdout)
    assert report["outputs"][0]["shape"] == [1, 2, 8, 8]
    scores = np.load(tmp_path / "o.npz")["scores"]
    assert np.allclose(scores[0, :, 4, 4], [0.0, 3.0])

    bench = json.loads(sense(library, "bench", "small", "--json").stdout)["results"]
    assert bench[0]["provider"] == "CPUExecutionProvider"
    assert bench[0]["median_ms"] > 0
    assert bench[0]["difference"] == 0

    Path(listed[0]["path"]).write_bytes(b"tampered")
    verified = sense(library, "verify", "--json")
    assert verified.returncode == 3
    assert json.loads(verified.stdout)["models"][0]["ok"] is False
    assert "SHA-256" in verified.stderr
    assert json.loads(sense(library, "remove", "small", "--json").stdout) == {
        "removed": [{"id": "small", "version": "1.0"}]
    }
    assert json.loads(sense(library, "list", "--json").stdout)["models"] == []


def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    library = tmp_path / "library"
    path = save_model(tmp_path)
    sense(library, "add", str(path))
    (tmp_path / "odd.txt").write_text("x")
    np.savez(tmp_path / "odd.npz", other=np.zeros(3))
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n")
    output = str(tmp_path / "o.npz")
    for words in (
        ("add", str(tmp_path / "ghost.onnx")),
        ("add", str(path)),
        ("run", "ghost", str(path), "-o", output),
        *(
            ("run", "small", str(tmp_path / name), "-o", output)
            for name in ("odd.txt", "odd.npz", "cut.png", "no")
        ),
    ):
        done = sense(library, *words)
        assert done.returncode == 3, words
        assert len(done.stderr.splitlines()) == 1
        assert "unexpected" not in done.stderr
    assert not (tmp_path / "o.npz").exists()


def test_updates_come_from_the_trusted_server_only_when_asked_for(tmp_path: Path) -> None:
    library = tmp_path / "library"
    (tmp_path / "new").mkdir()
    old, new = save_model(tmp_path), save_model(tmp_path / "new", version="1.1")
    sense(library, "add", str(old))
    repository = TufRepository(tmp_path / "served")
    card = json.loads((tmp_path / "new" / "small.card.json").read_text())
    repository.publish([(card, {"model.onnx": new.read_bytes()})])
    refused = sense(library, "update")
    assert (refused.returncode, refused.stderr.count("\n")) == (3, 1)
    assert "No model server is trusted yet." in refused.stderr
    with serving(FileServer(repository.folder)) as server:
        assert "only with its root.json" in sense(library, "server", server.url).stderr
        said = sense(library, "server", server.url, "--root", str(repository.root_file), "--json")
        assert json.loads(said.stdout) == {"url": server.url, "root_sha256": sha256(repository.root_file)}
        sense(library, "list")
        sense(library, "verify")
        assert server.requests == []
        (offered,) = json.loads(sense(library, "update", "--check", "--json").stdout)["offered"]
        assert (offered["id"], offered["version"], offered["installed"]) == ("small", "1.1", "1.0")
        assert sense(library, "update").stdout.startswith("small@1.1")
        (in_use,) = json.loads(sense(library, "revert", "small", "--json").stdout)["in_use"]
        assert in_use["version"] == "1.0"
        (repository.folder / "metadata" / "timestamp.json").write_bytes(b"{}")
        tampered = sense(library, "update")
        assert tampered.returncode == 1
        assert tampered.stderr.count("\n") == 1
        assert "Traceback" not in tampered.stderr
    assert json.loads(sense(library, "server", "--forget", "--json").stdout)["url"] is None
