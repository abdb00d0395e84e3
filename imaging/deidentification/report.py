"""What a batch changed, by attribute and without any value."""

import html
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.message import Message
from core.provenance import program_version
from imaging.deidentification.instance_file import CleanedInstance
from imaging.deidentification.profile import EDITION, ProfileOption, Rules
from imaging.found_file import Rejected

_FACES = "Faces in head CT and MR can be recognised from the voxels; they were not removed (--deface)."
_DEFACED = (
    "Faces in CT and MR were cut off by a plane before the brain (Quickshear, a classical method): look at "
    "the result. Ears and the shape of the skull remain. Series of CT and MR without a head: {count}."
)


@dataclass
class ChangeReport:
    """The changes of a batch.

    Parameters
    ----------
    rules : Rules
        Profile and options.
    instances, no_heads : int
        Files written, and series of CT and MR in which no head was found.
    """

    rules: Rules
    instances: int = 0
    no_heads: int = 0
    _changes: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    _notes: Counter[str] = field(default_factory=Counter[str])
    _studies: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])

    def add(self, cleaned: CleanedInstance) -> None:
        """Count what was done to one instance."""
        self.instances += 1
        self._changes.update(cleaned.changes.keys())
        self._notes.update(_nameless(note) for note in cleaned.notes)
        series = self._studies.setdefault(cleaned.study_uid, {})
        series[cleaned.series_uid] = series.get(cleaned.series_uid, 0) + 1

    @property
    def study_uids(self) -> tuple[str, ...]:
        """New UIDs of the studies."""
        return tuple(self._studies)

    @property
    def _faces(self) -> str:
        defaced = ProfileOption.DEFACE in self.rules.options
        return _DEFACED.format(count=self.no_heads) if defaced else _FACES

    def to_json(self, rejected: Sequence[Rejected] = ()) -> dict[str, Any]:
        """Give the report; names of input files are left out, since they often name the patient."""
        return {
            "program": f"Sense Workstation {program_version()}",
            "standard": f"DICOM PS3.15 {EDITION} annex E",
            "profile": [{"code": code, "meaning": meaning} for code, meaning in self.rules.codes()],
            "instances": self.instances,
            "studies": [
                {
                    "study_uid": uid,
                    "series": [{"series_uid": name, "instances": n} for name, n in series.items()],
                }
                for uid, series in sorted(self._studies.items())
            ],
            "changes": [
                {"tag": tags, "attribute": keyword, "action": action, "instances": count}
                for (tags, keyword, action), count in sorted(self._changes.items())
            ],
            "notes": [*(f"{text} ({count})" for text, count in sorted(self._notes.items())), self._faces],
            "rejected": [
                {"reason": text, "files": count}
                for text, count in sorted(Counter(_nameless(item.reason) for item in rejected).items())
            ],
        }

    def write(self, folder: Path, rejected: Sequence[Rejected]) -> None:
        """Write `deidentification.json` and `deidentification.html`."""
        content = self.to_json(rejected)
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (folder / "deidentification.json").write_text(text + "\n", encoding="utf-8")
        (folder / "deidentification.html").write_text(_page(content), encoding="utf-8")


def _nameless(text: Message) -> str:
    return str(Message(text.text, {**text.values, "name": "A file"}))


def _page(content: dict[str, Any]) -> str:
    changes = ((row["tag"], row["attribute"], row["action"], row["instances"]) for row in content["changes"])
    profile = ", ".join(f"{item['meaning']} ({item['code']})" for item in content["profile"])
    head = f"{content['program']}, {content['standard']}: {profile}"
    parts = [
        "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>De-identification report</title>",
        "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}",
        "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem;",
        "border-bottom:1px solid #ccc}td:first-child{font-family:monospace}td:last-child{text-align:right}",
        "</style><h1>De-identification report</h1>",
        f"<p>{html.escape(head)}.</p>",
        f"<p>{content['instances']} instances of {len(content['studies'])} studies.</p>",
        "<h2>Notes</h2>",
        _list([*content["notes"], *(f"{row['reason']} ({row['files']})" for row in content["rejected"])]),
        "<h2>Changes</h2>",
        _table(("Tag", "Attribute", "Action", "Instances"), changes),
        "</html>\n",
    ]
    return "\n".join(parts)


def _list(items: Iterable[object]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(str(item))}</li>' for item in items)}</ul>"


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    def line(kind: str, cells: Iterable[object]) -> str:
        return f"<tr>{''.join(f'<{kind}>{html.escape(str(cell))}</{kind}>' for cell in cells)}</tr>"

    return f"<table>{line('th', head)}{''.join(line('td', row) for row in rows)}</table>"
