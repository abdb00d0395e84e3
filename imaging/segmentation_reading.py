"""Reading segmentation objects (PS3.3 A.51, C.8.20): binary, fractional, label map, overlapping, tiled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.segmentation import Algorithm, AlgorithmType, Segment, Segmentation
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.coded_terms import concepts, first_concept, referenced_instances
from imaging.frame_stack import FrameStack, stack_frames
from imaging.object_file import read_object, refusing_damage
from imaging.segmentation_frames import FramePixels, PlacedFrame, first_item, macro, placed_frames

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

SEGMENTATION_CLASSES = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
_MOST_VOXELS = 1 << 32


def read_segmentation(path: Path, progress: Progress = SILENT) -> Segmentation:
    """Read a segmentation object.

    Slices without a frame are filled in as empty (SpacingBetweenSlices tells where); segments that overlap
    come in different layers. Of a fractional object the label map holds where the fraction is above 0.

    Raises
    ------
    BadInput
        When it is no segmentation, is damaged, or its frames lie on differently oriented planes.
    Cancelled
        Between two frames.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) not in SEGMENTATION_CLASSES or "PixelData" not in data:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no segmentation object.")
            raise BadInput(message(text, path=str(path)))
        reading = _Reading(path, data, progress)
        return reading.run()


@dataclass(eq=False)
class _Reading:
    """One run of the reader."""

    path: Path
    data: "Dataset"
    progress: Progress
    layers: list[NDArray[Any]] = field(default_factory=list[NDArray[Any]])
    layer_of: dict[int, int] = field(default_factory=dict[int, int])
    fractions: dict[int, NDArray[np.float32]] = field(default_factory=dict[int, NDArray[np.float32]])

    def run(self) -> Segmentation:
        data = self.data
        frames = placed_frames(data)
        stack = self._stack(frames)
        pixels = FramePixels(self.path, data)
        label_map = data.get("SegmentationType") == "LABELMAP"
        unlabelled = int(data.get("PixelPaddingValue", 0) or 0) if label_map else 0
        ni, nj, nk = stack.geometry.shape_ijk
        if ni * nj * nk > _MOST_VOXELS:
            text = QT_TRANSLATE_NOOP("Message", "{path}: its slices are too far apart for one grid.")
            raise BadInput(message(text, path=str(self.path)))
        if label_map:
            self._label_map(frames, stack, pixels, unlabelled)
        else:
            self._segments(frames, stack, pixels)
        return Segmentation(
            geometry=stack.geometry,
            layers=tuple(self.layers) or (np.zeros((nk, nj, ni), np.uint8),),
            segments=tuple(segment_of(item) for item in data.SegmentSequence),
            layer_of=self.layer_of,
            fractions=self.fractions,
            unlabelled=unlabelled,
            frame_of_reference_uid=str(data.get("FrameOfReferenceUID", "") or ""),
            references=referenced_instances(data),
        )

    def _stack(self, frames: list[PlacedFrame]) -> FrameStack:
        data = self.data
        if "TotalPixelMatrixColumns" in data:
            return _slide_stack(data, len(frames))
        positions = [frame.position_lps_mm for frame in frames]
        known = [position for position in positions if position is not None]
        if len(known) < len(frames):
            return _unplaced_stack(data, len(frames), _segment_order(frames))
        axes, spacing, step, has_spacing = shared_plane(self.path, data, len(frames))
        size = int(data.Columns), int(data.Rows)
        return stack_frames(np.array(known, np.float64), axes, spacing, size, step, spacing_known=has_spacing)

    def _label_map(
        self, frames: list[PlacedFrame], stack: FrameStack, pixels: FramePixels, unlabelled: int
    ) -> None:
        ni, nj, nk = stack.geometry.shape_ijk
        dtype = np.uint8 if int(self.data.BitsAllocated) == 8 else np.uint16
        layer = np.full((nk, nj, ni), unlabelled, dtype)
        for frame, stored in _with_pixels(frames, pixels):
            part = _tile(layer, frame, stack, pixels)
            part[...] = stored[: part.shape[0], : part.shape[1]]
            self.progress.report((frame.number + 1) / len(frames))
        self.layers.append(layer)

    def _segments(self, frames: list[PlacedFrame], stack: FrameStack, pixels: FramePixels) -> None:
        by_segment: dict[int, list[PlacedFrame]] = {}
        for frame in frames:
            by_segment.setdefault(frame.segment or 1, []).append(frame)
        fractional = self.data.get("SegmentationType") == "FRACTIONAL"
        for done, number in enumerate(sorted(by_segment), start=1):
            if fractional:
                self.fractions[number] = self._fraction(by_segment[number], stack, pixels)
            self._place(number, by_segment[number], stack, pixels)
            self.progress.report(done / len(by_segment))

    def _fraction(
        self, frames: list[PlacedFrame], stack: FrameStack, pixels: FramePixels
    ) -> NDArray[np.float32]:
        ni, nj, nk = stack.geometry.shape_ijk
        values = np.zeros((nk, nj, ni), np.float32)
        whole = float(self.data.get("MaximumFractionalValue", 255) or 255)
        bits = int(self.data.BitsAllocated)
        for frame, found in _with_pixels(frames, pixels):
            part = _tile(values, frame, stack, pixels)
            stored = found[: part.shape[0], : part.shape[1]]
            part[...] = stored if bits == 1 else stored / whole
        return values

    def _place(self, number: int, frames: list[PlacedFrame], stack: FrameStack, pixels: FramePixels) -> None:
        """Draw a segment into the first layer where it hides no other."""
        masks = [stored > 0 for _frame, stored in _with_pixels(frames, pixels)]
        for index in range(len(self.layers) + 1):
            if index == len(self.layers):
                ni, nj, nk = stack.geometry.shape_ijk
                self.layers.append(np.zeros((nk, nj, ni), np.uint16))
            tiles = [_tile(self.layers[index], frame, stack, pixels) for frame in frames]
            parts = [
                (tile, mask[: tile.shape[0], : tile.shape[1]])
                for tile, mask in zip(tiles, masks, strict=True)
            ]
            if not any(tile[mask].any() for tile, mask in parts):
                for tile, mask in parts:
                    tile[mask] = number
                self.layer_of[number] = index
                return


def _with_pixels(
    frames: list[PlacedFrame], pixels: FramePixels
) -> Iterator[tuple[PlacedFrame, NDArray[Any]]]:
    return zip(frames, pixels.frames([frame.number for frame in frames]), strict=True)


def _tile(volume: NDArray[Any], frame: PlacedFrame, stack: FrameStack, pixels: FramePixels) -> NDArray[Any]:
    """Give the part of a volume that a frame covers: its slice, or its tile; cut at the border."""
    i, j = frame.column_row
    plane = volume[stack.slice_of[frame.number]]
    if not (0 <= i < plane.shape[1] and 0 <= j < plane.shape[0]):
        raise ValueError("a tile outside the matrix")
    return plane[j : j + pixels.rows, i : i + pixels.columns]


def segment_of(item: "Dataset") -> Segment:
    """Read an item of the segment sequence (PS3.3 C.8.20.4)."""
    made = str(item.get("SegmentAlgorithmType", "") or "")
    number = int(item.SegmentNumber)
    return Segment(
        number=number,
        label=str(item.get("SegmentLabel", "") or f"Segment {number}"),
        category=first_concept(item, "SegmentedPropertyCategoryCodeSequence") or Segment.category,
        type=first_concept(item, "SegmentedPropertyTypeCodeSequence") or Segment.type,
        algorithm_type=AlgorithmType(made) if made in list(AlgorithmType) else AlgorithmType.MANUAL,
        algorithm=_algorithm(item),
        anatomic_regions=concepts(item, "AnatomicRegionSequence"),
        tracking_id=str(item.get("TrackingID", "") or ""),
        tracking_uid=str(item.get("TrackingUID", "") or ""),
        colour=_colour(item.get("RecommendedDisplayCIELabValue")),
    )


def _algorithm(item: "Dataset") -> Algorithm | None:
    identified = first_item(item, "SegmentationAlgorithmIdentificationSequence")
    if identified is not None:
        family = first_concept(identified, "AlgorithmFamilyCodeSequence")
        return Algorithm(
            str(identified.get("AlgorithmName", "")), str(identified.get("AlgorithmVersion", "")), family
        )
    name = str(item.get("SegmentAlgorithmName", "") or "")
    return Algorithm(name) if name else None


def _colour(value: Any) -> tuple[int, int, int] | None:
    from imaging.cielab import rgb_from_cielab

    return rgb_from_cielab([int(number) for number in value]) if value and len(value) == 3 else None


def shared_plane(
    path: Path, data: "Dataset", count: int
) -> tuple[Any, tuple[float, float], float | None, bool]:
    """Give axes, pixel spacing, slice step, and whether the spacing is known; all frames share the axes."""
    shared = first_item(data, "SharedFunctionalGroupsSequence")
    groups = list(data.get("PerFrameFunctionalGroupsSequence") or [None])[:count]
    orientations = {
        tuple(round(float(value), 6) for value in found.ImageOrientationPatient)
        for group in groups
        if (found := macro(group, shared, "PlaneOrientationSequence")) is not None
    }
    if len(orientations) != 1:
        text = QT_TRANSLATE_NOOP("Message", "{path}: its frames lie on planes of {count} orientations.")
        raise BadInput(message(text, path=str(path), count=len(orientations)))
    found = macro(groups[0], shared, "PlaneOrientationSequence").ImageOrientationPatient
    row, column = _unit(found[:3]), _unit(found[3:])
    measures = macro(groups[0], shared, "PixelMeasuresSequence")
    spacing = measures.get("PixelSpacing") if measures is not None else None
    step = None
    if measures is not None:
        step = measures.get("SpacingBetweenSlices") or measures.get("SliceThickness")
    known = spacing is not None
    pair = (float(spacing[1]), float(spacing[0])) if spacing is not None else (1.0, 1.0)
    return (row, column), pair, None if step is None else float(step), known


def _unit(values: Any) -> NDArray[np.float64]:
    vector = np.array([float(value) for value in values], np.float64)
    return vector / np.linalg.norm(vector)


def _flat_stack(
    size: tuple[int, int], spacing: tuple[float, float], slice_of: NDArray[np.int64], *, known: bool
) -> FrameStack:
    count = int(slice_of.max()) + 1
    positions = np.zeros((count, 3))
    positions[:, 2] = np.arange(count)
    affine = np.diag([*spacing, 1.0, 1.0])
    geometry = SliceGeometry(
        GeometryKind.FLAT if count == 1 else GeometryKind.NONE,
        (*size, count),
        (*spacing, 1.0),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 1.0, 0.0]),
        positions,
        affine,
        spacing_known=known,
        lps_known=False,
    )
    return FrameStack(geometry, slice_of)


def _slide_stack(data: "Dataset", count: int) -> FrameStack:
    """One plane as large as the total pixel matrix; a slide has no place in the patient."""
    shared = first_item(data, "SharedFunctionalGroupsSequence")
    measures = first_item(shared, "PixelMeasuresSequence")
    spacing = measures.get("PixelSpacing") if measures is not None else None
    pair = (float(spacing[1]), float(spacing[0])) if spacing is not None else (1.0, 1.0)
    size = int(data.TotalPixelMatrixColumns), int(data.TotalPixelMatrixRows)
    return _flat_stack(size, pair, np.zeros(count, np.int64), known=spacing is not None)


def _unplaced_stack(data: "Dataset", count: int, order: list[int]) -> FrameStack:
    """Frames of projection images: no place in the patient; the n-th frame of a segment is slice n."""
    size = int(data.Columns), int(data.Rows)
    shared = first_item(data, "SharedFunctionalGroupsSequence")
    measures = first_item(shared, "PixelMeasuresSequence")
    spacing = measures.get("PixelSpacing") if measures is not None else None
    pair = (float(spacing[1]), float(spacing[0])) if spacing is not None else (1.0, 1.0)
    return _flat_stack(size, pair, np.array(order, np.int64), known=spacing is not None)


def _segment_order(frames: list[PlacedFrame]) -> list[int]:
    seen: dict[int | None, int] = {}
    order: list[int] = []
    for frame in frames:
        order.append(seen.get(frame.segment, 0))
        seen[frame.segment] = order[-1] + 1
    return order
