"""Surfaces in their window: read in the background, drawn, named, hidden, saved."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

import render.vtk_scene
from core.mesh import Mesh
from core.provenance import Provenance
from core.segmentation import Segment, Segmentation, pack_layers
from imaging.mesh_files import write_meshes
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from imaging.structure_set_writing import write_structure_set
from render.backend import CHOSEN
from render.picture_quality import Quality
from render.pinhole_camera import PinholeCamera
from render.vtk_window import failure
from tests.dicom_factory import make_ct_series
from viewers.derived_objects import DerivedObject
from viewers.object_kinds import OBJECT_KINDS
from viewers.surface_model import SurfaceLook
from viewers.ui.surface_opening import has_surfaces, show_derived_surfaces, show_surface_files
from viewers.ui.surface_window import SurfaceWindow

PATIENCE_MS = 20_000
KINDS = {kind.id: kind for kind in OBJECT_KINDS}


def pyramid(name, x):
    corners = np.array([[-10, -10, 0], [10, -10, 0], [10, 10, 0], [-10, 10, 0], [0, 0, 15]], float)
    triangles = np.array([(0, 2, 1), (0, 3, 2), (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)])
    return Mesh(corners + np.array([x, 0, 0]), triangles, name)


@pytest.fixture
def host(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    yield made
    for window in made.findChildren(SurfaceWindow):
        window.close()


@pytest.fixture
def window(host, services, qtbot, tmp_path):
    path = tmp_path / "two.obj"
    write_meshes(path, ".obj", [pyramid("left", 20), pyramid("right", -20)], Provenance("test", (), {}, ""))
    assert show_surface_files(services, [path, tmp_path / "image.dcm"], host) == [tmp_path / "image.dcm"]
    made = only_window(host)
    drawn_in_full(made, qtbot)
    return made


def only_window(host):
    (window,) = host.findChildren(SurfaceWindow)
    return window


def drawn_in_full(window, qtbot):
    full = lambda picture: picture.request.quality is Quality.FULL  # noqa: E731
    with qtbot.waitSignal(window.view.picture_drawn, check_params_cb=full, timeout=PATIENCE_MS):
        pass


def lit(window):
    """Columns of the picture, without the cube, where a surface is."""
    image = window.view.picture().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return np.argwhere(pixels[: image.height() - 90, : image.width(), :3].max(axis=2) > 40)[:, 1]


def place_of(window, x):
    """Where the middle of the pyramid at `x` is seen."""
    size = (window.view.width(), window.view.height())
    camera = PinholeCamera.of_view(window.view.camera, size)
    return QPoint(*(int(value) for value in camera.project(np.array([x, -2.0, 5.0]))))


def click(window, place):
    QTest.mouseClick(window.view, Qt.MouseButton.LeftButton, pos=place)


def test_a_click_names_the_surface(window, qtbot):
    click(window, place_of(window, 20))
    qtbot.waitUntil(lambda: window.view.look.chosen != "", timeout=PATIENCE_MS)
    assert window.facts().startswith("left  ·  2.0 ml  ·  ")
    assert window.facts().endswith("6 triangles")
    assert [item.text() for item in window.list.selectedItems()] == ["left"]
    click(window, QPoint(5, 5))
    qtbot.waitUntil(lambda: window.view.look.chosen == "", timeout=PATIENCE_MS)
    assert window.facts() == (
        "Size 60.0 × 20.0 × 15.0 mm  ·  The file says that it is in millimetres."
        "  ·  Click a surface to name it; drag to turn."
    )


def test_pointing_names_it_too(window, qtbot):
    QTest.mouseMove(window.view, place_of(window, -20))
    qtbot.waitUntil(lambda: window.facts().startswith("right"), timeout=PATIENCE_MS)


def test_a_check_box_hides_a_surface(window, qtbot):
    middle = window.view.width() / 2
    window.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    drawn_in_full(window, qtbot)
    assert window.list.item(0).text() == "left"
    assert lit(window).max() < middle


def test_a_double_click_in_the_list_goes_near(window, qtbot):
    whole = window.view.camera
    row = window.list.visualItemRect(window.list.item(0)).center()
    QTest.mouseClick(window.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    QTest.mouseDClick(window.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    near = window.view.camera
    assert near.distance_mm < 0.8 * whole.distance_mm
    assert near.focal_point_lps_mm[0] == pytest.approx(20)
    assert np.allclose(near.axes, whole.axes)


def test_a_cloud_of_points_is_shown_and_counted(services, host, qtbot, tmp_path):
    path = tmp_path / "cloud.ply"
    rows = "".join(f"{x} {y} 0 255 0 0\n" for x in range(-5, 6) for y in range(-5, 6))
    head = "ply\nformat ascii 1.0\nelement vertex 121\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property uchar {name}\n" for name in ("red", "green", "blue")) + "end_header\n"
    path.write_text(head + rows)
    show_surface_files(services, [path], host)
    window = only_window(host)
    drawn_in_full(window, qtbot)
    assert window.facts().startswith("Size 10.0 × 10.0 × 0.0 mm  ·  The file names no unit")
    window.list.setCurrentRow(0)
    assert window.facts() == "cloud  ·  Points: 121"


def test_keys_look_from_the_sides_and_home(window, qtbot):
    front = window.view.camera
    QTest.keyClick(window.view, Qt.Key.Key_L)
    assert np.allclose(window.view.camera.axes[2], (-1, 0, 0))
    QTest.keyClick(window.view, Qt.Key.Key_Home)
    assert window.view.camera == front


def test_a_file_has_one_window(window, services, host, tmp_path):
    show_surface_files(services, [tmp_path / "two.obj"], host)
    assert only_window(host) is window


def test_what_cannot_be_read_says_why(services, host, qtbot, tmp_path):
    path = tmp_path / "broken.ply"
    path.write_bytes(b"ply, but not really")
    show_surface_files(services, [path], host)
    qtbot.waitUntil(lambda: only_window(host).error is not None, timeout=PATIENCE_MS)
    assert "broken.ply" in only_window(host).view.note()


def test_closing_while_it_is_read_leaves_nothing(services, host, tmp_path):
    path = tmp_path / "one.stl"
    write_meshes(path, ".stl", [pyramid("one", 0)], Provenance("test", (), {}, ""))
    show_surface_files(services, [path], host)
    only_window(host).close()


def test_the_picture_is_saved(window, qtbot, tmp_path):
    window._save.click()
    dialog = window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "picture.png"))
    dialog.close()
    qtbot.waitUntil((tmp_path / "picture.png").exists)
    assert QImage(str(tmp_path / "picture.png")).size() == window.view.size()


def test_vtk_draws_what_the_native_renderer_draws(services, host, qtbot, tmp_path):
    """Or the native one does in its place, and says so in the window."""
    services.library.settings.set(CHOSEN, "vtk")
    path = tmp_path / "two.stl"
    write_meshes(path, ".stl", [pyramid("left", 20), pyramid("right", -20)], Provenance("test", (), {}, ""))
    show_surface_files(services, [path], host)
    made = only_window(host)
    drawn_in_full(made, qtbot)
    columns = lit(made)
    middle = made.view.picture().width() / 2
    assert (columns < middle - 20).any()
    assert (columns > middle + 20).any()
    assert all(str(note) in made.facts() for note in made.view.notes)


def test_a_lost_processor_is_said_in_the_window(services, host, qtbot, tmp_path, monkeypatch):
    class Broken:
        def render(self, *_arguments, **_more):
            raise failure("the context was lost")

    monkeypatch.setattr(render.vtk_scene, "VtkSceneRenderer", Broken)
    services.library.settings.set(CHOSEN, "vtk")
    path = tmp_path / "one.stl"
    write_meshes(path, ".stl", [pyramid("one", 0)], Provenance("test", (), {}, ""))
    show_surface_files(services, [path], host)
    made = only_window(host)
    drawn_in_full(made, qtbot)
    assert len(lit(made))
    assert "context was lost" in made.facts()


def test_a_turn_is_saved_as_a_film(window, qtbot, tmp_path):
    window._film.click()
    dialog = window.findChild(QFileDialog)
    dialog.close()
    window.turntable.save(tmp_path / "turn.avi", frames=4)
    qtbot.waitUntil((tmp_path / "turn.avi").exists, timeout=PATIENCE_MS)


@pytest.mark.parametrize("kind", ["segmentation", "structure-set"])
def test_segments_and_structures_become_surfaces(services, host, qtbot, library, tmp_path, kind):
    series = make_ct_series(tmp_path / "ct", slices=8, rows=24, columns=20)
    images = reference_series(library, str(series.folder))
    ni, nj, nk = images.geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2)}
    masks[1][1:5, 4:12, 4:12] = True
    masks[2][3:7, 14:20, 4:12] = True
    layers, layer_of = pack_layers(masks)
    segments = (Segment(1, "Liver", colour=(220, 30, 30)), Segment(2, "Spleen"))
    made = Segmentation(images.geometry, layers, segments, layer_of)
    write = write_segmentation if kind == "segmentation" else write_structure_set
    write(tmp_path / "derived.dcm", made, images.headers())
    derived = DerivedObject(KINDS[kind], "1.2.3", "1.2", tmp_path / "derived.dcm", "organs")
    assert has_surfaces(derived)
    look = SurfaceLook(frozenset({"2"}), {"1": (0, 255, 0)})
    window = show_derived_surfaces(services, derived, images.geometry, look, host)
    drawn_in_full(window, qtbot)
    assert window.windowTitle() == "organs – surfaces"
    assert [part.title for part in window.model.parts] == ["Liver", "Spleen"]
    assert [window.list.item(row).checkState() for row in (0, 1)] == [
        Qt.CheckState.Checked,
        Qt.CheckState.Unchecked,
    ]
    voxel_ml = np.prod(images.geometry.spacing_mm) / 1000
    assert window.model.parts[0].volume_mm3 / 1000 == pytest.approx(masks[1].sum() * voxel_ml, rel=0.15)


def entries(window):
    """Every entry of the menus by its text without mnemonic and key."""
    return {
        action.text().partition("\t")[0]: action
        for menu in window.menus.actions()
        for action in menu.menu().actions()
        if action.text()
    }


def test_the_menus_do_what_the_buttons_do(window, qtbot):
    assert [menu.text().replace("&", "") for menu in window.menus.actions()] == ["File", "View", "Surfaces"]
    menu = entries(window)
    before = window.view.camera
    menu["From the left"].trigger()
    assert window.view.camera != before
    menu["Reset the view"].trigger()
    assert window.view.camera == before
    menu["Turn by itself"].trigger()
    assert window.view.spinning
    assert window._spin.isChecked()
    window._spin.click()
    assert not menu["Turn by itself"].isChecked()
    assert not window.view.spinning
    menu["Copy picture"].trigger()
    assert QApplication.clipboard().image().size() == window.view.picture().size()


def test_the_menus_show_and_hide_surfaces(window, qtbot):
    menu = entries(window)
    chosen_only = ("Show only the chosen surface", "Go near the chosen surface")
    assert not any(menu[text].isEnabled() for text in (*chosen_only, "Show all"))
    window.list.item(1).setSelected(True)
    menu[chosen_only[0]].trigger()
    assert [window.list.item(row).checkState() for row in (0, 1)] == [
        Qt.CheckState.Unchecked,
        Qt.CheckState.Checked,
    ]
    before = window.view.camera.distance_mm
    menu[chosen_only[1]].trigger()
    assert window.view.camera.distance_mm < before
    menu["Show all"].trigger()
    assert window.view.look.hidden == frozenset()
    assert not menu["Show all"].isEnabled()


def test_every_key_of_the_menus_is_there_once(window):
    keys = [action.shortcut().toString() for action in entries(window).values()]
    keys = [key for key in keys if key]
    assert len(set(keys)) == len(keys) >= 4
    assert not set(keys) & {"A", "P", "L", "R", "S", "I", "Home"}  # the view answers these itself


def test_files_are_opened_from_the_menu(window, tmp_path):
    opened = []
    entries(window)["Open surfaces…"].trigger()
    dialog = window.findChild(QFileDialog)
    assert "*.stl" in dialog.nameFilters()[0]
    window.open_files = opened.append
    dialog.filesSelected.emit([str(tmp_path / "other.stl")])
    dialog.close()
    assert opened == [[tmp_path / "other.stl"]]
