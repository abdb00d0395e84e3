"""Writing segmentation objects with highdicom (PS3.3 A.51)."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.segmentation import AlgorithmType, Segment, Segmentation
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.cielab import cielab_from_rgb
from imaging.coded_terms import code
from imaging.equipment import contributing_equipment, equipment
from imaging.object_file import write_object

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


_MOST_KEPT_VOXELS = 1 << 29  # 64 MB of single bits


def write_segmentation(
    path: Path,
    segmentation: Segmentation,
    images: list["Dataset"],
    *,
    label_map: bool = False,
    force: bool = False,
) -> None:
    """Write a segmentation object that refers to `images`.

    Binary segments, numbered from 1 in their order; fractional where the segmentation has fractions. Every
    frame carries its own position: nothing is resampled. Empty frames are kept, so that the stack stays as
    it is, unless they would take too much room.

    Parameters
    ----------
    images : list of Dataset
        Headers of the images that it was made on, one series, in slice order.
    label_map : bool
        Write a label map (PS3.3 A.51, Label Map Segmentation) instead, with the numbers that the segments
        have; many segments then take no more room than one. Few programs can read it yet.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced, nothing is segmented, or a label map is asked for where
        segments overlap or have fractions.
    """
    write_object(path, segmentation_object(segmentation, images, label_map=label_map), force=force)


def segmentation_object(
    segmentation: Segmentation, images: list["Dataset"], *, label_map: bool = False
) -> "Dataset":
    """Make the data set; see `write_segmentation`."""
    from highdicom.seg import Segmentation as DicomSegmentation
    from highdicom.seg import SegmentationTypeValues
    from pydicom.uid import generate_uid

    segments = _present(segmentation)
    numbers = list(range(1, len(segments) + 1))
    if label_map:
        numbers, kind = [segment.number for segment in segments], SegmentationTypeValues.LABELMAP
        pixels = _label_map(segmentation, segments)
    elif segmentation.fractions:
        pixels, kind = _fractions(segmentation, segments), SegmentationTypeValues.FRACTIONAL
    else:
        pixels, kind = _labels(segmentation, segments), SegmentationTypeValues.BINARY
    provenance = segmentation.provenance
    done = "segmentation" if provenance is None else f"{provenance.command}: {provenance.method}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd values in the images
        data = DicomSegmentation(
            source_images=images,
            pixel_array=pixels,
            segmentation_type=kind,
            segment_descriptions=[
                _described(segment, number) for number, segment in zip(numbers, segments, strict=True)
            ],
            series_instance_uid=generate_uid(prefix=None),
            series_number=_series_number(images[0]),
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            content_label="SEGMENTATION",
            series_description="Segmentation",
            contributing_equipment=[contributing_equipment(done)],
            omit_empty_frames=pixels.size * len(segments) > _MOST_KEPT_VOXELS,
            **equipment(),
            **grid_arguments(segmentation.geometry),
        )
    _finish(data, segments)
    return data


def _present(segmentation: Segmentation) -> list[Segment]:
    """Give the segments that have voxels: an object without a frame is none."""
    counts = segmentation.voxel_counts()
    segments = [segment for segment in segmentation.structures if counts[segment.number]]
    if not segments:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "Nothing is segmented.")))
    return segments


def _series_number(image: "Dataset") -> int:
    number = image.get("SeriesNumber")
    return 1000 + int(number) if number is not None and 0 <= int(number) < 1_000_000 else 1000


def _labels(segmentation: Segmentation, segments: list[Segment]) -> NDArray[Any]:
    """Give one label map, or a mask for each segment where some overlap; numbered from 1."""
    layers = {segmentation.layer_of.get(segment.number, 0) for segment in segments}
    if len(layers) > 1:
        return np.stack([segmentation.mask(segment.number) for segment in segments], -1).astype(np.uint8)
    layer = segmentation.layers[layers.pop()]
    table = np.zeros(int(layer.max()) + 1, np.uint8 if len(segments) < 256 else np.uint16)
    for number, segment in enumerate(segments, start=1):
        table[segment.number] = number
    return table[layer]


def _label_map(segmentation: Segmentation, segments: list[Segment]) -> NDArray[Any]:
    """Give the only layer, without what is no segment."""
    if segmentation.fractions or len(segmentation.layers) > 1:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "A label map cannot hold segments that overlap or have fractions; write binary segments.",
        )
        raise BadInput(message(text))
    layer: NDArray[np.uint16] = next(iter(segmentation.layers))
    kept = np.where(np.isin(layer, [segment.number for segment in segments]), layer, 0)
    return kept.astype(np.uint8 if int(kept.max()) < 256 else np.uint16)


def _fractions(segmentation: Segmentation, segments: list[Segment]) -> NDArray[np.float64]:
    missing = [segment for segment in segments if segment.number not in segmentation.fractions]
    if missing:
        raise ValueError("fractions of some segments only")
    values = np.stack([segmentation.fractions[segment.number] for segment in segments], -1)
    return np.clip(values, 0.0, 1.0).astype(np.float64)


def _described(segment: Segment, number: int) -> Any:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentDescription
    from pydicom.sr.codedict import codes

    identified = None
    if segment.algorithm_type is not AlgorithmType.MANUAL:
        made = segment.algorithm
        identified = AlgorithmIdentificationSequence(
            name=made.name if made and made.name else "unknown",
            family=code(made.family) if made and made.family else codes.cid7162.ArtificialIntelligence,
            version=made.version if made and made.version else "unknown",
        )
    description = SegmentDescription(
        segment_number=number,
        segment_label=segment.label[:64],
        segmented_property_category=code(segment.category),
        segmented_property_type=code(segment.type),
        algorithm_type=segment.algorithm_type.value,
        algorithm_identification=identified,
        tracking_uid=segment.tracking_uid or None,
        tracking_id=segment.tracking_id or None,
        anatomic_regions=[code(region) for region in segment.anatomic_regions] or None,
        display_color=CIELabColor(0, 0, 0) if segment.colour else None,
    )
    if segment.colour:
        description.RecommendedDisplayCIELabValue = list(cielab_from_rgb(segment.colour))
    return description


def grid_arguments(geometry: SliceGeometry) -> dict[str, Any]:
    """Give positions, orientation and spacing as highdicom takes them; nothing where they are unknown."""
    if not geometry.lps_known:
        return {}
    from highdicom import PixelMeasuresSequence, PlaneOrientationSequence, PlanePositionSequence

    regular = geometry.kind is not GeometryKind.IRREGULAR
    step = geometry.spacing_mm[2]
    axes = [*geometry.row_direction, *geometry.column_direction]
    return {
        "pixel_measures": PixelMeasuresSequence(
            pixel_spacing=(geometry.spacing_mm[1], geometry.spacing_mm[0]),
            slice_thickness=step,
            spacing_between_slices=step if regular else None,
        ),
        "plane_orientation": PlaneOrientationSequence("PATIENT", [float(value) for value in axes]),
        "plane_positions": [
            PlanePositionSequence("PATIENT", [float(value) for value in position])
            for position in geometry.positions_lps_mm
        ],
    }


def _finish(data: "Dataset", segments: list[Segment]) -> None:
    """Take back what highdicom asks for and nobody knows: an algorithm's family where none was given.

    And add what it leaves out: who made the content may be empty, but not absent.
    """
    if "ContentCreatorName" not in data:
        data.ContentCreatorName = ""
    described = [item for item in data.SegmentSequence if item.SegmentNumber > 0]  # 0 is the background
    for item, segment in zip(described, segments, strict=True):
        known = segment.algorithm is not None and segment.algorithm.family is not None
        if "SegmentationAlgorithmIdentificationSequence" in item and not known:
            del item.SegmentationAlgorithmIdentificationSequence
