"""Reports, annotations and plans of the corpus on the images that they refer to."""

import numpy as np
import pytest

from core.plane import Plane
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.plan_reading import read_plan
from imaging.report_reading import read_report
from viewers.annotation_layer import read_annotation_layer
from viewers.derived_objects import LayerTarget, find_derived_objects
from viewers.object_layer import LayerLook
from viewers.plan_page import plan_page
from viewers.report_layer import read_report_layer
from viewers.report_page import report_page
from viewers.series_loading import LoadingEvents, open_series

pytestmark = pytest.mark.corpus
LOOK = LayerLook(visible=True)


def target_of(library, paths, modality, kind):
    """Import files; give the first series of a modality with an object of a kind, and that object."""
    import_paths(library, paths)
    with StudyIndex.open(library) as index:
        series = [one for study in index.studies() for one in index.series_of(study.study_uid)]
        (images,) = [one for one in series if one.modality == modality and one.geometry is not None]
        derived = [one for one in find_derived_objects(index, images) if one.kind.id == kind]
        instances = tuple(index.instances(images))
    loaded = open_series(library, images, LoadingEvents(lambda *_: None, lambda *_: None))
    return derived, LayerTarget(images, loaded.volume, instances)


def pixel_plane(target) -> Plane:
    """Give the plane of the first slice with one pixel of the screen for each of its own."""
    geometry = target.series.geometry
    ni, nj, _ = geometry.shape_ijk
    spacing = geometry.spacing_mm[:2]
    return Plane(
        geometry.positions_lps_mm[0], geometry.row_direction, geometry.column_direction, spacing, (ni, nj)
    )


def test_nuclei_lie_where_the_annotations_say(corpus, library):
    folder = corpus / "dicom-objects" / "highdicom" / "test_files"
    paths = [folder / "sm_image.dcm", folder / "sm_annotations.dcm"]
    (derived,), target = target_of(library, paths, "SM", "annotations")
    layer = read_annotation_layer(derived, target)
    drawn = [mark.rings[0][0] for mark in layer.draw(pixel_plane(target), LOOK).marks]
    np.testing.assert_allclose(drawn, np.array([(34.6, 18.4), (28.7, 34.9)]) - 0.5, atol=1e-3)


def test_a_region_of_a_report_lies_where_the_report_says(corpus, library):
    folder = corpus / "dicom-objects" / "highdicom" / "test_files"
    paths = [folder / "ct_image.dcm", folder / "sr_document_with_multiple_groups.dcm"]
    derived, target = target_of(library, paths, "CT", "report")
    layer = read_report_layer(derived[0], target)
    (nodule,) = [mark for mark in layer.draw(pixel_plane(target), LOOK).marks if "LungNodule" in mark.text]
    assert nodule.closed
    np.testing.assert_allclose(np.ptp(nodule.rings[0], axis=0), (20.0, 20.0), atol=0.1)
    np.testing.assert_allclose(nodule.rings[0].mean(axis=0), (44.5, 54.5), atol=0.1)


def test_all_reports_and_plans_can_be_read(corpus):
    objects = corpus / "dicom-objects"
    text = report_page(read_report(objects / "dcmqi" / "sr-example" / "sr.dcm"), str)
    for said in ("Measurement group: primary tumor", "6.01529", "g/ml", "Images: 191"):
        assert said in text
    (plan,) = objects.glob("dicompyler/**/rtplan.dcm")
    text = plan_page(read_plan(plan), str)
    for said in ("Breast", "3 RAO", "97 MU", "photons 10 MV", "327°"):
        assert said in text
