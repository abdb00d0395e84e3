import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from tests.model_factory import save_model


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
