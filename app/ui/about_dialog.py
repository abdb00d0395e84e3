"""What the program is, what it is not, and what it is made of."""

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.icons import program_icon
from app.licences import shipped_components
from app.ui.translated import TranslatedDialog
from core.provenance import program_version


class AboutDialog(TranslatedDialog):
    """Name, version, notice, components with their licences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.resize(640, 560)
        mark = QLabel(self)
        mark.setPixmap(program_icon().pixmap(QSize(56, 56), self.devicePixelRatioF()))
        self._name, self._notice, self._made_of = QLabel(self), QLabel(self), QLabel(self)
        self._name.setTextFormat(Qt.TextFormat.RichText)
        self._made_of.setProperty("dim", True)
        notice = QFrame(self)
        notice.setObjectName("diagnosisNotice")
        self._notice.setWordWrap(True)
        inside = QVBoxLayout(notice)
        inside.addWidget(self._notice)
        self.components = QTreeWidget(self)
        self.components.setRootIsDecorated(False)
        self.components.setColumnCount(3)
        for component in shipped_components():
            row = QTreeWidgetItem(self.components, [component.name, component.version, component.licence])
            row.setToolTip(2, component.licence)
            row.setToolTip(0, component.home)
        header = self.components.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        self.finished.connect(self.deleteLater)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(mark)
        top.addWidget(self._name, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(top)
        for widget in (notice, self._made_of, self.components, buttons):
            layout.addWidget(widget)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("About Sense Workstation"))
        version = escape(self.tr("Version {version}").format(version=program_version()))
        self._name.setText(f"<span style='font-size: 20px'><b>Sense Workstation</b></span><br>{version}")
        self._notice.setText(
            self.tr(
                "This program is not a certified medical device. It is meant for research, teaching and "
                "development. Do not use it for diagnosis or treatment."
            )
        )
        self._made_of.setText(self.tr("Made with these components, under their own licences:"))
        self.components.setHeaderLabels([self.tr("Component"), self.tr("Version"), self.tr("Licence")])
