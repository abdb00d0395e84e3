"""What a series says beyond its voxels: quantities to tell values in, ultrasound regions, film speed."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.worker_process import WorkerProcess
from imaging.acquisition_facts import AcquisitionFacts, read_acquisition_facts
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.pixel_calibration import PROJECTIONS, PixelCalibration
from imaging.suv import Suv, SuvKind
from imaging.ultrasound_regions import UltrasoundRegion
from viewers.quantity import Quantity, uptake_quantities

_ULTRASOUND = ("US", "IVUS")
_FILMS = (*_ULTRASOUND, "XA", "RF", "ES", "GM", "XC", "OP", "OT")
_MOST_FILES = 300
_SAME = 1e-3


@dataclass(frozen=True, eq=False)
class SeriesFacts:
    """Facts of a series.

    Parameters
    ----------
    quantities : tuple of Quantity
        What its values may be told as besides the stored ones.
    regions : tuple of tuple of UltrasoundRegion
        Calibrated regions of every slice; () for anything but ultrasound.
    frames_per_second : float, optional
        How fast its frames were made, or are to be shown.
    calibration : PixelCalibration, optional
        What lengths in a projection are; None for other images.
    """

    quantities: tuple[Quantity, ...] = ()
    regions: tuple[tuple[UltrasoundRegion, ...], ...] = ()
    frames_per_second: float | None = None
    calibration: PixelCalibration | None = None

    def regions_of(self, k: int) -> tuple[UltrasoundRegion, ...]:
        """Give the regions of a slice."""
        return self.regions[k] if 0 <= k < len(self.regions) else ()


def has_facts(series: Series | None) -> bool:
    """Tell whether looking into the files of a series may tell something."""
    return (
        series is not None
        and series.geometry is not None
        and series.modality in ("PT", *_FILMS, *PROJECTIONS)
    )


def find_facts(library: Library, series: Series) -> SeriesFacts:
    """Read the facts of a series from its files; what cannot be read is left out."""
    with StudyIndex.open(library) as index:
        instances = index.instances(series)
    with closing(WorkerProcess()) as worker:

        def read(instance: Instance) -> AcquisitionFacts:
            try:
                return worker.call(read_acquisition_facts, instance.path)
            except BadInput:  # loading the series tells of it
                return AcquisitionFacts()

        if series.modality == "PT":
            return SeriesFacts(uptake_quantities(_common_uptake(read(one) for one in _ends(instances))))
        return _film_facts(series, instances, read)


def _ends(instances: Sequence[Instance]) -> Sequence[Instance]:
    return instances if len(instances) < 2 else (instances[0], instances[-1])


def _common_uptake(found: Iterable[AcquisitionFacts]) -> Mapping[SuvKind, Suv | Message]:
    """Give the uptake values that hold for the first image as well as for the last one."""
    common: dict[SuvKind, Suv | Message] = {}
    for facts in found:
        for kind, suv in facts.suv.items():
            common[kind] = _agreed(common.get(kind, suv), suv)
    return common


def _agreed(one: Suv | Message, other: Suv | Message) -> Suv | Message:
    if isinstance(one, Message):
        return one
    if isinstance(other, Message) or math.isclose(one.factor, other.factor, rel_tol=_SAME):
        return other
    return message(
        QT_TRANSLATE_NOOP("Message", "There is no uptake value: the images differ in dose or time.")
    )


def _film_facts(
    series: Series, instances: Sequence[Instance], read: Callable[[Instance], AcquisitionFacts]
) -> SeriesFacts:
    ultrasound = series.modality in _ULTRASOUND and len(instances) <= _MOST_FILES
    projection = series.modality in PROJECTIONS and len(instances) <= _MOST_FILES
    wanted = instances if ultrasound or projection else instances[:1]
    facts = [read(one) for one in wanted]
    regions = [one.regions for one, file in zip(facts, wanted, strict=True) for _ in range(file.frames)]
    rate = next((one.frames_per_second for one in facts if one.frames_per_second), None)
    # Of images that are calibrated in different ways, none can speak for all.
    calibrations = {one.calibration for one in facts} if wanted == instances else {facts[0].calibration}
    calibration = calibrations.pop() if len(calibrations) == 1 else None
    return SeriesFacts((), tuple(regions) if any(regions) else (), rate, calibration)
