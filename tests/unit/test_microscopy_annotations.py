"""Bulk annotations as highdicom writes them, and how broken ones are refused."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from core.errors import BadInput
from imaging.microscopy_annotations import read_annotations

NUCLEUS = ("84640000", "SCT", "Nucleus")
POLYGONS = [
    np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0]]),
    np.array([[9.0, 9.0], [9.0, 5.0], [7.0, 6.0], [8.0, 8.0]]),
]


def slide() -> Dataset:
    image = Dataset()
    image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.6"
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"):
        setattr(image, keyword, generate_uid(prefix=None))
    image.Rows = image.Columns = image.TotalPixelMatrixRows = image.TotalPixelMatrixColumns = 64
    for keyword in ("PatientID", "PatientName", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
        setattr(image, keyword, "")
    for keyword in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "ContainerIdentifier"):
        setattr(image, keyword, "")
    image.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    return image


def write(path, shape, graphics, *, dimensions=2, values=None, dtype=np.float32):
    """Write one group with highdicom."""
    from highdicom.ann import AnnotationGroup, Measurements, MicroscopyBulkSimpleAnnotations
    from highdicom.color import CIELabColor
    from highdicom.sr import CodedConcept

    nucleus = CodedConcept(*NUCLEUS)
    area, unit = CodedConcept("42798000", "SCT", "Area"), CodedConcept("um2", "UCUM", "um2")
    measured = [] if values is None else [Measurements(area, np.array(values, np.float32), unit)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = AnnotationGroup(
            number=1,
            uid=generate_uid(prefix=None),
            label="nuclei",
            annotated_property_category=CodedConcept("91723000", "SCT", "Anatomical structure"),
            annotated_property_type=nucleus,
            graphic_type=shape,
            graphic_data=[np.array(graphic, dtype) for graphic in graphics],
            algorithm_type="MANUAL",
            measurements=measured,
            display_color=CIELabColor(50.0, 60.0, 40.0),
        )
        data = MicroscopyBulkSimpleAnnotations(
            source_images=[slide()],
            annotation_coordinate_type=f"{dimensions}D",
            annotation_groups=[group],
            series_instance_uid=generate_uid(prefix=None),
            series_number=1,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            manufacturer="m",
            manufacturer_model_name="m",
            software_versions="1",
            device_serial_number="1",
            content_label="NUCLEI",
        )
    data.save_as(path, enforce_file_format=True)
    return data


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_polygons_of_different_length(tmp_path, dtype):
    data = write(tmp_path / "ann.dcm", "POLYGON", POLYGONS, values=[6.0, 5.5], dtype=dtype)
    read = read_annotations(tmp_path / "ann.dcm")
    (group,) = read.groups
    assert (read.label, group.label, group.type.meaning, group.count) == ("NUCLEI", "nuclei", "Nucleus", 2)
    for index, polygon in enumerate(POLYGONS):
        np.testing.assert_array_equal(group.mark(index), polygon)
    assert group.colour is not None
    (measured,) = group.measurements
    assert (measured.name.meaning, measured.unit.value) == ("Area", "um2")
    np.testing.assert_array_equal(measured.values, [6.0, 5.5])
    assert read.images[0].sop_uid == data.ReferencedImageSequence[0].ReferencedSOPInstanceUID
    assert read.on_matrix


@pytest.mark.parametrize(
    ("shape", "graphic"),
    [
        ("POINT", [[3.5, 4.5]]),
        ("POLYLINE", [[0.0, 0.0], [1.0, 1.0], [2.0, 0.5]]),
        ("ELLIPSE", [[0.0, 2.0], [8.0, 2.0], [4.0, 0.0], [4.0, 4.0]]),
        ("RECTANGLE", [[1.0, 1.0], [5.0, 1.0], [5.0, 3.0], [1.0, 3.0]]),
    ],
)
def test_every_other_shape(tmp_path, shape, graphic):
    shifted = np.array(graphic) + 7
    write(tmp_path / "ann.dcm", shape, [graphic, shifted])
    (group,) = read_annotations(tmp_path / "ann.dcm").groups
    assert (group.shape, group.count) == (shape, 2)
    np.testing.assert_array_equal(group.mark(0), graphic)
    np.testing.assert_array_equal(group.mark(1), shifted)


@pytest.mark.parametrize("depths", [(0.5, 0.5), (0.5, 0.25)])
def test_points_on_the_slide_in_three_dimensions(tmp_path, depths):
    """With the depth given once for all of them, and with one of its own for each."""
    points = [np.array([[1.0, 2.0, depths[0]]]), np.array([[3.0, 4.0, depths[1]]])]
    write(tmp_path / "ann.dcm", "POINT", points, dimensions=3)
    read = read_annotations(tmp_path / "ann.dcm")
    np.testing.assert_array_equal(read.groups[0].points, np.concatenate(points))
    assert read.frame_of_reference_uid


def test_measurements_of_some_marks_only(tmp_path):
    write(tmp_path / "ann.dcm", "POLYGON", POLYGONS, values=[np.nan, 5.5])
    np.testing.assert_array_equal(
        read_annotations(tmp_path / "ann.dcm").groups[0].measurements[0].values, [np.nan, 5.5]
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(lengths=st.lists(st.integers(3, 9), min_size=1, max_size=12), seed=st.integers(0, 1000))
def test_any_polygons_come_back(tmp_path, lengths, seed):
    random = np.random.default_rng(seed)
    polygons = [random.uniform(0, 60, (length, 2)).astype(np.float32) for length in lengths]
    write(tmp_path / "ann.dcm", "POLYGON", polygons)
    group = read_annotations(tmp_path / "ann.dcm").groups[0]
    assert group.count == len(polygons)
    for index, polygon in enumerate(polygons):
        np.testing.assert_array_equal(group.mark(index), polygon)


@pytest.mark.parametrize("indices", [[1, 4], [2, 7], [1, 99], [7, 1], [1, 1]])
def test_marks_that_do_not_fit_their_points_are_refused(tmp_path, indices):
    data = write(tmp_path / "ann.dcm", "POLYGON", POLYGONS)
    data.AnnotationGroupSequence[0].LongPrimitivePointIndexList = np.array(indices, "<u4").tobytes()
    data.save_as(tmp_path / "ann.dcm", enforce_file_format=True)
    with pytest.raises(BadInput, match=r"ann\.dcm is damaged"):
        read_annotations(tmp_path / "ann.dcm")
