"""Real-world value maps (PS3.3 C.7.6.16.2.11): from stored values to values with a unit."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.coded_terms import first_concept, instance_reference
from imaging.object_file import read_object, refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

VALUE_MAP_CLASS = "1.2.840.10008.5.1.4.1.1.67"
_NO_UNIT = CodedConcept("1", "UCUM", "no units")


@dataclass(frozen=True, eq=False)
class ValueMap:
    """One mapping of stored values.

    Parameters
    ----------
    label : str
    unit : CodedConcept
        Of the mapped values, in UCUM.
    first, last : float
        Range of stored values that it is for, both included.
    slope, intercept : float
        Mapped = slope x stored + intercept, where there is no table.
    table : (last - first + 1,) float64, optional
        Mapped value of each stored value.
    images : tuple of InstanceReference
        What it applies to; () where it stands in the image itself.
    """

    label: str
    unit: CodedConcept
    first: float
    last: float
    slope: float = 1.0
    intercept: float = 0.0
    table: NDArray[np.float64] | None = None
    images: tuple[InstanceReference, ...] = ()

    def apply(self, stored: NDArray[Any]) -> NDArray[np.float64]:
        """Map stored values (not rescaled); NaN where they are out of its range."""
        inside = (stored >= self.first) & (stored <= self.last)
        values = np.full(stored.shape, np.nan)
        if self.table is None:
            values[inside] = stored[inside].astype(np.float64) * self.slope + self.intercept
        else:
            values[inside] = self.table[stored[inside].astype(np.int64) - int(self.first)]
        return values


def value_map_of(item: "Dataset", images: tuple[InstanceReference, ...] = ()) -> ValueMap:
    """Read an item of RealWorldValueMappingSequence."""
    first = item.get("RealWorldValueFirstValueMapped", item.get("DoubleFloatRealWorldValueFirstValueMapped"))
    last = item.get("RealWorldValueLastValueMapped", item.get("DoubleFloatRealWorldValueLastValueMapped"))
    table = item.get("RealWorldValueLUTData")
    values = None if table is None else np.atleast_1d(np.array(table, np.float64))
    if values is not None and len(values) != int(last) - int(first) + 1:
        raise ValueError("a table of another length than its range")
    return ValueMap(
        label=str(item.get("LUTLabel", "") or ""),
        unit=first_concept(item, "MeasurementUnitsCodeSequence") or _NO_UNIT,
        first=float(-np.inf if first is None else first),
        last=float(np.inf if last is None else last),
        slope=float(item.get("RealWorldValueSlope", 1.0)),
        intercept=float(item.get("RealWorldValueIntercept", 0.0)),
        table=values,
        images=images,
    )


def read_value_maps(path: Path) -> tuple[ValueMap, ...]:
    """Read a real-world value mapping object.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) != VALUE_MAP_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="real-world value map"))
        found: list[ValueMap] = []
        for outer in data.get("ReferencedImageRealWorldValueMappingSequence") or ():
            images = tuple(instance_reference(item) for item in outer.get("ReferencedImageSequence") or ())
            for item in outer.get("RealWorldValueMappingSequence") or ():
                found.append(value_map_of(item, images))
        return tuple(found)
