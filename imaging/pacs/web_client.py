"""Asking a PACS by DICOMweb: QIDO-RS, WADO-RS and STOW-RS (PS3.18 10)."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from imaging.instance import Instance
from imaging.pacs.client import Fate, Receive, SendOutcome
from imaging.pacs.failures import AnswerFailed, PacsError, cut_off, failed_status, unreadable_answer
from imaging.pacs.multipart import BrokenBody, MultipartBody, boundary_of, parts_of
from imaging.pacs.part10 import has_file_meta, with_file_meta
from imaging.pacs.peers import PeerAddress
from imaging.pacs.records import (
    INSTANCE_KEYS,
    SERIES_KEYS,
    STUDY_KEYS,
    Query,
    RemoteInstance,
    RemoteSeries,
    RemoteStudy,
)
from imaging.pacs.web_session import WebSession

# As it is stored, whatever that is (PS3.18 8.7.3.5.2).
_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_PAGE = 1000
_BATCH_OBJECTS, _BATCH_BYTES = 50, 64 << 20
_MOST_FAILURES = 8  # in a row: enough to find the one of a batch, after which the server is to blame


class WebClient:
    """Speaks DICOMweb with one server.

    Parameters
    ----------
    peer : PeerAddress
        Its URL is the root of the service.
    token : str
        Bearer token; "" for none.
    """

    def __init__(self, peer: PeerAddress, token: str = "") -> None:
        self._peer = peer
        self._session = WebSession(peer, token)

    def echo(self, progress: Progress) -> None:
        """Ask for one study, which tells whether the service is there and lets us in."""
        self._session.json("studies", {"limit": "1"}, progress)

    def studies(self, query: Query, progress: Progress) -> list[RemoteStudy]:
        """Find studies."""
        return [RemoteStudy.of(one) for one in self._find("studies", query.matching(), STUDY_KEYS, progress)]

    def series(self, study_uid: str, progress: Progress) -> list[RemoteSeries]:
        """Find the series of a study."""
        found = self._find(f"studies/{study_uid}/series", {}, SERIES_KEYS, progress)
        return [RemoteSeries.of({**one, "StudyInstanceUID": study_uid}) for one in found]

    def instances(self, series: Sequence[RemoteSeries], progress: Progress) -> list[RemoteInstance]:
        """Find the objects of some series."""
        found: list[RemoteInstance] = []
        for one in series:
            path = f"studies/{one.study_uid}/series/{one.series_uid}/instances"
            known = {"StudyInstanceUID": one.study_uid, "SeriesInstanceUID": one.series_uid}
            answers = self._find(path, {}, INSTANCE_KEYS, progress)
            found += [RemoteInstance.of({**values, **known}) for values in answers]
        return found

    def fetch(
        self, wanted: Sequence[RemoteInstance], whole: bool, receive: Receive, progress: Progress
    ) -> None:
        """Get one series, or some objects of it (WADO-RS)."""
        path = f"studies/{wanted[0].study_uid}/series/{wanted[0].series_uid}"
        paths = [path] if whole else [f"{path}/instances/{one.sop_uid}" for one in wanted]
        for one in paths:
            with self._session.stream(one, _AS_STORED, progress) as (content_type, blocks):
                self._receive(content_type, blocks, receive, progress)

    def store(self, instances: Sequence[Instance], progress: Progress) -> Iterator[SendOutcome]:
        """Send objects as they are (STOW-RS)."""
        waiting, failures = list(_batches(instances)), 0
        while waiting:
            progress.check()
            batch = waiting.pop(0)
            try:
                outcomes = list(self._store(batch, progress))
            except AnswerFailed as error:
                # One object may be what the server cannot bear: halve the batch until it is alone.
                failures += 1
                if failures > _MOST_FAILURES:
                    raise
                if len(batch) > 1:
                    middle = len(batch) // 2
                    waiting[:0] = [batch[:middle], batch[middle:]]
                else:
                    yield SendOutcome(batch[0], Fate.LATER, error.message)
            else:
                failures = 0
                yield from outcomes

    def _find(
        self, path: str, matching: Mapping[str, str], keys: Sequence[str], progress: Progress
    ) -> list[dict[str, str]]:
        """Ask page by page until the server has no more."""
        asked: dict[str, str | list[str]] = {
            **matching,
            "includefield": [key for key in keys if key not in matching],
        }
        found: list[dict[str, str]] = []
        seen: set[str] = set()
        while True:
            page = self._session.json(
                path, {**asked, "limit": str(_PAGE), "offset": str(len(found))}, progress
            )
            values = [_texts(one) for one in page]
            new = [one for one in values if (key := _identity(one)) not in seen and not seen.add(key)]
            found += new
            if len(page) < _PAGE or not new:  # some servers give all at once, or the same page again
                return found

    def _receive(
        self, content_type: str, blocks: Iterator[bytes], receive: Receive, progress: Progress
    ) -> None:
        try:
            if content_type.lower().startswith("application/dicom"):  # one object, as it is
                receive(blocks)
                return
            for part in parts_of(blocks, boundary_of(content_type)):
                receive(part)
                progress.check()
        except BrokenBody as error:
            raise (cut_off if str(error) == "cut off" else unreadable_answer)(self._peer.name) from error

    def _store(self, batch: Sequence[Instance], progress: Progress) -> Iterator[SendOutcome]:
        readable: list[Instance] = []
        contents: list[Path | bytes] = []
        for instance in batch:
            try:
                contents.append(_content(instance))
                readable.append(instance)
            except (OSError, AttributeError, ValueError):
                reason = message(QT_TRANSLATE_NOOP("Message", "the file cannot be read as DICOM"))
                yield SendOutcome(instance, Fate.REFUSED, reason)
        if not readable:
            return
        boundary = uuid.uuid4().hex
        body = MultipartBody(contents, boundary)
        kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
        try:
            answer = self._session.post("studies", body, kind, progress)
        finally:
            body.close()
        stored, failed = _references(answer, "00081199"), _references(answer, "00081198")
        for instance in readable:
            yield _outcome(self._peer, instance, stored, failed)


def _outcome(
    peer: PeerAddress, instance: Instance, stored: Mapping[str, int], failed: Mapping[str, int]
) -> SendOutcome:
    if instance.sop_uid in stored and instance.sop_uid not in failed:
        return SendOutcome(instance, Fate.STORED)
    status = failed.get(instance.sop_uid, 0)
    fate = Fate.LATER if status >> 8 == 0xA7 else Fate.REFUSED
    error: PacsError = failed_status(peer.name, status) if status else unreadable_answer(peer.name)
    return SendOutcome(instance, fate, error.message)


def _references(answer: Mapping[str, Any], tag: str) -> dict[str, int]:
    """Give the objects of a sequence of references, which may be empty, each with its failure reason."""
    found: dict[str, int] = {}
    for item in answer.get(tag, {}).get("Value") or ():
        uids = item.get("00081155", {}).get("Value") or ()
        reasons = item.get("00081197", {}).get("Value") or (0,)
        found.update({str(uid): int(reasons[0] or 0) for uid in uids})
    return found


def _content(instance: Instance) -> Path | bytes:
    path = Path(instance.path)
    if has_file_meta(path):
        return path
    buffer = BytesIO()
    with_file_meta(instance).save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _batches(instances: Sequence[Instance]) -> Iterator[list[Instance]]:
    batch: list[Instance] = []
    size = 0
    for instance in instances:
        if batch and (len(batch) == _BATCH_OBJECTS or size + instance.size_bytes > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(instance)
        size += instance.size_bytes
    if batch:
        yield batch


def _identity(values: Mapping[str, str]) -> str:
    keys = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    return next((values[key] for key in keys if values.get(key)), "")


def _texts(item: Any) -> dict[str, str]:
    """Give the attributes of a DICOM JSON object as text, by keyword."""
    from pydicom.datadict import keyword_for_tag

    texts: dict[str, str] = {}
    for tag, element in item.items() if isinstance(item, dict) else ():
        keyword = keyword_for_tag(tag) if len(tag) == 8 else ""
        if keyword and isinstance(element, dict) and element.get("vr") != "SQ":
            texts[keyword] = "\\".join(_text(value) for value in element.get("Value") or ())
    return texts


def _text(value: Any) -> str:
    if isinstance(value, dict):  # a person's name (PS3.18 F.2.2)
        return str(value.get("Alphabetic") or value.get("Ideographic") or value.get("Phonetic") or "")
    return "" if value is None else str(value).strip()
