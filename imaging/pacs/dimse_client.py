"""Asking a PACS by DIMSE: C-ECHO, C-FIND, C-GET, C-MOVE and C-STORE as service class user."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.progress import Progress
from imaging.instance import Instance
from imaging.pacs.association import association, quiet_network
from imaging.pacs.client import Receive, SendOutcome
from imaging.pacs.dimse_answers import is_pending, matches, refuse_failure, status_of, worst_of_suboperations
from imaging.pacs.dimse_sending import send_all
from imaging.pacs.failures import not_offered
from imaging.pacs.peers import PeerAddress
from imaging.pacs.presentation import query_contexts, receiving_contexts
from imaging.pacs.records import (
    INSTANCE_KEYS,
    SERIES_KEYS,
    STUDY_KEYS,
    Query,
    RemoteInstance,
    RemoteSeries,
    RemoteStudy,
)
from imaging.pacs.storing import StoreHandler, storing

VERIFICATION = "1.2.840.10008.1.1"
STUDY_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
STUDY_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
STUDY_GET = "1.2.840.10008.5.1.4.1.2.2.3"
_MOST_UIDS = 100  # in one request; 64 characters each


class DimseClient:
    """Speaks DIMSE with one server; every call has an association of its own.

    Parameters
    ----------
    peer : PeerAddress
        With `move_port` set, objects are asked for by C-MOVE and received on that port.
    """

    def __init__(self, peer: PeerAddress) -> None:
        self._peer = peer

    def echo(self, progress: Progress) -> None:
        """Ask whether it is there (C-ECHO)."""
        with association(self._peer, query_contexts(VERIFICATION), progress) as opened:
            self._require(opened, "C-ECHO")
            answer = opened.send_c_echo()
            progress.check()
            refuse_failure(status_of(answer, self._peer), self._peer)

    def studies(self, query: Query, progress: Progress) -> list[RemoteStudy]:
        """Find studies (C-FIND in the study root)."""
        found = self._find([("STUDY", query.matching())], STUDY_KEYS, progress)
        return [RemoteStudy.of(values) for values in found]

    def series(self, study_uid: str, progress: Progress) -> list[RemoteSeries]:
        """Find the series of a study."""
        found = self._find([("SERIES", {"StudyInstanceUID": study_uid})], SERIES_KEYS, progress)
        return [RemoteSeries.of({"StudyInstanceUID": study_uid, **values}) for values in found]

    def instances(self, series: Sequence[RemoteSeries], progress: Progress) -> list[RemoteInstance]:
        """Find the objects of some series."""
        wanted = [
            ("IMAGE", {"StudyInstanceUID": one.study_uid, "SeriesInstanceUID": one.series_uid})
            for one in series
        ]
        return [RemoteInstance.of(values) for values in self._find(wanted, INSTANCE_KEYS, progress)]

    def fetch(
        self, wanted: Sequence[RemoteInstance], whole: bool, receive: Receive, progress: Progress
    ) -> None:
        """Get one series, or some objects of it."""
        handler = StoreHandler(receive)
        identifiers = _retrieve_identifiers(wanted, whole)
        if self._peer.move_port:
            with storing(handler, self._peer.aet, self._peer.move_port):
                self._move(identifiers, progress)
        else:
            self._get(identifiers, {one.sop_class_uid for one in wanted} - {""}, handler, progress)
        handler.raise_error()

    def store(self, instances: Sequence[Instance], progress: Progress) -> Iterator[SendOutcome]:
        """Send objects as they are (C-STORE)."""
        return send_all(self._peer, instances, progress)

    def _find(
        self, requests: Iterable[tuple[str, Mapping[str, str]]], keys: Sequence[str], progress: Progress
    ) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        with association(self._peer, query_contexts(STUDY_FIND), progress) as opened:
            self._require(opened, "C-FIND")
            for level, values in requests:
                answers = opened.send_c_find(_identifier(level, keys, values), STUDY_FIND)
                try:
                    for match in matches(answers, self._peer):
                        # What the request names, some servers leave out of their answers.
                        found.append({**_exact(values), **match})
                finally:
                    progress.check()
        return found

    def _get(
        self, identifiers: Iterable[Any], sop_classes: set[str], handler: StoreHandler, progress: Progress
    ) -> None:
        proposed = receiving_contexts(sop_classes)
        build_role = quiet_network().build_role
        classes = dict.fromkeys(str(context.abstract_syntax) for context in proposed)
        contexts = [*query_contexts(STUDY_GET), *proposed]
        roles = [build_role(sop_class, scp_role=True) for sop_class in classes]
        with association(self._peer, contexts, progress, roles=roles, on_store=handler) as opened:
            self._require(opened, "C-GET", STUDY_GET)
            for identifier in identifiers:
                self._follow(opened.send_c_get(identifier, STUDY_GET), handler, progress)

    def _move(self, identifiers: Iterable[Any], progress: Progress) -> None:
        with association(self._peer, query_contexts(STUDY_MOVE), progress) as opened:
            self._require(opened, "C-MOVE")
            for identifier in identifiers:
                self._follow(opened.send_c_move(identifier, self._peer.aet, STUDY_MOVE), None, progress)

    def _follow(self, answers: Iterable[Any], handler: StoreHandler | None, progress: Progress) -> None:
        for answer, _ in answers:
            progress.check()
            if handler is not None:
                handler.raise_error()
            if is_pending(status_of(answer, self._peer)):
                continue
            if (error := worst_of_suboperations(answer, self._peer)) is not None:
                raise error

    def _require(self, opened: Any, service: str, model: str = "") -> None:
        accepted = [str(context.abstract_syntax) for context in opened.accepted_contexts]
        if not accepted or (model and model not in accepted):
            raise not_offered(self._peer.name, service)


def _exact(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if key.endswith("InstanceUID")}


def _identifier(level: str, keys: Sequence[str], values: Mapping[str, str]) -> Any:
    from pydicom.dataset import Dataset

    identifier = Dataset()
    identifier.SpecificCharacterSet = "ISO_IR 192"
    identifier.QueryRetrieveLevel = level
    for keyword in keys:
        setattr(identifier, keyword, None)
    for keyword, value in values.items():
        setattr(identifier, keyword, value)
    return identifier


def _retrieve_identifiers(wanted: Sequence[RemoteInstance], whole: bool) -> Iterator[Any]:
    """Ask for a whole series at once, or for some of its objects in lists of UIDs (PS3.4 C.4.3.1.3)."""
    series = {"StudyInstanceUID": wanted[0].study_uid, "SeriesInstanceUID": wanted[0].series_uid}
    if whole:
        yield _retrieve("SERIES", series)
        return
    for start in range(0, len(wanted), _MOST_UIDS):
        uids = [one.sop_uid for one in wanted[start : start + _MOST_UIDS]]
        yield _retrieve("IMAGE", {**series, "SOPInstanceUID": uids})


def _retrieve(level: str, values: Mapping[str, Any]) -> Any:
    from pydicom.dataset import Dataset

    identifier = Dataset()
    identifier.QueryRetrieveLevel = level
    for keyword, value in values.items():
        setattr(identifier, keyword, value)
    return identifier
