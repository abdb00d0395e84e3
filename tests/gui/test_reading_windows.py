"""Reports, plans and documents in their windows, with real files."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from core.coded_concept import InstanceReference
from imaging.documents import Document, write_document
from imaging.importing import import_paths
from imaging.measurement_report_writing import write_measurement_report
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series
from tests.pdf_factory import make_pdf
from tests.plan_factory import make_plan
from tests.report_factory import measured_ct
from viewers.derived_objects import DerivedObject
from viewers.object_kinds import OBJECT_KINDS
from viewers.ui.image_links import ImageLinks
from viewers.ui.object_pages import open_document, open_plan, open_report
from viewers.ui.reading_window import ReadingWindow
from viewers.viewer_document import ViewerDocument

READ_MS = 20_000
KINDS = {kind.id: kind for kind in OBJECT_KINDS}


class Host(QWidget):
    """Stands for the workspace: takes the images that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[InstanceReference] = []

    def show_image(self, reference: InstanceReference) -> None:
        self.wanted.append(reference)


@pytest.fixture
def host(qtbot):
    made = Host()
    qtbot.addWidget(made)
    yield made
    for window in made.findChildren(ReadingWindow):
        window.close()


def derived(kind, path):
    return DerivedObject(KINDS[kind], "1.2.3", "1.2", path, "a title")


def only_window(host) -> ReadingWindow:
    (window,) = host.findChildren(ReadingWindow)
    return window


def test_a_report_is_shown_and_its_links_lead_to_images(host, services, qtbot, tmp_path):
    images, report = measured_ct(tmp_path / "ct")
    write_measurement_report(tmp_path / "sr.dcm", report, images)
    open_report(services, derived("report", tmp_path / "sr.dcm"), host)
    window = only_window(host)
    qtbot.waitUntil(lambda: "nodule 1" in window.text.toPlainText(), timeout=READ_MS)
    assert window.windowTitle() == "Report – a title"
    uid = str(images[1].SOPInstanceUID)
    window.text.anchorClicked.emit(QUrl(f"image:{uid}"))
    assert host.wanted == [InstanceReference("", uid)]


def test_an_object_has_one_window(host, services, qtbot, tmp_path):
    plan = derived("plan", make_plan(tmp_path / "plan.dcm"))
    open_plan(services, plan, host)
    open_plan(services, plan, host)
    window = only_window(host)
    qtbot.waitUntil(lambda: "arc <1>" in window.text.toPlainText(), timeout=READ_MS)


def test_what_cannot_be_read_says_why(host, services, qtbot, tmp_path):
    made = make_ct_series(tmp_path, slices=1)
    open_plan(services, derived("plan", made.files[0]), host)
    window = only_window(host)
    qtbot.waitUntil(lambda: window.error is not None, timeout=READ_MS)
    assert "no treatment plan" in str(window.error)


def test_the_pages_of_a_document_are_drawn(host, services, qtbot, tmp_path):
    image = source_header(make_ct_series(tmp_path / "ct", slices=1).files[0])
    data = make_pdf([(1, 0, 0), (0, 0, 1)])
    write_document(tmp_path / "doc.dcm", Document("letter", data), image)
    open_document(services, derived("document", tmp_path / "doc.dcm"), host)
    window = only_window(host)

    def drawn() -> bool:
        return len(window.pictures) == 2 and not any(one.isNull() for one in window.pictures)

    qtbot.waitUntil(drawn, timeout=READ_MS)
    for picture, colour in zip(window.pictures, ("#ff0000", "#0000ff"), strict=True):
        image = picture.toImage()
        assert image.pixelColor(image.width() // 4, image.height() // 4).name() == colour
    window.save(tmp_path / "out.pdf")
    qtbot.waitUntil((tmp_path / "out.pdf").exists, timeout=READ_MS)
    assert (tmp_path / "out.pdf").read_bytes() == data


def test_a_link_goes_to_the_slice_or_asks_for_its_series(services, errors, qtbot, tmp_path):
    made = make_ct_series(tmp_path / "ct", slices=5)
    import_paths(services.library, [tmp_path / "ct"])
    document = ViewerDocument(services.library.settings)
    parent = QWidget()
    qtbot.addWidget(parent)
    links = ImageLinks(services, document, parent)
    uid = str(source_header(made.files[3]).SOPInstanceUID)
    with qtbot.waitSignal(links.series_wanted, timeout=READ_MS) as asked:
        links.follow(InstanceReference("", uid))
    (series,) = asked.args
    assert series.series_uid == made.series_uid
    from viewers.series_loading import LoadingEvents, open_series

    loaded = open_series(services.library, series, LoadingEvents(lambda *_: None, lambda *_: None))
    document.open(loaded.volume, series, None)
    links.series_opened()
    assert document.state.cursor_lps_mm[2] == pytest.approx(made.positions_lps_mm[3][2])
    links.follow(InstanceReference("", str(source_header(made.files[0]).SOPInstanceUID)))
    qtbot.waitUntil(
        lambda: document.state.cursor_lps_mm[2] == pytest.approx(made.positions_lps_mm[0][2]), timeout=READ_MS
    )
    links.follow(InstanceReference("", "1.2.3.4"))
    qtbot.waitUntil(lambda: bool(errors), timeout=READ_MS)
    assert str(errors[0]) == "The image is not in the library."
    links.close()
