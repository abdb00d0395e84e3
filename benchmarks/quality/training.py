"""What is learnt from one half of an image and tested on the other, beside classical methods.

A CT of the trunk is halved between left and right: vertebrae, hips and gluteal muscles are learnt from one
half. A fluorescence image of nuclei is halved likewise. Classical methods are given the same half: of each
structure the window of CT values that overlaps it best, smoothed, as it is or its largest piece, whichever is
better; Otsu's threshold and a watershed on the distances for nuclei. Training uses all cores. Its minutes are
minutes of processor time on each of them, for the machine may be busy (SENSE_TRAIN_CLOCK=wall: of the clock).

    python -m benchmarks.quality.training --minutes 20
"""

import argparse
import os
import resource
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.context import Context
from core.library import Library
from imaging.volume_access import DiskVolumes
from models.run_commands import RunOptions, run_command
from models.training import work_clock
from models.training.plan import TrainingTask
from models.training.scores import dice_of_labels, score_objects
from viewers.training_commands import TrainOptions, train_command

# TotalSegmentator's class numbers.
_STRUCTURES = {
    "vertebrae": range(26, 34),
    "hips": (77, 78),
    "gluteus maximus": (80, 81),
    "gluteus medius": (82, 83),
    "gluteus minimus": (84, 85),
}
_LABELS = ",".join(f"{name}={'+'.join(map(str, values))}" for name, values in _STRUCTURES.items())
_WINDOW_HU = np.arange(-200, 1000, 20)
_SMOOTHING_PX = 1.0


def corpus_folder() -> Path:
    """Give the folder of the research data."""
    folder = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
    if not folder.is_dir():
        raise SystemExit(f"no corpus at {folder} (SENSE_CORPUS names another place)")
    return folder


def main() -> None:
    """Train, test and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--only", choices=("ct", "nuclei"))
    parser.add_argument("--folds", type=int, help="of the cross-validation; 0 leaves its time to the model")
    parser.add_argument(
        "--distil", action="store_true", help="also test the smaller network that learnt from it"
    )
    parser.add_argument("--model", type=Path, help="test this model instead of training one (with --only)")
    given = parser.parse_args()
    os.environ.setdefault(work_clock.VARIABLE, work_clock.PROCESSOR)
    for name, show in (("ct", show_ct), ("nuclei", show_nuclei)):
        if given.only in (None, name):
            with tempfile.TemporaryDirectory() as scratch:
                distil = given.distil and given.model is None
                options = TrainOptions(minutes=given.minutes, folds=given.folds, add=True, distil=distil)
                show(Path(scratch), options, given.model)


def train(context: Context, options: TrainOptions, model: Path | None) -> list[str]:
    """Train and give the names of model and student in the store; or add the model that there is."""
    from models.store import ModelStore

    if model is not None:
        return [ModelStore(context.library.models_folder).add_file(model).card.id]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = train_command(context, options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  trained in {report.seconds / 60:.1f} min, {used / 60:.1f} min of processor time")
    for score in report.trained.scores.scores:
        print(f"  cross-validation: {score.quantity} {score.value:.3f}")
    student = report.trained.student
    if student is None:
        return [report.trained.card.id]
    share = student.path.stat().st_size / report.trained.path.stat().st_size
    print(f"  the smaller network has {share:.0%} of the size")
    return [report.trained.card.id, student.card.id]


def show_ct(folder: Path, options: TrainOptions, model: Path | None) -> None:
    """Learn from one side of a body and test on the other."""
    import nibabel as nib

    print("Vertebrae, hips and gluteal muscles, trained on one half of a CT, tested on the other (Dice)")
    corpus = corpus_folder() / "ct-abdomen-labels"
    images = {name: nib.load(corpus / f"{name}.nii.gz") for name in ("ct", "labels")}
    middle = images["ct"].shape[0] // 2
    for kind, name in (("images", "ct"), ("labels", "labels")):
        (folder / "data" / kind).mkdir(parents=True)
        half = np.asarray(images[name].dataobj)[:middle]
        nib.save(nib.Nifti1Image(half, images[name].affine), folder / "data" / kind / "half.nii.gz")
    values, labels = (np.asarray(images[name].dataobj) for name in ("ct", "labels"))
    shifted = images["ct"].affine.copy()
    shifted[:3, 3] += shifted[:3, 0] * middle
    nib.save(nib.Nifti1Image(values[middle:], shifted), folder / "test.nii.gz")
    context = Context(Library.open(folder / "library"), volumes=DiskVolumes())
    options = replace(options, data=folder / "data", output=folder / "trunk.onnx", labels=_LABELS)
    name, *students = train(context, options, model)
    truth = _numbered(labels[middle:], _STRUCTURES)
    ours = dice_of(context, name, folder, truth)
    for number, (structure, own) in enumerate(_STRUCTURES.items()):
        masks = (np.isin(labels[:middle], list(own)), np.isin(labels[middle:], list(own)))
        classical = threshold_dice(values[:middle], values[middle:], *masks)
        print(f"  {structure}: {ours[number]:.3f}, best window of CT values {classical:.3f}")
    print(f"  mean: {np.mean(ours):.3f}")
    for student in students:
        print(f"  mean of the smaller network: {np.mean(dice_of(context, student, folder, truth)):.3f}")


def dice_of(context: Context, model: str, folder: Path, truth: NDArray[np.int64]) -> list[float]:
    """Label the other half, and compare; tell how long that took."""
    import nibabel as nib

    report = run_command(
        context, RunOptions(model, folder / "test.nii.gz", folder / "found.nii.gz", force=True)
    )
    print(f"  {model} labelled the other half in {report.to_json()['seconds']:.1f} s")
    found = np.asarray(nib.load(folder / "found.nii.gz").dataobj)
    numbered = _numbered(found, {name: (next(iter(values)),) for name, values in _STRUCTURES.items()})
    return dice_of_labels(numbered, truth, len(_STRUCTURES))


def _numbered(labels: NDArray[Any], structures: Any) -> NDArray[np.int64]:
    numbered = np.zeros(labels.shape, np.int64)
    for number, values in enumerate(structures.values(), start=1):
        numbered[np.isin(labels, list(values))] = number
    return numbered


def threshold_dice(
    seen: NDArray[Any], unseen: NDArray[Any], truth: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> float:
    """Choose the window of smoothed values that fits best in one half; give its Dice in the other."""
    import SimpleITK

    def smooth(volume: NDArray[Any]) -> NDArray[Any]:
        image = SimpleITK.GetImageFromArray(volume.astype(np.float32))
        return SimpleITK.GetArrayFromImage(SimpleITK.DiscreteGaussian(image, _SMOOTHING_PX))

    smoothed = smooth(seen)
    inside, edges = smoothed[truth], [*_WINDOW_HU, np.inf]
    hits = np.histogram(inside, edges)[0].cumsum()
    all_of_them = np.histogram(smoothed, edges)[0].cumsum()
    best = (0.0, 0, 0)
    for low in range(len(_WINDOW_HU)):
        for high in range(low, len(_WINDOW_HU)):
            here = hits[high] - (hits[low - 1] if low else 0)
            size = all_of_them[high] - (all_of_them[low - 1] if low else 0)
            best = max(best, (2.0 * here / (size + truth.sum()), low, high))
    _, low, high = best
    other = smooth(unseen)
    found = (other >= edges[low]) & (other < edges[high + 1])
    cleaned = SimpleITK.BinaryMorphologicalOpening(
        SimpleITK.GetImageFromArray(found.astype(np.uint8)), (1, 1, 1)
    )
    components = SimpleITK.RelabelComponent(SimpleITK.ConnectedComponent(cleaned))
    largest = SimpleITK.GetArrayFromImage(components) == 1
    return max(2.0 * (mask & wanted).sum() / (mask.sum() + wanted.sum()) for mask in (found, largest))


def show_nuclei(folder: Path, options: TrainOptions, model: Path | None) -> None:
    """Learn nuclei from one half of a picture and count them in the other."""
    import cv2

    print("Nuclei, trained on one half of a fluorescence image, tested on the other (F1 at IoU 0.5)")
    corpus = corpus_folder() / "nuclei"
    picture, truth = (
        cv2.imread(str(corpus / name), cv2.IMREAD_UNCHANGED) for name in ("img2d.tif", "mask2d.tif")
    )
    middle = picture.shape[1] // 2
    for kind, values in (("images", picture), ("labels", truth)):
        (folder / "data" / kind).mkdir(parents=True)
        cv2.imwrite(str(folder / "data" / kind / "half.tif"), values[:, :middle])
    cv2.imwrite(str(folder / "test.tif"), picture[:, middle:])
    context = Context(Library.open(folder / "library"), volumes=DiskVolumes())
    task = TrainingTask.INSTANCES
    options = replace(options, task=task, data=folder / "data", output=folder / "nuclei.onnx")
    classical = score_objects(otsu_watershed(picture[:, middle:]), truth[:, middle:])
    for name in train(context, options, model):
        run_command(context, RunOptions(name, folder / "test.tif", folder / "found.png", force=True))
        found = cv2.imread(str(folder / "found.png"), cv2.IMREAD_UNCHANGED)
        ours = score_objects(found, truth[:, middle:])
        told = f"{ours.found} found, {ours.missed} missed, {ours.invented} invented"
        print(f"  {name}: F1 {ours.f1:.3f} ({told})")
    print(f"  Otsu and watershed: F1 {classical.f1:.3f}")


def otsu_watershed(picture: NDArray[Any]) -> NDArray[np.int64]:
    """Count nuclei by Otsu's threshold and a watershed on the smoothed distance to the background."""
    import cv2
    import SimpleITK

    smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.0)
    grey = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)  # type: ignore[call-overload]
    _, inside = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    distance = cv2.GaussianBlur(cv2.distanceTransform(inside, cv2.DIST_L2, 5), (0, 0), 2.0)
    basins = SimpleITK.MorphologicalWatershed(
        SimpleITK.GetImageFromArray(-distance), level=0.5, markWatershedLine=False
    )
    return SimpleITK.GetArrayFromImage(basins).astype(np.int64) * inside


if __name__ == "__main__":
    main()
