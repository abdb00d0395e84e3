"""Brain extraction: how far the networks are from PyTorch on a head, and how well deepbet and HD-BET agree.

    python -m benchmarks.quality.brain_extraction --corpus DIR --packages DIR [--pictures DIR]

The networks' difference is printed by `benchmarks.quality.model_conversion --packs brain`.
"""

import argparse
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.library import Library
from core.progress import SILENT
from core.volume_files import FoundVolume
from imaging.volume_access import DiskVolumes
from models.bench import largest_difference
from models.pack_adding import add_pack_from
from models.packs import PACKS
from models.runner import Runner
from models.store import ModelStore
from models.variants import RecordingRunner
from models.volume_procedures import segment

HEADS = ("volumes/t1_crop.nii.gz", "mr-head-dicom.zip", "volumes/spm152.nii.gz")
MODELS = ("brain", "brain-hd-bet")
_CROP = 96  # HD-BET's network is compared on the middle of the head


def read_head(corpus: Path, name: str) -> FoundVolume:
    """Read one of the corpus' heads: a file, or the DICOM series in an archive."""
    with tempfile.TemporaryDirectory() as folder:
        path = corpus / name
        if path.suffix == ".zip":
            path = Path(folder) / "images"
            with zipfile.ZipFile(corpus / name) as archive:
                archive.extractall(path)
        return DiskVolumes().read(Library.open(Path(folder) / "library"), str(path))


def compared(bench: Any, corpus: Path) -> Iterator[tuple[str, str, float]]:
    """Give model, data and largest difference from PyTorch of the networks, on what they see of a head."""
    head = read_head(corpus, HEADS[0])
    for name in ("brain-box", "brain", "brain-hd-bet"):
        model = bench.store.find(name)
        runner = RecordingRunner(model)
        try:
            segment(bench.store, runner, bench.store.find(name.replace("-box", "")), head, SILENT)
        finally:
            runner.close()
        values = runner.recorded[0]["volume"]
        if name == "brain-hd-bet":
            middle = [slice((size - _CROP) // 2, (size - _CROP) // 2 + _CROP) for size in values.shape[2:]]
            values = np.ascontiguousarray(values[(slice(None), slice(None), *middle)])
        package = PACKS["brain"].packages[1 if name == "brain-hd-bet" else 0]
        theirs = bench.reference(name, bench.package(package), volume=values)["probability"]
        ours = bench.outputs(name, volume=values)
        yield name, "a T1 head", largest_difference(ours, [theirs])


def dice(one: np.ndarray, other: np.ndarray) -> float:
    """Give twice the overlap, as a share of both."""
    return 2.0 * float((one & other).sum()) / float(one.sum() + other.sum())


def draw(found: FoundVolume, masks: list[np.ndarray], path: Path) -> None:
    """Draw the outlines in three directions, deepbet's red and HD-BET's green."""
    import cv2

    height = 360
    views: list[np.ndarray] = []
    white = float(np.percentile(found.voxels, 99.5))
    spacing = found.geometry.spacing_mm[::-1]
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        middle = int(np.argmax(masks[0].sum(axis=others)))
        grey = np.clip(found.voxels.take(middle, axis) / white * 255.0, 0, 255).astype(np.uint8)
        view = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
        for mask, colour in zip(masks, ((0, 0, 255), (0, 255, 0)), strict=False):
            outline, _ = cv2.findContours(
                mask.take(middle, axis).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
            )
            cv2.drawContours(view, outline, -1, colour, 1)
        down, across = (spacing[other] for other in others)
        width = round(height * view.shape[1] * across / (view.shape[0] * down))
        upright = view[::-1] if axis else view  # slices count from the feet
        views.append(cv2.resize(upright, (width, height)))
    cv2.imwrite(str(path), np.hstack(views))


def main() -> None:
    """Print volumes and Dice, and draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    print("| head | deepbet, ml | HD-BET, ml | Dice |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, Runner() as runner:
        store = ModelStore(Path(folder))
        add_pack_from(store, PACKS["brain"], options.packages)
        for name in HEADS:
            found = read_head(options.corpus, name)
            masks = [
                segment(store, runner, store.find(model), found, SILENT).layers[0] > 0 for model in MODELS
            ]
            millilitres = float(np.prod(found.geometry.spacing_mm)) / 1000.0
            told = " | ".join(f"{mask.sum() * millilitres:.0f}" for mask in masks)
            print(f"| {name} | {told} | {dice(*masks):.3f} |", flush=True)
            if options.pictures:
                options.pictures.mkdir(parents=True, exist_ok=True)
                draw(found, masks, options.pictures / f"{Path(name).name.partition('.')[0]}.png")


if __name__ == "__main__":
    main()
