"""The first page: open something, or go on with what was open last."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.icons import program_icon, set_icon
from app.recent import RecentPaths
from app.themes import Theme
from app.translator import Language, system_language
from app.ui.drop_area import DropArea
from app.ui.recent_list import RecentRow
from app.ui.translated import TranslatedWidget
from core.provenance import program_version
from core.services import Services


class StartPage(TranslatedWidget):
    """The Start workspace."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._services = services
        self._recent = RecentPaths(services.library.settings)
        services.library.settings.listen(self._on_setting)
        content = QWidget(self)
        columns = QGridLayout(content)
        columns.setContentsMargins(48, 36, 48, 28)
        columns.setHorizontalSpacing(32)
        columns.setVerticalSpacing(20)
        columns.addLayout(self._hero(), 0, 0, 1, 2)
        columns.addWidget(self._actions(), 1, 0)
        columns.addWidget(self._recent_card(), 1, 1)
        columns.addWidget(self._notice(), 2, 0, 1, 2)
        columns.addLayout(self._footer(), 3, 0, 1, 2)
        columns.setRowStretch(1, 20)
        columns.setRowStretch(4, 1)
        columns.setColumnStretch(0, 5)
        columns.setColumnStretch(1, 6)
        content.setMaximumWidth(1240)
        content.setMaximumHeight(820)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        centred = QWidget(self)
        row = QHBoxLayout(centred)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(content, 100)
        row.addStretch(1)
        scroll.setWidget(centred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.retranslate()

    def states(self) -> set[str]:
        """Report nothing: the page has no states."""
        return set()

    def close_workspace(self) -> bool:
        """Let the window close."""
        return True

    def retranslate(self) -> None:
        self._subtitle.setText(self.tr("Medical imaging and spatial content on one desktop"))
        self._open_title.setText(self.tr("Open"))
        self._recent_title.setText(self.tr("Recent"))
        texts = {
            "app.open-phantom": self.tr("Open the phantom study"),
            "app.open-folder": self.tr("Open folder…"),
            "app.open-files": self.tr("Open files…"),
            "app.open-archive": self.tr("Import archive…"),
        }
        for command_id, button in self.buttons.items():
            button.setText(texts[command_id])
        for name, title in (("dark", self.tr("Dark theme")), ("light", self.tr("Light theme"))):
            self.switches[f"app.{name}-theme"].setToolTip(title)
            self.switches[f"app.{name}-theme"].setAccessibleName(title)
        self._clear.setText(self.tr("Clear list"))
        self._empty.setText(self.tr("Nothing was opened yet. The phantom study needs no data of yours."))
        self._warning.setText(
            self.tr(
                "This program is not a certified medical device. Do not use it for diagnosis or treatment."
            )
        )
        self._keys.setText(self.tr("Ctrl+K finds every command"))
        self._version.setText(self.tr("Version {version}").format(version=program_version()))

    def showEvent(self, event: QShowEvent) -> None:
        self._fill_recent()
        self._check_switches()
        super().showEvent(event)

    def _hero(self) -> QHBoxLayout:
        mark = QLabel(self)
        mark.setPixmap(program_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        title = QLabel("Sense Workstation", self)
        title.setObjectName("heroTitle")
        self._subtitle = QLabel(self)
        self._subtitle.setObjectName("heroSubtitle")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(title)
        texts.addWidget(self._subtitle)
        hero = QHBoxLayout()
        hero.setSpacing(18)
        hero.addWidget(mark)
        hero.addLayout(texts)
        hero.addStretch(1)
        hero.addWidget(self._switches(), 0, Qt.AlignmentFlag.AlignTop)
        return hero

    def _switches(self) -> QWidget:
        switches = QWidget(self)
        self.switches: dict[str, QPushButton] = {}
        row = QHBoxLayout(switches)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        choices = (
            ("language", "English", "app.english"),
            ("language", "简体中文", "app.chinese"),
            ("theme-dark", "", "app.dark-theme"),
            ("theme-light", "", "app.light-theme"),
        )
        for icon_name, text, command_id in choices:
            button = QPushButton(text, switches)
            if not text:
                set_icon(button, icon_name)
            button.setCheckable(True)
            button.clicked.connect(partial(self._run, command_id))
            self.switches[command_id] = button
            row.addWidget(button)
        return switches

    def _actions(self) -> QWidget:
        card, layout = self._card()
        self._open_title = self._section_title(layout)
        self.buttons: dict[str, QPushButton] = {}
        for command_id, icon_name in (
            ("app.open-phantom", "phantom"),
            ("app.open-folder", "folder-open"),
            ("app.open-files", "file"),
            ("app.open-archive", "archive"),
        ):
            button = QPushButton(self)
            button.setObjectName("startAction")
            button.setIconSize(QSize(22, 22))
            set_icon(button, icon_name)
            button.clicked.connect(partial(self._run, command_id))
            self.buttons[command_id] = button
            layout.addWidget(button)
        layout.addWidget(DropArea(self._services, card), 1)
        return card

    def _recent_card(self) -> QWidget:
        card, layout = self._card()
        top = QHBoxLayout()
        layout.addLayout(top)
        self._recent_title = self._section_title(top)
        top.addStretch(1)
        self._clear = QPushButton(self)
        self._clear.setProperty("link", True)
        self._clear.clicked.connect(self._recent.clear)
        top.addWidget(self._clear)
        self._rows = QVBoxLayout()
        layout.addLayout(self._rows)
        self._empty = QLabel(self)
        self._empty.setProperty("dim", True)
        self._empty.setWordWrap(True)
        layout.addWidget(self._empty)
        layout.addStretch(1)
        return card

    def _notice(self) -> QWidget:
        notice = QFrame(self)
        notice.setObjectName("diagnosisNotice")
        self._warning = QLabel(notice)
        self._warning.setWordWrap(True)
        row = QHBoxLayout(notice)
        row.setContentsMargins(14, 9, 14, 9)
        row.addWidget(self._warning)
        return notice

    def _footer(self) -> QHBoxLayout:
        self._keys, self._version = QLabel(self), QLabel(self)
        footer = QHBoxLayout()
        for label in (self._keys, self._version):
            label.setProperty("dim", True)
        footer.addWidget(self._keys)
        footer.addStretch(1)
        footer.addWidget(self._version)
        return footer

    def _card(self) -> tuple[QFrame, QVBoxLayout]:
        card = QFrame(self)
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(20, 16, 20, 20)
        layout.setSpacing(10)
        return card, layout

    def _section_title(self, layout: QVBoxLayout | QHBoxLayout) -> QLabel:
        title = QLabel(self)
        title.setObjectName("sectionTitle")
        layout.addWidget(title)
        return title

    def _fill_recent(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            item.widget().deleteLater()
        paths = self._recent.paths()
        for path in paths:
            self._rows.addWidget(RecentRow(path, self._services, self))
        self._empty.setVisible(not paths)
        self._clear.setVisible(bool(paths))

    def _check_switches(self) -> None:
        settings = self._services.library.settings
        language = settings.get("ui.language", "") or system_language().value
        theme = settings.get("ui.theme", Theme.DARK.value)
        chosen = {
            "app.english": language == Language.ENGLISH,
            "app.chinese": language == Language.CHINESE,
            "app.dark-theme": theme == Theme.DARK,
            "app.light-theme": theme == Theme.LIGHT,
        }
        for command_id, button in self.switches.items():
            button.setChecked(chosen[command_id])

    def _on_setting(self, key: str) -> None:
        if key.startswith("ui."):
            self._check_switches()
        if key == "recent.paths" and self.isVisible():
            self._fill_recent()

    def _run(self, command_id: str) -> None:
        self._services.run_command(command_id)
        self._check_switches()
