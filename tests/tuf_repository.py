"""A model server's TUF repository on disk, made with python-tuf as an organisation would."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

ROLES = (Root.type, Timestamp.type, Snapshot.type, Targets.type)


class TufRepository:
    """Signs and writes `metadata/` and `targets/` with consistent snapshots.

    Parameters
    ----------
    folder : Path
        What a server serves.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "metadata").mkdir(parents=True)
        self.signers = {role: CryptoSigner.generate_ed25519() for role in ROLES}
        self.version = 0
        self.root_version = 0
        self.expires = {role: datetime.now(UTC).replace(microsecond=0) + timedelta(days=30) for role in ROLES}
        self.publish_root([self.signers[Root.type]])

    @property
    def root_file(self) -> Path:
        """What the organisation gives to its users."""
        return self.folder / "metadata" / "1.root.json"

    def publish_root(self, signers: Sequence[CryptoSigner]) -> None:
        """Write the next root, which names the keys of now."""
        self.root_version += 1
        root = Root(version=self.root_version, expires=self.expires[Root.type])
        for role in ROLES:
            root.add_key(self.signers[role].public_key, role)
        self.write(root, f"{self.root_version}.root.json", signers)

    def publish(
        self,
        models: Sequence[tuple[dict[str, Any], dict[str, bytes]]],
        *,
        delegated: CryptoSigner | None = None,
        **more: bytes,
    ) -> None:
        """Offer models, each given by its card and its files by name.

        With `delegated`, the files of models are signed by that key in the name of the role "team".
        """
        files = {"index.json": json.dumps({"models": [card for card, _ in models]}).encode(), **more}
        for card, own in models:
            files |= {f"{card['id']}/{card['version']}/{name}": data for name, data in own.items()}
        self.version += 1
        targets = Targets(version=self.version, expires=self.expires[Targets.type])
        snapshot = Snapshot(version=self.version, expires=self.expires[Snapshot.type])
        team = Targets(version=self.version, expires=self.expires[Targets.type])
        for path, data in files.items():
            signing = team if delegated and "/" in path else targets
            signing.targets[path] = TargetFile.from_data(path, data)
            self.target_path(path, data).parent.mkdir(parents=True, exist_ok=True)
            self.target_path(path, data).write_bytes(data)
        if delegated is not None:
            key = delegated.public_key
            role = DelegatedRole("team", [key.keyid], 1, terminating=False, paths=["*/*/*"])
            targets.delegations = Delegations({key.keyid: key}, {"team": role})
            written = self.write(team, f"{self.version}.team.json", [delegated])
            snapshot.meta["team.json"] = _described(self.version, written)
        written = self.write(targets, f"{self.version}.targets.json")
        snapshot.meta["targets.json"] = _described(self.version, written)
        written = self.write(snapshot, f"{self.version}.snapshot.json")
        timestamp = Timestamp(version=self.version, expires=self.expires[Timestamp.type])
        timestamp.snapshot_meta = _described(self.version, written)
        self.write(timestamp, "timestamp.json")

    def target_path(self, path: str, data: bytes) -> Path:
        """Give where a target lies: with consistent snapshots its digest is part of its name."""
        folder, _, name = path.rpartition("/")
        return self.folder / "targets" / folder / f"{hashlib.sha256(data).hexdigest()}.{name}"

    def write(self, signed: Any, name: str, signers: Sequence[CryptoSigner] = ()) -> bytes:
        """Sign by the role's key, or by the given ones, and write."""
        metadata = Metadata(signed)
        for signer in signers or [self.signers[signed.type]]:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes()
        (self.folder / "metadata" / name).write_bytes(data)
        return data


def _described(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})
