"""Structure sets over the slices: contours as they were drawn, and their cuts in other planes."""

from dataclasses import dataclass, field
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from core.slice_geometry import SliceGeometry
from imaging.reslice import StopFlag
from imaging.structure_set_reading import Structure, read_structure_set
from viewers.contour_stack import ContourStack
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.object_layer import (
    PALETTE,
    Colour,
    LayerItem,
    LayerLook,
    LayerPicture,
    Legend,
    Mark,
    Pointed,
    Points,
    on_plane,
    pixels_of,
    plain,
)
from viewers.structure_bodies import StructureBodies, structure_bodies

_WIDTH = 1.6


def read_structure_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "StructureLayer":
    """Read a structure set to be shown on `target`.

    Raises
    ------
    BadInput
        When it cannot be read, or the images have no place in the patient.
    """
    structures = read_structure_set(derived.path).structures
    progress.check()
    geometry = target.series.geometry
    if geometry is None or not geometry.lps_known:
        raise BadInput(_unplaced(derived.path))
    return StructureLayer.of(structures, geometry)


def _unplaced(path: Path) -> Message:
    text = QT_TRANSLATE_NOOP("Message", "{path}: the images have no place in the patient to draw it at.")
    return message(text, path=path.name)


@dataclass(frozen=True, eq=False)
class StructureLayer:
    """Structures ready to be drawn.

    Parameters
    ----------
    structures : tuple of Structure
        As they were read.
    stacks : tuple of ContourStack
        Their closed contours.
    """

    structures: tuple[Structure, ...]
    stacks: tuple[ContourStack, ...]
    _filled: list[tuple[SliceGeometry, StructureBodies]] = field(
        default_factory=list[tuple[SliceGeometry, StructureBodies]], init=False
    )

    @staticmethod
    def of(structures: tuple[Structure, ...], geometry: SliceGeometry) -> "StructureLayer":
        """Make the layer for images on these slices."""
        spacing = geometry.spacing_mm[2]
        stacks = tuple(ContourStack.of(one.contours, geometry.normal, spacing) for one in structures)
        return StructureLayer(structures, stacks)

    def bodies_on(self, geometry: SliceGeometry) -> StructureBodies:
        """Give what is inside the contours on the slices of the images as they are now.

        Takes a moment at the first time; called in one thread only.
        """
        if not self._filled or self._filled[0][0] is not geometry:
            self._filled[:] = [(geometry, structure_bodies(self.structures, geometry))]
        return self._filled[0][1]

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """One for each structure."""
        return tuple(
            LayerItem(
                str(one.segment.number),
                plain(one.segment.label),
                one.segment.colour or PALETTE[index % len(PALETTE)],
            )
            for index, one in enumerate(self.structures)
        )

    @property
    def notes(self) -> tuple[Message, ...]:
        """Nothing: all that it holds is drawn."""
        return ()

    @property
    def legend(self) -> Legend | None:
        """None: every structure has its colour in the panel."""
        return None

    def centre(self, key: str) -> Points | None:
        """Give the middle of the structure's longest contour, or of its first point or line."""
        for one, stack in zip(self.structures, self.stacks, strict=True):
            if str(one.segment.number) == key:
                if not stack.is_empty:
                    return stack.largest()
                return one.lines[0].mean(axis=0) if one.lines else None
        return None

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Give the contours on a plane, filled in the opacity of the look."""
        marks: list[Mark] = []
        for item, one, stack in zip(self.items, self.structures, self.stacks, strict=True):
            if look.shows(item):
                colour = look.colour(item)
                marks += _closed(stack, plane, colour, look.opacity)
                marks += _lines(one.lines, plane, colour, stack.reach_mm)
        return LayerPicture(marks=tuple(marks))

    def at(self, point_lps_mm: Points, look: LayerLook) -> tuple[Pointed, ...]:
        """Name the visible structures around a point."""
        listed = zip(self.items, self.stacks, strict=True)
        inside = [item for item, stack in listed if look.shows(item) and stack.holds(point_lps_mm)]
        return tuple(Pointed(item.title, look.colour(item)) for item in inside)


def _closed(stack: ContourStack, plane: Plane, colour: Colour, opacity: float) -> list[Mark]:
    if stack.lies_along(plane):
        rings = stack.rings(plane)
        return [Mark(rings, colour, closed=True, fill=opacity, width=_WIDTH)] if rings else []
    section = stack.section(plane)
    if len(section.areas) == 0:
        return []
    # Side by side without a seam, which smooth edges would leave between them.
    areas = Mark(tuple(section.areas), colour, closed=True, fill=opacity, width=0, smooth=False)
    return [areas, Mark(tuple(section.lines), colour, width=_WIDTH)]


def _lines(lines: tuple[Points, ...], plane: Plane, colour: Colour, reach_mm: float) -> list[Mark]:
    seen = tuple(pixels_of(plane, points) for points in lines if on_plane(plane, points, reach_mm))
    return [Mark(seen, colour, width=_WIDTH)] if seen else []
