"""The head of DICOM files: whether there is one, what it says, one for files that lack it (PS3.10 7.1)."""

import os
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from imaging.instance import Instance

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_PREAMBLE = 132
_GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"


def has_file_meta(path: Path) -> bool:
    """Tell whether a file begins with a preamble and a file meta group."""
    with path.open("rb") as file:
        return file.read(_PREAMBLE + 8)[128:] == b"DICM" + _GROUP_LENGTH


def data_offset(file: BinaryIO) -> int:
    """Give where the data set begins; 0 where there is no file meta group of known length."""
    head = file.read(_PREAMBLE + 12)
    if head[128:-4] != b"DICM" + _GROUP_LENGTH:
        return 0
    return _PREAMBLE + 12 + int(struct.unpack("<I", head[-4:])[0])


def identity_of(path: Path) -> tuple[str, str]:
    """Give SOP instance UID and transfer syntax that the file meta group names; "" where it does not."""
    from pydicom.errors import InvalidDicomError
    from pydicom.filereader import read_file_meta_info

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta = read_file_meta_info(os.fspath(path))
        except (InvalidDicomError, ValueError, EOFError, NotImplementedError):
            return "", ""
    values = (meta.get("MediaStorageSOPInstanceUID"), meta.get("TransferSyntaxUID"))
    sop_uid, syntax = (str(value or "").strip(" \0") for value in values)
    return sop_uid, syntax


def with_file_meta(instance: Instance) -> "Dataset":
    """Read a file that has no file meta group, and give it one for the syntax that it is in."""
    import pydicom
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pydicom.dcmread(instance.path, force=True)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(instance.sop_class_uid)
    meta.MediaStorageSOPInstanceUID = UID(instance.sop_uid)
    meta.TransferSyntaxUID = UID(instance.transfer_syntax)
    data.file_meta = meta
    return data
