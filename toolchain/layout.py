"""Where things are, and the groups of packages."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
BUILD = ROOT / "build" / "native"
TRANSLATIONS = ROOT / "assets" / "translations"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"

BASE_GROUPS = ("core", "build", "test")
EXTRAS = ("peers", "train", "serve")
SYSTEM_GROUPS = ("runtime", "window", "build")
TEXT_SOURCES = (
    *("app", "capture", "core", "formats", "imaging", "models", "reconstruction", "render", "viewers"),
)
