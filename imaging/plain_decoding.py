"""From the scanned headers of plain images to `Instance`s, at a fraction of the full decoder's time.

Nearly all elements of a series are the same in each of its files. The first file is decoded as any other; of
those that share its bytes only the elements that vary are looked at.
"""

from dataclasses import fields
from typing import Any

from imaging.elements import Elements
from imaging.instance import Instance
from imaging.instance_decoding import (
    UNCOMPRESSED_LITTLE_ENDIAN,
    decode_instance,
    expected_pixel_bytes,
    parts_of,
    values_of,
)
from imaging.lookup_tables import NO_TABLES
from imaging.native_header import ScannedHeader, raw_header, shared_values
from imaging.tags import MEDIA_STORAGE_UID, Tag

_MOST_TEMPLATES = 256
_PADDING = b"\0 \t\r\n"
_OF_ONE_FILE = frozenset((MEDIA_STORAGE_UID, Tag.SOP_UID, Tag.INSTANCE_NUMBER, Tag.POSITION))
_OWN_FIELDS = frozenset(
    (
        *("path", "size_bytes", "modified_ns", "sop_uid", "instance_number", "position_lps_mm"),
        *("pixel_offset", "pixel_length", "slice_thickness_mm", "parts", "slope", "intercept"),
        *("rescale_type", "modality_range", "window", "padding_value"),
    )
)
_SHARED_FIELDS = tuple(field.name for field in fields(Instance) if field.name not in _OWN_FIELDS)


class PlainDecoder:
    """Decodes file after file; it remembers what the latest ones had in common."""

    def __init__(self) -> None:
        self._templates: dict[bytes, _Template] = {}

    def decode(self, found: ScannedHeader) -> Instance | None:
        """Decode a file; None where the full parser has to look at it.

        Raises
        ------
        BadInput
            As `decode_instance`.
        """
        template = self._templates.get(found.shared)
        if template is not None and template.fits(found):
            return template.decode(found)
        raw = raw_header(found)
        if raw is None:
            return None
        instance = decode_instance(raw)
        if not instance.frame_positions_lps_mm and not instance.notes:
            self._remember(found.shared, _Template(instance, found.shared))
        return instance

    def _remember(self, shared: bytes, template: "_Template") -> None:
        if len(self._templates) >= _MOST_TEMPLATES:
            del self._templates[next(iter(self._templates))]
        self._templates[shared] = template


class _Template:
    """What is known of every file with the same shared elements.

    Parameters
    ----------
    instance : Instance
        Decoded from one of the files.
    shared : bytes
        The elements.
    """

    def __init__(self, instance: Instance, shared: bytes) -> None:
        self._values = shared_values(shared)
        self._fields = {name: getattr(instance, name) for name in _SHARED_FIELDS}
        self._direct = instance.transfer_syntax in UNCOMPRESSED_LITTLE_ENDIAN
        self._pixel_bytes = expected_pixel_bytes(instance) if self._direct else -1
        self._latest: dict[int, bytes] | None = None
        self._latest_fields: dict[str, Any] = {}

    def fits(self, found: ScannedHeader) -> bool:
        """Tell whether `decode` will do for a file: it has an identifier and all of its pixels."""
        identified = found.varying.get(Tag.SOP_UID, b"").strip(_PADDING)
        return bool(identified) and found.pixel_length >= self._pixel_bytes

    def decode(self, found: ScannedHeader) -> Instance:
        """Decode another file."""
        elements = Elements(found.varying)
        number = elements.number(Tag.INSTANCE_NUMBER)
        position = elements.numbers(Tag.POSITION, 3)
        return Instance(
            path=found.path,
            size_bytes=found.size_bytes,
            modified_ns=found.modified_ns,
            sop_uid=elements.ascii(Tag.SOP_UID),
            instance_number=None if number is None else int(number),
            position_lps_mm=None if position is None else (position[0], position[1], position[2]),
            pixel_offset=found.pixel_offset if self._direct else None,
            pixel_length=found.pixel_length if self._direct else None,
            **self._meaning(found.varying),
            **self._fields,
        )

    def _meaning(self, varying: dict[int, bytes]) -> dict[str, Any]:
        """Give the fields that do vary, but seldom from one file to the next."""
        relevant = {tag: value for tag, value in varying.items() if tag not in _OF_ONE_FILE}
        if relevant != self._latest:
            elements = Elements(self._values | relevant)
            self._latest = relevant
            self._latest_fields = {
                "slice_thickness_mm": elements.number(Tag.SLICE_THICKNESS),
                "parts": parts_of(elements),
                **values_of(elements, NO_TABLES),
            }
        return self._latest_fields
