"""Series as text."""

from core.series import Series


def describe(series: Series) -> str:
    """Give one line about a series, and one for each of its warnings."""
    geometry = series.geometry
    size = "no images" if geometry is None else " x ".join(map(str, geometry.shape_ijk))
    kind = "" if geometry is None else f", {geometry.kind.value}"
    part = f" [{series.part}]" if series.part else ""
    title = " ".join(text for text in (series.modality, series.description) if text)
    lines = [f"{series.series_uid}{part}  {title}  {size}{kind}, {series.instances} files"]
    return "\n".join(lines + [f"  {warning}" for warning in series.warnings])
