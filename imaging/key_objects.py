"""Key object selections (PS3.3 A.35.4, PS3.16 TID 2010)."""

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.coded_terms import code, first_concept, instance_reference
from imaging.equipment import MANUFACTURER, contributing_equipment
from imaging.measurement_report_reading import evidence
from imaging.object_file import read_object, refusing_damage, write_object

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

KEY_OBJECT_CLASS = "1.2.840.10008.5.1.4.1.1.88.59"
OF_INTEREST = CodedConcept("113000", "DCM", "Of Interest")


@dataclass(frozen=True)
class KeyObjects:
    """Images that somebody picked.

    Parameters
    ----------
    title : CodedConcept
        Why (CID 7010): of interest, for referring provider, rejected for quality reasons, ...
    images : tuple of InstanceReference
        What was picked.
    note : str
        In words.
    """

    title: CodedConcept
    images: tuple[InstanceReference, ...]
    note: str = ""


def read_key_objects(path: Path) -> KeyObjects:
    """Read a key object selection.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) != KEY_OBJECT_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="key object selection"))
        series = {item.sop_uid: item.series_uid for item in evidence(data)}
        images: list[InstanceReference] = []
        note = ""
        for item in data.get("ContentSequence") or ():
            note = note or str(item.get("TextValue", "") or "")
            for reference in item.get("ReferencedSOPSequence") or ():
                found = instance_reference(reference)
                uid = series.get(found.sop_uid, "")
                images.append(replace(found, series_uid=uid))
        title = first_concept(data, "ConceptNameCodeSequence") or OF_INTEREST
        return KeyObjects(title, tuple(images), note)


def write_key_objects(
    path: Path, title: CodedConcept, images: list["Dataset"], note: str = "", *, force: bool = False
) -> None:
    """Write a selection of `images` (their headers, of one study), with a note.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced.
    """
    from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
    from pydicom.uid import generate_uid

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = KeyObjectSelectionDocument(
            evidence=images,
            content=KeyObjectSelection(code(title), images, description=note or None),
            series_instance_uid=generate_uid(prefix=None),
            series_number=1005,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            manufacturer=MANUFACTURER,
            series_description="Key objects",
            contributing_equipment=[contributing_equipment("key object selection")],
        )
    write_object(path, data, force=force)
