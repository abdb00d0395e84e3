"""dcmqi reads what we write: the same voxels, places and values."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nrrd
import numpy as np
import pytest

from core.coded_concept import CodedConcept, InstanceReference
from core.library import Library
from core.measurement import Measurement, MeasurementGroup, MeasurementReport, SegmentReference
from core.segmentation import Algorithm, AlgorithmType, Segment, Segmentation, pack_layers
from imaging.measurement_report_writing import write_measurement_report
from imaging.object_file import read_object
from imaging.reference_series import ReferenceSeries, reference_series
from imaging.segmentation_writing import write_segmentation
from tests.dicom_factory import SAGITTAL, make_ct_series

ORGAN = CodedConcept("123037004", "SCT", "Anatomical Structure")
LIVER = CodedConcept("10200004", "SCT", "Liver")
MODEL = Algorithm("net", "2.1", CodedConcept("123110", "DCM", "Artificial Intelligence"))
SEGMENTS = (
    Segment(1, "Liver", ORGAN, LIVER, AlgorithmType.AUTOMATIC, MODEL, colour=(200, 30, 40)),
    Segment(2, "By hand", ORGAN, LIVER),
)
VOLUME = CodedConcept("118565006", "SCT", "Volume")
ML = CodedConcept("ml", "UCUM", "milliliter")


def dcmqi(program: str, *words: str) -> None:
    """Run one of dcmqi's programs; skip where it is not installed."""
    found = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("dcmqi is not installed (it comes with requirements/test.in)")
    done = subprocess.run([found, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(params=[{}, {"orientation": SAGITTAL, "spacing_mm": (0.6, 0.8, 3.0)}])
def images(request: pytest.FixtureRequest, tmp_path: Path, library: Library) -> ReferenceSeries:
    """A series to segment."""
    made = make_ct_series(tmp_path / "ct", slices=7, **request.param)
    return reference_series(library, str(made.folder))


def drawn(images: ReferenceSeries) -> Segmentation:
    """Give two segments that overlap."""
    ni, nj, nk = images.geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2)}
    masks[1][1:5, 3:14, 2:12] = True
    masks[2][3:6, 10:17, 4:9] = True
    layers, layer_of = pack_layers(masks)
    return Segmentation(images.geometry, layers, SEGMENTS, layer_of)


def sampled(path: Path, images: ReferenceSeries) -> np.ndarray:
    """Give the values of a NRRD file at the voxels of the images, (k, j, i), by their place."""
    values, header = nrrd.read(str(path), index_order="C")
    assert header["space"] == "left-posterior-superior"
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(header["space directions"]).T
    affine[:3, 3] = header["space origin"]
    geometry = images.geometry
    ni, nj, nk = geometry.shape_ijk
    out = np.zeros((nk, nj, ni), values.dtype)
    for k in range(nk):
        grid = np.stack(np.meshgrid(np.arange(ni), np.arange(nj), indexing="xy"), -1).reshape(-1, 2)
        points = (
            geometry.positions_lps_mm[k]
            + grid[:, :1] * geometry.row_direction * geometry.spacing_mm[0]
            + grid[:, 1:] * geometry.column_direction * geometry.spacing_mm[1]
        )
        index = (points - affine[:3, 3]) @ np.linalg.inv(affine[:3, :3]).T
        whole = np.rint(index)
        assert np.abs(index - whole).max() < 1e-3
        i, j, slot = whole.astype(int).T
        inside = (slot >= 0) & (slot < values.shape[0])
        out[k].reshape(-1)[inside] = values[slot[inside], j[inside], i[inside]]
    return out


@pytest.mark.parametrize("label_map", [False, True])
def test_segments_are_the_same_voxels(images: ReferenceSeries, tmp_path: Path, label_map: bool) -> None:
    made = drawn(images)
    if label_map:
        made = made.only((1,))
        made = Segmentation(made.geometry, (made.layers[made.layer_of[1]],), made.segments)
    write_segmentation(tmp_path / "seg.dcm", made, images.headers(), label_map=label_map)
    out = tmp_path / "out"
    out.mkdir()
    words = ["--inputDICOM", str(tmp_path / "seg.dcm"), "--outputDirectory", str(out), "--outputType", "nrrd"]
    dcmqi("segimage2itkimage", *words, "--prefix", "seg")
    found = {path.name: sampled(path, images) for path in out.glob("*.nrrd")}
    for segment in made.segments:
        mask = made.mask(segment.number)
        assert any(np.array_equal(values > 0, mask) for values in found.values()), segment.label
    (meta,) = out.glob("*.json")
    attributes = [item for items in json.loads(meta.read_text())["segmentAttributes"] for item in items]
    liver = next(item for item in attributes if item["SegmentLabel"] == "Liver")
    assert liver["SegmentedPropertyTypeCodeSequence"]["CodeValue"] == LIVER.value
    assert liver["SegmentAlgorithmName"] == MODEL.name


def test_measurements_are_the_same_values(images: ReferenceSeries, tmp_path: Path) -> None:
    path = tmp_path / "seg.dcm"
    write_segmentation(path, drawn(images), images.headers())
    segmentation = read_object(path, pixels=False)
    reference = InstanceReference(
        str(segmentation.SOPClassUID),
        str(segmentation.SOPInstanceUID),
        str(segmentation.SeriesInstanceUID),
    )
    groups = tuple(
        MeasurementGroup(
            segment.label,
            f"1.2.840.{segment.number}",
            LIVER,
            measurements=(Measurement(VOLUME, 12.3456789 * segment.number, ML),),
            segment=SegmentReference(reference, segment.number),
            source_series_uid=images.series_uid,
        )
        for segment in SEGMENTS
    )
    title = CodedConcept("126000", "DCM", "Imaging Measurement Report")
    headers = [*images.headers(), segmentation]
    write_measurement_report(tmp_path / "sr.dcm", MeasurementReport(title, groups), headers)
    dcmqi(
        "tid1500reader",
        *("--inputDICOM", str(tmp_path / "sr.dcm"), "--outputMetadata", str(tmp_path / "sr.json")),
    )
    read = json.loads((tmp_path / "sr.json").read_text())["Measurements"]
    values = {group["TrackingIdentifier"]: group["measurementItems"][0] for group in read}
    assert {label: float(item["value"]) for label, item in values.items()} == {
        "Liver": pytest.approx(12.3456789),
        "By hand": pytest.approx(24.6913578),
    }
    assert all(item["units"]["CodeValue"] == "ml" for item in values.values())
    assert {group["ReferencedSegment"] for group in read} == {1, 2}
