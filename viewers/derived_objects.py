"""The derived objects of the library that belong to a series: segmentations, structures, doses, reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.series import Series
from core.volume import Volume
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.references import first_instance, referenced_images, referring_instances, unbound_instances
from viewers.object_kinds import OBJECT_KINDS, OBJECT_MODALITIES, ObjectKind, kind_of


@dataclass(frozen=True)
class DerivedObject:
    """An object that refers to the open series.

    Parameters
    ----------
    kind : ObjectKind
        What it is.
    sop_uid, series_uid : str
        Instance UIDs of the object and of its own series.
    path : Path
        Its file.
    title : str
        Description of its series; "" where it has none.
    """

    kind: ObjectKind
    sop_uid: str
    series_uid: str
    path: Path
    title: str


@dataclass(frozen=True, eq=False)
class LayerTarget:
    """The images that an object is shown on.

    Parameters
    ----------
    series : Series
        As opened.
    volume : Volume
        What is shown; its voxels may still be coming. A reader must not keep it.
    instances : tuple of Instance
        Files of the series in slice order.
    beside : tuple of DerivedObject
        What else belongs to the series, for objects that refer to each other.
    """

    series: Series
    volume: Volume
    instances: tuple[Instance, ...]
    beside: tuple[DerivedObject, ...] = ()


def find_derived_objects(index: StudyIndex, series: Series) -> list[DerivedObject]:
    """Give what refers to a series, and what of its study refers to nothing in particular.

    Only kinds that can be shown or read; sorted by kind, in the order of `OBJECT_KINDS`, then as they were
    imported.
    """
    classes = [sop_class for kind in OBJECT_KINDS for sop_class in kind.sop_classes]
    bound = referring_instances(index, series.series_uid, classes)
    modalities = [modality for kind in OBJECT_KINDS for modality in kind.modalities]
    unbound = unbound_instances(index, series.study_uid, modalities)
    found = {instance.path: made for instance in (*bound, *unbound) if (made := _derived(instance))}
    order = {kind.id: number for number, kind in enumerate(OBJECT_KINDS)}
    return sorted(found.values(), key=lambda derived: order[derived.kind.id])


@dataclass(frozen=True, eq=False)
class Opening:
    """What is to be opened for a series that the user chose.

    Parameters
    ----------
    images : Series, optional
        What the views show; None where there are no images.
    derived : DerivedObject, optional
        The object that was chosen; None for plain images.
    referenced : bool
        Whether `images` are those that the object refers to, not its own pixels.
    """

    images: Series | None
    derived: DerivedObject | None = None
    referenced: bool = False


def may_be_derived(series: Series) -> bool:
    """Whether a series may hold derived objects, as far as its row in the library tells."""
    return series.geometry is None or series.modality in OBJECT_MODALITIES or series.instances == 1


def seen_on_images(index: StudyIndex, study: Iterable[Series]) -> frozenset[str]:
    """Give the UIDs of the series that have the modality of their images, and are seen on these: maps.

    A map whose images are not in the library is looked at as images.
    """
    alone = {one.series_uid for one in study if one.modality not in OBJECT_MODALITIES and one.instances == 1}
    first = {uid: instance for uid in alone if (instance := first_instance(index, uid)) is not None}
    maps = [uid for uid, instance in first.items() if _is_map(instance)]
    return frozenset(uid for uid in maps if referenced_images(index, uid))


def _is_map(instance: Instance) -> bool:
    kind = kind_of(instance.sop_class_uid)
    return instance.has_pixels and kind is not None and bool(kind.read)


def find_opening(index: StudyIndex, series: Series) -> Opening:
    """Find out what to open for a series: itself, or the images that its object refers to.

    An object whose images are not in the library is opened as images itself where it has pixels.
    """
    # Images may share the series of a report, but an object is listed without its parts.
    whole = series.modality in OBJECT_MODALITIES or series.geometry is None
    instances = index.all_instances(series.series_uid) if whole else index.instances(series)
    derived = next((made for instance in instances if (made := _derived(instance))), None)
    if derived is None:
        return Opening(series)
    images = referenced_images(index, series.series_uid)
    if images:
        largest = max(images, key=lambda part: (part.series_uid == images[0].series_uid, part.instances))
        return Opening(largest, derived, referenced=True)
    own = [part for part in index.find_series(series.series_uid) if part.geometry is not None]
    same = (part for part in own if part.part == series.part)
    return Opening(next(same, own[0] if own else None), derived)


def _derived(instance: Instance) -> DerivedObject | None:
    kind = kind_of(instance.sop_class_uid)
    if kind is None or not (kind.read or kind.page):
        return None
    return DerivedObject(
        kind, instance.sop_uid, instance.series_uid, Path(instance.path), instance.series_description
    )
