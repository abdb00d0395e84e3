"""The modules that every new object of a patient's study shares."""

import warnings
from datetime import datetime
from typing import TYPE_CHECKING

from core.provenance import program_version
from imaging.equipment import MANUFACTURER, MODEL, SERIAL, contributing_equipment

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_TAKEN_OVER = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "PatientWeight",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "StudyDescription",
    "AccessionNumber",
    "ReferringPhysicianName",
)


def new_object(
    image: "Dataset", sop_class_uid: str, modality: str, series: tuple[int, str], done: str
) -> "Dataset":
    """Give patient, study, a new series, equipment and identifiers; the rest is the caller's.

    Parameters
    ----------
    image : Dataset
        Whose patient and study it is.
    series : tuple of int and str
        Number and description of the new series.
    done : str
        What this program did, for the contributing equipment.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

    now = datetime.now().astimezone()
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID = sop_class_uid
    data.SOPInstanceUID = generate_uid(prefix=None)
    data.file_meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword in _TAKEN_OVER:
        if keyword in image:
            data[keyword] = image[keyword]
    data.Modality = modality
    data.SeriesInstanceUID = generate_uid(prefix=None)
    data.SeriesNumber, data.SeriesDescription = series
    data.InstanceNumber = 1
    data.InstanceCreationDate, data.InstanceCreationTime = now.strftime("%Y%m%d"), now.strftime("%H%M%S")
    data.Manufacturer, data.ManufacturerModelName = MANUFACTURER, MODEL
    data.DeviceSerialNumber, data.SoftwareVersions = SERIAL, program_version()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data.ContributingEquipmentSequence = [contributing_equipment(done)]
    return data
