"""`sense render` on the real program: what it prints, where, and its status."""

import json

import numpy as np
import pytest
from PySide6.QtGui import QImage

from core.library import Library
from core.mesh import Mesh
from core.provenance import Provenance
from core.segmentation import Segment, Segmentation, pack_layers
from core.volume import Volume
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.mesh_files import write_meshes
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from imaging.structure_set_writing import write_structure_set
from imaging.volume_files import write_metaimage, write_nifti
from tests.dicom_factory import make_ct_series
from tests.system.test_command_line import sense

PLACE = Provenance("test", (), {}, "none")


def bright_block() -> Volume:
    """A block of 1000 in air: left, anterior and superior of the middle of the grid."""
    voxels = np.full((20, 20, 20), -1000, np.int16)
    voxels[12:18, 2:8, 12:18] = 1000  # k up: superior, j down: anterior, i up: left
    return Volume(voxels, np.diag([2.0, 2.0, 2.0, 1.0]))


def picture(path) -> np.ndarray:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBA8888)
    assert not image.isNull()
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)


def middle(shown) -> np.ndarray:
    """Mean (x, y) of what is not black, 0 to 1."""
    rows, columns = np.nonzero(shown[..., :3].max(axis=2) > 20)
    return np.array([columns.mean() / shown.shape[1], rows.mean() / shown.shape[0]])


@pytest.fixture
def block(tmp_path):
    path = tmp_path / "block.nii.gz"
    write_nifti(path, bright_block(), PLACE)
    return path


def test_the_front_of_a_volume_file_and_the_camera_that_saw_it(block, tmp_path):
    done = sense(tmp_path, "render", block, "-o", tmp_path / "a.png", "--size", "200x160", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["size"], report["preset"], report["renderer"]) == ([200, 160], "ct-bone", "native")
    assert report["camera"]["position"][1] > 0  # in front of the patient, in RAS as the file is
    shown = picture(tmp_path / "a.png")
    assert shown.shape == (160, 200, 4)
    x, y = middle(shown)
    assert x > 0.5  # the patient's left
    assert y < 0.5  # superior


def test_a_camera_file_is_in_the_frame_of_the_input(block, tmp_path):
    lps = tmp_path / "block.mha"
    write_metaimage(lps, bright_block(), PLACE)
    shown = []
    for path, sign in ((block, -1), (lps, 1)):
        camera = tmp_path / "camera.json"
        eye, focal = [19 * sign, 19 * sign, 200], [19 * sign, 19 * sign, 19]
        camera.write_text(json.dumps({"position": eye, "focal_point": focal, "view_up": [0, -sign, 0]}))
        out = tmp_path / f"{sign}.png"
        done = sense(tmp_path, "render", path, "-o", out, "--camera", camera, "--size", "120x120")
        assert (done.returncode, done.stdout.strip()) == (0, str(out))
        shown.append(picture(out))
    np.testing.assert_array_equal(*shown)
    x, y = middle(shown[0])
    assert x < 0.5  # seen from the head, the patient's left is left
    assert y < 0.5  # anterior is up


def test_a_series_of_the_library_and_its_folder_give_the_same_picture(tmp_path):
    made = make_ct_series(tmp_path / "series")
    library = Library.open(tmp_path / "library")
    import_paths(library, [made.folder])
    for name, given in (("uid", made.series_uid), ("folder", made.folder)):
        words = ("-o", tmp_path / f"{name}.png", "--preset", "mr-mip", "--size", "64x64", "--json")
        done = sense(library.folder, "render", given, *words)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["preset"] == "mr-mip"
    shown = picture(tmp_path / "uid.png")
    assert shown[..., :3].any()
    np.testing.assert_array_equal(shown, picture(tmp_path / "folder.png"))


def test_labels_are_coloured_bodies_in_the_volume(block, tmp_path):
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[4:9, 2:8, 2:8] = 3  # right, inferior
    write_nifti(tmp_path / "labels.nii.gz", Volume(labels, bright_block().lps_from_ijk), PLACE)
    out = tmp_path / "a.png"
    done = sense(tmp_path, "render", block, "-o", out, "--labels", tmp_path / "labels.nii.gz")
    assert done.returncode == 0, done.stderr
    shown = picture(out)[..., :3].astype(int)
    rows, columns = np.nonzero(np.ptp(shown, axis=2) > 120)
    assert columns.mean() < shown.shape[1] / 2
    assert rows.mean() > shown.shape[0] / 2
    refused = sense(tmp_path, "render", block, "-o", tmp_path / "b.png", "--labels", out)
    assert refused.returncode == 3


@pytest.mark.parametrize("suffix", [".stl", ".glb"])
def test_a_mesh_in_a_volume_hides_and_is_hidden(block, tmp_path, suffix):
    """A plate before the right half of the block in LPS, and one that lies in it and is not seen."""
    plates = []
    for name, low, high in (("before", (18, 0, 22), (30, 2, 30)), ("within", (28, 8, 28), (32, 12, 32))):
        corners = np.array(
            [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
        )
        faces = np.array([[0, 1, 5], [0, 5, 4], [2, 6, 7], [2, 7, 3], [0, 2, 3], [0, 3, 1]])
        plates.append(Mesh(corners.astype(np.float64), faces, name, (0, 0, 255)))
    files = [tmp_path / f"{plate.name}{suffix}" for plate in plates]
    for path, plate in zip(files, plates, strict=True):
        write_meshes(path, suffix, [plate], PLACE)
    words = ("-o", tmp_path / "a.png", "--size", "200x160", "--mesh", *files)
    done = sense(tmp_path, "render", block, *words)
    assert done.returncode == 0, done.stderr
    shown = picture(tmp_path / "a.png")[..., :3].astype(int)
    blue = shown[..., 2] - shown[..., 0] > 40 if suffix == ".glb" else np.ptp(shown, axis=2) > 120
    rows, columns = np.nonzero(blue)
    bright, _ = np.nonzero(shown.max(axis=2) > 20)
    assert 400 < len(rows) < 0.7 * len(bright)
    assert columns.max() < np.nonzero(shown.max(axis=2) > 20)[1].max() - 8  # the block's left half is left
    refused = sense(tmp_path, "render", files[0], "-o", tmp_path / "b.png", "--mesh", files[1])
    assert refused.returncode == 2
    assert "no volume" in refused.stderr


@pytest.mark.parametrize("suffix", [".stl", ".obj", ".ply"])
def test_a_mesh_on_a_transparent_background(tmp_path, suffix):
    corners = np.array([[0, 0, 0], [40, 0, 0], [0, 0, 60], [0, 30, 0]], np.float64)
    faces = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    path = tmp_path / f"mesh{suffix}"
    write_meshes(path, suffix, [Mesh(corners, faces, "tetrahedron")], PLACE)
    words = ("-o", tmp_path / "a.png", "--background", "transparent", "--size", "90x120")
    done = sense(tmp_path, "render", path, *words)
    assert done.returncode == 0, done.stderr
    alpha = picture(tmp_path / "a.png")[..., 3]
    rows, columns = np.nonzero(alpha == 255)
    assert 100 < np.ptp(rows) < 120
    assert columns[rows == rows.max()].mean() > columns[rows == rows.min()].mean()  # it leans to the left


def test_vtk_draws_a_mesh_as_the_native_renderer_does(tmp_path):
    corners = np.array([[0, 0, 0], [40, 0, 0], [0, 0, 60], [0, 30, 0]], np.float64)
    faces = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    path = tmp_path / "mesh.stl"
    write_meshes(path, ".stl", [Mesh(corners, faces, "tetrahedron")], PLACE)
    reports = {}
    for name in ("vtk", "native"):
        words = ("-o", tmp_path / f"{name}.png", "--renderer", name, "--size", "120x160", "--json")
        done = sense(tmp_path, "render", path, *words)
        assert done.returncode == 0, done.stderr
        reports[name] = json.loads(done.stdout)
    if reports["vtk"]["renderer"] == "native":
        assert "graphics processor" in " ".join(reports["vtk"]["warnings"])
        pytest.skip(reports["vtk"]["warnings"][0])
    assert not reports["vtk"]["warnings"]
    first, second = (picture(tmp_path / f"{name}.png").astype(float) for name in reports)
    assert 10 * np.log10(255**2 / ((first - second) ** 2).mean()) > 28


def test_a_turntable_turns_once_in_pictures_and_in_a_film(block, tmp_path):
    import cv2

    words = ("--turntable", "4", "--size", "80x64")
    done = sense(tmp_path, "render", block, "-o", tmp_path / "a.png", *words)
    assert done.returncode == 0, done.stderr
    sides = [middle(picture(tmp_path / f"a-{number:04d}.png"))[0] for number in range(1, 5)]
    assert sides[0] > 0.5 > sides[2]  # the patient's left, then seen from behind
    assert not (tmp_path / "a-0005.png").exists()
    done = sense(tmp_path, "render", block, "-o", tmp_path / "a.mp4", *words)
    assert (done.returncode, done.stderr) == (0, "")
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    shown = [film.read() for _ in range(5)]
    assert [good for good, _ in shown] == [True] * 4 + [False]
    assert shown[0][1].shape == (64, 80, 3)
    assert abs(middle(shown[2][1])[0] - sides[2]) < 0.03


def test_an_error_is_one_line_with_its_status(block, tmp_path):
    (tmp_path / "mine.png").write_bytes(b"mine")
    (tmp_path / "broken.stl").write_bytes(b"solid")
    out = ["-o", tmp_path / "new.png"]
    for words, status in (
        ([block, "-o", tmp_path / "mine.png"], 3),
        ([block, "-o", tmp_path / "new.jpg"], 2),
        ([block, *out, "--preset", "ct-bones"], 2),
        ([block, *out, "--size", "0x10"], 2),
        ([block, *out, "--size", "big"], 2),
        ([block, *out, "--camera", tmp_path / "none.json"], 3),
        ([tmp_path / "broken.stl", *out], 3),
        (["1.2.3", *out], 3),
        ([tmp_path / "empty.nii.gz", *out], 3),
        ([block], 2),
    ):
        done = sense(tmp_path, "render", *words)
        assert (done.returncode, done.stdout) == (status, ""), words
        (line,) = done.stderr.splitlines()
        assert line.startswith("sense: ")
    assert (tmp_path / "mine.png").read_bytes() == b"mine"
    assert not (tmp_path / "new.png").exists()


def test_modes_and_clip_planes_are_those_of_the_window(block, tmp_path):
    out = tmp_path / "out.png"
    seen = {}
    for name, words in {
        "whole": (),
        "left half": ("--clip=0,0,0,1,0,0",),  # NIfTI is RAS: its +x is the patient's right
        "right half": ("--clip", "sagittal"),
        "mean": ("--mode", "mean"),
        "nothing": ("--clip", "sagittal", "axial"),
    }.items():
        size = ("--size", "120x100", "--force")
        done = sense(tmp_path, "render", str(block), "-o", str(out), *size, *words)
        assert done.returncode == 0, done.stderr
        seen[name] = picture(out)[..., :3].astype(int)
    lit = {name: (shown.max(axis=2) > 40).sum() for name, shown in seen.items()}
    assert lit["whole"] > 100
    assert lit["right half"] == 0  # the block is at the left
    assert lit["nothing"] == 0
    assert not np.array_equal(seen["mean"], seen["whole"])


@pytest.mark.parametrize("mode", ["composite", "minip"])
def test_another_volume_is_fused(block, tmp_path, mode):
    hot = np.zeros((10, 10, 10), np.float32)
    hot[6:9, 5:8, 1:4] = 50.0  # on the right, where the block is not
    write_nifti(tmp_path / "hot.nii.gz", Volume(hot, np.diag([4.0, 4.0, 4.0, 1.0])), PLACE)
    out = tmp_path / "fused.png"
    words = ("--fuse", str(tmp_path / "hot.nii.gz"), "--size", "120x100", "--mode", mode)
    done = sense(tmp_path, "render", str(block), "-o", str(out), *words)
    assert done.returncode == 0, done.stderr
    shown = picture(out).astype(int)
    red = (shown[..., 0] - shown[..., 2] > 60) & (shown[..., 3] > 0)
    assert red[:, :60].sum() > 30
    assert red[:, 70:].sum() < red[:, :60].sum()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--clip", "1,2,3"), "is no clip plane"),
        (("--clip=0,0,0,0,0,0",), "is no clip plane"),
        (("--fuse", "BLOCK", "--renderer", "vtk"), "native renderer alone"),
        (("--mode", "sum"), "is not one of"),
    ],
)
def test_looks_that_make_no_sense_are_refused(block, tmp_path, words, said):
    given = [str(block) if word == "BLOCK" else word for word in words]
    done = sense(tmp_path, "render", str(block), "-o", str(tmp_path / "out.png"), *given)
    assert done.returncode == 2
    assert said in done.stderr


def test_segments_and_structures_are_drawn_as_surfaces(tmp_path):
    series = make_ct_series(tmp_path / "ct", slices=10, rows=24, columns=20)
    library = Library.open(tmp_path / "library")
    images = reference_series(library, str(series.folder))
    ni, nj, nk = images.geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2)}
    masks[1][2:8, 6:18, 2:8], masks[2][2:8, 6:18, 12:18] = True, True
    layers, layer_of = pack_layers(masks)
    segments = (Segment(1, "red", colour=(255, 0, 0)), Segment(2, "blue", colour=(0, 0, 255)))
    made = Segmentation(images.geometry, layers, segments, layer_of)
    write_segmentation(tmp_path / "seg.dcm", made, images.headers())
    write_structure_set(tmp_path / "rt.dcm", made, images.headers())
    size = ("--size", "120x100", "--force")
    for name, words in {"seg.dcm": (), "rt.dcm": ("--reference", str(series.folder))}.items():
        out = tmp_path / "out.png"
        done = sense(library.folder, "render", str(tmp_path / name), "-o", str(out), *size, *words)
        assert done.returncode == 0, done.stderr
        shown = picture(out)[..., :3].astype(int)
        left, right = shown[:, :55], shown[:, 65:]
        assert (left[..., 0] - left[..., 2] > 60).sum() > 200
        assert (right[..., 2] - right[..., 0] > 60).sum() > 200
    done = sense(library.folder, "render", str(tmp_path / "rt.dcm"), "-o", str(tmp_path / "b.png"))
    assert done.returncode == 2
    assert "--reference" in done.stderr
    import_paths(library, [series.folder, tmp_path / "seg.dcm"])
    with StudyIndex.open(library) as index:
        found = next(one for one in index.series_of(series.study_uid) if one.modality == "SEG")
    done = sense(library.folder, "render", found.series_uid, "-o", str(tmp_path / "c.png"), *size)
    assert done.returncode == 0, done.stderr
