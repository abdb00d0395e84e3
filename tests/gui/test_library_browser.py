import dataclasses
import threading

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton

from core.job import JobRunner
from core.message import message
from core.services import Services
from imaging.importing import import_paths
from imaging.index import StudyIndex
from tests.dicom_factory import make_ct_series
from viewers.library_list import StudyOrder
from viewers.ui.import_progress import IMPORT_GROUP
from viewers.ui.library_browser import LibraryBrowser


@dataclasses.dataclass
class _Window:
    """What the browser asked the window for."""

    opened: list
    errors: list
    services: Services


@pytest.fixture
def window(library):
    runner = JobRunner()
    opened, errors = [], []
    services = Services(
        library=library,
        runner=runner,
        run_command=lambda _: None,
        translate=str,
        open_paths=opened.extend,
        report_error=errors.append,
        set_icon=lambda *_: None,
    )
    yield _Window(opened, errors, services)
    runner.shutdown()


@pytest.fixture
def studies(library, tmp_path):
    make_ct_series(tmp_path / "a", study="a", attributes=_patient("Li^Ang", "7", "20240102", "Head"))
    make_ct_series(
        tmp_path / "b",
        study="a",
        name="b",
        tilt_deg=12.0,
        attributes=_patient("Li^Ang", "7", "20240102", "Head"),
    )
    make_ct_series(
        tmp_path / "c", study="c", name="c", attributes=_patient("Berg^Eva", "8", "20230102", "Knee", "MR")
    )
    return import_paths(library, [tmp_path / name for name in "abc"])


def _patient(name, patient_id, date, description, modality="CT"):
    return {
        "PatientName": name,
        "PatientID": patient_id,
        "StudyDate": date,
        "StudyDescription": description,
        "SeriesDescription": f"{description} series",
        "Modality": modality,
    }


@pytest.fixture
def browser(window, studies, qtbot):
    made = LibraryBrowser(window.services)
    qtbot.addWidget(made)
    made.resize(320, 600)
    made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() == 2)
    yield made
    made.close_browser()
    assert not [thread for thread in threading.enumerate() if thread.name == "background-calls"]
    assert window.errors == []


def _descriptions(browser):
    model = browser.model
    return [model.study(model.index(row, 0)).description for row in range(model.rowCount())]


def _expand(browser, qtbot, row):
    index = browser.model.index(row, 0)
    browser.tree.expand(index)
    qtbot.waitUntil(lambda: browser.model.rowCount(index) > 0)
    return index


def test_studies_are_listed_newest_first_and_counted(browser):
    assert _descriptions(browser) == ["Head", "Knee"]
    assert browser.counts_text() == "Patients: 2  ·  Studies: 2  ·  Series: 3  ·  Images: 18"


def test_the_list_follows_what_is_typed(browser, qtbot):
    qtbot.keyClicks(browser.filter.search, "kne")
    qtbot.waitUntil(lambda: _descriptions(browser) == ["Knee"])
    assert browser.counts_text().startswith("Found: Patients: 1")
    qtbot.keyClicks(browser.filter.search, "xyz")
    qtbot.waitUntil(lambda: browser.model.rowCount() == 0)
    button = next(b for b in browser.empty.findChildren(QPushButton) if b.isVisible())
    button.click()
    qtbot.waitUntil(lambda: browser.model.rowCount() == 2)
    assert browser.filter.search.text() == ""


def test_a_modality_chip_filters(browser, qtbot):
    chip = browser.filter.chip("MR")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _descriptions(browser) == ["Knee"])
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: browser.model.rowCount() == 2)


def test_the_order_can_be_changed_and_is_remembered(browser, qtbot, window):
    browser.filter.set_order(StudyOrder.OLDEST)
    qtbot.waitUntil(lambda: _descriptions(browser) == ["Knee", "Head"])
    again = LibraryBrowser(window.services)
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: _descriptions(again) == ["Knee", "Head"])
    again.close_browser()


def test_a_series_opens_by_keyboard_alone(browser, qtbot):
    browser.filter.search.setFocus()
    qtbot.keyClick(browser.filter.search, Qt.Key.Key_Down)
    qtbot.keyClick(browser.tree, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: browser.model.rowCount(browser.model.index(0, 0)) == 2)
    qtbot.keyClick(browser.tree, Qt.Key.Key_Down)
    with qtbot.waitSignal(browser.open_series) as opened:
        qtbot.keyClick(browser.tree, Qt.Key.Key_Return)
    assert opened.args[0].description == "Head series"


def test_enter_on_a_study_shows_its_series(browser, qtbot):
    browser.tree.setCurrentIndex(browser.model.index(1, 0))
    qtbot.keyClick(browser.tree, Qt.Key.Key_Return)
    assert browser.tree.isExpanded(browser.model.index(1, 0))


def test_a_double_click_opens_a_series(browser, qtbot):
    parent = _expand(browser, qtbot, 1)
    browser.tree.scrollTo(browser.model.index(0, 0, parent))
    place = browser.tree.visualRect(browser.model.index(0, 0, parent)).center()
    with qtbot.waitSignal(browser.open_series) as opened:
        qtbot.mouseClick(browser.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(browser.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args[0].description == "Knee series"


def test_thumbnails_are_made_shown_and_kept(browser, qtbot, library):
    parent = _expand(browser, qtbot, 1)
    index = browser.model.index(0, 0, parent)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)
    assert index.data(Qt.ItemDataRole.DecorationRole).height() == 107  # 16 x 0.75 mm wide, 20 x 0.5 mm high
    (path,) = (library.cache_folder / "thumbnails").iterdir()
    assert QImage(str(path)).text("Instances") == "6"


def test_warnings_are_told_in_the_tooltip(browser, qtbot):
    parent = _expand(browser, qtbot, 0)
    delegate = browser.tree.itemDelegate()
    texts = [delegate.tooltip(browser.model.index(row, 0, parent)) for row in range(2)]
    assert all(text.startswith("Head series\nCT  ·  6 images") for text in texts)
    assert any(text and "tilt" in text.lower() for text in texts)


def test_removing_a_study_asks_and_keeps_the_files(browser, qtbot, library, studies, tmp_path):
    browser.tree.setCurrentIndex(browser.model.index(0, 0))
    browser.tree.setFocus()
    qtbot.keyClick(browser.tree, Qt.Key.Key_Delete)
    box = browser.findChild(QMessageBox)
    remove = next(b for b in box.buttons() if box.buttonRole(b) == QMessageBox.ButtonRole.DestructiveRole)
    assert box.defaultButton() is not remove
    remove.click()
    qtbot.waitUntil(lambda: _descriptions(browser) == ["Knee"])
    assert len(list((tmp_path / "a").iterdir())) == 6
    with StudyIndex.open(library) as index:
        assert index.counts().studies == 1
    assert [event.action for event in library.audit.events()][-1] == "care.remove-study"


def test_an_import_shows_its_progress_and_the_list_grows(browser, qtbot, window, library, tmp_path):
    make_ct_series(
        tmp_path / "d", study="d", name="d", attributes=_patient("Otto^Max", "9", "20250101", "Spine")
    )
    go_on = threading.Event()

    def work(*, progress):
        progress.report(0.3, message("Importing"))
        go_on.wait(10)
        return import_paths(library, [tmp_path / "d"], progress=progress)

    window.services.runner.submit(message("Import"), work, group=IMPORT_GROUP)
    qtbot.waitUntil(lambda: browser.progress.isVisible())
    go_on.set()
    qtbot.waitUntil(lambda: not browser.progress.isVisible())
    qtbot.waitUntil(lambda: _descriptions(browser) == ["Spine", "Head", "Knee"])


def test_many_refreshes_are_one_question(browser, qtbot, library, tmp_path):
    make_ct_series(
        tmp_path / "d", study="d", name="d", attributes=_patient("Otto^Max", "9", "20250101", "Spine")
    )
    import_paths(library, [tmp_path / "d"])
    parent = _expand(browser, qtbot, 0)
    inserted = []
    browser.model.rowsInserted.connect(lambda *rows: inserted.append(rows))
    thread = threading.Thread(target=lambda: [browser.refresh() for _ in range(50)])
    thread.start()
    qtbot.waitUntil(lambda: browser.model.rowCount() == 3)
    thread.join()
    assert len(inserted) == 1
    assert browser.tree.isExpanded(browser.model.index(1, 0))
    assert parent.row() == 0


def test_a_series_is_marked_as_soon_as_it_is_listed(browser, qtbot, library, tmp_path):
    make_ct_series(
        tmp_path / "d", study="d", name="d", attributes=_patient("Otto^Max", "9", "20250101", "Spine")
    )
    (series,) = import_paths(library, [tmp_path / "d"]).series
    browser.select_series(series)
    browser.refresh()
    qtbot.waitUntil(lambda: browser.selected_series() is not None)
    assert browser.selected_series().series_uid == series.series_uid


def test_dropped_files_are_opened(browser, window, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a"))])
    state = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(browser, QDragEnterEvent(QPoint(5, 5), *state))
    QApplication.sendEvent(browser, QDropEvent(QPointF(5, 5), *state))
    assert window.opened == [tmp_path / "a"]


def test_the_menu_of_a_series_opens_it(browser, qtbot):
    parent = _expand(browser, qtbot, 0)
    place = browser.tree.visualRect(browser.model.index(0, 0, parent)).center()
    browser.tree.customContextMenuRequested.emit(QPoint(place))
    menu = browser.findChild(QMenu)
    with qtbot.waitSignal(browser.open_series):
        menu.actions()[0].trigger()
    menu.close()


def test_an_empty_library_offers_an_import(window, qtbot):
    made = LibraryBrowser(window.services)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.counts_text() != "")
    shown = [button.text() for button in made.empty.findChildren(QPushButton) if button.isVisible()]
    assert shown == ["Import folder…", "Import files…"]
    assert not made.filter.isVisible()
    made.close_browser()
