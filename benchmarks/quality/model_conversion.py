"""How far every model of the packs is from its original runtime, on real input, as a table.

    python -m benchmarks.quality.model_conversion --corpus DIR --reference-python PYTHON [--packages DIR]

LiteRT runs the TFLite networks. PyTorch, transformers, CTranslate2 and RapidOCR, which neither the program
nor its tests have, run in another Python (`reference_outputs.py`); what is missing there is left out.
The difference is the largest of any value, as a share of the output's range.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import SenseError
from core.progress import SILENT
from models.admission import sha256_of
from models.bench import largest_difference
from models.input_reading import prepare_picture, read_picture
from models.pack import Pack, Package, PackModel, from_tflite, network_bytes, open_package
from models.pack_adding import add_pack_file
from models.pack_download import download
from models.packs import PACKS
from models.runner import Runner
from models.store import ModelStore

_RECORDING = Package(
    "useful-moonshine-onnx",
    "20251121",
    "b4189b0d7dc8064d567fd0b5d5ce78634be290b0a3a3274ab80ad11c46d531a2",
    729305,
)


@dataclass(frozen=True)
class Row:
    """One comparison."""

    model: str
    reference: str
    data: str
    difference: float
    note: str = ""


class Bench:
    """What the comparisons share."""

    def __init__(self, options: argparse.Namespace, folder: Path, runner: Runner) -> None:
        self.folder, self.runner = folder, runner
        self.python: str | None = options.reference_python
        self.packages: Path = options.packages or folder / "packages"
        self.corpus: Path = options.corpus
        self.photographs = sorted(options.corpus.glob("fountain-P11/images/*.jpg"))[:3]
        self.store = ModelStore(folder / "models")

    def package(self, package: Package) -> Path:
        """Give the package's file, downloaded where it is not there."""
        path = self.packages / package.file_name
        if path.is_file() and (not package.sha256 or sha256_of(path) == package.sha256):
            return path
        self.packages.mkdir(parents=True, exist_ok=True)
        return download(package, self.packages, SILENT)

    def add(self, pack: Pack) -> None:
        """Add all models of a pack."""
        for package in pack.packages:
            add_pack_file(self.store, self.package(package))

    def reference(self, kind: str, *words: object, **arrays: Any) -> dict[str, Any]:
        """Let the other Python run the original on arrays."""
        if self.python is None:
            raise LookupError("no --reference-python")
        given, out = self.folder / "given.npz", self.folder / "out.npz"
        np.savez(given, **arrays)
        script = Path(__file__).with_name("reference_outputs.py")
        call = [self.python, str(script), kind, str(given), str(out), *map(str, words)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LookupError((done.stderr.strip().splitlines() or ["it failed"])[-1])
        return dict(np.load(out))

    def outputs(self, name: str, **inputs: Any) -> list[Any]:
        """Run a model of the store."""
        return list(self.runner.run(self.store.find(name), inputs).values())


def tflite_rows(bench: Bench, pack: Pack) -> Iterator[Row]:
    """Compare with LiteRT on photographs."""
    bench.add(pack)
    with open_package(bench.package(pack.packages[0])) as files:
        for model in pack.models:
            network = network_bytes(files, model)
            if model.make is not from_tflite:
                network = network[184:]  # behind the labels of the packed assets
            worst = 0.0
            for values in _inputs(bench, model):
                ours = bench.outputs(model.id, **{model.inputs[0].name: values})
                worst = max(worst, largest_difference(ours, _litert(network, values, model.reference)))
            data = (
                f"{len(bench.photographs)} photographs"
                if "picture" in model.inputs[0].name
                else "random landmarks"
            )
            yield Row(model.id, model.reference, data, worst)


def _inputs(bench: Bench, model: PackModel) -> Iterator[Any]:
    if model.inputs[0].preparation.kind != "picture":
        yield np.random.default_rng(3).uniform(40, 220, (1, 146, 2)).astype(np.float32)
        return
    for path in bench.photographs:
        yield prepare_picture(read_picture(path), model.inputs[0].preparation)


def _litert(network: bytes, values: Any, reference: str) -> list[Any]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    kind = OpResolverType.AUTO if reference.endswith("XNNPACK") else plain
    interpreter = Interpreter(model_content=network, num_threads=2, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    given = np.ascontiguousarray(values.transpose(0, 2, 3, 1)) if values.ndim == 4 else values
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], given)
    interpreter.invoke()
    return [interpreter.get_tensor(item["index"]) for item in interpreter.get_output_details()]


def sentence_rows(bench: Bench) -> Iterator[Row]:
    """Compare the vectors of sentences with PyTorch's."""
    from models.sentence_embedding import SentenceEmbedder

    lines = [
        line.strip() for path in Path("docs").glob("*.md") for line in path.read_text("utf-8").splitlines()
    ]
    sentences = [
        *[line for line in lines if len(line) > 30][:200],
        "肝右叶可见低密度灶。",
        "Größe: 15 × 20 mm",
        "",
    ]
    ours = SentenceEmbedder(bench.store, bench.runner).embed(sentences)
    package = bench.package(PACKS["text"].packages[0])
    theirs = bench.reference("sentences", package, text=np.array(sentences))["embedding"]
    yield Row(
        "sentence-embedding", "PyTorch", f"{len(sentences)} sentences", largest_difference([ours], [theirs])
    )


def page_rows(bench: Bench) -> Iterator[Row]:
    """Compare what is read on pages with what they say, and with what RapidOCR reads."""
    import cv2

    from models.page_reading import PageReader
    from tests.page_pictures import CHINESE, ENGLISH, error_rate, page

    reader = PageReader(bench.store, bench.runner)
    for name, text, family in (("English", ENGLISH, "DejaVu Sans"), ("Chinese", CHINESE, "Noto Sans CJK SC")):
        for kind, look in (("", {}), (", turned by 4 degrees", {"turn": 4.0}), (", noisy", {"noise": 40.0})):
            picture = page(text, family, **look)
            cv2.imwrite(str(bench.folder / "page.png"), picture[..., ::-1])
            ours = error_rate("\n".join(line.text for line in reader.read(picture)), text)
            theirs = bench.reference("page", bench.folder / "page.png")["text"]
            note = f"character errors {ours:.2%}, RapidOCR {error_rate(str(theirs), text):.2%}"
            yield Row("text-recogniser", "RapidOCR", f"{name} page{kind}", float("nan"), note)


def speech_rows(bench: Bench) -> Iterator[Row]:
    """Compare detection with PyTorch, and every step of recognition with CTranslate2, on a recording."""
    import zipfile

    from models.log_mel import log_mel
    from models.sound_file import read_sound
    from models.speech_detection import speech_probability

    with zipfile.ZipFile(bench.package(_RECORDING)) as package:
        sound = Path(package.extract("moonshine_onnx/assets/beckett.wav", bench.folder))
    samples, packages = read_sound(sound), [bench.package(package) for package in PACKS["speech"].packages]
    ours = speech_probability(bench.store, bench.runner, samples)
    theirs = bench.reference("speech-detector", packages[0], samples=samples)["probability"]
    yield Row("speech-detector", "PyTorch", "a recording", float(np.abs(ours - theirs).max()))
    padded = np.zeros(480000, np.float32)
    padded[: len(samples)] = samples
    features = log_mel(padded)[None]
    theirs = bench.reference("speech-recogniser", packages[2], features=features)
    heard = dict(zip(("keys", "values"), bench.outputs("speech-encoder", features=features), strict=True))
    past = np.zeros((4, 6, 0, 64), np.float32)
    worst, given = 0.0, [50257, 50362]
    inputs: dict[str, Any] = {**heard, "past_keys": past, "past_values": past}
    for step, expected in enumerate(theirs["logits"]):
        logits, *inputs_now = bench.outputs("speech-recogniser", words=np.array([given], np.int64), **inputs)
        inputs |= dict(zip(("past_keys", "past_values"), inputs_now, strict=True))
        kept = np.isfinite(expected) & (expected > -1e5)  # CTranslate2 leaves out what is never said
        worst = max(worst, largest_difference([logits[0][kept]], [expected[kept]]))
        given = [int(theirs["words"][min(step, len(theirs["words"]) - 1)])]
    yield Row("speech-recogniser", "CTranslate2", f"a recording, {len(theirs['logits'])} words", worst)


def matching_rows(bench: Bench) -> Iterator[Row]:
    """Compare the maps and the matches of two photographs with PyTorch's."""
    from models.local_features import FeatureFinder, match

    pictures = [read_picture(path) for path in bench.photographs[:2]]
    finder = FeatureFinder(bench.store, bench.runner)
    ours = match(*(finder.find(picture) for picture in pictures))
    package = bench.package(PACKS["matching"].packages[0])
    theirs = bench.reference("matching", package, first=pictures[0], second=pictures[1])
    found = bench.outputs("local-features", picture=theirs["picture"])
    worst = largest_difference(found, [theirs[name] for name in ("descriptors", "keypoints", "reliability")])
    note = f"{len(ours)} matches, PyTorch {len(theirs['matches'])}"
    yield Row("local-features", "PyTorch", "2 photographs", worst, note)


def brain_rows(bench: Bench) -> Iterator[Row]:
    """Compare the probabilities of the brain with PyTorch's."""
    from benchmarks.quality.brain_extraction import compared

    for model, data, difference in compared(bench, bench.corpus):
        yield Row(model, "PyTorch", data, difference)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--reference-python")
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--packs", nargs="*", default=[*_ROWS])
    options = parser.parse_args()
    print("| model | reference | on | largest difference | |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, Runner() as runner:
        bench = Bench(options, Path(folder), runner)
        for name in options.packs:
            for rows in _ROWS[name]:
                try:
                    for row in rows(bench):
                        figure = "" if np.isnan(row.difference) else f"{row.difference:.1e}"
                        print(
                            f"| {row.model} | {row.reference} | {row.data} | {figure} | {row.note} |",
                            flush=True,
                        )
                except (LookupError, SenseError, ImportError) as error:
                    print(f"{name}: left out ({error})", file=sys.stderr)


def _adding(name: str, rows: Any) -> Any:
    def added(bench: Bench) -> Iterator[Row]:
        if not any(model.pack == name for model in bench.store.models()):
            bench.add(PACKS[name])
        return rows(bench)

    return added


_ROWS = {
    "capture": (lambda bench: tflite_rows(bench, PACKS["capture"]),),
    "objects": (lambda bench: tflite_rows(bench, PACKS["objects"]),),
    "text": (_adding("text", sentence_rows), _adding("text", page_rows)),
    "speech": (_adding("speech", speech_rows),),
    "matching": (_adding("matching", matching_rows),),
    "brain": (_adding("brain", brain_rows),),
}


if __name__ == "__main__":
    main()
