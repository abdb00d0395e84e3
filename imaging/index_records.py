"""How studies, series, geometry and instances are written in the index."""

import json
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, fields
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from core.message import Message
from core.series import Series
from core.slice_geometry import GeometryKind, SliceGeometry
from core.study import Study
from imaging.frame_values import FrameValues
from imaging.instance import Instance

INSTANCES = """
    SELECT instances.*, headers.header AS shared_header
    FROM instances LEFT JOIN headers ON headers.id = instances.shared
"""
_APART = ("path", "size_bytes", "modified_ns", "variant", "references", "notes", "frame_values")
_OWN = (
    *("sop_uid", "instance_number", "position_lps_mm", "pixel_offset", "pixel_length", "slice_thickness_mm"),
    *("parts", "slope", "intercept", "window", "frame_positions_lps_mm", "frame_value_of"),
)
_SHARED = tuple(field.name for field in fields(Instance) if field.name not in (*_APART, *_OWN))
_DEFAULTS = {field.name: field.default for field in fields(Instance)}
_own_values, _shared_values = attrgetter(*_OWN), attrgetter(*_SHARED)
_to_json = json.JSONEncoder(separators=(",", ":")).encode


class StoredPaths:
    """Paths as the index has them: those inside the library stay right when the library moves.

    Parameters
    ----------
    folder : Path
        Of the library.
    """

    def __init__(self, folder: Path) -> None:
        self._prefix = os.fsencode(folder) + os.fsencode(os.sep)

    def encode(self, path: str) -> bytes:
        """Give what is stored for an absolute path; names in any encoding survive."""
        data = os.fsencode(path)
        return b":" + data[len(self._prefix) :] if data.startswith(self._prefix) else data

    def decode(self, stored: bytes) -> str:
        """Give the absolute path."""
        return os.fsdecode(self._prefix + stored[1:] if stored.startswith(b":") else stored)


def shared_header_text(instance: Instance) -> str:
    """Give what many files of a series have in common as JSON; fields at their defaults are left out."""
    return _shared_text(_shared_values(instance))


def own_header_text(instance: Instance) -> str:
    """Give the rest of the header as JSON; fields at their defaults are left out."""
    kept = _kept(_OWN, _own_values(instance))
    if instance.notes:
        kept["notes"] = [note.to_json() for note in instance.notes]
    if instance.frame_values:
        kept["frame_values"] = [astuple(values) for values in instance.frame_values]
    return _to_json(kept)


@lru_cache(maxsize=256)
def _shared_text(values: tuple[Any, ...]) -> str:
    return _to_json(_kept(_SHARED, values))


def _kept(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    pairs = zip(names, values, strict=True)
    return {name: value for name, value in pairs if value != _DEFAULTS[name]}


def instance_of(row: sqlite3.Row, paths: StoredPaths) -> Instance:
    """Read a row of `INSTANCES`."""
    own = _fields_of(row["header"])
    if "notes" in own:
        own["notes"] = tuple(map(Message.from_json, own["notes"]))
    if "frame_values" in own:
        own["frame_values"] = tuple(FrameValues(*values) for values in own["frame_values"])
    return Instance(
        path=paths.decode(row["path"]),
        variant=row["variant"],
        size_bytes=row["size"],
        modified_ns=row["modified"],
        **_shared_fields(row["shared_header"] or "{}") | own,
    )


@lru_cache(maxsize=256)
def _shared_fields(text: str) -> dict[str, Any]:
    return _fields_of(text)


def _fields_of(text: str) -> dict[str, Any]:
    return {
        name: _tuples(value) if type(value) is list else value for name, value in json.loads(text).items()
    }


def _tuples(value: Any) -> Any:
    if type(value) is not list:
        return value
    return tuple(map(_tuples, value)) if list in map(type, value) else tuple(value)


def geometry_text(geometry: SliceGeometry | None) -> str | None:
    """Give a geometry as JSON."""
    if geometry is None:
        return None
    affine = geometry.lps_from_ijk
    return json.dumps(
        {
            "kind": geometry.kind.value,
            "shape": geometry.shape_ijk,
            "spacing": geometry.spacing_mm,
            "row": geometry.row_direction.tolist(),
            "column": geometry.column_direction.tolist(),
            "positions": geometry.positions_lps_mm.tolist(),
            "affine": None if affine is None else affine.tolist(),
            "spacing_known": geometry.spacing_known,
            "lps_known": geometry.lps_known,
        },
        separators=(",", ":"),
    )


def geometry_of(text: str | None) -> SliceGeometry | None:
    """Read what `geometry_text` gave."""
    if text is None:
        return None
    data = json.loads(text)
    return SliceGeometry(
        kind=GeometryKind(data["kind"]),
        shape_ijk=_tuples(data["shape"]),
        spacing_mm=_tuples(data["spacing"]),
        row_direction=np.array(data["row"]),
        column_direction=np.array(data["column"]),
        positions_lps_mm=np.array(data["positions"]).reshape(-1, 3),
        lps_from_ijk=None if data["affine"] is None else np.array(data["affine"]),
        spacing_known=data["spacing_known"],
        lps_known=data["lps_known"],
    )


def messages_text(messages: Iterable[Message]) -> str:
    """Give messages as JSON."""
    return json.dumps([item.to_json() for item in messages], separators=(",", ":"))


def messages_of(text: str) -> tuple[Message, ...]:
    """Read what `messages_text` gave."""
    return tuple(map(Message.from_json, json.loads(text)))


def series_of(row: sqlite3.Row) -> Series:
    """Read a row of `parts` joined with `series` and `studies`."""
    return Series(
        series_uid=row["series_uid"],
        study_uid=row["study_uid"],
        part=row["name"],
        modality=row["modality"],
        description=row["description"],
        number=row["number"],
        instances=row["instances"],
        geometry=geometry_of(row["geometry"]),
        frames=row["frames"],
        value_range=None if row["low"] is None else (row["low"], row["high"]),
        unit=row["unit"],
        window=None if row["center"] is None else (row["center"], row["width"]),
        inverted=bool(row["inverted"]),
        warnings=messages_of(row["warnings"]),
    )


def study_of(row: sqlite3.Row) -> Study:
    """Read a row of `studies` joined with its patient and its counts."""
    return Study(
        study_uid=row["uid"],
        patient_name=row["patient_name"],
        patient_id=row["patient_id"],
        birth_date=row["birth_date"],
        sex=row["sex"],
        date=row["date"],
        time=row["time"],
        accession=row["accession"],
        description=row["description"],
        modalities=tuple(sorted(filter(None, (row["modalities"] or "").split(",")))),
        series=row["series"],
        instances=row["instances"],
    )
