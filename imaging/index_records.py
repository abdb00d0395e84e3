"""How studies, series, geometry and instances are written in the index."""

import json
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np

from core.message import Message
from core.series import Series
from core.slice_geometry import GeometryKind, SliceGeometry
from core.study import Study
from imaging.frame_values import FrameValues
from imaging.instance import Instance

_APART = ("path", "size_bytes", "modified_ns", "variant", "references", "notes", "frame_values")
_HEADER_FIELDS = tuple(field.name for field in fields(Instance) if field.name not in _APART)
_DEFAULTS = {field.name: field.default for field in fields(Instance)}


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


def header_text(instance: Instance) -> str:
    """Give the header as JSON; fields at their defaults are left out."""
    values = {name: getattr(instance, name) for name in _HEADER_FIELDS}
    kept = {name: value for name, value in values.items() if value != _DEFAULTS[name]}
    if instance.notes:
        kept["notes"] = [note.to_json() for note in instance.notes]
    if instance.frame_values:
        kept["frame_values"] = [astuple(values) for values in instance.frame_values]
    return json.dumps(kept, separators=(",", ":"))


def instance_of(row: sqlite3.Row, paths: StoredPaths) -> Instance:
    """Read a row of `instances`."""
    header = json.loads(row["header"])
    notes = tuple(map(Message.from_json, header.pop("notes", ())))
    frame_values = tuple(FrameValues(*map(_tuples, values)) for values in header.pop("frame_values", ()))
    return Instance(
        path=paths.decode(row["path"]),
        variant=row["variant"],
        size_bytes=row["size"],
        modified_ns=row["modified"],
        notes=notes,
        frame_values=frame_values,
        **{name: _tuples(value) if type(value) is list else value for name, value in header.items()},
    )


def _tuples(value: Any) -> Any:
    if type(value) is not list:
        return value
    nested = bool(value) and type(value[0]) is list
    return tuple(map(_tuples, value)) if nested else tuple(value)


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
