"""A second volume of the same patient in the 3D view, such as PET on CT."""

from dataclasses import dataclass

from core.errors import BadInput
from core.library import Library
from core.progress import SILENT, Progress
from core.series import Series
from core.slice_geometry import GeometryKind
from imaging.index import StudyIndex
from imaging.loading import load_series
from render.fused_look import fused_look, fused_range, has_threshold
from render.presets import ValueRange
from render.volume_look import VolumeLook
from render.volume_renderer import VolumeRenderer
from viewers.object_kinds import OBJECT_MODALITIES
from viewers.volume_scene import Fusion, reason_not_shown


@dataclass(frozen=True, eq=False)
class Partner:
    """A loaded volume that is fused.

    Parameters
    ----------
    series : Series
        Where it comes from.
    renderer : VolumeRenderer
        Of the volume.
    value_range : tuple of float
        Its look is fitted to.
    """

    series: Series
    renderer: VolumeRenderer
    value_range: ValueRange

    def look(self, fusion: Fusion) -> VolumeLook:
        """Give its look."""
        return fused_look(self.series.modality, self.value_range, fusion.strength, fusion.threshold)

    @property
    def has_threshold(self) -> bool:
        """Whether `Fusion.threshold` has a meaning for it."""
        return has_threshold(self.series.modality, self.value_range)


def fusion_partners(library: Library, series: Series) -> tuple[Series, ...]:
    """List the volumes of the same study that lie in the same frame of reference (PS3.3 C.7.4.1).

    Empty where the files of `series` do not name theirs, or give its slices no place.
    """
    if series.geometry is None or not series.geometry.lps_known:
        return ()
    with StudyIndex.open(library) as index:
        frame = index.frame_of_reference(series.series_uid)
        found = [one for one in index.series_of(series.study_uid) if frame and _can_be_fused(one)]
        same_frame = {
            uid for uid in {one.series_uid for one in found} if index.frame_of_reference(uid) == frame
        }
    own = (series.series_uid, series.part)
    return tuple(one for one in found if one.series_uid in same_frame and (one.series_uid, one.part) != own)


def _can_be_fused(series: Series) -> bool:
    geometry = series.geometry
    if geometry is None or not geometry.lps_known or series.modality in OBJECT_MODALITIES:
        return False
    return geometry.kind is not GeometryKind.FLAT and min(geometry.shape_ijk) >= 2


def load_partner(library: Library, series: Series, *, progress: Progress = SILENT) -> Partner:
    """Load a volume to be fused.

    Raises
    ------
    BadInput
        When it cannot be read, or not be drawn in 3D.
    Cancelled
        When cancelled.
    """
    with StudyIndex.open(library) as index:
        loaded = load_series(index, series, progress=progress)
    reason = reason_not_shown(loaded.volume)
    if reason is not None:
        raise BadInput(reason)
    return Partner(series, VolumeRenderer(loaded.volume), fused_range(loaded.volume, series.modality))
