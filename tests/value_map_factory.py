"""A real-world value map of a series."""

from collections.abc import Sequence
from pathlib import Path

from pydicom.dataset import Dataset

from imaging.new_object import new_object
from imaging.object_file import write_object
from imaging.value_maps import VALUE_MAP_CLASS
from tests.plan_factory import item


def write_value_map(path: Path, images: Sequence[Dataset], *, slope: float, intercept: float) -> None:
    """Write a map of the stored values of `images` to densities in mg/ml."""
    unit = item(CodeValue="mg/ml", CodingSchemeDesignator="UCUM", CodeMeaning="milligram per milliliter")
    mapping = item(
        LUTLabel="Density",
        LUTExplanation="density",
        MeasurementUnitsCodeSequence=[unit],
        RealWorldValueFirstValueMapped=0,
        RealWorldValueLastValueMapped=4095,
        RealWorldValueSlope=slope,
        RealWorldValueIntercept=intercept,
    )
    mapping["RealWorldValueFirstValueMapped"].VR = mapping["RealWorldValueLastValueMapped"].VR = "US"
    named = [
        item(ReferencedSOPClassUID=one.SOPClassUID, ReferencedSOPInstanceUID=one.SOPInstanceUID)
        for one in images
    ]
    data = new_object(images[0], VALUE_MAP_CLASS, "RWV", (9, "Density"), "value map")
    data.ReferencedImageRealWorldValueMappingSequence = [
        item(ReferencedImageSequence=named, RealWorldValueMappingSequence=[mapping])
    ]
    series = item(SeriesInstanceUID=images[0].SeriesInstanceUID, ReferencedInstanceSequence=named)
    data.ReferencedSeriesSequence = [series]
    write_object(path, data)
