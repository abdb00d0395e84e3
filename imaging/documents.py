"""Encapsulated PDF documents (PS3.3 A.45.1) and secondary captures (A.8)."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import CodedConcept
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.coded_terms import code_item, first_concept
from imaging.equipment import MANUFACTURER, contributing_equipment
from imaging.new_object import new_object
from imaging.object_file import read_object, refusing_damage, write_object

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PDF_CLASS = "1.2.840.10008.5.1.4.1.1.104.1"


@dataclass(frozen=True)
class Document:
    """A PDF with its title.

    Parameters
    ----------
    title : str
    data : bytes
        The PDF itself, as it was put in.
    concept : CodedConcept, optional
        What kind of document it is.
    """

    title: str
    data: bytes
    concept: CodedConcept | None = None


def write_document(path: Path, document: Document, image: "Dataset", *, force: bool = False) -> None:
    """Write a PDF into the study of `image`.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced, or the bytes are no PDF.
    """
    if not document.data.startswith(b"%PDF-"):
        text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
        raise BadInput(message(text, path=document.title, kind="PDF"))
    data = new_object(image, PDF_CLASS, "DOC", (1003, "Document"), "encapsulated document")
    data.ConversionType = "WSD"
    data.BurnedInAnnotation = "YES"
    data.ContentDate, data.ContentTime = data.InstanceCreationDate, data.InstanceCreationTime
    data.AcquisitionDateTime = ""
    data.DocumentTitle = document.title
    data.ConceptNameCodeSequence = [code_item(document.concept)] if document.concept else []
    data.MIMETypeOfEncapsulatedDocument = "application/pdf"
    data.EncapsulatedDocumentLength = len(document.data)
    data.EncapsulatedDocument = document.data + b"\0" * (len(document.data) % 2)
    write_object(path, data, force=force)


def read_document(path: Path) -> Document:
    """Read an encapsulated PDF, without the padding byte.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) != PDF_CLASS or "EncapsulatedDocument" not in data:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="encapsulated PDF"))
        content = bytes(data.EncapsulatedDocument)
        length = int(data.get("EncapsulatedDocumentLength", 0) or 0)
        if not length:  # older objects do not say; a PDF ends with a line
            content = content.rstrip(b"\0")
        return Document(
            str(data.get("DocumentTitle", "") or ""),
            content[:length] if length else content,
            first_concept(data, "ConceptNameCodeSequence"),
        )


def write_capture(path: Path, picture: NDArray[Any], image: "Dataset", *, force: bool = False) -> None:
    """Write a picture into the study of `image` as a secondary capture.

    Parameters
    ----------
    picture : (j, i) or (j, i, 3) uint8
        Grey or RGB.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced.
    """
    from highdicom.sc import SCImage
    from pydicom.uid import generate_uid

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data: Any = SCImage(
            pixel_array=np.ascontiguousarray(picture, np.uint8),
            photometric_interpretation="MONOCHROME2" if picture.ndim == 2 else "RGB",
            bits_allocated=8,
            coordinate_system="PATIENT",
            study_instance_uid=str(image.StudyInstanceUID),
            series_instance_uid=generate_uid(prefix=None),
            series_number=1004,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            manufacturer=MANUFACTURER,
            patient_id=image.get("PatientID") or None,
            patient_name=image.get("PatientName") or None,
            patient_birth_date=image.get("PatientBirthDate") or None,
            patient_sex=image.get("PatientSex") or None,
            accession_number=image.get("AccessionNumber") or None,
            study_id=image.get("StudyID") or None,
            study_date=image.get("StudyDate") or None,
            study_time=image.get("StudyTime") or None,
            referring_physician_name=image.get("ReferringPhysicianName") or None,
            patient_orientation=("L", "P"),
            series_description="Secondary capture",
            contributing_equipment=[contributing_equipment("secondary capture")],
        )
    # Nothing is known about the directions in a picture of a screen.
    data.PatientOrientation = ""
    data.Laterality = ""
    data.ConversionType = "WSD"
    write_object(path, data, force=force)
