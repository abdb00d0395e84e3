"""Reports, key images and presentation states drawn on the slices of an imported series."""

import numpy as np
import pytest

from core.coded_concept import InstanceReference
from core.measurement import MeasurementReport, Region
from core.plane import Plane
from core.presentation_state import Drawing, Note, PresentationState
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.key_objects import OF_INTEREST, write_key_objects
from imaging.measurement_report_writing import write_measurement_report
from imaging.presentation_state_writing import presentation_state_object, write_presentation_state
from tests.report_factory import LINE, measured_ct
from tests.value_map_factory import write_value_map
from viewers.derived_objects import LayerTarget, find_derived_objects
from viewers.key_image_layer import read_key_image_layer
from viewers.object_layer import LayerLook
from viewers.orientation import Orientation
from viewers.overlay import probe
from viewers.quantity import STORED
from viewers.report_layer import read_report_layer
from viewers.series_loading import LoadingEvents, open_series
from viewers.state_choice import show_state
from viewers.state_layer import read_state_layer
from viewers.value_map_layer import offer_values, read_value_map_layer
from viewers.view_state import ViewState
from viewers.viewer_document import ViewerDocument
from viewers.workspace_states import document_states

LOOK = LayerLook(visible=True)


class Case:
    """A CT of four slices of 16 x 20 pixels of 0.75 x 0.5 mm, 2.5 mm apart, with what refers to it."""

    def __init__(self, library, folder) -> None:
        self.library, self.folder = library, folder
        self.images, self.report = measured_ct(folder / "ct")
        self.references = tuple(
            InstanceReference(str(one.SOPClassUID), str(one.SOPInstanceUID), str(one.SeriesInstanceUID))
            for one in self.images
        )

    def read(self, read):
        """Import everything and read the only derived object with `read`."""
        import_paths(self.library, [self.folder])
        with StudyIndex.open(self.library) as index:
            (series,) = index.find_series(self.references[0].series_uid)
            (self.derived,) = find_derived_objects(index, series)
            instances = tuple(index.instances(series))
        loaded = open_series(self.library, series, LoadingEvents(lambda *_: None, lambda *_: None))
        self.target = LayerTarget(series, loaded.volume, instances)
        return read(self.derived, self.target)

    def plane(self, k, scale=1.0):
        """Give the plane of slice k with `scale` screen pixels for each image pixel."""
        image = self.images[k]
        column, row = 0.75 / scale, 0.5 / scale
        corner = np.array(image.ImagePositionPatient, float)
        corner += np.array([column - 0.75, row - 0.5, 0]) / 2
        size = round(16 * scale), round(20 * scale)
        return Plane(corner, np.eye(3)[0], np.eye(3)[1], (column, row), size)

    def sagittal(self, column):
        """Give a plane across the slices through a column of pixels."""
        corner = np.array(self.images[-1].ImagePositionPatient, float)
        corner[0] += 0.75 * column
        return Plane(corner, np.eye(3)[1], -np.eye(3)[2], (0.5, 0.5), (20, 20))

    def document(self, layer=None):
        """Give what the user works on, with a layer that is visible."""
        document = ViewerDocument(self.library.settings)
        document.open(self.target.volume, self.target.series, None)
        if layer is not None:
            document.objects.set_objects([self.derived])
            document.objects.set_visible(self.derived.sop_uid, visible=True)
            document.objects.set_layer(self.derived.sop_uid, layer)
        return document

    def slice_shown(self, document) -> int:
        """Give the slice that is shown as acquired."""
        return document.stack(Orientation.ACQUIRED).nearest_index(
            document.state.point_of(Orientation.ACQUIRED)
        )


@pytest.fixture
def case(library, tmp_path):
    return Case(library, tmp_path / "study")


class TestReport:
    @pytest.fixture
    def layer(self, case):
        write_measurement_report(case.folder / "sr.dcm", case.report, case.images)
        return case.read(read_report_layer)

    def test_a_line_is_drawn_on_its_own_slice_only(self, case, layer):
        drawn = {k: layer.draw(case.plane(k), LOOK).marks for k in range(4)}
        assert [len(drawn[k]) for k in range(4)] == [0, 1, 1, 0]
        (line,) = drawn[1]
        # (0.5, 0.5) of the report is the centre of the first pixel, (0, 0) of the picture.
        np.testing.assert_allclose(line.rings[0], np.array(LINE) - 0.5, atol=1e-6)
        assert line.text == "nodule 1\nLength 12.5 mm"

    def test_a_line_is_in_its_place_at_any_size(self, case, layer):
        (line,) = layer.draw(case.plane(1, scale=4.0), LOOK).marks
        np.testing.assert_allclose(line.rings[0], np.array(LINE) * 4.0 - 0.5, atol=1e-5)

    def test_an_area_in_space_is_drawn_on_the_slice_that_holds_it(self, case, layer):
        (area,) = layer.draw(case.plane(2), LOOK).marks
        assert area.closed
        expected = np.array([(1 / 0.75, 2), (5 / 0.75, 2), (5 / 0.75, 8), (1 / 0.75, 8)])
        np.testing.assert_allclose(area.rings[0], expected, atol=1e-5)

    def test_an_area_in_space_is_cut_by_other_planes(self, case, layer):
        (cut,) = layer.draw(case.sagittal(4), LOOK).marks
        points = np.concatenate(cut.rings)
        # At 1 mm and 4 mm of the column, one slice (2.5 mm) below the last.
        np.testing.assert_allclose(sorted(points.tolist()), [[2.0, 5.0], [8.0, 5.0]], atol=1e-6)
        assert layer.draw(case.sagittal(12), LOOK).marks == ()

    def test_the_rows_say_what_was_measured_and_lead_there(self, case, layer):
        assert [str(item.title) for item in layer.items] == [
            "nodule 1, Length 12.5 mm",
            "nodule 2, Area 48.25 mm2",
        ]
        point = layer.centre("0")
        assert point[2] == pytest.approx(case.images[1].ImagePositionPatient[2])

    def test_a_hidden_group_is_not_drawn(self, case, layer):
        assert layer.draw(case.plane(1), LOOK.with_item("0", shown=False)).marks == ()

    def test_a_region_in_another_frame_of_reference_is_not_drawn(self, case):
        first, second = case.report.groups
        region = second.regions[0]
        elsewhere = Region(region.shape, region.points, None, "1.2.3.99")
        strange = type(second)(**{**vars(second), "regions": (elsewhere,)})
        write_measurement_report(
            case.folder / "sr.dcm", MeasurementReport(case.report.title, (first, strange)), case.images
        )
        layer = case.read(read_report_layer)
        assert [item.key for item in layer.items] == ["0"]
        assert "another frame of reference" in str(layer.notes[0])


class TestKeyImages:
    def test_key_images_are_listed_and_starred(self, case):
        write_key_objects(case.folder / "ko.dcm", OF_INTEREST, [case.images[3], case.images[1]], "compare")
        layer = case.read(read_key_image_layer)
        assert [str(item.title) for item in layer.items] == ["Image 2", "Image 4"]
        starred = [k for k in range(4) if layer.draw(case.plane(k), LOOK).marks]
        assert starred == [1, 3]
        assert layer.draw(case.plane(1), LOOK).marks[0].text == "★ Of Interest\ncompare"
        assert layer.draw(case.sagittal(4), LOOK).marks == ()
        stops = np.array(layer.stops)
        np.testing.assert_allclose(stops[:, 2], [case.images[k].ImagePositionPatient[2] for k in (1, 3)])

    @pytest.fixture
    def document(self, case):
        write_key_objects(case.folder / "ko.dcm", OF_INTEREST, [case.images[0], case.images[3]])
        document = case.document(case.read(read_key_image_layer))
        document.go_to_end(Orientation.ACQUIRED, last=False)
        return document

    def test_one_goes_from_one_to_the_next_and_round(self, case, document):
        shown = []
        for steps in (1, 1, -1):
            document.go_to_key_image(steps)
            shown.append(case.slice_shown(document))
        assert shown == [3, 0, 3]

    def test_scrolling_can_be_kept_to_them(self, case, document):
        document.scroll(Orientation.ACQUIRED, 1)
        assert case.slice_shown(document) == 1
        document.toggle_key_images_only()
        assert (case.slice_shown(document), "key-images-only" in document_states(document)) == (3, True)
        document.scroll(Orientation.ACQUIRED, -1)
        assert case.slice_shown(document) == 0
        document.scroll(Orientation.SAGITTAL, 1)  # across them every slice can be seen
        assert case.slice_shown(document) == 0
        document.toggle_key_images_only()
        document.scroll(Orientation.ACQUIRED, 1)
        assert case.slice_shown(document) == 1

    def test_hiding_them_ends_it(self, case, document):
        document.toggle_key_images_only()
        document.objects.set_visible(case.derived.sop_uid, visible=False)
        assert not document_states(document) & {"key-images", "key-images-only"}


class TestValueMap:
    @pytest.fixture
    def layer(self, case):
        write_value_map(case.folder / "rwv.dcm", case.images, slope=0.5, intercept=2.0)
        return case.read(read_value_map_layer)

    def test_values_are_told_in_its_quantity_while_it_is_visible(self, case, layer):
        document = case.document(layer)
        offer_values(document, layer)
        volume = document.volume
        point = (volume.lps_from_ijk @ [3, 4, 1, 1])[:3]
        stored = int(volume.voxels[1, 4, 3]) + 1024
        told = probe(volume, point, None, document.quantity)
        assert told.value[0] == pytest.approx(0.5 * stored + 2.0)
        assert (told.quantity, told.unit) == ("Density", "mg/ml")
        document.objects.set_visible(case.derived.sop_uid, visible=False)
        assert document.quantity is STORED
        assert document.quantities == ()


def state_of(case, **more):
    return PresentationState("A", case.references[1:3], **more)


class TestState:
    def test_drawings_and_texts_are_on_the_slices_of_the_state(self, case):
        state = state_of(
            case,
            drawings=(Drawing("POLYLINE", ((1.0, 2.0), (9.0, 2.0))), Drawing("CIRCLE", ((8, 8), (11, 8)))),
            notes=(Note("here", (3.0, 4.0)), Note("there", None, (1.0, 2.0, 8.0, 9.0))),
        )
        write_presentation_state(case.folder / "pr.dcm", state, case.images[1:3])
        layer = case.read(read_state_layer)
        assert [len(layer.draw(case.plane(k), LOOK).marks) for k in range(4)] == [0, 4, 4, 0]
        line, circle, here, there = layer.draw(case.plane(1), LOOK).marks
        np.testing.assert_allclose(line.rings[0], [[0.5, 1.5], [8.5, 1.5]], atol=1e-6)
        assert circle.closed
        np.testing.assert_allclose(here.rings[0], [[2.5, 3.5]], atol=1e-6)
        assert there.text_at == pytest.approx((0.5, 5.0))
        look = LOOK.with_item("texts", shown=False)
        assert len(layer.draw(case.plane(1), look).marks) == 2

    @pytest.mark.parametrize(
        ("rotation_deg", "mirrored", "pixel"),
        [
            # Where a quarter of the way right and a tenth of the way down on the screen lies in the image.
            (0, False, (4.0, 2.0)),
            (90, False, (1.6, 15.0)),
            (180, False, (12.0, 18.0)),
            (270, False, (14.4, 5.0)),
            (0, True, (12.0, 2.0)),
            (90, True, (1.6, 5.0)),
        ],
    )
    def test_places_on_the_screen_follow_the_turn(self, case, rotation_deg, mirrored, pixel):
        point = Drawing("POINT", ((0.25, 0.1),), "DISPLAY")
        state = state_of(case, rotation_deg=rotation_deg, mirrored=mirrored, drawings=(point,))
        write_presentation_state(case.folder / "pr.dcm", state, case.images[1:3])
        layer = case.read(read_state_layer)
        (mark,) = layer.draw(case.plane(1), LOOK).marks
        np.testing.assert_allclose(mark.rings[0], [np.array(pixel) - 0.5], atol=1e-5)

    def test_choosing_a_state_shows_the_images_as_it_says(self, case):
        state = state_of(case, window=(50.0, 350.0), inverted=True, rotation_deg=90, mirrored=True)
        write_presentation_state(case.folder / "pr.dcm", state, case.images[1:3])
        layer = case.read(read_state_layer)
        document = case.document()
        document.go_to_end(Orientation.ACQUIRED, last=False)
        before = document.state
        show_state(document, layer)
        shown = document.state
        assert (shown.window.centre, shown.window.width, shown.inverted) == (50.0, 350.0, True)
        assert shown.active_orientation is Orientation.ACQUIRED
        view = shown.view(Orientation.ACQUIRED)
        assert view == ViewState().turned(1).turned(0, mirror=True)
        assert document.state.cursor_lps_mm[2] == pytest.approx(case.images[1].ImagePositionPatient[2])
        document.history.undo()
        undone = document.state
        assert (undone.window, undone.inverted, undone.views) == (
            before.window,
            before.inverted,
            before.views,
        )

    def test_the_displayed_area_fills_the_view(self, case):
        data = presentation_state_object(state_of(case), case.images[1:3])
        area = data.DisplayedAreaSelectionSequence[0]
        area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [5, 6], [12, 15]
        data.save_as(case.folder / "pr.dcm", enforce_file_format=True)
        layer = case.read(read_state_layer)
        document = case.document()
        show_state(document, layer)
        view = document.state.view(Orientation.ACQUIRED)
        assert view.zoom == pytest.approx(2.0)
        x, y, _ = map(float, case.images[0].ImagePositionPatient)
        middle = (x + 0.75 * 7.5, y + 0.5 * 9.5)
        np.testing.assert_allclose(view.centre_lps_mm[:2], middle, atol=1e-5)

    def test_a_shutter_covers_everything_outside_of_it(self, case):
        data = presentation_state_object(state_of(case), case.images[1:3])
        data.ShutterShape, data.ShutterPresentationValue = "RECTANGULAR", 65535
        data.ShutterLeftVerticalEdge, data.ShutterRightVerticalEdge = 3, 10
        data.ShutterUpperHorizontalEdge, data.ShutterLowerHorizontalEdge = 2, 19
        data.save_as(case.folder / "pr.dcm", enforce_file_format=True)
        layer = case.read(read_state_layer)
        (cover,) = layer.draw(case.plane(1), LOOK).marks
        assert (cover.fill, cover.colour, cover.closed) == (1.0, (255, 255, 255), True)
        whole, seen = cover.rings
        np.testing.assert_allclose(
            [whole.min(axis=0), whole.max(axis=0)], [[-0.5, -0.5], [15.5, 19.5]], atol=1e-5
        )
        np.testing.assert_allclose([seen.min(axis=0), seen.max(axis=0)], [[1.5, 0.5], [9.5, 18.5]], atol=1e-5)
