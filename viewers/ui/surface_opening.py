"""Opens surface windows: for files, and for derived objects that can be seen as surfaces."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.message import Message
from core.services import Services
from core.slice_geometry import SliceGeometry
from viewers.derived_objects import DerivedObject
from viewers.object_kinds import SURFACE_KINDS
from viewers.object_layer import LayerLook, ObjectLayer
from viewers.surface_model import SurfaceLook
from viewers.surface_reading import SegmentedSurfaces, SurfaceFile, is_surface_file
from viewers.ui.surface_window import SurfaceWindow, show_surfaces


def show_surface_files(services: Services, paths: list[Path], parent: QWidget) -> list[Path]:
    """Show what holds surfaces, each file in its window; give what is left."""
    for path in paths:
        if is_surface_file(path):
            show_surfaces(services, SurfaceFile(path), parent)
    return [path for path in paths if not is_surface_file(path)]


def has_surfaces(derived: DerivedObject) -> bool:
    """Tell whether a derived object can be seen as surfaces."""
    return derived.kind.id in SURFACE_KINDS


def surface_look(layer: ObjectLayer | None, look: LayerLook) -> SurfaceLook:
    """Give the look of surfaces that are seen over slices: the same colours, and the same ones shown."""
    items = () if layer is None else layer.items
    colours = {item.key: look.colour(item) for item in items}
    return SurfaceLook(frozenset(item.key for item in items if not look.shows(item)), colours)


def show_derived_surfaces(
    services: Services,
    derived: DerivedObject,
    geometry: SliceGeometry | None,
    look: SurfaceLook,
    parent: QWidget,
) -> SurfaceWindow:
    """Show the surfaces of a segmentation or a structure set.

    Parameters
    ----------
    geometry : SliceGeometry, optional
        Of the images that it refers to.
    """
    title = derived.title or services.translate(Message(derived.kind.title))
    return show_surfaces(services, SegmentedSurfaces(derived.path, title, geometry), parent, look)
