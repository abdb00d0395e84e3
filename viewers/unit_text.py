"""Units of coded measurements as they are written behind a value."""

import re

from core.coded_concept import CodedConcept

# In UCUM, braces hold a remark: "{SUVbw}g/ml" are grams per millilitre, "{pixels}" have no unit.
_REMARK = re.compile(r"\{[^}]*\}")


def unit_text(unit: CodedConcept | None) -> str:
    """Give a UCUM unit without its remarks; its meaning where nothing else is left, "" for no unit."""
    if unit is None or unit.value in ("", "1"):
        return ""
    plain = _REMARK.sub("", unit.value)
    return unit.meaning if plain in ("", "1") else plain
