"""Every text of the program has a finished translation that keeps its placeholders."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import PySide6
import pytest

from toolchain.layout import ROOT, TEXT_SOURCES, TRANSLATIONS

LANGUAGES = sorted(path.name for path in TRANSLATIONS.glob("*.ts"))


def texts_of_the_program(ts: Path, folder: Path) -> ElementTree.Element:
    """Bring a copy of a translation up to date with the sources and read it."""
    copy = folder / ts.name
    shutil.copy(ts, copy)
    sources = folder / "sources.lst"
    names = [
        path.relative_to(ROOT).as_posix() for name in TEXT_SOURCES for path in (ROOT / name).rglob("*.py")
    ]
    sources.write_text("\n".join(sorted(names)))
    program = Path(PySide6.__file__).with_name("lupdate")
    command = [str(program), "-silent", "-no-obsolete", f"@{sources}", "-ts", str(copy)]
    subprocess.run(command, cwd=ROOT, check=True)
    return ElementTree.parse(copy).getroot()


def messages(root: ElementTree.Element) -> Iterator[tuple[str, str, ElementTree.Element]]:
    for context in root.iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            yield context.findtext("name", ""), message.findtext("source", ""), translation


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_text_is_translated(name: str, tmp_path: Path) -> None:
    found = list(messages(texts_of_the_program(TRANSLATIONS / name, tmp_path)))
    missing = [
        f"{context}: {source}"
        for context, source, translation in found
        if translation.get("type") == "unfinished" or not "".join(translation.itertext()).strip()
    ]
    assert len(found) > 100
    assert missing == []


@pytest.mark.parametrize("name", LANGUAGES)
def test_translations_keep_placeholders_and_ellipses(name: str) -> None:
    wrong = []
    for context, source, translation in messages(ElementTree.parse(TRANSLATIONS / name).getroot()):
        text = "".join(translation.itertext())
        fields = [sorted(re.findall(r"\{\w*[^}]*\}", part)) for part in (source, text)]
        if fields[0] != fields[1] or source.endswith("…") != text.endswith("…"):
            wrong.append(f"{context}: {source} -> {text}")
    assert wrong == []


SHOWING = {
    *(
        "setText",
        "setToolTip",
        "setStatusTip",
        "setWindowTitle",
        "setPlaceholderText",
        "setTitle",
        "setLabelText",
    ),
    *(
        "setAccessibleName",
        "setAccessibleDescription",
        "setHeaderLabels",
        "addTab",
        "addItem",
        "addAction",
        "addMenu",
    ),
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QMenu"),
}


NOT_WORDS = re.compile(r"<[^>]*>|Sense Workstation")


def literals(node: ast.expr) -> Iterator[str]:
    """Give the words that an argument shows as they stand, not through `tr`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from literals(part)
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from literals(item)


def test_no_text_is_shown_past_the_translation() -> None:
    shown = []
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "viewers" / "ui").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in SHOWING:
                words = [word for argument in call.args for word in literals(argument)]
                shown += [
                    f"{path.name}:{call.lineno} {word}"
                    for word in words
                    if re.search(r"[^\W\d_]{3}", NOT_WORDS.sub("", word))
                ]
    assert shown == []
