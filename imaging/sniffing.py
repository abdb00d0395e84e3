"""What a file is, told by its first bytes."""

from enum import StrEnum

HEAD_BYTES = 512
_EXPLICIT_VRS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST UC UI UL UN UR US UT".split()
)


class FileKind(StrEnum):
    """Kinds of file that an import tells apart."""

    DICOM = "DICOM"
    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    OTHER_ARCHIVE = "archive"
    UNKNOWN = "unknown"

    @property
    def is_archive(self) -> bool:
        """Whether it can be opened for the files in it."""
        return self in (FileKind.ZIP, FileKind.TAR, FileKind.GZIP, FileKind.BZIP2, FileKind.XZ)


_MAGIC = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"BZh", FileKind.BZIP2),
    (b"\xfd7zXZ\x00", FileKind.XZ),
    (b"7z\xbc\xaf\x27\x1c", FileKind.OTHER_ARCHIVE),
    (b"Rar!\x1a\x07", FileKind.OTHER_ARCHIVE),
)


def file_kind(head: bytes) -> FileKind:
    """Tell the kind from the first `HEAD_BYTES` bytes (less where the file is shorter)."""
    if head[128:132] == b"DICM":
        return FileKind.DICOM
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return FileKind.TAR
    return FileKind.DICOM if _looks_like_data_set(head) else FileKind.UNKNOWN


def _looks_like_data_set(head: bytes) -> bool:
    """Tell whether bytes may begin a data set without preamble: an element of group 2 or 8 comes first."""
    if len(head) < 8:
        return False
    little = int.from_bytes(head[0:2], "little"), int.from_bytes(head[2:4], "little")
    big = int.from_bytes(head[0:2], "big"), int.from_bytes(head[2:4], "big")
    explicit = head[4:6] in _EXPLICIT_VRS
    if little[0] in (0x0002, 0x0008) and little[1] <= 0x1000:
        return explicit or int.from_bytes(head[4:8], "little") <= 0x10000
    return big[0] in (0x0002, 0x0008) and big[1] <= 0x1000 and explicit
