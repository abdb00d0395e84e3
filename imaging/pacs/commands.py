"""`sense pacs echo`, `find`, `get` and `serve`."""

import signal
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import ExitStatus, UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.found_file import Rejected
from imaging.pacs.association import serving_context
from imaging.pacs.exchange import Retrieved, echo, find_series, find_studies, retrieve_study
from imaging.pacs.options import PeerOptions, warnings_about
from imaging.pacs.peers import DEFAULT_AET
from imaging.pacs.provider import Received, serve
from imaging.pacs.records import Query, RemoteSeries, RemoteStudy, date_range
from imaging.series_listing import describe


class Level(StrEnum):
    """What is listed."""

    STUDY = "study"
    SERIES = "series"


@dataclass(frozen=True)
class Report:
    """What a command about a PACS prints: an object, and the same as text."""

    values: dict[str, Any]
    text: str
    notes: tuple[Message, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    exit_status: ExitStatus = ExitStatus.DONE

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return self.values

    def __str__(self) -> str:
        """Give the text."""
        return self.text


@dataclass(frozen=True, kw_only=True)
class FindOptions(PeerOptions):
    """What is looked for; `*` and `?` stand for any characters."""

    patient: str = field(default="", metadata={"help": "patient ID", "metavar": "ID"})
    name: str = field(default="", metadata={"help": "patient's name", "metavar": "NAME"})
    accession: str = field(default="", metadata={"help": "accession number", "metavar": "NUMBER"})
    date: str = field(
        default="",
        metadata={"help": "study date, such as 20260101-20260131 or 20260101-", "metavar": "FROM-TO"},
    )
    modality: str = field(default="", metadata={"help": "CT, MR, ...", "metavar": "M"})
    study: str = field(default="", metadata={"help": "StudyInstanceUID", "metavar": "UID"})
    level: Level = field(default=Level.STUDY, metadata={"help": "list studies or series"})

    def query(self) -> Query:
        """Give what is matched; `UsageError` where the date is none."""
        dates = date_range(self.date) if self.date else ""
        return Query(self.patient, self.name, self.accession, self.modality, dates, self.study)


@dataclass(frozen=True, kw_only=True)
class GetOptions(PeerOptions):
    """Which study to get."""

    study_uid: str = field(metadata={"help": "StudyInstanceUID", "positional": True, "metavar": "STUDY_UID"})


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """Where to listen, and whom to let in."""

    port: int = field(metadata={"help": "TCP port to listen on", "metavar": "N"})
    aet: str = field(default=DEFAULT_AET, metadata={"help": "our AE title"})
    host: str = field(default="", metadata={"help": "listen on this address only (default: all)"})
    allow: tuple[str, ...] = field(
        default=(), metadata={"help": "AE titles that may send (default: any)", "metavar": "AET"}
    )
    certificate: Path | None = field(
        default=None, metadata={"help": "speak TLS only and show this certificate (PEM)", "metavar": "FILE"}
    )
    key: Path | None = field(default=None, metadata={"help": "its private key (PEM)", "metavar": "FILE"})
    ca: Path | None = field(
        default=None,
        metadata={"help": "callers need a certificate of an authority in this PEM file", "metavar": "FILE"},
    )

    def tls(self) -> ssl.SSLContext | None:
        """Give what is shown to callers; None without TLS. `UsageError` for a key without a certificate."""
        if self.certificate is not None:
            return serving_context(self.certificate, self.key, self.ca)
        if self.key is not None or self.ca is not None:
            text = QT_TRANSLATE_NOOP("Message", "--key and --ca need --certificate.")
            raise UsageError(message(text))
        return None


def echo_command(context: Context, options: PeerOptions) -> Report:
    """Ask whether a PACS is there."""
    peer = options.address(context)
    echo(context.library, peer, token=options.secret(peer), progress=context.progress)
    return Report({"peer": peer.name, "ok": True}, f"{peer.name} answers.", warnings_about(peer))


def find_command(context: Context, options: FindOptions) -> Report:
    """List studies or series of a PACS."""
    peer, query = options.address(context), options.query()
    arguments: dict[str, Any] = {"token": options.secret(peer), "progress": context.progress}
    if options.level is Level.SERIES:
        series = find_series(context.library, peer, query, **arguments)
        values = {"series": [one.to_json() for one in series]}
        text = "\n".join(map(_series_line, series))
    else:
        studies = find_studies(context.library, peer, query, **arguments)
        values = {"studies": [one.to_json() for one in studies]}
        text = "\n".join(map(_study_line, studies))
    return Report({"peer": peer.name, "level": str(options.level), **values}, text, warnings_about(peer))


def get_command(context: Context, options: GetOptions) -> Report:
    """Get what the library lacks of a study."""
    peer = options.address(context)
    got: Retrieved = retrieve_study(
        context.library, peer, options.study_uid, token=options.secret(peer), progress=context.progress
    )
    values = {
        "peer": peer.name,
        "study_uid": options.study_uid,
        "received": got.received,
        "present": got.present,
        "missing": got.missing,
        "series": [one.to_json() for one in got.series],
        "rejected": [one.to_json() for one in got.rejected],
    }
    text = "\n".join(describe(one) for one in got.series)
    status = ExitStatus.FAILED if got.missing and not got.received else ExitStatus.DONE
    return Report(values, text, warnings_about(peer), got.rejected, status)


def serve_command(context: Context, options: ServeOptions) -> Report:
    """Receive until the program is interrupted."""
    tls = options.tls()
    with _stopped_by_signals() as stop:
        came: Received = serve(
            context.library,
            options.port,
            options.aet,
            host=options.host,
            callers=options.allow,
            tls=tls,
            stop=stop,
            progress=context.progress,
        )
    values = {
        "received": came.received,
        "new": came.new,
        "series": [one.to_json() for one in came.series],
        "rejected": [one.to_json() for one in came.rejected],
    }
    return Report(values, "\n".join(describe(one) for one in came.series), rejected=came.rejected)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set: ending a server so is not an error."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _study_line(study: RemoteStudy) -> str:
    count = "" if study.instances is None else f"{study.instances} images"
    who = f"{study.patient_name} ({study.patient_id})"
    parts = (study.study_uid, study.study_date, ",".join(study.modalities), who, study.description, count)
    return "  ".join(part for part in parts if part)


def _series_line(series: RemoteSeries) -> str:
    count = "" if series.instances is None else f"{series.instances} images"
    parts = (series.series_uid, series.number, series.modality, series.description, count)
    return "  ".join(part for part in parts if part)
