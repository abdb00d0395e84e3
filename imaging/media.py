"""Folders for media: file names of eight capitals and a DICOMDIR that lists them (PS3.10 8, PS3.3 F)."""

import shutil
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from imaging.directory_records import Record, file_record, upper_records
from imaging.instance import Instance
from imaging.object_file import read_object, refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

DIRECTORY_NAME = "DICOMDIR"
FILES_NAME = "DICOM"
_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
_IMPLICIT, _EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
_NOT_ON_MEDIA = ("1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")


def write_media(
    folder: Path, instances: Sequence[Instance], *, progress: Progress = SILENT
) -> tuple[Message, ...]:
    """Copy files into an empty folder under names that media allow, and list them in a DICOMDIR.

    Pixels are copied as they are. Files in implicit VR, which media do not allow, and files without a head
    are written in explicit VR, little endian.

    Returns
    -------
    tuple of Message
        What the user should know.

    Raises
    ------
    BadInput
        When nothing can be listed.
    """
    writing = _Writing(folder)
    text = message(QT_TRANSLATE_NOOP("Message", "Copying the files"))
    for number, instance in enumerate(instances, start=1):
        writing.add(instance)
        progress.report(number / len(instances), text)
    return writing.finish()


class _Writing:
    """One folder while it is filled."""

    def __init__(self, folder: Path) -> None:
        from pydicom.dataset import Dataset

        self._folder = folder
        self._root = Record(Dataset())
        self._series: dict[str, str] = {}
        self._files: dict[str, int] = {}
        self._seen: set[str] = set()
        self._left_out = self._not_on_media = 0

    def add(self, instance: Instance) -> None:
        if instance.sop_uid in self._seen:  # a name stands for one object on a medium
            self._left_out += 1
            return
        source = Path(instance.path)
        try:
            header = _header(source, instance)
        except BadInput:  # a file without a SOP class, which only the decoder understands
            self._left_out += 1
            return
        syntax = _EXPLICIT if instance.transfer_syntax == _IMPLICIT else instance.transfer_syntax
        file_id = self._file_id(instance.series_uid)
        record = file_record(header, file_id, syntax)
        if record is None:
            self._left_out += 1
            return
        self._seen.add(instance.sop_uid)
        self._files[instance.series_uid] = self._files.get(instance.series_uid, 0) + 1
        self._not_on_media += syntax in _NOT_ON_MEDIA
        place = self._folder.joinpath(*file_id)
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, place, header, instance, syntax)
        above = self._root
        for key, made in upper_records(header):
            above = above.child(key, made)
        above.child(instance.sop_uid, record)

    def _file_id(self, series_uid: str) -> tuple[str, ...]:
        series = self._series.setdefault(series_uid, f"SE{len(self._series) + 1:06d}")
        return FILES_NAME, series, f"IM{self._files.get(series_uid, 0) + 1:06d}"

    def finish(self) -> tuple[Message, ...]:
        if not self._root.below:
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The series has no files.")))
        (self._folder / DIRECTORY_NAME).write_bytes(directory_bytes(self._root))
        invented = sum(record.invented for record, _depth in _walk(self._root))
        texts = (
            (
                invented,
                QT_TRANSLATE_NOOP(
                    "Message", "Missing values that a DICOMDIR must name were made up: {count}."
                ),
            ),
            (self._left_out, QT_TRANSLATE_NOOP("Message", "Files that no DICOMDIR can list: {count}.")),
            (
                self._not_on_media,
                QT_TRANSLATE_NOOP("Message", "Files in a transfer syntax that media do not allow: {count}."),
            ),
        )
        return tuple(message(text, count=count) for count, text in texts if count)


def _header(path: Path, instance: Instance) -> "Dataset":
    """Read what the directory says about a file, in UTF-8 and with the identifiers that the library uses."""
    with refusing_damage(path):
        header = read_object(path, pixels=False)
        header.decode()
        header.SOPInstanceUID, header.SeriesInstanceUID = instance.sop_uid, instance.series_uid
        header.StudyInstanceUID = instance.study_uid
        return header


def _copy(source: Path, place: Path, header: "Dataset", instance: Instance, syntax: str) -> None:
    named = str(header.file_meta.get("MediaStorageSOPInstanceUID", "")) if header.preamble else ""
    same = named == instance.sop_uid and str(header.file_meta.get("TransferSyntaxUID", "")) == syntax
    if same:
        shutil.copyfile(source, place)
        return
    from pydicom.uid import UID

    with refusing_damage(source):
        data = read_object(source)
        data.SOPInstanceUID, data.SeriesInstanceUID = instance.sop_uid, instance.series_uid
        data.StudyInstanceUID = instance.study_uid
        data.file_meta.MediaStorageSOPClassUID = UID(instance.sop_class_uid)
        data.file_meta.MediaStorageSOPInstanceUID = UID(instance.sop_uid)
        data.file_meta.TransferSyntaxUID = UID(syntax)
        data.save_as(place, enforce_file_format=True)


def _walk(above: Record, depth: int = 0) -> Iterator[tuple[Record, int]]:
    for record in above.below.values():
        yield record, depth
        yield from _walk(record, depth + 1)


def directory_bytes(root: Record) -> bytes:
    """Encode a DICOMDIR; `root` holds the records of the patients."""
    from pydicom import dcmread

    records = [record for record, _depth in _walk(root)]
    data = _directory(records)
    # Offsets have a fixed length: they are known once everything has been encoded without them.
    written = dcmread(BytesIO(_encoded(data)))
    places = [int(item.seq_item_tell) for item in written.DirectoryRecordSequence]
    place_of = dict(zip(map(id, records), places, strict=True))
    for record in (root, *records):
        siblings = list(record.below.values())
        for one, following in pairwise(siblings):
            one.data.OffsetOfTheNextDirectoryRecord = place_of[id(following)]
        if siblings and record is not root:
            record.data.OffsetOfReferencedLowerLevelDirectoryEntity = place_of[id(siblings[0])]
    patients = list(root.below.values())
    data.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = place_of[id(patients[0])]
    data.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = place_of[id(patients[-1])]
    return _encoded(data)


def _directory(records: list[Record]) -> "Dataset":
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID, generate_uid

    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = UID(_DIRECTORY_CLASS)
    data.file_meta.MediaStorageSOPInstanceUID = generate_uid(prefix=None)
    data.file_meta.TransferSyntaxUID = UID(_EXPLICIT)
    data.FileSetID = ""
    data.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    data.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    data.FileSetConsistencyFlag = 0
    data.DirectoryRecordSequence = [record.data for record in records]
    return data


def _encoded(data: "Dataset") -> bytes:
    buffer = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd values that were taken over from the files
        data.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
