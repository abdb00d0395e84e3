"""Training by the real engine, a few steps each; skipped where PyTorch and MONAI are not installed."""

import json
from pathlib import Path

import cv2
import nibabel as nib
import numpy as np
import pytest

from core.context import Context
from core.errors import BadInput, Cancelled, SenseError
from core.library import Library
from core.model_card import ModelCard
from core.progress import CancelToken, SilentProgress
from imaging.volume_access import DiskVolumes
from models.run_commands import RunOptions, run_command
from models.store import ModelStore
from models.training.engine_process import TrainingEvent
from models.training.engine_python import find_engine
from models.training.plan import TrainingTask
from models.variants import Precision
from viewers.training_commands import TrainOptions, TrainReport, run_folder_of, train, train_command


@pytest.fixture(scope="module", autouse=True)
def engine() -> None:
    try:
        find_engine()
    except SenseError as error:
        pytest.skip(str(error))


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Library.open(tmp_path / "library"))


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    random = np.random.default_rng(0)
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    for number in range(3):
        k, j, i = np.mgrid[:24, :28, :32]
        labels = np.zeros((24, 28, 32), np.uint8)
        labels[(k - 12) ** 2 + (j - 9) ** 2 + (i - 9 - number) ** 2 < 36] = 4
        labels[(k - 12) ** 2 + (j - 19) ** 2 + (i - 22) ** 2 < 36] = 9
        values = np.select([labels == 4, labels == 9], [300.0, -100.0], -1000.0)
        values = values + random.normal(0.0, 20.0, labels.shape)
        for kind, array in (("images", values.astype(np.float32)), ("labels", labels)):
            image = nib.Nifti1Image(array.T, np.diag([-2.0, -2.0, 2.0, 1.0]))
            nib.save(image, folder / kind / f"{number}.nii.gz")
    return folder


def test_a_model_is_trained_measured_and_added_to_the_store(
    context: Context, volumes: Path, tmp_path: Path
) -> None:
    output = tmp_path / "balls.onnx"
    events: list[TrainingEvent] = []
    options = TrainOptions(
        data=volumes,
        output=output,
        labels="bone=4,fat=9",
        steps=40,
        folds=3,
        add=True,
        variants=(Precision.FP16, Precision.INT8),
        distil=True,
    )
    report = train(context, options, events.append)
    check_variants(context, report, output)
    check_student(context, report, output)
    assert [label.name for label in report.trained.card.outputs[0].labels] == ["background", "bone", "fat"]
    assert report.to_json()["values"] == [0, 4, 9]
    scores = {score.quantity: score.value for score in report.trained.scores.scores}
    assert set(scores) == {"Dice bone", "Dice fat"}
    assert min(scores.values()) > 0.6
    assert {event.part for event in events if event.kind == "step"} >= {"fold-0", "final"}
    assert not run_folder_of(output).exists()
    card = ModelCard.from_json(json.loads(output.with_suffix(".card.json").read_text("utf-8")))
    assert ModelStore(context.library.models_folder).find("balls").card == card
    assert predicted_dice(output, card, volumes) > 0.7


def check_variants(context: Context, report: TrainReport, output: Path) -> None:
    """What was kept lies within the limit, is smaller, and is in the store; what was not tells why."""
    half, whole = report.to_json()["variants"]
    assert half["id"] == "balls-fp16"
    assert 0.0 <= half["loss"] <= report.trained.card.tolerance
    assert half["bytes"] < 0.6 * output.stat().st_size
    assert (
        ModelStore(context.library.models_folder).find("balls-fp16").card.measured[-1].value == half["loss"]
    )
    assert (whole["output"] is None) == ("loses" in whole.get("reason", ""))


def check_student(context: Context, report: TrainReport, output: Path) -> None:
    """The smaller network is in the store, was measured as its teacher was, and does the same."""
    told = report.to_json()["distilled"]
    assert told["id"] == "balls-small"
    assert told["bytes"] < 0.4 * output.stat().st_size
    assert {score["quantity"] for score in told["scores"]} == {"Dice bone", "Dice fat"}
    card = ModelStore(context.library.models_folder).find("balls-small").card
    assert card.measured[0].value == told["scores"][0]["value"] > 0.5


def predicted_dice(path: Path, card: ModelCard, volumes: Path) -> float:
    """Dice of both structures in the first volume, as anybody would run the file by its card."""
    import onnxruntime

    preparation = card.inputs[0].preparation
    channel = preparation.channels[0]
    assert channel.window is not None
    values = np.asarray(nib.load(volumes / "images" / "0.nii.gz").dataobj, np.float32).T
    values = (np.clip(values, *channel.window) - channel.mean) / channel.standard_deviation
    patch = preparation.patch or ()
    padding = [(0, -side % by) for side, by in zip(values.shape, patch, strict=True)]
    image = np.pad(values, padding, mode="edge")[None, None].astype(np.float32)
    session = onnxruntime.InferenceSession(path)
    (probabilities,) = session.run(None, {"image": image})
    assert np.abs(probabilities.sum(axis=1) - 1.0).max() < 1e-4
    numbers = np.array(card.outputs[0].values)[probabilities[0].argmax(0)]
    found = numbers[: values.shape[0], : values.shape[1], : values.shape[2]]
    truth = np.asarray(nib.load(volumes / "labels" / "0.nii.gz").dataobj).T
    return min(
        2.0 * ((found == n) & (truth == n)).sum() / ((found == n).sum() + (truth == n).sum()) for n in (4, 9)
    )


def test_a_cancelled_training_goes_on_where_it_was(volumes: Path, tmp_path: Path) -> None:
    token = CancelToken()
    context = Context(Library.open(tmp_path / "library"), SilentProgress(token))
    options = TrainOptions(data=volumes, output=tmp_path / "x.onnx", steps=30, folds=2)

    def cancel_later(event: TrainingEvent) -> None:
        if event.kind == "fold":
            token.cancel()

    with pytest.raises(Cancelled):
        train(context, options, cancel_later)
    assert not (tmp_path / "x.onnx").exists()
    assert list((run_folder_of(tmp_path / "x.onnx") / "held").iterdir())
    again = Context(Library.open(tmp_path / "library"))
    resumed = TrainOptions(output=tmp_path / "x.onnx", resume=True)
    folds: list[int] = []
    train(again, resumed, lambda event: folds.append(event.values["fold"]) if event.kind == "fold" else None)
    assert (tmp_path / "x.onnx").is_file()
    assert folds == [1]  # what the first model had found was not learnt again
    with pytest.raises(BadInput, match="no cancelled training"):
        train_command(again, TrainOptions(output=tmp_path / "y.onnx", resume=True))


def test_a_model_is_tuned_further(context: Context, volumes: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.onnx"
    train_command(context, TrainOptions(data=volumes, output=first, steps=60, folds=0))
    losses: dict[str, list[float]] = {"tuned": [], "fresh": []}
    for name, base in (("tuned", str(first)), ("fresh", None)):

        def note(event: TrainingEvent, to: str = name) -> None:
            if event.kind == "step":
                losses[to].append(float(event.values["loss"]))

        options = TrainOptions(data=volumes, output=tmp_path / f"{name}.onnx", steps=25, folds=0, base=base)
        train(context, options, note)
    assert losses["tuned"][0] < losses["fresh"][0]
    (tmp_path / "other.onnx").write_bytes((tmp_path / "first.onnx").read_bytes()[:1000])
    with pytest.raises(BadInput):
        train_command(
            context,
            TrainOptions(
                data=volumes, output=tmp_path / "z.onnx", steps=2, folds=0, base=str(tmp_path / "other.onnx")
            ),
        )


def test_pictures_are_classified(context: Context, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    for name, horizontal in (("lying", True), ("standing", False)):
        (tmp_path / "classes" / name).mkdir(parents=True)
        for number in range(6):
            stripes = np.sin(np.arange(96) / 3.0 + number)[:, None] * np.ones((1, 96))
            grey = 120 + 80 * (stripes if horizontal else stripes.T) + random.normal(0, 8, (96, 96))
            cv2.imwrite(
                str(tmp_path / "classes" / name / f"{number}.png"), grey.clip(0, 255).astype(np.uint8)
            )
    options = TrainOptions(
        task=TrainingTask.CLASSIFICATION,
        data=tmp_path / "classes",
        output=tmp_path / "stripes.onnx",
        steps=30,
        folds=2,
    )
    report = train_command(context, options)
    scores = {score.quantity: score.value for score in report.trained.scores.scores}
    assert scores["accuracy"] > 0.8
    assert scores["sensitivity lying"] > 0.6
    stored = ModelStore(context.library.models_folder).add_file(tmp_path / "stripes.onnx")
    assert stored.card.task == "classification"


def test_volumes_are_classified(context: Context, tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    for name, radius in (("small", 4.0), ("large", 8.0)):
        (tmp_path / "classes" / name).mkdir(parents=True)
        for number in range(4):
            k, j, i = np.mgrid[:24, :28, :32]
            ball = (k - 12) ** 2 + (j - 13) ** 2 + (i - 15 - number) ** 2 < radius**2
            values = np.where(ball, 200.0, -900.0) + random.normal(0.0, 30.0, ball.shape)
            image = nib.Nifti1Image(values.astype(np.float32).T, np.diag([-2.0, -2.0, 2.0, 1.0]))
            nib.save(image, tmp_path / "classes" / name / f"{number}.nii.gz")
    options = TrainOptions(
        task=TrainingTask.CLASSIFICATION,
        data=tmp_path / "classes",
        output=tmp_path / "balls.onnx",
        steps=25,
        folds=2,
        add=True,
    )
    report = train_command(context, options)
    scores = {score.quantity: score.value for score in report.trained.scores.scores}
    assert scores["accuracy"] > 0.7
    told = tmp_path / "told.json"
    given = tmp_path / "classes" / "large" / "3.nii.gz"
    run_command(Context(context.library, volumes=DiskVolumes()), RunOptions("balls", given, told))
    assert json.loads(told.read_text("utf-8"))["classes"]["large"] > 0.5
