"""Dates and times of DICOM (PS3.5 6.2) moved by whole days."""

import re
from datetime import date, timedelta

_DATE = re.compile(r"(\d{4})[.\-]?(\d{2})[.\-]?(\d{2})")
_TIME = re.compile(r"\d{2}(:?\d{2}(:?\d{2}(\.\d{1,6})?)?)?")
_DATE_TIME = re.compile(r"(\d{8})((\d{2}){0,3}(\.\d{1,6})?)([+-]\d{4})?")


def shifted(vr: str, text: str, days: int) -> str | None:
    """Move a DA or DT value `days` into the past; a TM value stays.

    Returns
    -------
    str or None
        None where the value is none: a month or a year alone cannot be moved by days.
    """
    text = text.strip(" \0")
    if not text:
        return ""
    if vr == "TM":
        return text if _TIME.fullmatch(text) else None
    if vr == "DA":
        found = _DATE.fullmatch(text)
        return _moved("".join(found.groups()), days) if found else None
    found = _DATE_TIME.fullmatch(text)
    moved = _moved(found[1], days) if found else None
    return f"{moved}{found[2]}{found[5] or ''}" if found and moved else None


def _moved(text: str, days: int) -> str | None:
    try:
        moved = date(int(text[:4]), int(text[4:6]), int(text[6:])) - timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{moved.year:04d}{moved.month:02d}{moved.day:02d}"
