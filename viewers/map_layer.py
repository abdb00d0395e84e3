"""Parametric maps over the slices, in colours with their legend."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from core.volume import Volume
from imaging.parametric_maps import ParametricMap, read_parametric_map
from imaging.reslice import StopFlag, reslice
from viewers.colour_scale import VIRIDIS, colour_values
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.label_raster import patch_of
from viewers.object_layer import LayerItem, LayerLook, LayerPicture, Legend, Pointed, Points, plain
from viewers.slice_grid import grid_volume, voxel_value

_LIMITS_PERCENT = (1.0, 99.0)
# A map with more zeros than this has them where nothing was computed.
_BLANK_SHARE = 0.3


def read_map_layer(derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT) -> "MapLayer":
    """Read a parametric map to be shown on `target`.

    Raises
    ------
    BadInput
        When it cannot be read, or nothing tells where on the images it lies.
    """
    found = read_parametric_map(derived.path)
    progress.check()
    return MapLayer.of(found, target)


@dataclass(frozen=True, eq=False)
class MapLayer:
    """A map ready to be cut.

    Parameters
    ----------
    volume : Volume
        float32, NaN where there is no value.
    limits : tuple of float
        Values of the first and the last colour.
    title, unit : str
        What the values are.
    """

    volume: Volume
    limits: tuple[float, float]
    title: str
    unit: str

    @staticmethod
    def of(found: ParametricMap, target: LayerTarget) -> "MapLayer":
        """Make the layer of a map; zeros are no values where they fill a large part of it."""
        values = found.values.astype(np.float32)
        if float((values == 0).mean()) > _BLANK_SHARE:
            values[values == 0] = np.nan
        unit = "" if found.unit.value in ("1", "{ratio}") else found.unit.value
        return MapLayer(grid_volume(found.geometry, values, target), _limits(values), found.label, unit)

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """None: there is one quantity."""
        return ()

    @property
    def notes(self) -> tuple[Message, ...]:
        """Nothing to say."""
        return ()

    @property
    def legend(self) -> Legend | None:
        """What the colours mean."""
        low, high = self.limits
        return Legend(self._name, self.unit, low, high, VIRIDIS)

    def centre(self, key: str) -> Points | None:
        """None: it lies on the whole image."""
        return None

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Colour the values on a plane."""
        patch = patch_of(plane, self.volume)
        if patch is None:
            return LayerPicture()
        part, place = patch
        raster = np.zeros((plane.size[1], plane.size[0], 4), np.uint8)
        values = reslice(self.volume, part, stop=stop)
        raster[place] = colour_values(values, self.limits, VIRIDIS, look.opacity)
        return LayerPicture(raster)

    def at(self, point_lps_mm: Points, look: LayerLook) -> tuple[Pointed, ...]:
        """Tell the value at a point: that of its voxel, as it is stored."""
        value = voxel_value(self.volume, point_lps_mm)
        if not np.isfinite(value):
            return ()
        text = message("{title}  {value:.4g} {unit}", title=self._name, value=value, unit=self.unit)
        return (Pointed(text),)

    @property
    def _name(self) -> Message:
        return plain(self.title) if self.title else message(QT_TRANSLATE_NOOP("Message", "Parametric map"))


def _limits(values: NDArray[np.float32]) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    # A sample tells the percentiles of millions of values well enough to choose colours.
    low, high = np.percentile(finite[:: max(1, finite.size // 1_000_000)], _LIMITS_PERCENT)
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)
