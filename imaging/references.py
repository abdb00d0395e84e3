"""Which files of the library refer to which: derived objects to their images, and back."""

from collections.abc import Iterable

from core.series import Series
from imaging.index import StudyIndex
from imaging.instance import Instance

# A dose refers to its plan, the plan to the structures, and these to the images.
_MOST_STEPS = 3
_REFERRING = """
    WHERE instances.id IN (SELECT instance FROM links WHERE target = ?1 OR target IN (
        SELECT sop_uid FROM instances JOIN series ON series.id = instances.series WHERE series.uid = ?1))
    ORDER BY instances.id
"""
_UNBOUND = """
    JOIN series ON series.id = instances.series JOIN studies ON studies.id = series.study
    WHERE studies.uid = ? AND series.modality IN (SELECT value FROM json_each(?))
    AND NOT EXISTS (SELECT 1 FROM links WHERE links.instance = instances.id)
    ORDER BY instances.id
"""
_FIRST = """
    JOIN series ON series.id = instances.series WHERE series.uid = ? ORDER BY instances.id LIMIT 1
"""
_TARGETS_OF = """
    SELECT DISTINCT links.target FROM links JOIN instances ON instances.id = links.instance
    JOIN series ON series.id = instances.series WHERE series.uid = ?
"""
_TARGETS = """
    SELECT DISTINCT series.uid FROM links JOIN series ON series.uid = links.target
    WHERE links.instance IN (SELECT instances.id FROM instances JOIN series ON series.id = instances.series
        WHERE series.uid = ?1)
    UNION
    SELECT DISTINCT series.uid FROM links JOIN instances ON instances.sop_uid = links.target
    JOIN series ON series.id = instances.series
    WHERE links.instance IN (SELECT instances.id FROM instances JOIN series ON series.id = instances.series
        WHERE series.uid = ?1)
"""


def referring_instances(index: StudyIndex, series_uid: str, sop_class_uids: Iterable[str]) -> list[Instance]:
    """Give the files of these classes that refer to a series or its files, themselves or through each other.

    Parameters
    ----------
    series_uid : str
        Of the images; its own files are left out unless they are of one of the classes.
    sop_class_uids : iterable of str
        Classes of derived objects. What refers to images through other images (a reformatted series) is not
        followed.

    Returns
    -------
    list of Instance
        Those that refer to the series itself first.
    """
    classes = frozenset(sop_class_uids)
    found: dict[str, Instance] = {}
    # A dose often names nothing but the frame of reference that it shares with the images.
    wave = [uid for uid in (series_uid, _frame_of_reference(index, series_uid)) if uid]
    for _ in range(_MOST_STEPS):
        instances = [instance for uid in wave for instance in index.read_instances(_REFERRING, uid)]
        new = [one for one in instances if one.sop_class_uid in classes and one.path not in found]
        found.update((one.path, one) for one in new)
        wave = list(dict.fromkeys(one.series_uid for one in new))
    return list(found.values())


def unbound_instances(index: StudyIndex, study_uid: str, modalities: Iterable[str]) -> list[Instance]:
    """Give the files of these modalities of a study that name nothing that they refer to."""
    import json

    return index.read_instances(_UNBOUND, study_uid, json.dumps(sorted(modalities)))


def referenced_images(index: StudyIndex, series_uid: str) -> list[Series]:
    """Give the series with pictures that the files of a derived series refer to, the nearest first.

    Followed through other derived objects where these have no pictures themselves. Empty where the images
    are not in the library.
    """
    seen = {series_uid}
    wave = [series_uid]
    for _ in range(_MOST_STEPS):
        targets = [row["uid"] for uid in wave for row in index.rows(_TARGETS, uid)]
        wave = [uid for uid in dict.fromkeys(targets) if uid not in seen]
        seen.update(wave)
        parts = [part for uid in wave for part in index.find_series(uid)]
        images = [part for part in parts if _is_images(part)]
        if images:
            return images
    return _in_the_same_frame(index, series_uid)


def first_instance(index: StudyIndex, series_uid: str) -> Instance | None:
    """Give the file of a series that was imported first; None where there is none."""
    return next(iter(index.read_instances(_FIRST, series_uid)), None)


def _is_images(part: Series) -> bool:
    return part.geometry is not None and part.modality not in ("SEG", "RTDOSE")


def _in_the_same_frame(index: StudyIndex, series_uid: str) -> list[Series]:
    """Give the images of the study in the frame of reference that an object names."""
    targets = {row["target"] for row in index.rows(_TARGETS_OF, series_uid)}
    own = index.find_series(series_uid)
    beside = [part for part in index.series_of(own[0].study_uid) if _is_images(part)] if own else []
    return [part for part in beside if targets and _frame_of_reference(index, part.series_uid) in targets]


def _frame_of_reference(index: StudyIndex, series_uid: str) -> str:
    first = first_instance(index, series_uid)
    return dict(first.parts).get("FrameOfReferenceUID", "") if first else ""
