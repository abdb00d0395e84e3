"""Segmentations and structures of other programs lie on the images where their references say."""

import nrrd
import numpy as np
import pytest

from core.errors import BadInput
from core.library import Library
from core.plane import Plane
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series
from imaging.segmentation_reading import read_segmentation
from viewers.derived_objects import LayerTarget, find_derived_objects, find_opening
from viewers.object_layer import LayerLook
from viewers.segmentation_layer import read_segmentation_layer
from viewers.structure_layer import read_structure_layer

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def library(corpus, tmp_path_factory):
    made = Library.open(tmp_path_factory.mktemp("objects") / "library")
    import_paths(made, [corpus / "dicom-objects"])
    return made


def images(index):
    listed = [series for study in index.studies() for series in index.series_of(study.study_uid)]
    return [one for one in listed if one.geometry is not None and one.modality != "SEG"]


def targets_with(index, name):
    """Give every series that an object of the corpus belongs to, with the object."""
    for series in images(index):
        for derived in find_derived_objects(index, series):
            if derived.path.name == name:
                volume = load_series(index, series).volume
                yield derived, LayerTarget(series, volume, tuple(index.instances(series)))


def stored_plane(volume, k):
    """Give the plane whose pixels are the voxels of slice `k`."""
    ni, nj, _ = volume.shape_ijk
    right, down = (volume.lps_from_ijk[:3, axis] / volume.spacing_mm[axis] for axis in (0, 1))
    origin = (volume.lps_from_ijk @ np.array([0, 0, k, 1.0]))[:3]
    spacing = float(volume.spacing_mm[0]), float(volume.spacing_mm[1])
    return Plane(origin, right, down, spacing, (ni, nj))


def drawn(layer, volume, look):
    ni, nj, nk = volume.shape_ijk
    rasters = [layer.draw(stored_plane(volume, k), look).raster for k in range(nk)]
    clear = np.zeros((nj, ni), bool)
    return np.array([clear if raster is None else raster[..., 3] > 0 for raster in rasters])


@pytest.mark.parametrize(
    ("name", "truths"),
    [
        ("liver.dcm", ["liver_seg.nrrd"]),
        ("partial_overlaps.dcm", [f"partial_overlaps-{number}.nrrd" for number in (1, 2, 3)]),
    ],
)
def test_segments_cover_the_voxels_of_their_reference(corpus, library, name, truths):
    folder = corpus / "dicom-objects" / "dcmqi" / "segmentations"
    with StudyIndex.open(library) as index:
        ((derived, target),) = targets_with(index, name)
    layer = read_segmentation_layer(derived, target)
    expected = np.zeros(target.volume.voxels.shape, bool)
    for truth in truths:
        voxels, header = nrrd.read(str(folder / truth))
        start = np.linalg.inv(target.volume.lps_from_ijk) @ np.append(header["space origin"], 1.0)
        first = round(start[2])
        expected[first : first + voxels.shape[2]] |= voxels.T > 0
    assert expected.any()
    np.testing.assert_array_equal(drawn(layer, target.volume, LayerLook(True)), expected)


def test_an_object_of_the_library_is_opened_on_its_images(library):
    with StudyIndex.open(library) as index:
        listed = [series for study in index.studies() for series in index.series_of(study.study_uid)]
        found = {
            (one.modality, one.description): find_opening(index, one)
            for one in listed
            if one.modality in ("SEG", "RTSTRUCT")
        }
    liver = found["SEG", "Liver Segmentation"]
    assert liver.referenced
    assert (liver.images.modality, liver.images.instances) == ("CT", 3)
    assert found["RTSTRUCT", "RT Structure Set"].images.modality == "CT"
    alone = found["SEG", "tumor segmentation - User2 Manual trial 1"]
    assert not alone.referenced
    assert alone.images.modality == "SEG"


def test_structures_of_a_planning_system_are_drawn_in_every_plane(library):
    with StudyIndex.open(library) as index:
        ((derived, target),) = targets_with(index, "rtss.dcm")
    layer = read_structure_layer(derived, target)
    plane = stored_plane(target.volume, 0)
    (body,) = layer.draw(plane, LayerLook(True)).marks
    # The skin of the one slice there is: it encloses what is denser than air.
    inside = np.array([point for ring in body.rings for point in ring])
    assert inside.min() > 0
    assert inside.max() < 512
    heart = next(item for item in layer.items if str(item.title) == "Heart")
    middle = layer.centre(heart.key)
    assert [str(one.text) for one in layer.at(middle, LayerLook(True))] == ["BODY", "Heart"]
    coronal = Plane(middle - [100, 0, -100], np.eye(3)[0], -np.eye(3)[2], (1.0, 1.0), (200, 200))
    assert heart.colour in {mark.colour for mark in layer.draw(coronal, LayerLook(True)).marks}


def test_every_segmentation_is_drawn_or_refused_in_a_sentence(library):
    seen = 0
    with StudyIndex.open(library) as index:
        for series in images(index):
            objects = [one for one in find_derived_objects(index, series) if one.kind.id == "segmentation"]
            if not objects:
                continue
            volume = load_series(index, series).volume
            target = LayerTarget(series, volume, tuple(index.instances(series)))
            for derived in objects:
                seen += 1
                placed = read_segmentation(derived.path).geometry
                if not placed.lps_known and placed.shape_ijk != series.geometry.shape_ijk:
                    with pytest.raises(BadInput, match="not shaped"):
                        read_segmentation_layer(derived, target)
                else:
                    layer = read_segmentation_layer(derived, target)
                    assert drawn(layer, volume, LayerLook(True)).any(), derived.path.name
    assert seen >= 10
