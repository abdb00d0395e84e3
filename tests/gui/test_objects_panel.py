"""Derived objects in the Care workspace: found, listed, read, drawn, chosen, and opened from the library."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.coded_concept import CodedConcept
from core.segmentation import Segment, Segmentation, pack_layers
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.parametric_maps import ParametricMap, write_parametric_map
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from imaging.structure_set_writing import write_structure_set
from tests.dicom_factory import make_ct_series, uid
from tests.dose_factory import make_dose
from viewers.derived_objects import find_opening, seen_on_images
from viewers.library_list import listed_series
from viewers.ui.objects_tree import row_of
from viewers.ui.picture_saving import picture_of
from viewers.ui.slice_overlay import SliceOverlay, SliceScene
from viewers.ui.surface_window import SurfaceWindow

PATIENCE_MS = 20_000
RED = (220, 30, 30)


@pytest.fixture
def images(tmp_path, library):
    frame = {"FrameOfReferenceUID": uid("frame of reference", "study")}  # that of the dose
    series = make_ct_series(tmp_path / "ct", slices=8, rows=24, columns=20, attributes=frame)
    return reference_series(library, str(series.folder))


@pytest.fixture
def segmentation(images):
    ni, nj, nk = images.geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2)}
    masks[1][1:3, 4:12, 4:12] = True
    masks[2][5:8, 2:8, 10:18] = True
    layers, layer_of = pack_layers(masks)
    segments = (Segment(1, "Liver", colour=RED), Segment(2, "Spleen"))
    return Segmentation(images.geometry, layers, segments, layer_of)


@pytest.fixture
def seg(tmp_path, images, segmentation):
    path = tmp_path / "derived" / "seg.dcm"
    path.parent.mkdir()
    write_segmentation(path, segmentation, images.headers())
    return path


@pytest.fixture
def workspace(make_workspace, library):
    library.settings.set("viewer.layout", "1x3")
    return make_workspace()


def series_of(library, uid_of):
    with StudyIndex.open(library) as index:
        return [one for study in index.studies() for one in index.series_of(study.study_uid) if uid_of(one)]


def settled(qtbot, workspace):
    views = list(workspace.grid.views())
    qtbot.waitUntil(lambda: all(view.pictures.settled for view in views if view.isVisible()), timeout=10_000)


def wait_for_layers(qtbot, workspace, count=1):
    objects = workspace.document.objects
    qtbot.waitUntil(lambda: len(objects.shown) == count, timeout=PATIENCE_MS)
    settled(qtbot, workspace)


def coloured(view):
    return reds(view.grab().toImage())


def reds(image):
    pixels = [image.pixelColor(x, y) for y in range(0, image.height(), 3) for x in range(0, image.width(), 3)]
    return sum(1 for pixel in pixels if pixel.red() > pixel.green() + 60 and pixel.red() > pixel.blue() + 60)


@pytest.fixture
def opened(qtbot, workspace, library, images, seg):
    result = import_paths(library, [images.part.frames[0].instance.path, seg.parent])
    assert not result.rejected
    import_paths(library, [seg.parent.parent / "ct"])
    (ct,) = series_of(library, lambda one: one.modality == "CT")
    workspace.run("care.toggle-crosshair")
    workspace.run("care.toggle-texts")
    workspace.open_series(ct)
    wait_for_layers(qtbot, workspace)
    return workspace


def rows(tree):
    tops = [tree.topLevelItem(number) for number in range(tree.topLevelItemCount())]
    return {top.text(0): [top.child(number).text(0) for number in range(top.childCount())] for top in tops}


def test_the_only_segmentation_is_shown_with_its_segments(opened):
    assert rows(opened.objects.tree) == {"Segmentation": ["Liver", "Spleen"]}
    axial = next(iter(opened.grid.views()))
    assert not coloured(axial)  # the middle slice holds none


def test_a_double_click_goes_to_the_segment_and_its_box_hides_it(qtbot, opened):
    tree, objects = opened.objects.tree, opened.document.objects
    liver = tree.topLevelItem(0).child(0)
    tree.itemActivated.emit(liver, 0)
    settled(qtbot, opened)
    axial = next(iter(opened.grid.views()))
    assert coloured(axial) > 20
    liver.setCheckState(0, Qt.CheckState.Unchecked)
    settled(qtbot, opened)
    assert not coloured(axial)
    assert objects.look(row_of(liver)[0]).shown == {"1": False}


def test_a_command_shows_the_segments_as_surfaces(qtbot, opened):
    assert "surfaces-listed" in opened.states()
    opened.run("care.show-surfaces")
    (window,) = opened.findChildren(SurfaceWindow)
    qtbot.waitUntil(lambda: window.model is not None, timeout=PATIENCE_MS)
    assert [part.title for part in window.model.parts] == ["Liver", "Spleen"]
    window.close()


def test_segments_are_measured_and_converted_from_the_list(opened, seg, monkeypatch):
    tree, asked = opened.objects.tree, []
    assert opened.segments_file == str(seg)
    monkeypatch.setattr(
        opened.objects, "_services", replace(opened.objects._services, run_command=asked.append)
    )
    tree.setCurrentItem(tree.topLevelItem(0))
    actions = dict(opened.objects._actions(*tree.current_row))
    actions["Measure segments…"]()
    actions["Convert segments…"]()
    assert asked == ["care.measure", "care.convert"]


def test_the_slider_sets_the_opacity_of_the_current_object(qtbot, opened):
    tree = opened.objects.tree
    tree.setCurrentItem(tree.topLevelItem(0))
    opened.objects.opacity.setValue(80)
    assert opened.document.objects.shown[0].look.opacity == 0.8


def test_all_overlays_are_hidden_at_once(opened):
    assert "objects-shown" in opened.states()
    opened.run("care.toggle-objects")
    assert opened.document.objects.shown == ()
    assert "objects-shown" not in opened.states()
    opened.run("care.toggle-objects")
    assert len(opened.document.objects.shown) == 1


def test_the_panel_can_be_put_away(opened):
    opened.run("care.toggle-objects-panel")
    assert opened.objects.isHidden()
    assert opened.save_state()["objects"] is False
    opened.run("care.toggle-library")
    assert opened.side.isHidden()
    opened.run("care.toggle-objects-panel")
    assert not opened.side.isHidden()


def test_what_was_hidden_stays_hidden_the_next_time(qtbot, opened, library):
    tree = opened.objects.tree
    tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert opened.document.objects.shown == ()
    from viewers.shown_objects import ShownObjects

    again = ShownObjects(library.settings)
    again.set_objects(opened.document.objects.objects)
    assert again.wanted() == []


def test_a_segmentation_is_one_row_of_the_library(qtbot, opened, library):
    model, listed = opened.browser.model, []
    opened.browser.refresh()

    def all_listed():
        study = model.index(0, 0)
        opened.browser.tree.expand(study)
        listed[:] = [model.series(model.index(n, 0, study)) for n in range(model.rowCount(study))]
        return len(listed) == 2

    qtbot.waitUntil(all_listed, timeout=PATIENCE_MS)
    (row,) = [one for one in listed if one.modality == "SEG"]
    assert (row.part, row.geometry) == ("", None)
    assert len(series_of(library, lambda one: one.modality == "SEG")) == 2  # its two segments


def test_a_segmentation_of_the_library_opens_on_its_images(qtbot, workspace, library, images, seg):
    import_paths(library, [seg.parent.parent])
    found = series_of(library, lambda one: one.modality == "SEG")[0]
    with StudyIndex.open(library) as index:
        sop_uid = index.all_instances(found.series_uid)[0].sop_uid
    workspace.document.objects.set_visible(sop_uid, visible=False)  # as it was left once
    workspace.open_series(found)
    wait_for_layers(qtbot, workspace)
    document = workspace.document
    assert document.series.modality == "CT"
    qtbot.waitUntil(lambda: document.state.cursor_lps_mm[2] < document.volume.centre_lps_mm[2] - 2)


def test_a_dropped_folder_opens_the_images_with_their_segmentation(qtbot, workspace, seg):
    workspace.open_paths([seg.parent.parent])
    wait_for_layers(qtbot, workspace)
    assert workspace.document.series.modality == "CT"


def test_a_dropped_segmentation_opens_its_images(qtbot, workspace, library, images, seg, errors):
    import_paths(library, [seg.parent.parent / "ct"])
    workspace.open_paths([seg])
    wait_for_layers(qtbot, workspace)
    assert workspace.document.series.modality == "CT"
    assert errors == []


def test_without_its_images_a_segmentation_is_shown_alone_and_says_so(qtbot, workspace, library, seg, errors):
    import_paths(library, [seg])
    workspace.open_paths([seg])
    qtbot.waitUntil(lambda: workspace.document.series is not None, timeout=PATIENCE_MS)
    assert workspace.document.series.modality == "SEG"
    qtbot.waitUntil(lambda: bool(errors) and not workspace.opener.loading, timeout=PATIENCE_MS)
    assert str(errors[0].message) == "Segmentation: its images are not in the library."


def test_structures_and_dose_are_drawn(qtbot, workspace, library, images, segmentation, tmp_path):
    folder = tmp_path / "rt"
    folder.mkdir()
    write_structure_set(folder / "rs.dcm", segmentation, images.headers())
    low = images.geometry.positions_lps_mm[0]
    make_dose(folder / "dose.dcm", position_lps_mm=[float(part) for part in low])
    import_paths(library, [tmp_path])
    (ct,) = series_of(library, lambda one: one.modality == "CT")
    workspace.open_series(ct)
    wait_for_layers(qtbot, workspace)
    objects = workspace.document.objects
    kinds = {one.kind.id: one.sop_uid for one in objects.objects}
    assert list(kinds) == ["structure-set", "dose"]
    workspace.objects.activate_row(kinds["structure-set"], "1")
    settled(qtbot, workspace)
    axial, coronal, sagittal = workspace.grid.views()
    assert {mark.mark.colour for mark in axial.pictures.marks} == {RED}
    assert all(view.pictures.marks for view in (coronal, sagittal))
    objects.set_visible(kinds["dose"], visible=True)
    wait_for_layers(qtbot, workspace, 2)
    assert not axial.pictures.raster.isNull()


def test_a_broken_object_says_why_in_its_row(qtbot, workspace, library, images, seg):
    import_paths(library, [seg.parent.parent])
    data = seg.read_bytes()
    seg.write_bytes(data[: len(data) // 2])
    (ct,) = series_of(library, lambda one: one.modality == "CT")
    workspace.open_series(ct)
    tree = workspace.objects.tree
    qtbot.waitUntil(
        lambda: tree.topLevelItemCount() and tree.topLevelItem(0).text(0) == "Segmentation (cannot be read)",
        timeout=PATIENCE_MS,
    )
    assert "seg.dcm" in tree.topLevelItem(0).toolTip(0)


def test_images_that_share_their_series_with_a_report_are_opened_as_images(library, images, tmp_path):
    report = images.headers()[0]
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    report.SOPInstanceUID = report.file_meta.MediaStorageSOPInstanceUID = uid("report")
    del report.Rows, report.Columns
    report.save_as(tmp_path / "ct" / "report.dcm")
    import_paths(library, [tmp_path / "ct"])
    with StudyIndex.open(library) as index:
        parts = index.find_series(images.series_uid)
        assert len(parts) == 2
        shown = next(one for one in parts if one.geometry is not None)
        opening = find_opening(index, shown)
    assert (opening.images.part, opening.derived) == (shown.part, None)


def test_a_picture_without_texts_has_the_overlays(qtbot, opened):
    opened.objects.activate_row(*row_of(opened.objects.tree.topLevelItem(0).child(0)))
    settled(qtbot, opened)
    view = next(iter(opened.grid.views()))
    with_overlays = picture_of(view, texts=False)
    assert with_overlays.size() == view.pictures.image.size()
    assert reds(with_overlays) > 20
    opened.run("care.toggle-objects")
    settled(qtbot, opened)
    assert reds(picture_of(view, texts=False)) == 0


def test_a_thick_slab_says_where_its_overlays_are_cut(opened):
    view = next(iter(opened.grid.views()))
    scene = SliceScene(opened.document, opened.document.volume, view.pane, view.plane(), 1.0, None)
    overlay = SliceOverlay(str)
    assert not any("middle plane" in line.text for line in overlay._slice(scene, narrow=True))
    opened.document.change(slab_mm=10.0)
    assert any("middle plane" in line.text for line in overlay._slice(scene, narrow=True))
    opened.document.objects.toggle_hidden()
    assert not any("middle plane" in line.text for line in overlay._slice(scene, narrow=True))


def test_objects_without_a_description_are_numbered(opened):
    first = replace(opened.document.objects.objects[0], title="")
    second = replace(first, sop_uid="1.2.3")
    opened.document.objects.set_objects([first, second])
    tree = opened.objects.tree
    assert [tree.topLevelItem(row).text(0) for row in range(2)] == ["Segmentation 1", "Segmentation 2"]
    opened.document.objects.set_objects([first])
    assert tree.topLevelItem(0).text(0) == "Segmentation"


@pytest.fixture
def parametric_map(tmp_path, images):
    ni, nj, nk = images.geometry.shape_ijk
    values = np.arange(nk * nj * ni, dtype=np.float32).reshape(nk, nj, ni)
    unit = CodedConcept("um2/s", "UCUM", "square micrometer per second")
    path = tmp_path / "maps" / "map.dcm"
    path.parent.mkdir()
    write_parametric_map(path, ParametricMap(images.geometry, values, unit, "ADC"), images.headers())
    return path


def is_map(library):
    def uid_of(series):
        with StudyIndex.open(library) as index:
            return index.all_instances(series.series_uid)[0].sop_class_uid.endswith(".1.30")

    return uid_of


def test_a_map_of_images_in_the_library_has_one_row(library, tmp_path, parametric_map):
    import_paths(library, [tmp_path / "ct", parametric_map])
    (found,) = series_of(library, is_map(library))
    with StudyIndex.open(library) as index:
        study = index.series_of(found.study_uid)
        rows = listed_series(study, seen_on_images(index, study))
        (row,) = [row for row in rows if row.series_uid == found.series_uid]
        assert row.geometry is None
        opening = find_opening(index, row)
    assert opening.referenced
    assert opening.images.modality == "CT"
    assert opening.derived.kind.id == "parametric-map"


def test_a_map_without_its_images_is_images(library, parametric_map):
    import_paths(library, [parametric_map])
    (found,) = series_of(library, is_map(library))
    with StudyIndex.open(library) as index:
        study = index.series_of(found.study_uid)
        assert seen_on_images(index, study) == frozenset()
        assert [row.geometry is None for row in listed_series(study)] == [False]
