"""A report of measurements on a synthetic CT: a length drawn on a slice, and an area in space."""

from pathlib import Path

from pydicom.dataset import Dataset

from core.coded_concept import CodedConcept, InstanceReference
from core.measurement import Measurement, MeasurementGroup, MeasurementReport, Region
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series

TITLE = CodedConcept("126000", "DCM", "Imaging Measurement Report")
NODULE = CodedConcept("27925004", "SCT", "Nodule")
LENGTH = CodedConcept("410668003", "SCT", "Length")
AREA = CodedConcept("42798000", "SCT", "Area")
MM = CodedConcept("mm", "UCUM", "mm")
MM2 = CodedConcept("mm2", "UCUM", "mm2")
LINE = ((2.5, 3.5), (10.5, 3.5))


def measured_ct(folder: Path, slices: int = 4) -> tuple[list[Dataset], MeasurementReport]:
    """Write a CT to `folder`; give its headers in slice order, and a report on its second and third slice."""
    made = make_ct_series(folder, slices=slices)
    images = [source_header(file) for file in made.files]
    second = InstanceReference(
        str(images[1].SOPClassUID), str(images[1].SOPInstanceUID), str(images[1].SeriesInstanceUID)
    )
    x, y, z = made.positions_lps_mm[2]
    corners = ((x + 1, y + 1, z), (x + 5, y + 1, z), (x + 5, y + 4, z), (x + 1, y + 4, z), (x + 1, y + 1, z))
    line = Region("POLYLINE", LINE, second)
    outline = Region("POLYGON", corners, None, str(images[0].FrameOfReferenceUID))
    length, area = Measurement(LENGTH, 12.5, MM), Measurement(AREA, 48.25, MM2)
    groups = (
        MeasurementGroup("nodule 1", "1.2.1", NODULE, (), (length,), regions=(line,)),
        MeasurementGroup("nodule 2", "1.2.2", NODULE, (), (area,), regions=(outline,)),
    )
    return images, MeasurementReport(TITLE, groups)
