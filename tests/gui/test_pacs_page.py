"""The PACS page with a real Orthanc, real jobs and real widgets, off screen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox

from core.context import Context
from core.library import Library
from imaging.importing import import_paths
from imaging.pacs.peers import PeerAddress, find_peer, save_peer, saved_peers
from imaging.pacs.sending import send_series
from tests.dicom_factory import make_ct_series
from tests.system.pacs_servers import Orthanc, free_port
from viewers import commands
from viewers.pacs_search import Period
from viewers.ui.pacs_send_dialog import PacsSendDialog
from viewers.ui.pacs_server_dialog import PacsServerDialog

PATIENCE_MS = 20_000
# pynetdicom 3.0.4 drops a socket that was refused without closing it.
refused_sockets = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_ct_series(tmp_path_factory.mktemp("ct"), slices=10, rows=24, columns=20)


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory, made):
    server = Orthanc(tmp_path_factory.mktemp("orthanc")).start()
    library = Library.open(tmp_path_factory.mktemp("sender"))
    import_paths(library, [made.folder])
    assert send_series(library, PeerAddress(server.web_url), [made.series_uid]).sent == 10
    yield server
    server.stop()


@pytest.fixture
def workspace(make_workspace):
    return make_workspace()


@pytest.fixture
def page(workspace, library):
    commands.show_pacs(Context(library, workspace=workspace))
    return workspace.exchange.pacs


def saved(page, library, url):
    save_peer(library.settings, PeerAddress(url, name="ward"))
    page._list_servers("ward")


def told(qtbot, page, text):
    def check():
        assert text in page.status.text()

    qtbot.waitUntil(check, timeout=PATIENCE_MS)


@pytest.mark.parametrize("protocol", ["dimse", "web"])
def test_a_study_is_found_got_opened_and_sent_back(qtbot, library, workspace, page, orthanc, made, protocol):
    saved(page, library, orthanc.dimse_url if protocol == "dimse" else orthanc.web_url)
    page.test.click()
    told(qtbot, page, "ward answers.")
    page.period.setCurrentIndex(page.period.findData(Period.ANY))
    page.patient_name.setText("Phantom")
    page.search.click()
    told(qtbot, page, "Studies found: 1")
    row = [page.table.model().index(0, column).data() for column in range(6)]
    assert row == ["Phantom Ada", "PHANTOM-1", "2026-01-02", "CT", "Synthetic", "10"]
    page.get.click()
    told(qtbot, page, "The study is here: 10 images.")
    qtbot.waitUntil(
        lambda: workspace.document.volume is not None and not workspace.opener.loading, timeout=PATIENCE_MS
    )
    assert workspace.document.series.series_uid == made.series_uid
    page.send.click()
    dialog = page.findChild(PacsSendDialog)
    assert dialog.series_uids == [made.series_uid]
    dialog.accept()
    told(qtbot, page, "Images sent: 10, waiting: 0, refused: 0")


def test_several_series_are_chosen_and_sent(qtbot, library, page, orthanc, made, tmp_path):
    other = make_ct_series(tmp_path / "other", slices=3, name="other", study="other")
    import_paths(library, [made.folder, other.folder])
    saved(page, library, orthanc.web_url)
    page.send.click()
    dialog = page.findChild(PacsSendDialog)
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    qtbot.waitUntil(lambda: dialog.tree.topLevelItemCount() == 2, timeout=PATIENCE_MS)
    dialog.tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    dialog.tree.topLevelItem(1).child(0).setCheckState(0, Qt.CheckState.Checked)
    assert dialog.series_uids == sorted([made.series_uid, other.series_uid])
    dialog.search.setText("no such patient")
    qtbot.waitUntil(lambda: dialog.tree.topLevelItemCount() == 0, timeout=PATIENCE_MS)
    assert len(dialog.series_uids) == 2
    dialog.accept()
    told(qtbot, page, "Images sent: 13, waiting: 0, refused: 0")


@refused_sockets
def test_nothing_found_and_nobody_there_are_told(qtbot, library, page, orthanc):
    saved(page, library, orthanc.web_url)
    page.patient_id.setText("NOBODY")
    page.start_search()
    told(qtbot, page, "No study matches.")
    assert not page.get.isEnabled()
    saved(page, library, f"dimse://AWAY@127.0.0.1:{free_port()}")
    page.start_search()
    told(qtbot, page, "ward cannot be reached: the connection was refused.")


@refused_sockets
def test_what_could_not_be_sent_waits_and_is_sent_from_here(qtbot, library, workspace, page, orthanc, made):
    import_paths(library, [made.folder])
    away = PeerAddress(f"dimse://ORTHANC@127.0.0.1:{free_port()}", name="ward")
    assert send_series(library, away, [made.series_uid]).waiting == 10
    page._exchange.look_at_queue()
    qtbot.waitUntil(lambda: page.send_waiting.text() == "Send what waits (10)", timeout=PATIENCE_MS)
    assert page.send_waiting.isVisible()
    page.send_waiting.click()
    told(qtbot, page, "ward cannot be reached")
    qtbot.waitUntil(lambda: not workspace._services.runner.active(), timeout=PATIENCE_MS)


def test_a_server_is_added_changed_and_removed(qtbot, library, page):
    assert "Add a server" in page.status.text()
    assert not page.search.isEnabled()
    page.add.click()
    dialog = page.findChild(PacsServerDialog)
    dialog.name.setText("ward")
    dialog.url.setText("nonsense")
    save = dialog.buttons.button(QDialogButtonBox.StandardButton.Save)
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    assert "nonsense is neither" in dialog.error.text()
    assert saved_peers(library.settings) == []
    dialog.url.setText("dimse://ARCHIVE@127.0.0.1:104")
    dialog.aet.setText("WARD7")
    dialog.move_port.setValue(11112)
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    peer = find_peer(library.settings, "ward")
    assert (peer.called_aet, peer.aet, peer.move_port) == ("ARCHIVE", "WARD7", 11112)
    assert page.servers.currentText() == "ward"
    assert page.search.isEnabled()
    changed = PacsServerDialog(page._services, peer, page)
    qtbot.addWidget(changed)
    changed.name.setText("archive")
    changed.accept()
    assert [one.name for one in saved_peers(library.settings)] == ["archive"]
    page._list_servers("archive")
    page.remove.click()
    assert saved_peers(library.settings) == []
    assert not page.test.isEnabled()
