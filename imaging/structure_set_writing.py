"""Writing RT structure sets (PS3.3 A.19) from label maps."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.segmentation import Segment, Segmentation
from core.slice_geometry import SliceGeometry
from imaging.coded_terms import code_item
from imaging.contour_items import contour_sequence, encode
from imaging.contours import traced
from imaging.new_object import new_object
from imaging.object_file import write_object
from imaging.structure_set_reading import STRUCTURE_SET_CLASS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_SAME_PLACE_MM = 1e-2
_COLOURS = ((230, 80, 60), (70, 160, 220), (90, 190, 90), (240, 190, 60), (170, 100, 200), (240, 140, 40))


def write_structure_set(
    path: Path,
    segmentation: Segmentation,
    images: list["Dataset"],
    *,
    force: bool = False,
    progress: Progress = SILENT,
) -> None:
    """Write the contours of all segments, traced by marching squares on each slice, LPS millimetres.

    Holes are contours of their own (closed planar contours that lie within each other cut out).

    Parameters
    ----------
    images : list of Dataset
        Headers of the images that it was made on, one series, in slice order.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced, or nothing is segmented.
    """
    write_object(path, structure_set_object(segmentation, images, progress), force=force)


def structure_set_object(
    segmentation: Segmentation, images: list["Dataset"], progress: Progress = SILENT
) -> "Dataset":
    """Make the data set; see `write_structure_set`."""
    from pydicom.sequence import Sequence

    counts = segmentation.voxel_counts()
    segments = [segment for segment in segmentation.structures if counts[segment.number]]
    if not segments:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "Nothing is segmented.")))
    data = _header(segmentation, images[0])
    data.ReferencedFrameOfReferenceSequence = Sequence([_frame_of_reference(images)])
    data.StructureSetROISequence = Sequence([])
    data.ROIContourSequence = Sequence([])
    data.RTROIObservationsSequence = Sequence([])
    placed = _placed_images(images)
    for done, segment in enumerate(segments, start=1):
        data.StructureSetROISequence.append(_region(segment, str(images[0].FrameOfReferenceUID)))
        mask = segmentation.mask(segment.number)
        data.ROIContourSequence.append(_contours(segment, mask, segmentation.geometry, placed))
        data.RTROIObservationsSequence.append(_observation(segment))
        progress.report(done / len(segments))
    return data


def _header(segmentation: Segmentation, image: "Dataset") -> "Dataset":
    """Give patient, study, series, equipment and structure set, without regions."""
    from pydicom.uid import ImplicitVRLittleEndian

    provenance = segmentation.provenance
    done = "contours" if provenance is None else f"{provenance.command}: {provenance.method}"
    data = new_object(image, STRUCTURE_SET_CLASS, "RTSTRUCT", (1001, "Structure set"), done)
    # Only implicit VR holds a contour of more than 64 kB.
    data.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    data.OperatorsName = ""
    data.StructureSetLabel = "STRUCTURES"
    data.StructureSetDate, data.StructureSetTime = data.InstanceCreationDate, data.InstanceCreationTime
    data.ApprovalStatus = "UNAPPROVED"
    data.FrameOfReferenceUID = image.FrameOfReferenceUID
    data.PositionReferenceIndicator = image.get("PositionReferenceIndicator", "") or ""
    return data


def _reference(image: "Dataset") -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ReferencedSOPClassUID = image.SOPClassUID
    item.ReferencedSOPInstanceUID = image.SOPInstanceUID
    return item


def _frame_of_reference(images: list["Dataset"]) -> "Dataset":
    from pydicom.dataset import Dataset

    series = Dataset()
    series.SeriesInstanceUID = images[0].SeriesInstanceUID
    series.ContourImageSequence = [_reference(image) for image in images]
    study = Dataset()
    study.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"  # as the standard asks for, though retired
    study.ReferencedSOPInstanceUID = images[0].StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    frame = Dataset()
    frame.FrameOfReferenceUID = images[0].FrameOfReferenceUID
    frame.RTReferencedStudySequence = [study]
    return frame


def _region(segment: Segment, frame_of_reference_uid: str) -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ROINumber = segment.number
    item.ReferencedFrameOfReferenceUID = frame_of_reference_uid
    item.ROIName = segment.label[:64]
    item.ROIGenerationAlgorithm = segment.algorithm_type.value
    if segment.algorithm is not None:
        item.ROIGenerationDescription = f"{segment.algorithm.name} {segment.algorithm.version}".strip()[:64]
    return item


def _observation(segment: Segment) -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ObservationNumber = segment.number
    item.ReferencedROINumber = segment.number
    item.RTROIInterpretedType = ""
    item.ROIInterpreter = ""
    item.RTROIIdentificationCodeSequence = [code_item(segment.type)]
    item.SegmentedPropertyCategoryCodeSequence = [code_item(segment.category)]
    return item


def _placed_images(images: list["Dataset"]) -> tuple[NDArray[np.float64], list["Dataset"]]:
    """Give the positions (n, 3) of all single-frame images, so that contours can name theirs, and these."""
    placed = [image for image in images if image.get("ImagePositionPatient")]
    positions = [[float(value) for value in image.ImagePositionPatient] for image in placed]
    return np.array(positions, np.float64).reshape(-1, 3), placed


def _contours(
    segment: Segment,
    mask: NDArray[np.bool_],
    geometry: SliceGeometry,
    images: tuple[NDArray[np.float64], list["Dataset"]],
) -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ReferencedROINumber = segment.number
    item.ROIDisplayColor = list(segment.colour or _COLOURS[(segment.number - 1) % len(_COLOURS)])
    slices: list[tuple[NDArray[np.float64], NDArray[np.int64], bytes]] = []
    for k in np.flatnonzero(mask.any(axis=(1, 2))).tolist():
        pixels, starts = traced(mask[k])
        slices.append((_points(geometry, k, pixels), starts, _image_elements(_image_at(geometry, k, images))))
    sequence = contour_sequence(slices)
    item[sequence.tag] = sequence
    return item


def _image_elements(image: Any) -> bytes:
    """Give what names the image of a contour, as it is encoded; nothing where there is none."""
    from pydicom.dataset import Dataset

    data = Dataset()
    if image is not None:
        data.ContourImageSequence = [_reference(image)]
    return encode(data)


def _image_at(
    geometry: SliceGeometry, k: int, images: tuple[NDArray[np.float64], list["Dataset"]]
) -> "Dataset | None":
    positions, placed = images
    depths = (positions - geometry.positions_lps_mm[k]) @ geometry.normal
    near = np.flatnonzero(np.abs(depths) < _SAME_PLACE_MM)
    return placed[near[0]] if len(near) else None


def _points(geometry: SliceGeometry, k: int, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    along_row = pixels[:, :1] * (geometry.row_direction * geometry.spacing_mm[0])
    along_column = pixels[:, 1:] * (geometry.column_direction * geometry.spacing_mm[1])
    return geometry.positions_lps_mm[k] + along_row + along_column
