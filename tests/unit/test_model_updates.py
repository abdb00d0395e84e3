"""Updates from a real TUF repository: found, got, gone back from; what was tampered with is refused."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from core.errors import BadInput, Cancelled, SenseError, UsageError
from core.progress import CallbackProgress, CancelToken
from models.model_server import TrustedServer
from models.store import ModelStore
from models.updates import Offer, check_updates, install_updates
from tests.file_server import FileServer, serving
from tests.model_factory import card_of, save_model, save_network
from tests.tuf_repository import TufRepository

Entry = tuple[dict[str, Any], dict[str, bytes]]


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "library" / "models")


@pytest.fixture
def repository(tmp_path: Path) -> TufRepository:
    return TufRepository(tmp_path / "served")


@pytest.fixture
def server(repository: TufRepository) -> Iterator[FileServer]:
    with serving(FileServer(repository.folder)) as running:
        yield running


@pytest.fixture
def trusted(tmp_path: Path, repository: TufRepository, server: FileServer) -> TrustedServer:
    trusted = TrustedServer(tmp_path / "library" / "model-server")
    trusted.trust(server.url, repository.root_file)
    return trusted


@pytest.fixture
def entry(tmp_path: Path):
    """Give a maker of models as an organisation offers them; another version has other weights."""
    made = 2

    def make(version: str, **changes: Any) -> Entry:
        nonlocal made
        made += 1
        path = save_network(tmp_path / "offered.onnx", channels=made)
        outputs = [{"name": "scores", "meaning": "A score for every class."}]
        card = card_of(path, version=version, **({"outputs": outputs} | changes))
        return card, {"model.onnx": path.read_bytes()}

    return make


def installed(store: ModelStore) -> list[str]:
    return [f"{model.card.id}@{model.card.version}" for model in store.models()]


def names(offer: Offer) -> list[str]:
    return [model.name for model in offer.models]


def refusal(trusted: TrustedServer, store: ModelStore, match: str) -> None:
    before = installed(store)
    with pytest.raises(SenseError, match=match):
        install_updates(trusted, store, ["small"])
    assert installed(store) == before == []


def test_an_update_is_found_got_and_gone_back_from(
    trusted: TrustedServer,
    store: ModelStore,
    repository: TufRepository,
    server: FileServer,
    tmp_path: Path,
    entry,
) -> None:
    store.add_file(save_model(tmp_path))
    repository.publish([entry("1.1"), entry("1.0"), entry("1.0", id="other")])
    offer = check_updates(trusted, store)
    assert names(offer) == ["small@1.1", "other@1.0"]
    assert [model.name for model in offer.updates] == ["small@1.1"]
    assert offer.updates[0].installed == "1.0"
    assert not [path for path, _ in server.requests if "model.onnx" in path]

    (added,) = install_updates(trusted, store)
    assert offer.updates[0].size_bytes == added.path.stat().st_size
    assert installed(store) == ["small@1.1", "small@1.0"]
    assert store.find("small").card.version == "1.1"
    assert store.revert("small").card.version == "1.0"
    assert install_updates(trusted, store) == []

    install_updates(trusted, store, ["other"])
    assert installed(store) == ["other@1.0", "small@1.1", "small@1.0"]
    with pytest.raises(BadInput, match="offers no ghost"):
        install_updates(trusted, store, ["ghost"])


def test_data_files_come_along(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path
) -> None:
    from tests.model_factory import sha256

    path = save_network(tmp_path / "big.onnx", location="weights.bin")
    files = [{"name": "weights.bin", "sha256": sha256(tmp_path / "weights.bin")}]
    entry = (
        card_of(path, data_files=files),
        {
            "model.onnx": path.read_bytes(),
            "weights.bin": (tmp_path / "weights.bin").read_bytes(),
        },
    )
    repository.publish([entry])
    (added,) = install_updates(trusted, store, ["small"])
    assert (added.folder / "weights.bin").is_file()


@pytest.mark.parametrize("changed", ["flipped", "longer", "shorter", "gone"])
def test_a_changed_file_is_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry, changed: str
) -> None:
    offered = entry("1.1")
    repository.publish([offered])
    data = offered[1]["model.onnx"]
    path = repository.target_path("small/1.1/model.onnx", data)
    flipped = data[:-1] + bytes([data[-1] ^ 1])
    path.write_bytes({"flipped": flipped, "longer": data * 9, "shorter": data[:-1], "gone": b""}[changed])
    if changed == "gone":
        path.unlink()
    refusal(trusted, store, "HTTP 404" if changed == "gone" else "not the one that was signed")


def test_an_older_state_is_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry
) -> None:
    repository.publish([entry("1.1")])
    shutil.copytree(repository.folder, tmp_path / "old")
    repository.publish([entry("1.2")])
    assert names(check_updates(trusted, store)) == ["small@1.2"]
    shutil.rmtree(repository.folder)
    shutil.copytree(tmp_path / "old", repository.folder)
    refusal(trusted, store, "older or mixed state")
    # Trusting the same server again does not forget what was seen.
    trusted.trust(trusted.needed().url, repository.root_file)
    refusal(trusted, store, "older or mixed state")


def test_a_frozen_server_is_refused_when_its_signatures_expire(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry
) -> None:
    repository.expires[Timestamp.type] = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    repository.publish([entry("1.1")])
    assert names(check_updates(trusted, store)) == ["small@1.1"]
    while datetime.now(UTC) <= repository.expires[Timestamp.type]:
        time.sleep(0.1)
    refusal(trusted, store, "have expired")


@pytest.mark.parametrize("role", [Root.type, Timestamp.type, Snapshot.type, Targets.type])
def test_expired_lists_are_refused(tmp_path: Path, store: ModelStore, entry, role: str) -> None:
    repository = TufRepository(tmp_path / "expired")
    repository.expires[role] = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    repository.publish([entry("1.1")])
    repository.publish_root([repository.signers[Root.type]])
    trusted = TrustedServer(tmp_path / "library" / "other-server")
    with serving(FileServer(repository.folder)) as server:
        trusted.trust(server.url, repository.root_file)
        refusal(trusted, store, "have expired")


@pytest.mark.parametrize("role", [Timestamp.type, Snapshot.type, Targets.type])
def test_a_foreign_key_is_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry, role: str
) -> None:
    repository.signers[role] = CryptoSigner.generate_ed25519()
    repository.publish([entry("1.1")])
    refusal(trusted, store, "not signed by the trusted keys")


def test_a_whole_foreign_repository_is_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry
) -> None:
    foreign = TufRepository(tmp_path / "foreign")
    foreign.publish_root([foreign.signers[Root.type]])
    foreign.publish([entry("1.1")])
    shutil.rmtree(repository.folder)
    shutil.copytree(foreign.folder, repository.folder)
    refusal(trusted, store, "not signed by the trusted keys")


@pytest.mark.parametrize("name", ["snapshot", "targets"])
def test_mixed_lists_are_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry, name: str
) -> None:
    repository.publish([entry("1.1")])
    repository.publish([entry("1.2")])
    metadata = repository.folder / "metadata"
    shutil.copy(metadata / f"1.{name}.json", metadata / f"2.{name}.json")
    refusal(trusted, store, "not the one that was signed|older or mixed state")


@pytest.mark.parametrize("name", ["timestamp.json", "1.snapshot.json", "1.targets.json"])
@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"signed": {}, "signatures": []}'])
def test_damaged_lists_are_refused(
    trusted: TrustedServer,
    store: ModelStore,
    repository: TufRepository,
    tmp_path: Path,
    entry,
    name: str,
    data: bytes,
) -> None:
    repository.publish([entry("1.1")])
    (repository.folder / "metadata" / name).write_bytes(data)
    refusal(trusted, store, "damaged|not the one that was signed")


def test_keys_may_be_exchanged_by_those_that_were_trusted(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, tmp_path: Path, entry
) -> None:
    store.add_file(save_model(tmp_path))
    repository.publish([entry("1.1")])
    old = repository.signers[Root.type]
    repository.signers = {role: CryptoSigner.generate_ecdsa() for role in repository.signers}
    repository.publish_root([old, repository.signers[Root.type]])
    repository.publish([entry("1.2")])
    assert [model.card.version for model in install_updates(trusted, store)] == ["1.2"]


def test_models_may_be_signed_by_a_team_of_the_organisation(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, entry
) -> None:
    team = CryptoSigner.generate_ed25519()
    repository.publish([entry("1.1")], delegated=team)
    assert [model.card.version for model in install_updates(trusted, store, ["small"])] == ["1.1"]
    repository.publish([entry("1.2")], delegated=team)
    name = repository.folder / "metadata" / "2.team.json"
    name.write_bytes((repository.folder / "metadata" / "1.team.json").read_bytes())
    with pytest.raises(SenseError, match="not the one that was signed"):
        install_updates(trusted, store, ["small"])


def test_a_folder_that_cannot_be_written_is_told(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, entry
) -> None:
    repository.publish([entry("1.1")])
    (trusted.metadata_folder / "timestamp.json").mkdir(parents=True)
    with pytest.raises(SenseError, match="cannot be written"):
        check_updates(trusted, store)


def test_what_the_store_would_not_take_is_told_and_the_rest_offered(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, entry
) -> None:
    outside = [{"name": "../x", "sha256": "0" * 64}]
    good, unsigned = entry("1.1"), entry("1.2")
    repository.publish(
        [
            entry("1.0", licence="CC-BY-NC-4.0"),
            entry("1.0", id="../../x"),
            entry("1.0", id="outside", data_files=outside),
            (unsigned[0], {}),
            good,
        ]
    )
    offer = check_updates(trusted, store)
    assert names(offer) == ["small@1.1"]
    reasons = " ".join(str(item.reason) for item in offer.rejected)
    for part in ("CC-BY-NC-4.0 is not known", "id is missing or wrong", "(../x)", "has not signed small/1.2"):
        assert part in reasons


def test_a_card_of_another_file_is_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, entry
) -> None:
    (card, _), (_, files) = entry("1.1"), entry("1.1")
    repository.publish([(card, files)])
    with pytest.raises(BadInput, match="SHA-256"):
        install_updates(trusted, store, ["small"])
    assert installed(store) == []


@pytest.mark.parametrize("index", [b"", b"[]", b'{"models": {}}', b"\xff"])
def test_an_index_without_sense_is_refused(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, index: bytes
) -> None:
    repository.publish([], **{"index.json": index})
    with pytest.raises(BadInput, match="cannot be understood"):
        check_updates(trusted, store)


def test_a_server_that_is_gone_is_told(trusted: TrustedServer, store: ModelStore, server: FileServer) -> None:
    server.statuses = [503] * 4
    with pytest.raises(SenseError, match="cannot be reached: HTTP 503"):
        check_updates(trusted, store)


def test_nothing_listens_there(store: ModelStore, repository: TufRepository, tmp_path: Path) -> None:
    with serving(FileServer(repository.folder)) as server:
        url = server.url
    trusted = TrustedServer(tmp_path / "server")
    trusted.trust(url, repository.root_file)
    with pytest.raises(SenseError, match="cannot be reached: Connection refused"):
        check_updates(trusted, store)


def test_a_cancel_does_not_wait_for_the_server(
    trusted: TrustedServer, store: ModelStore, repository: TufRepository, server: FileServer, entry
) -> None:
    card, files = entry("1.1")
    repository.publish([(card, files | {"model.onnx": files["model.onnx"] + bytes(10**6)})])
    token = CancelToken()
    cancelled = threading.Event()

    def stop(fraction: float, _text: object) -> None:
        if fraction > 0 and not cancelled.is_set():
            cancelled.set()
            threading.Timer(0.1, token.cancel).start()

    check_updates(trusted, store)
    server.stall_after = 2**17
    with pytest.raises(Cancelled):
        install_updates(trusted, store, ["small"], CallbackProgress(stop, token))
    assert cancelled.is_set()
    assert not server.resume.is_set()
    assert installed(store) == []


def test_only_a_signed_root_and_a_web_address_are_trusted(
    store: ModelStore, repository: TufRepository, tmp_path: Path
) -> None:
    trusted = TrustedServer(tmp_path / "server")
    with pytest.raises(BadInput, match="No model server is trusted"):
        check_updates(trusted, store)
    for url in (
        "",
        "models.example.org",
        "ftp://x.org",
        "https://",
        "https://me:secret@x.org",
        "https://x:y",
    ):
        with pytest.raises(UsageError, match="not the address of a model server"):
            trusted.trust(url, repository.root_file)
    root = json.loads(repository.root_file.read_text())
    root["signed"]["version"] = 7
    wrong = tmp_path / "root.json"
    repository.publish([])
    timestamp = (repository.folder / "metadata" / "timestamp.json").read_bytes()
    for data in (b"", b"{}", json.dumps(root).encode(), timestamp, b"[" * 100_000):
        wrong.write_bytes(data)
        with pytest.raises(BadInput, match="not the signed root"):
            trusted.trust("https://models.example.org", wrong)
    with pytest.raises(BadInput, match="cannot be read"):
        trusted.trust("https://models.example.org", tmp_path / "none.json")
    assert trusted.current() is None
    trusted.trust("https://models.example.org/", repository.root_file)
    assert trusted.needed().url == "https://models.example.org"
    trusted.forget()
    assert trusted.current() is None
