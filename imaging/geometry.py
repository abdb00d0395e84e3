"""From files to volumes: which slices of a series belong together, in which order, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.message import Message
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging import stack_warnings
from imaging.frame import Frame, frames_of
from imaging.grouping import Axes, axes_of, places, split_frames, split_variants
from imaging.instance import Instance
from imaging.slide_tiles import TilePlace, slide_geometry, tile_places
from imaging.stack import fit_grid, shear_deg, typical_gap_mm

_MADE_UP_AXES = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, eq=False)
class SeriesPart:
    """The files of one volume.

    Parameters
    ----------
    part : str
        "" where the series is one volume, else what sets this one apart.
    frames : tuple of Frame
        One for each stored slice, in the order of the geometry; of a slide its tiles.
    duplicates : tuple of Frame
        Left out because another slice lies at the same place.
    others : tuple of Instance
        Files without pixels.
    geometry : SliceGeometry, optional
        None where there are no pixels.
    warnings : tuple of Message
        What is odd about it.
    tiles : tuple of TilePlace
        Where each frame of a slide lies; () for anything else.
    """

    part: str
    frames: tuple[Frame, ...]
    duplicates: tuple[Frame, ...] = ()
    others: tuple[Instance, ...] = ()
    geometry: SliceGeometry | None = None
    warnings: tuple[Message, ...] = ()
    tiles: tuple[TilePlace, ...] = ()

    @property
    def instances(self) -> tuple[Instance, ...]:
        """All files, each once, in slice order; duplicates and files without pixels come last."""
        files = [frame.instance for frame in (*self.frames, *self.duplicates)] + list(self.others)
        return tuple({instance.path: instance for instance in files}.values())


def split_series(instances: Sequence[Instance]) -> list[SeriesPart]:
    """Split the files of one series into volumes; the order of the files does not matter.

    Slices are ordered by ImagePositionPatient along row x column direction (PS3.3 C.7.6.2.1.1), never by name
    or instance number; only images without a position go by their instance number, and say so. Files with the
    SOP instance UID of another one but other content are volumes of their own: "variant 2", ...
    """
    variants = split_variants(instances)
    others = sorted((item for item in instances if not item.rows), key=lambda item: item.path)
    images = [[item for item in files if item.rows] for files in variants]
    parts = [part for number, files in enumerate(images, start=1) for part in _parts_of(files, number)]
    if others:
        warnings = stack_warnings.other_contents([item for item in others if item.variant])
        parts.append(SeriesPart("no image" if parts else "", (), (), tuple(others), None, tuple(warnings)))
    return parts


def _parts_of(instances: Sequence[Instance], variant: int) -> list[SeriesPart]:
    """Split the images of one variant of a series."""
    groups = split_frames([frame for instance in instances for frame in frames_of(instance)])
    orientations = len({group.orientation for group in groups})
    shared = [stack_warnings.mixed_orientations(orientations)] if orientations > 1 else []
    shared += stack_warnings.other_contents([item for item in instances if item.variant])
    prefix = f"variant {variant}" if variant > 1 else ""
    return [
        _part(", ".join(filter(None, (prefix, group.label))), group.frames, tuple(shared)) for group in groups
    ]


def _part(label: str, frames: list[Frame], shared: tuple[Message, ...]) -> SeriesPart:
    if frames[0].instance.matrix_size is not None:
        tiles = tile_places(frames)
        geometry = slide_geometry(frames, tiles)
        return SeriesPart(label, tuple(frames), (), (), geometry, shared, tiles)
    axes = axes_of(frames[0])
    by_place = [] if axes is None else places(frames, axes)
    if axes is None or (len(by_place) == 1 and len(frames) > 1):
        geometry, warnings = _unplaced(frames, axes)
        kept, duplicates = frames, []
    else:
        kept = [place[0] for place in by_place]
        duplicates = [frame for place in by_place for frame in place[1:]]
        geometry = _placed(kept, axes)
        warnings = stack_warnings.of_stack(geometry, [len(place) for place in by_place])
    if not geometry.spacing_known:
        warnings.append(stack_warnings.spacing_unknown())
    return SeriesPart(label, tuple(kept), tuple(duplicates), (), geometry, (*shared, *warnings))


def _spacing(frame: Frame) -> tuple[float, float, bool]:
    """Give the pixel spacing along i and j, and whether it is known."""
    spacing = frame.instance.spacing_ij_mm
    if spacing is None or not np.isfinite(spacing).all() or min(spacing) <= 0:
        return 1.0, 1.0, False
    return *spacing, True


def _thickness(frame: Frame) -> float:
    thickness = frame.instance.slice_thickness_mm
    return thickness if thickness is not None and 0 < thickness < float("inf") else 1.0


def _unplaced(frames: list[Frame], axes: Axes | None) -> tuple[SliceGeometry, list[Message]]:
    """Stack frames that have no place, or all the same place, in the order of their acquisition."""
    frames.sort(key=lambda frame: frame.acquired)
    warnings: list[Message] = []
    if len(frames) > 1:
        warnings.append(
            stack_warnings.no_positions() if axes is None else stack_warnings.one_place(len(frames))
        )
    row, column = axes or _MADE_UP_AXES
    spacing_i, spacing_j, known = _spacing(frames[0])
    spacing = spacing_i, spacing_j, _thickness(frames[0])
    positions = np.arange(len(frames))[:, None] * (spacing[2] * np.cross(row, column))
    geometry = SliceGeometry(
        GeometryKind.FLAT if len(frames) == 1 else GeometryKind.NONE,
        (frames[0].instance.columns, frames[0].instance.rows, len(frames)),
        spacing,
        row,
        column,
        positions,
        _affine(row * spacing[0], column * spacing[1], np.cross(row, column) * spacing[2], positions[0]),
        spacing_known=known,
        lps_known=False,
    )
    return geometry, warnings


def _placed(frames: list[Frame], axes: Axes) -> SliceGeometry:
    """Give the geometry of slices that are in order of depth, no two at the same place."""
    row, column = axes
    normal = np.cross(row, column)
    positions = np.array([frame.position_lps_mm for frame in frames], dtype=np.float64)
    kind, origin, step = _fit(positions, normal, _thickness(frames[0]))
    spacing_i, spacing_j, known = _spacing(frames[0])
    irregular = kind is GeometryKind.IRREGULAR
    affine = None if irregular else _affine(row * spacing_i, column * spacing_j, step, origin)
    return SliceGeometry(
        kind,
        (frames[0].instance.columns, frames[0].instance.rows, len(frames)),
        (spacing_i, spacing_j, float(step @ normal)),
        row,
        column,
        positions,
        affine,
        spacing_known=known,
        lps_known=frames[0].instance.in_patient,
    )


def _fit(
    positions: NDArray[np.float64], normal: NDArray[np.float64], thickness_mm: float
) -> tuple[GeometryKind, NDArray[np.float64], NDArray[np.float64]]:
    """Tell kind, origin and slice step; that of an irregular stack is its typical gap along the normal."""
    if len(positions) == 1:
        return GeometryKind.FLAT, positions[0], normal * thickness_mm
    fit = fit_grid(positions, normal)
    if not fit.fits or fit.missing:
        return GeometryKind.IRREGULAR, positions[0], normal * typical_gap_mm(positions @ normal)
    sheared = shear_deg(positions, normal) > 0
    return GeometryKind.SHEARED if sheared else GeometryKind.UNIFORM, fit.origin_mm, fit.step_mm


def _affine(
    i: NDArray[np.float64], j: NDArray[np.float64], k: NDArray[np.float64], origin: NDArray[np.float64]
) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2], affine[:3, 3] = i, j, k, origin
    return affine
