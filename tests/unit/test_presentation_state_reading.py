"""What presentation states of other makers hold beyond what this program writes."""

import numpy as np
import pytest
from pydicom.dataset import Dataset

from core.coded_concept import InstanceReference
from core.errors import BadInput
from core.presentation_state import DisplayedArea, Drawing, PresentationState, Shutter
from imaging.cielab import cielab_from_rgb
from imaging.object_file import read_object
from imaging.presentation_state_writing import presentation_state_object
from imaging.presentation_states import read_presentation_state
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series


def item(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    made = make_ct_series(tmp_path_factory.mktemp("ct"), slices=3)
    return [source_header(file) for file in made.files]


@pytest.fixture
def state(images):
    """A data set to change, with one drawing."""
    references = tuple(
        InstanceReference(str(image.SOPClassUID), str(image.SOPInstanceUID), str(image.SeriesInstanceUID))
        for image in images
    )
    drawn = (Drawing("POLYLINE", ((1.0, 2.0), (3.0, 4.0))),)
    return presentation_state_object(
        PresentationState("A", references, (40.0, 400.0), drawings=drawn), images
    )


def read_back(data, tmp_path) -> PresentationState:
    data.save_as(tmp_path / "pr.dcm", enforce_file_format=True)
    return read_presentation_state(tmp_path / "pr.dcm")


def image_item(image, **more: object) -> Dataset:
    return item(
        ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID, **more
    )


def test_drawings_windows_and_areas_of_some_images_only(state, images, tmp_path):
    one = [image_item(images[1])]
    state.GraphicAnnotationSequence[0].ReferencedImageSequence = one
    state.SoftcopyVOILUTSequence = [
        item(WindowCenter="50", WindowWidth="350", ReferencedImageSequence=one),
        item(WindowCenter=["-600", "1"], WindowWidth=["1500", "2"]),
    ]
    area = state.DisplayedAreaSelectionSequence[0]
    area.ReferencedImageSequence = one
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [-3, 2], [12, 17]
    read = read_back(state, tmp_path)
    only = (InstanceReference(str(images[1].SOPClassUID), str(images[1].SOPInstanceUID)),)
    assert read.drawings[0].images == only
    assert [(window.centre, window.width, window.images) for window in read.windows] == [
        (50, 350, only),
        (-600, 1500, ()),
    ]
    assert read.window == (-600, 1500)
    assert read.areas == (DisplayedArea((-3, 2), (12, 17), only),)


def test_frames_are_told_apart(state, images, tmp_path):
    first = state.ReferencedSeriesSequence[0].ReferencedImageSequence[0]
    first.ReferencedFrameNumber = [2, 5]
    state.ReferencedSeriesSequence[0].ReferencedImageSequence[1].ReferencedFrameNumber = 7
    frames = [image.frames for image in read_back(state, tmp_path).images]
    assert frames == [(2, 5), (7,), ()]


@pytest.mark.parametrize(
    ("layer", "colour"),
    [
        ({"GraphicLayerRecommendedDisplayCIELabValue": list(cielab_from_rgb((255, 0, 0)))}, (255, 0, 0)),
        ({"GraphicLayerRecommendedDisplayRGBValue": [0, 65535, 256]}, (0, 255, 1)),
        ({"GraphicLayerRecommendedDisplayGrayscaleValue": 65535}, (255, 255, 255)),
        ({}, None),
    ],
)
def test_drawings_have_the_colour_of_their_layer(state, tmp_path, layer, colour):
    for keyword, value in layer.items():
        setattr(state.GraphicLayerSequence[0], keyword, value)
    found = read_back(state, tmp_path).drawings[0].colour
    assert found == colour or max(abs(a - b) for a, b in zip(found, colour, strict=True)) <= 1


def test_shutters_of_every_shape(state, tmp_path):
    state.ShutterShape = ["RECTANGULAR", "CIRCULAR", "POLYGONAL"]
    state.ShutterLeftVerticalEdge, state.ShutterRightVerticalEdge = 2, 15
    state.ShutterUpperHorizontalEdge, state.ShutterLowerHorizontalEdge = 3, 18
    state.CenterOfCircularShutter, state.RadiusOfCircularShutter = [9, 8], 7
    state.VerticesOfThePolygonalShutter = [1, 1, 1, 16, 20, 16]
    state.ShutterPresentationValue = 65535
    expected = Shutter((2, 15, 3, 18), (9, 8, 7), ((1, 1), (1, 16), (20, 16)), 1.0)
    assert read_back(state, tmp_path).shutter == expected


def test_a_table_stands_for_its_range(state, tmp_path):
    table = item(LUTDescriptor=[16, 100, 8], LUTData=np.arange(16, dtype="<u2").tobytes())
    state.SoftcopyVOILUTSequence = [item(VOILUTSequence=[table])]
    read = read_back(state, tmp_path)
    assert read.window == (108, 16)
    assert read.windows[0].is_table


def test_a_coordinate_that_is_no_number_is_refused(state, tmp_path):
    state.GraphicAnnotationSequence[0].GraphicObjectSequence[0].GraphicData = [1.0, float("nan"), 3.0, 4.0]
    with pytest.raises(BadInput, match="damaged"):
        read_back(state, tmp_path)


def test_another_object_is_refused(images, tmp_path):
    image = read_object(make_ct_series(tmp_path, slices=1).files[0])
    image.save_as(tmp_path / "ct.dcm")
    with pytest.raises(BadInput, match=r"ct\.dcm is no presentation state"):
        read_presentation_state(tmp_path / "ct.dcm")
