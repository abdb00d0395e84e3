"""`sense doctor`: what this machine has for the program, what is missing and how to get it."""

import importlib
import shutil
from dataclasses import asdict, dataclass
from typing import Any

from app.machine import describe_machine
from app.packages import missing_extras, needed_packages
from core.context import Context
from core.errors import ExitStatus, SenseError
from core.library import Library


@dataclass(frozen=True)
class Missing:
    """Something that is not there: what, what it is for, and how to get it; `needed` or only useful."""

    what: str
    purpose: str
    remedy: str
    needed: bool


@dataclass(frozen=True)
class Examination:
    """The findings of the doctor.

    Parameters
    ----------
    machine, packages, library : dict
        Plain values by name.
    codecs : list of dict
        `uid`, `name`, `available`, `decoders` of each transfer syntax.
    rendering : dict
        What draws volumes, who chose it, and what was measured.
    missing : tuple of Missing
        What is not there.
    """

    machine: dict[str, Any]
    packages: dict[str, str | None]
    codecs: list[dict[str, Any]]
    library: dict[str, Any]
    rendering: dict[str, Any]
    missing: tuple[Missing, ...]

    @property
    def exit_status(self) -> ExitStatus:
        """`FAILED` where something that the program needs is missing or broken."""
        return ExitStatus.FAILED if any(item.needed for item in self.missing) else ExitStatus.DONE

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        """Give a report to read."""
        lines = _section("This machine", self.machine)
        lines += _section("Library", self.library)
        lines += _section("Rendering", self.rendering)
        lines += _section("Packages", {name: version or "missing" for name, version in self.packages.items()})
        codecs = {
            codec["name"]: ", ".join(codec["decoders"]) or _yes_no(codec["available"])
            for codec in self.codecs
        }
        lines += _section("Transfer syntaxes", codecs)
        lines += ["Missing" if self.missing else "Nothing is missing."]
        for item in self.missing:
            lines += [
                f"  {item.what} ({'needed' if item.needed else 'optional'}): {item.purpose}. {item.remedy}"
            ]
        return "\n".join(lines)


def examine(context: Context, _options: None) -> Examination:
    """Look at machine, packages, codecs and library."""
    machine, packages = describe_machine(), needed_packages()
    codecs = _codecs()
    library = _library_health(context.library)
    missing = (
        *_missing_packages(packages),
        *_missing_kernels(),
        *_missing_extras(),
        *_missing_codecs(codecs),
        *_missing_of_machine(machine),
    )
    missing = (*missing, *_broken_library(library))
    return Examination(machine, packages, codecs, library, _rendering(context.library), missing)


def _rendering(library: Library) -> dict[str, Any]:
    from render.backend import backend_of, chosen, measured

    found = measured(library.settings)
    by_whom = "the measurement" if found is not None else "default: nothing was measured yet"
    return {
        "backend": backend_of(library.settings).value,
        "chosen_by": "the settings" if chosen(library.settings) else by_whom,
        "measured": None if found is None else str(found),
    }


def _codecs() -> list[dict[str, Any]]:
    try:
        from imaging.codecs import installed_codecs

        return [asdict(codec) for codec in installed_codecs()]
    except ModuleNotFoundError as error:
        if error.name != "pydicom":
            raise
        return []  # it is reported with the packages


def _library_health(library: Library) -> dict[str, Any]:
    return {
        "folder": str(library.folder),
        "free_gib": round(shutil.disk_usage(library.folder).free / 2**30, 1),
        "index": _index_health(library),
        "audit_trail": _audit_health(library),
    }


def _index_health(library: Library) -> str:
    import sqlite3

    if not library.index_path.exists():
        return "empty"
    try:
        connection = sqlite3.connect(f"{library.index_path.as_uri()}?mode=ro", uri=True)
        try:
            return str(connection.execute("PRAGMA quick_check").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return str(error)


def _audit_health(library: Library) -> str:
    try:
        return f"ok, {sum(1 for _ in library.audit.events())} events"
    except SenseError as error:
        return str(error)


def _missing_packages(packages: dict[str, str | None]) -> list[Missing]:
    remedy = "Run python3 dev.py setup."
    return [
        Missing(name, "the program needs it", remedy, needed=True)
        for name, version in packages.items()
        if version is None
    ]


def _missing_kernels() -> list[Missing]:
    try:
        importlib.import_module("native._core")
    except ImportError as error:
        remedy = "Run python3 dev.py setup, which compiles them."
        return [Missing("compiled kernels", f"views cannot be drawn ({error})", remedy, needed=True)]
    return []


def _missing_extras() -> list[Missing]:
    return [
        Missing(
            f"extra {extra}",
            f"not installed: {', '.join(names)}",
            f"Run python3 dev.py setup --extra {extra}.",
            needed=False,
        )
        for extra, names in missing_extras().items()
    ]


def _missing_codecs(codecs: list[dict[str, Any]]) -> list[Missing]:
    remedy = "Run python3 dev.py setup."
    return [
        Missing(codec["name"], "images in this transfer syntax cannot be read", remedy, needed=True)
        for codec in codecs
        if not codec["available"]
    ]


def _missing_of_machine(machine: dict[str, Any]) -> list[Missing]:
    found = []
    if machine["display"] is None:
        remedy = "Set DISPLAY, or start it in a desktop session; the command line works without."
        found.append(Missing("display", "the window cannot be shown", remedy, needed=False))
    if not machine["gpus"]:
        remedy = "Nothing has to be done: the processor draws everything."
        found.append(Missing("graphics processor", "drawing is faster with one", remedy, needed=False))
    if machine["chinese_font"] is False:
        remedy = "Install fonts-noto-cjk or another font with Chinese characters."
        found.append(Missing("Chinese font", "Chinese texts and names show as boxes", remedy, needed=False))
    return found


def _broken_library(library: dict[str, Any]) -> list[Missing]:
    broken = []
    if library["index"] not in ("ok", "empty"):
        remedy = "Move index.sqlite away and import the files again."
        broken.append(Missing("sound library index", library["index"], remedy, needed=True))
    if not library["audit_trail"].startswith("ok"):
        remedy = "Keep a copy of audit.jsonl for whoever looks into it, then move it away."
        broken.append(Missing("sound audit trail", library["audit_trail"], remedy, needed=True))
    return broken


def _section(title: str, values: dict[str, Any]) -> list[str]:
    width = max(map(len, values), default=0) + 2
    return [title, *(f"  {name:<{width}}{_shown(value)}" for name, value in values.items()), ""]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return _yes_no(value) if isinstance(value, bool) else "none" if value is None else str(value)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
