"""Icons, themes, translations, templates."""

from pathlib import Path


def asset_path(*parts: str) -> Path:
    """Give the path of a file that ships with the program: `asset_path("icons", "care.svg")`."""
    return Path(__file__).parent.joinpath(*parts)
