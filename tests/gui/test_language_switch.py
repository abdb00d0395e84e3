"""The language changes while the whole program is on the screen: no text stays behind."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QTextLayout
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.contributions import registry
from app.fonts import font_families
from app.translator import Language, translate_message
from app.window_session import WindowSession
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from tests.dicom_factory import make_ct_series
from tests.gui.shell import open_session, settle
from toolchain.layout import TRANSLATIONS

DIALOGS = ("app.show-settings", "app.show-shortcuts", "app.show-about", "app.show-crash-reports")
LOADED_MS = 20_000


def own_texts(widget: QWidget) -> Iterator[str]:
    """What a widget says by itself: on it, in its tip, to a screen reader, in its title."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.windowTitle(), widget.statusTip())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QGroupBox | QMenu):
        yield widget.title()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QSpinBox):
        yield widget.suffix()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(index) for index in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(index) for index in range(widget.count()))
    if isinstance(widget, QTreeWidget):
        yield from model_texts(widget.model())


def model_texts(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    parent = QModelIndex() if parent is None else parent
    for column in range(model.columnCount(parent)):
        if not parent.isValid():
            yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(parent)):
            yield str(model.index(row, column, parent).data() or "")
    for row in range(model.rowCount(parent)):
        yield from model_texts(model, model.index(row, 0, parent))


def all_texts(window: QWidget) -> set[str]:
    """Every text of a window and of what belongs to it, without the marks of accelerators."""
    texts = [text for widget in (window, *window.findChildren(QWidget)) for text in own_texts(widget)]
    for action in window.findChildren(QAction):
        texts += [action.text(), action.toolTip(), action.statusTip()]
    return {re.sub(r"&(\w)", r"\1", text) for text in texts if text}


def without_figures(texts: set[str]) -> set[str]:
    """Texts whose figures, such as the memory in use, change by themselves."""
    return {re.sub(r"[\d.]+", "0", text) for text in texts}


def english_sources() -> list[re.Pattern[str]]:
    """Match every source that reads otherwise in Chinese; a placeholder stands for anything."""
    patterns = []
    for entry in ElementTree.parse(TRANSLATIONS / "sense_zh_CN.ts").getroot().iter("message"):
        source = re.sub(r"&(\w)", r"\1", entry.findtext("source", ""))
        words = re.sub(r"\{[^}]*\}", "", source)
        if source != entry.findtext("translation", "") and re.search(r"[A-Za-z]{3}", words):
            parts = [re.escape(part) for part in re.split(r"\{[^}]*\}", source)]
            patterns.append(re.compile(".+".join(parts), re.DOTALL))
    return patterns


@pytest.fixture
def reading(library: Library, qtbot: QtBot) -> Iterator[WindowSession]:
    """The whole program with a series that has warnings in Care, all panels and the palette."""
    series = make_ct_series(library.folder / "ct", slices=8, rows=24, columns=20, gaps=(3,))
    with open_session(library, qtbot, registry()) as session:
        window = session.window
        window.resize(1500, 900)
        window.open_paths([series.folder, library.folder / "nowhere"])
        qtbot.waitUntil(lambda: "care" in window.stack.widgets, timeout=LOADED_MS)
        care = window.stack.widgets["care"]
        qtbot.waitUntil(
            lambda: (
                care.document.volume is not None
                and not care.opener.loading
                and not window.runner.active()
                and bool(care.document.warnings)
                and "7" in care.browser.counts_text()
            ),
            timeout=LOADED_MS,
        )
        window.run_command("app.toggle-jobs")
        window.run_command("app.toggle-log")
        care.grid.volume_pane.view.edit_transfer_function()
        yield session


def open_dialogs(session: WindowSession) -> list[QDialog]:
    for command in DIALOGS:
        session.window.run_command(command)
    return [dialog for dialog in session.window.findChildren(QDialog) if dialog.isVisible()]


def test_no_text_stays_english_and_every_one_comes_back(reading: WindowSession) -> None:
    window = reading.window
    dialogs = open_dialogs(reading)
    assert len(dialogs) > len(DIALOGS)
    window.show_palette()
    settle()
    english = all_texts(window)
    window.run_command("app.chinese")
    settle()
    chinese = all_texts(window)
    sources = english_sources()
    assert len({text for text in english if any(source.fullmatch(text) for source in sources)}) > 150
    assert {text for text in chinese if any(source.fullmatch(text) for source in sources)} == set()
    window.run_command("app.english")
    settle()
    assert without_figures(english) - without_figures(all_texts(window)) == set()
    for dialog in dialogs:
        dialog.close()


def test_buttons_of_qt_change_too(reading: WindowSession) -> None:
    (dialog,) = [d for d in open_dialogs(reading) if type(d).__name__ == "AboutDialog"]
    reading.window.run_command("app.chinese")
    settle()
    assert {button.text() for button in dialog.findChildren(QAbstractButton) if button.text()} == {"关闭"}
    for other in reading.window.findChildren(QDialog):
        other.close()


def test_the_file_dialog_of_qt_is_chinese(reading: WindowSession) -> None:
    reading.window.run_command("app.chinese")
    dialog = QFileDialog(reading.window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.open()
    labels = {label.text() for label in dialog.findChildren(QLabel) if label.text()}
    assert "搜索范围(&L)：" in labels
    assert {text for text in labels if text.isascii()} == set()
    dialog.close()
    dialog.deleteLater()


def test_warnings_in_warnings_are_translated(reading: WindowSession) -> None:
    inner = message(QT_TRANSLATE_NOOP("Message", "The file ends before its pixels do."))
    text = QT_TRANSLATE_NOOP("Message", "{name} could not be read: {reason}")
    reading.window.run_command("app.chinese")
    shown = translate_message(message(text, name="a.dcm", reason=inner))
    assert shown == "无法读取 a.dcm：文件在像素数据结束之前即已终止。"


def test_chinese_is_written_with_glyphs_of_the_mainland(reading: WindowSession) -> None:
    families = font_families(Language.CHINESE)
    if families == font_families(Language.ENGLISH):
        pytest.skip("no font for simplified Chinese is installed")
    reading.window.run_command("app.chinese")
    layout = QTextLayout("骨窗", reading.window.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    assert {run.rawFont().familyName() for run in layout.glyphRuns()} == {families[0]}
