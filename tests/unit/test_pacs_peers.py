from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import UsageError
from core.library import Library
from imaging.pacs.peers import PeerAddress, find_peer, read_token, remove_peer, save_peer, saved_peers
from imaging.pacs.records import RemoteStudy, date_range


def test_an_address_of_dimse() -> None:
    peer = PeerAddress("dimse://ARCHIVE@10.0.0.5:11112")
    assert (peer.is_dimse, peer.called_aet, peer.host, peer.port) == (True, "ARCHIVE", "10.0.0.5", 11112)
    assert peer.name == peer.url
    assert PeerAddress("dimse://MY%20PACS@pacs").called_aet == "MY PACS"
    assert PeerAddress("dimse://ARCHIVE@pacs").port == 104
    assert PeerAddress("dimse://ARCHIVE@[::1]:104").host == "::1"


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("https://pacs.example.org/dicom-web", False),
        ("http://127.0.0.1:8042/dicom-web", False),
        ("http://localhost:8042/dicom-web", False),
        ("http://pacs.example.org/dicom-web", True),
    ],
)
def test_clear_text_over_a_network_is_known(url: str, exposed: bool) -> None:
    assert PeerAddress(url).is_exposed is exposed
    assert not PeerAddress(url).is_dimse


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ward",
        "dimse://pacs:104",
        "dimse://AET@:104",
        "dimse://AET@pacs:port",
        "dimse://AET@pacs:104/path",
        "dimse://SEVENTEEN_LETTERS@pacs",
        "dimse://%20@pacs",
        "ftp://pacs/dicom-web",
        "https:///dicom-web",
        "https://user:secret@pacs/dicom-web",
        "http://[",
    ],
)
def test_what_is_no_address_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError):
        PeerAddress(url)


def test_saved_servers_survive_and_secrets_are_not_saved(library: Library) -> None:
    peer = PeerAddress("dimse://A@pacs:104", name="ward", aet="WARD7", tls=True, move_port=11112)
    save_peer(library.settings, peer)
    save_peer(library.settings, PeerAddress("https://pacs/dicom-web", name="web"))
    again = Library.open(library.folder).settings
    assert [one.name for one in saved_peers(again)] == ["ward", "web"]
    assert find_peer(again, "ward") == peer
    assert find_peer(again, "dimse://B@pacs") == PeerAddress("dimse://B@pacs")
    remove_peer(again, "ward")
    assert [one.name for one in saved_peers(again)] == ["web"]
    with pytest.raises(UsageError):
        remove_peer(again, "ward")
    with pytest.raises(UsageError):
        save_peer(again, replace(peer, name="dimse://x"))


def test_a_saved_server_that_was_broken_is_left_out(library: Library) -> None:
    library.settings.set(
        "pacs.peers", {"a": {"url": "nonsense"}, "b": 3, "c": {"url": "dimse://A@b", "new": 1}}
    )
    assert [one.name for one in saved_peers(library.settings)] == ["c"]


def test_a_token_comes_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    peer = PeerAddress("https://pacs/dicom-web", token_file=str(tmp_path / "token"))
    assert read_token(peer) == "secret"
    assert read_token(peer, "given") == "given"
    assert read_token(PeerAddress("https://pacs/dicom-web")) == ""


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("20260101", "20260101"),
        ("20260101-20260131", "20260101-20260131"),
        ("2026-01-01-2026-01-31", "20260101-20260131"),
        ("20260101-", "20260101-"),
        ("-2026-01-31", "-20260131"),
    ],
)
def test_dates(text: str, dates: str) -> None:
    assert date_range(text) == dates


@pytest.mark.parametrize(
    "text", ["", "-", "2026", "yesterday", "2026010120260131", "20260101-20", "20260101--"]
)
def test_no_dates(text: str) -> None:
    with pytest.raises(UsageError):
        date_range(text)


def test_an_answer_with_odd_numbers_is_read() -> None:
    values = {
        "StudyInstanceUID": "1.2",
        "ModalitiesInStudy": "CT\\SR",
        "NumberOfStudyRelatedInstances": "many",
    }
    study = RemoteStudy.of(values)
    assert study.modalities == ("CT", "SR")
    assert study.instances is None
    assert study.series is None
    assert study.to_json()["modalities"] == ["CT", "SR"]
