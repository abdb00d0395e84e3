"""Standardised uptake values of PET images.

The conditions are those of the QIBA FDG-PET/CT profile (its vendor-neutral pseudo-code): what is missing is
named, nothing is guessed. Lean body mass by James with the multiplier 128 (PS3.3 C.8.9.1, LBMJAMES128), body
surface by Du Bois and Du Bois (1916).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


class SuvKind(StrEnum):
    """What the uptake is related to."""

    BODY_WEIGHT = "bw"
    LEAN_BODY_MASS = "lbm"
    BODY_SURFACE = "bsa"


@dataclass(frozen=True)
class Suv:
    """How a standardised uptake value follows from the rescaled values of an image.

    Parameters
    ----------
    factor : float
        Multiplies a rescaled value.
    unit : str
        "g/ml", or "cm2/ml" for body surface.
    """

    factor: float
    unit: str


def suv_factor(data: "Dataset", kind: SuvKind) -> Suv:
    """Work out how to get standardised uptake values of one image.

    Raises
    ------
    BadInput
        When an attribute is missing or a condition is not met; the message names it.
    """
    units = _text(data, "Units")
    if units == "GML":
        _refuse_unless(_text(data, "SUVType", "BW") == "BW", "SUVType")
        if kind is SuvKind.BODY_WEIGHT:
            return Suv(1.0, "g/ml")
    weight = _number(data, "PatientWeight")
    share = 1.0 / (weight * 1000.0) if units == "GML" else _per_becquerel(data, units, weight)
    relation, unit = _relation(data, kind, weight)
    return Suv(share * relation, unit)


def suv_factors(data: "Dataset") -> Mapping[SuvKind, Suv | Message]:
    """Give every kind of uptake value, or the sentence that says why there is none."""
    found: dict[SuvKind, Suv | Message] = {}
    for kind in SuvKind:
        try:
            found[kind] = suv_factor(data, kind)
        except BadInput as error:
            found[kind] = error.message
    return found


def _relation(data: "Dataset", kind: SuvKind, weight_kg: float) -> tuple[float, str]:
    """Give what the share of the dose in a millilitre is multiplied by, in grams or square centimetres."""
    if kind is SuvKind.BODY_WEIGHT:
        return weight_kg * 1000.0, "g/ml"
    height_cm = 100.0 * _number(data, "PatientSize")
    if kind is SuvKind.BODY_SURFACE:
        return 1e4 * 0.007184 * weight_kg**0.425 * height_cm**0.725, "cm2/ml"
    sex = _text(data, "PatientSex")
    _refuse_unless(sex in ("M", "F"), "PatientSex")
    linear, square = (1.10, 128.0) if sex == "M" else (1.07, 148.0)
    lean_kg = linear * weight_kg - square * (weight_kg / height_cm) ** 2
    _refuse_unless(lean_kg > 0, "PatientSize")
    return 1000.0 * lean_kg, "g/ml"


def _per_becquerel(data: "Dataset", units: str, weight_kg: float) -> float:
    """Give the share of the dose in a millilitre, for a rescaled value of 1."""
    _refuse_uncorrected(data)
    if units == "BQML":
        return 1.0 / _dose_at_scan_bq(data)
    _refuse_unless(units == "CNTS", "Units")
    to_suv = _philips(data, _PHILIPS_SUV)
    if to_suv is not None:
        return to_suv / (weight_kg * 1000.0)
    to_activity = _philips(data, _PHILIPS_ACTIVITY)
    _refuse_unless(to_activity is not None, "(7053,1000)")
    return (to_activity or 0.0) / _dose_at_scan_bq(data)


_PHILIPS_SUV, _PHILIPS_ACTIVITY = 0x00, 0x09


def _philips(data: "Dataset", element: int) -> float | None:
    try:
        value = float(data.private_block(0x7053, "Philips PET Private Group")[element].value)
    except (KeyError, TypeError, ValueError):
        return None
    return value if value > 0 and math.isfinite(value) else None


def _refuse_uncorrected(data: "Dataset") -> None:
    corrections = data.get("CorrectedImage") or ()
    corrections = [corrections] if isinstance(corrections, str) else list(corrections)
    _refuse_unless("ATTN" in corrections and "DECY" in corrections, "CorrectedImage")
    _refuse_unless(_text(data, "DecayCorrection") in ("START", "ADMIN"), "DecayCorrection")


def _dose_at_scan_bq(data: "Dataset") -> float:
    """Give what was left of the injected dose when the scan began."""
    sequence = data.get("RadiopharmaceuticalInformationSequence")
    _refuse_unless(sequence, "RadiopharmaceuticalInformationSequence")
    drug = (sequence or [None])[0]
    dose_bq = _number(drug, "RadionuclideTotalDose")
    if _text(data, "DecayCorrection") == "ADMIN":
        return dose_bq
    half_life_s = _number(drug, "RadionuclideHalfLife")
    scan = _scan_time(data, half_life_s)
    waited_s = (scan - _injection_time(drug, scan)).total_seconds()
    _refuse_unless(waited_s >= 0, "RadiopharmaceuticalStartDateTime")
    return dose_bq * 2.0 ** (-waited_s / half_life_s)


def _scan_time(data: "Dataset", half_life_s: float) -> datetime:
    """Give the time to which the images are decay-corrected."""
    series, acquired = _when(data, "Series"), _when(data, "Acquisition")
    if series <= acquired:
        return series
    # A series that was made later, by post-processing.
    try:
        stored = data.private_block(0x0009, "GEMS_PETD_01")[0x0D].value
    except KeyError:
        stored = None
    if stored:
        return _datetime(str(stored), "(0009,100D)")
    reference_s = _number(data, "FrameReferenceTime") / 1000.0
    duration_s = _number(data, "ActualFrameDuration") / 1000.0
    decay = math.log(2.0) / half_life_s
    # The reference time is when the activity is that averaged over the frame.
    average_s = math.log(decay * duration_s / -math.expm1(-decay * duration_s)) / decay
    return acquired + timedelta(seconds=average_s - reference_s)


def _injection_time(drug: Any, scan: datetime) -> datetime:
    stored = _text(drug, "RadiopharmaceuticalStartDateTime", "")
    if stored:
        return _datetime(stored, "RadiopharmaceuticalStartDateTime")
    time = _text(drug, "RadiopharmaceuticalStartTime")
    found = _datetime(f"{scan:%Y%m%d}{time}", "RadiopharmaceuticalStartTime")
    return found if found <= scan else found - timedelta(days=1)  # over midnight


def _when(data: "Dataset", which: str) -> datetime:
    return _datetime(_text(data, f"{which}Date") + _text(data, f"{which}Time"), f"{which}Time")


def _datetime(text: str, name: str) -> datetime:
    """Read YYYYMMDDHHMMSS.F, also with the colons of older files; all times of a file are in one zone."""
    digits = text.replace(":", "").partition("+")[0].partition("-")[0]
    whole, _, fraction = digits.partition(".")
    try:
        found = datetime.strptime(whole.ljust(14, "0")[:14], "%Y%m%d%H%M%S")
        return found + timedelta(seconds=float(f"0.{fraction or 0}"))
    except ValueError:
        raise _refusal(name) from None


def _text(data: Any, keyword: str, default: str | None = None) -> str:
    value = data.get(keyword)
    if value in (None, ""):
        if default is None:
            raise _refusal(keyword)
        return default
    return str(value).strip()


def _number(data: Any, keyword: str) -> float:
    try:
        value = float(_text(data, keyword))
    except ValueError:
        raise _refusal(keyword) from None
    _refuse_unless(math.isfinite(value) and value > 0, keyword)
    return value


def _refuse_unless(condition: object, name: str) -> None:
    if not condition:
        raise _refusal(name)


def _refusal(name: str) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "There is no uptake value: {tag} is missing or does not allow it.")
    return BadInput(message(text, tag=name))


def read_suv(path: str) -> Mapping[SuvKind, Suv | Message]:
    """Read the uptake values of a file; call it in a worker process."""
    from pathlib import Path

    from imaging.object_file import read_object, refusing_damage

    with refusing_damage(Path(path)):
        return suv_factors(read_object(Path(path), pixels=False))
