import json
from dataclasses import replace
from pathlib import Path

import cv2
import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.context import Context
from core.errors import BadInput, SenseError, UsageError
from core.library import Library
from core.model_card import ModelCard
from core.segmentation import Segment, Segmentation
from imaging.importing import import_paths
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from models.training.card import identifier, make_card
from models.training.engine_process import parse_event
from models.training.engine_python import VARIABLE, find_engine
from models.training.instances import border_map, instances_of, looks_like_instances
from models.training.plan import (
    CaseFacts,
    Intensity,
    TrainingPlan,
    TrainingTask,
    common_grid,
    make_folds,
    stages_for,
)
from models.training.preparation import LabelledImage, Structure, block_axis, normalised, resampled
from models.training.run_folder import RunFolder, save_atomically
from models.training.scores import dice_of_labels, score_objects
from models.training.smaller import training_inputs
from models.training.training import TrainingRequest, few_data_warnings, make_plan, prepare_run
from models.training.validation import FoldScores, Score, area_under_curve, score_folds
from tests.dicom_factory import make_ct_series
from viewers.training_commands import TrainOptions, train_command
from viewers.training_data import read_folder, read_library
from viewers.training_structures import choose_structures


def two_balls(shape: tuple[int, int, int] = (20, 24, 28)) -> tuple[np.ndarray, np.ndarray]:
    """A CT-like volume with a ball on each side: values and labels, axes (k, j, i)."""
    k, j, i = np.mgrid[: shape[0], : shape[1], : shape[2]]
    labels = np.zeros(shape, np.uint8)
    for number, centre in ((1, 7), (2, 20)):
        labels[(k - 10) ** 2 + (j - 12) ** 2 + (i - centre) ** 2 < 25] = number
    values = np.where(labels > 0, 200.0, -1000.0).astype(np.float32)
    return values, labels


def case(name: str = "a") -> LabelledImage:
    values, labels = two_balls()
    return LabelledImage(name, values, labels, (3.0, 3.0, 3.0))


def request(*names: str, folds: int | None = None) -> TrainingRequest:
    structures = tuple(Structure(name, (number,)) for number, name in enumerate(names, start=1))
    return TrainingRequest(TrainingTask.SEGMENTATION, structures, folds=folds)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=2, max_size=3),
    st.lists(st.floats(0.1, 8.0), min_size=3, max_size=3),
)
def test_the_strides_divide_the_patch_of_any_image(shape: list[int], spacing: list[float]) -> None:
    stages = stages_for(spacing[: len(shape)], shape, "cpu")
    assert len(stages.kernels) == len(stages.strides) == len(stages.features)
    for axis, side in enumerate(stages.patch):
        assert side % np.prod([stride[axis] for stride in stages.strides]) == 0
    assert np.prod(stages.patch) <= 4 * 192**2 * 3


def test_thick_slices_are_not_halved_before_the_others() -> None:
    stages = stages_for((5.0, 0.7, 0.7), (40, 512, 512), "cpu")
    assert stages.strides[1] == (1, 2, 2)
    assert stages.kernels[0] == (1, 3, 3)


def test_large_images_are_made_coarser_and_thick_slices_finer() -> None:
    large = common_grid([CaseFacts((600, 512, 512), (1.0, 0.7, 0.7))], "cpu")
    assert np.prod(large.shape) <= 1.05 * 8_000_000
    thick = common_grid([CaseFacts((40, 90, 90), (step, 1.0, 1.0)) for step in (5.0, 5.0, 2.0)], "cpu")
    assert thick.spacing_mm == (2.0, 1.0, 1.0)


def test_every_case_is_in_one_fold() -> None:
    names = [str(number) for number in range(13)]
    folds = make_folds(names, None)
    assert len(folds) == 5
    assert sorted(name for fold in folds for name in fold) == sorted(names)
    assert make_folds(["a"], None) == () == make_folds(names, 0)


def test_the_plan_survives_its_file(tmp_path: Path) -> None:
    plan = make_plan([case(), case("b")], request("left ball", "right ball"), "cpu")
    folder = RunFolder(tmp_path)
    folder.write_plan(plan)
    assert folder.read_plan() == plan
    assert plan.labels == ("background", "left ball", "right ball")
    assert plan.intensity.window is not None  # values below -500 are those of a CT
    assert plan.values == (0, 1, 2)


def test_sides_that_are_told_apart_are_not_mirrored() -> None:
    assert make_plan([case()], request("kidney left", "kidney right"), "cpu").mirror_axes == ()
    assert make_plan([case()], request("one", "other"), "cpu").mirror_axes == ()  # lie beside each other
    both = TrainingRequest(TrainingTask.SEGMENTATION, (Structure("kidneys", (1, 2)),))
    assert make_plan([case()], both, "cpu").mirror_axes == (2,)


def test_a_single_image_is_cut_into_blocks_that_hold_every_structure(tmp_path: Path) -> None:
    _, labels = two_balls()
    assert block_axis(labels) in (0, 1)  # along i each block would hold one ball only
    folder = RunFolder(tmp_path)
    plan = prepare_run(folder, [case()], request("a", "b"), "cpu")
    assert plan.held_blocks
    names = [name for fold in plan.folds for name in fold]
    blocks = [folder.array(name, "truth") for name in names]
    assert sum(block.size for block in blocks) == labels.size
    assert all(set(np.unique(block)) == {0, 1, 2} for block in blocks)


def test_few_data_are_warned_of() -> None:
    told = [str(item) for item in few_data_warnings([case()], request("a", "b"))]
    assert any("few" in text for text in told)
    assert any("blocks" in text for text in told)
    assert not any("blocks" in str(w) for w in few_data_warnings([case()] * 6, request("a", "b")))


def test_a_structure_that_is_nowhere_is_refused() -> None:
    with pytest.raises(BadInput, match="none of the images"):
        make_plan([case()], request("a", "b", "c"), "cpu")


def test_intensities_are_what_the_card_tells_the_runner() -> None:
    values = np.array([-1000.0, 0.0, 300.0, 2000.0], np.float32)
    assert normalised(values, Intensity((0.0, 300.0))).tolist() == [-1.0, -1.0, 1.0, 1.0]
    standard = normalised(values, Intensity())
    assert abs(standard.mean()) < 1e-6
    assert abs(standard.std() - 1.0) < 1e-6


def test_resampling_keeps_the_extent() -> None:
    ramp = np.broadcast_to(np.arange(32.0, dtype=np.float32), (8, 16, 32))
    half = resampled(np.ascontiguousarray(ramp), (4, 8, 16), nearest=False)
    assert np.abs(half[2, 4, 2:-2] - (np.arange(16.0) * 2.0 + 0.5)[2:-2]).max() < 0.05
    labels = np.repeat(np.arange(4, dtype=np.uint8), 8)[None, None] * np.ones((4, 4, 1), np.uint8)
    back = resampled(resampled(labels, (8, 8, 64), nearest=True), labels.shape, nearest=True)
    assert (back == labels).all()


def touching_discs() -> np.ndarray:
    j, i = np.mgrid[:60, :100]
    discs = np.zeros((60, 100), np.uint16)
    for number, (row, column) in enumerate([(20, 20), (20, 41), (20, 62), (44, 30)], start=1):
        discs[(j - row) ** 2 + (i - column) ** 2 < 110] = number
    return discs


def test_touching_objects_come_apart_again() -> None:
    discs = touching_discs()
    classes = border_map(discs)
    found = instances_of(np.eye(3, dtype=np.float32)[classes].transpose(2, 0, 1))
    score = score_objects(found, discs)
    assert (score.found, score.missed, score.invented) == (4, 0, 0)
    assert ((found > 0) == (discs > 0)).mean() > 0.999
    assert instances_of(np.stack([np.ones((8, 8)), np.zeros((8, 8)), np.zeros((8, 8))])).max() == 0


def test_small_objects_keep_a_body() -> None:
    specks = np.zeros((20, 20), np.uint16)
    specks[2:4, 2:4], specks[10:12, 10:12] = 1, 2
    assert set(np.unique(border_map(specks)[specks > 0])) == {1}


def test_numbers_of_objects_are_told_from_structures() -> None:
    j, i = np.mgrid[:90, :90]
    grid = ((j // 10) * 9 + i // 10 + 1).astype(np.uint16) * ((j % 10 > 2) & (i % 10 > 2))
    assert looks_like_instances(grid)
    assert not looks_like_instances((grid > 0).astype(np.uint16))
    assert not looks_like_instances((grid % 9).astype(np.uint16))


def test_scores_are_those_of_the_definition() -> None:
    truth = np.array([0, 1, 1, 2, 2, 2])
    found = np.array([0, 1, 2, 2, 2, 0])
    assert dice_of_labels(found, truth, 3)[:2] == [2 / 3, 4 / 6]
    assert np.isnan(dice_of_labels(found, truth, 3)[2])
    half = score_objects(np.array([[1, 1, 0, 5]]), np.array([[1, 1, 1, 0]]))
    assert (half.found, half.missed, half.invented) == (1, 0, 1)
    values, positive = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert area_under_curve(values, positive) == 0.75


def test_the_card_tells_the_held_out_dice(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    plan = prepare_run(folder, [case("a"), case("b")], request("a", "b"), "cpu")
    truth = folder.array("a", "truth")
    save_atomically(folder.held("a"), truth)
    save_atomically(folder.held("b"), np.where(truth == 1, 1, 0).astype(np.uint8))
    scores = score_folds(folder, plan)
    assert [(score.value, score.cases) for score in scores.scores] == [(1.0, 2), (0.5, 2)]
    (tmp_path / "net").write_bytes(b"network")
    card = make_card(tmp_path / "net", "My hips", plan, scores, "an engine")
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card
    assert card.id == "my-hips"
    assert [(item.quantity, item.value) for item in card.measured] == [("Dice a", 1.0), ("Dice b", 0.5)]
    assert "2-fold cross-validation on 2 images" in card.measured[0].data
    preparation = card.inputs[0].preparation
    assert preparation.orientation == "SPL"
    channel = preparation.channels[0]
    assert plan.intensity.window is not None
    ends = [(value - channel.mean) / channel.standard_deviation for value in plan.intensity.window]
    assert np.allclose(ends, [-1.0, 1.0])


def test_what_was_not_measured_is_not_told_as_a_figure(tmp_path: Path) -> None:
    plan = make_plan([case()], request("a", "b", folds=0), "cpu")
    (tmp_path / "net").write_bytes(b"network")
    card = make_card(tmp_path / "net", "x", plan, FoldScores((), ""), "an engine")
    assert card.measured == ()
    assert any("not measured" in limit for limit in card.limits)
    nothing = FoldScores((Score("Dice a", float("nan"), float("nan"), 0),), "data")
    assert make_card(tmp_path / "net", "x", plan, nothing, "an engine").measured == ()


def test_names_become_identifiers() -> None:
    assert identifier("Hips & Spine (v2)") == "hips-spine-v2"
    assert identifier("骨盆") == "model"


def write_pair(folder: Path, name: str, affine: np.ndarray, values: np.ndarray, labels: np.ndarray) -> None:
    for kind, array in (("images", values), ("labels", labels)):
        (folder / kind).mkdir(exist_ok=True)
        nib.save(nib.Nifti1Image(array.T, affine), folder / kind / f"{name}.nii.gz")


def test_volumes_are_read_along_the_patients_axes_however_they_are_stored(tmp_path: Path) -> None:
    values, labels = two_balls()
    values += np.arange(values.size, dtype=np.float32).reshape(values.shape)
    ras = np.diag([-2.0, -3.0, 4.0, 1.0])  # i to the left, j to the back, k upwards
    write_pair(tmp_path, "straight", ras, values, labels)
    turned = ras.copy()
    turned[:, :3] = ras[:, [2, 0, 1]] * [-1.0, 1.0, 1.0]
    turned[:3, 3] = ras[:3, 2] * (values.shape[0] - 1)
    write_pair(tmp_path, "turned", turned, values[::-1].transpose(1, 2, 0), labels[::-1].transpose(1, 2, 0))
    data = read_folder(tmp_path)
    straight, other = data.images
    assert straight.spacing_mm == other.spacing_mm == (4.0, 3.0, 2.0)
    assert (straight.image == values).all()
    assert (other.image == straight.image).all()
    assert (other.labels == straight.labels).all()


def test_labels_on_another_grid_are_brought_to_the_image(tmp_path: Path) -> None:
    values, labels = two_balls()
    ras = np.diag([-2.0, -2.0, 2.0, 1.0])
    write_pair(tmp_path, "a", ras, values, labels)
    cut = ras.copy()
    cut[:3, 3] = ras[:3, :3] @ [3, 2, 1]
    nib.save(nib.Nifti1Image(labels[1:, 2:, 3:].T, cut), tmp_path / "labels" / "a.nii.gz")
    (image,) = read_folder(tmp_path).images
    assert (image.labels == labels).all()


def test_what_cannot_be_read_is_rejected_with_its_reason(tmp_path: Path) -> None:
    values, labels = two_balls()
    write_pair(tmp_path, "good_0000", np.diag([-2.0, -2.0, 2.0, 1.0]), values, labels)
    (tmp_path / "labels" / "good_0000.nii.gz").rename(tmp_path / "labels" / "good.nii.gz")
    (tmp_path / "images" / "broken.nii.gz").write_bytes(b"nothing")
    (tmp_path / "labels" / "broken.nii.gz").write_bytes(b"nothing")
    (tmp_path / "images" / "lonely.nii.gz").write_bytes(b"nothing")
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": {"background": 0, "ball": 1}}))
    data = read_folder(tmp_path)
    assert len(data.images) == 1
    assert data.names == {1: "ball"}
    assert sorted(item.path.name for item in data.rejected) == ["broken.nii.gz", "lonely.nii.gz"]
    assert any("no labels" in str(item.reason) for item in data.rejected)


def test_pictures_are_read_with_their_labels(tmp_path: Path) -> None:
    for kind in ("images", "labels"):
        (tmp_path / kind).mkdir()
    grey = np.arange(12 * 16, dtype=np.uint16).reshape(12, 16) * 300
    colour = np.dstack([grey // 300, grey // 600, 0 * grey]).astype(np.uint8)
    labels = (grey > 900).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "images" / "a.tif"), grey)
    cv2.imwrite(str(tmp_path / "labels" / "a.png"), labels)
    (image,) = read_folder(tmp_path).images
    assert (image.image == grey).all()
    assert (image.labels == labels).all()
    cv2.imwrite(str(tmp_path / "images" / "a.tif"), colour[..., ::-1])
    (image,) = read_folder(tmp_path).images
    assert image.channels == 3
    assert (image.image == colour).all()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no labelled images"):
        read_folder(tmp_path)


def test_labels_are_chosen_by_name_number_and_group() -> None:
    names = {5: "liver", 77: "hip left"}
    values = (5, 77, 78)
    assert choose_structures(None, values, names)[2] == Structure("label 78", (78,))
    assert choose_structures("Liver,78", values, names) == (
        Structure("liver", (5,)),
        Structure("label 78", (78,)),
    )
    assert choose_structures("hips=77+78,spine=26-28", values, names) == (
        Structure("hips", (77, 78)),
        Structure("spine", (26, 27, 28)),
    )
    assert choose_structures("a,b,c", values, {}) == tuple(
        Structure(name, (value,)) for name, value in zip("abc", values, strict=True)
    )
    for wrong in ("spleen", "a,b", "x=", "x=1-y"):
        with pytest.raises(UsageError):
            choose_structures(wrong, values, names)


def test_lines_of_the_engine_are_told_from_what_libraries_print() -> None:
    assert parse_event("warning: something") is None
    assert parse_event("[1, 2]") is None
    step = parse_event('{"kind": "step", "part": "final", "loss": 1.5}')
    assert step is not None
    assert (step.kind, step.part, step.values) == ("step", "final", {"loss": 1.5})
    sample = parse_event(
        '{"kind": "sample", "part": "x", "pictures": {"image": {"size": [1, 2], "data": "AQI="}}}'
    )
    assert sample is not None
    assert sample.pictures["image"].tolist() == [[1, 2]]


def test_an_absent_engine_is_told_in_one_sentence_with_a_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "python"))
    with pytest.raises(SenseError) as caught:
        find_engine()
    assert "PyTorch" in str(caught.value.message)
    assert "--extra train" in str(caught.value)
    assert VARIABLE in str(caught.value)


def test_senseless_requests_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    context = Context(Library.open(tmp_path / "library"))
    for options in (
        TrainOptions(data=tmp_path),
        TrainOptions(data=tmp_path, output=tmp_path / "x.zip"),
        TrainOptions(data=tmp_path, output=tmp_path / "x.onnx", minutes=0.0),
        TrainOptions(data=tmp_path, output=tmp_path / "x.onnx", folds=1),
    ):
        with pytest.raises(UsageError):
            train_command(context, options)
    (tmp_path / "there.onnx").touch()
    with pytest.raises(BadInput, match="exists"):
        train_command(context, TrainOptions(data=tmp_path, output=tmp_path / "there.onnx"))


def test_a_plan_of_an_older_file_is_no_crash(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises((KeyError, TypeError)):
        folder.read_plan()
    assert TrainingPlan.from_json(make_plan([case()], request("a", "b"), "cpu").to_json())


def test_series_of_the_library_are_learnt_with_the_segmentations_that_refer_to_them(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    with pytest.raises(BadInput, match="No study"):
        read_library(library, ())
    masks: list[np.ndarray] = []
    for number, names in enumerate((("Liver", "Spleen"), ("Spleen", "Liver"))):
        made = make_ct_series(tmp_path / "ct", name=f"s{number}", study=f"study {number}", rows=24)
        import_paths(library, [made.folder])
        images = reference_series(library, made.series_uid)
        layer = np.zeros(made.voxels.shape, np.uint8)
        layer[1:4, 4:9, 3:8], layer[2:5, 12:18, 6:12] = 1, 2
        segments = tuple(Segment(value, name) for value, name in enumerate(names, start=1))
        drawn = Segmentation(images.geometry, (layer,), segments)
        write_segmentation(tmp_path / f"seg{number}.dcm", drawn, images.headers())
        import_paths(library, [tmp_path / f"seg{number}.dcm"])
        masks.append(layer == 1 + names.index("Liver"))
    data = read_library(library, ())
    assert data.modality == "CT"
    assert sorted(data.names.values()) == ["Liver", "Spleen"]
    (liver,) = (value for value, name in data.names.items() if name == "Liver")
    assert sorted((image.labels == liver).sum() for image in data.images) == sorted(
        int(mask.sum()) for mask in masks
    )
    for image in data.images:
        assert image.spacing_mm == (2.5, 0.5, 0.75)
        assert any((image.labels == liver)[mask].all() for mask in masks)
    one = read_library(library, (made.series_uid,))
    assert len(one.images) == 1


@pytest.mark.parametrize("patch", [(8, 8, 8), (32, 16, 28)])
def test_variants_are_measured_on_whole_patches_of_the_images(
    tmp_path: Path, patch: tuple[int, int, int]
) -> None:
    plan = replace(make_plan([case()], request("left", "right"), "cpu"), patch=patch)
    folder = RunFolder(tmp_path)
    values, labels = two_balls()
    folder.add_case("a", image=values[None], labels=labels)
    folder.add_case("a.block-0", image=values[None] + 1e6, labels=labels)
    inputs = training_inputs(folder, plan, 6)
    assert [item["image"].shape for item in inputs] == [(1, 1, *patch)] * 6
    for number, item in enumerate(inputs):
        assert set(np.unique(item["image"])) <= {-1000.0, 200.0}
        assert number % 2 or (item["image"] == 200.0).any()
    again = training_inputs(folder, plan, 6)
    assert all(np.array_equal(one["image"], other["image"]) for one, other in zip(inputs, again, strict=True))
