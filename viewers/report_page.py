"""A structured report of any template as a page to read."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from core.coded_concept import CodedConcept, InstanceReference
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.structured_report import ReportItem, StructuredReport
from viewers.object_kinds import kind_of
from viewers.overlay import date_text
from viewers.reading_page import Translate, heading, page, pairs
from viewers.report_terms import term_title
from viewers.unit_text import unit_text

_GROUP = "125007"
_TRACKING_ID = "112039"
# Of use to programs only; UIDs that identify objects are kept out as well.
_LEFT_OUT = {"112040", "121049", "121046"}
_MOST_IMAGES = 6
IMAGE_LINK = "image:"

_COMPLETE = message(QT_TRANSLATE_NOOP("Message", "complete"))
_PARTIAL = message(QT_TRANSLATE_NOOP("Message", "not complete"))
_VERIFIED = message(QT_TRANSLATE_NOOP("Message", "verified"))
_UNVERIFIED = message(QT_TRANSLATE_NOOP("Message", "not verified"))
_REPORT = message(QT_TRANSLATE_NOOP("Message", "Report"))
_IMAGE = message(QT_TRANSLATE_NOOP("Message", "Image"))
_OBJECT = message(QT_TRANSLATE_NOOP("Message", "Object"))
_SHAPES = {
    "POINT": message(QT_TRANSLATE_NOOP("Message", "point")),
    "MULTIPOINT": message(QT_TRANSLATE_NOOP("Message", "points")),
    "POLYLINE": message(QT_TRANSLATE_NOOP("Message", "polyline")),
    "POLYGON": message(QT_TRANSLATE_NOOP("Message", "polygon")),
    "CIRCLE": message(QT_TRANSLATE_NOOP("Message", "circle")),
    "ELLIPSE": message(QT_TRANSLATE_NOOP("Message", "ellipse")),
    "ELLIPSOID": message(QT_TRANSLATE_NOOP("Message", "ellipsoid")),
}


def report_page(report: StructuredReport, translate: Translate) -> str:
    """Give a report as HTML; names of what is known come in the user's language and as they are stored.

    Links to images are `IMAGE_LINK` with the SOP instance UID and, after a "/", the frame number.
    """
    return _Page(report, translate).html()


def linked_image(link: str) -> InstanceReference | None:
    """Give what a link of the page names."""
    if not link.startswith(IMAGE_LINK):
        return None
    uid, _, frame = link.removeprefix(IMAGE_LINK).partition("/")
    return InstanceReference("", uid, "", (int(frame),) if frame.isdecimal() else ())


class _Page:
    def __init__(self, report: StructuredReport, translate: Translate) -> None:
        self._report = report
        self._translate = translate

    def html(self) -> str:
        report = self._report
        root = report.root
        title = self._name(root.name) if root.name else escape(self._translate(_REPORT))
        facts = (
            " ".join(filter(None, (date_text(report.content_date), _time_text(report.content_time)))),
            self._translate(_COMPLETE if report.complete else _PARTIAL),
            self._translate(_VERIFIED if report.verified else _UNVERIFIED),
        )
        return page(title, facts, self._contents(root.children, 2))

    # Names and values.

    def _name(self, concept: CodedConcept) -> str:
        """Give a name in the user's language, with the stored one behind where that is another."""
        stored = escape(concept.meaning or concept.value)
        known = term_title(concept)
        if known is None:
            return stored
        title = escape(self._translate(known))
        english = title == escape(str(known)) or title.lower() == stored.lower()
        return title if english else f"{title} ({stored})"

    def _value(self, item: ReportItem) -> str:
        parts = [self._own_value(item), *(self._property(child) for child in item.children)]
        first, *rest = [part for part in parts if part] or [""]
        return f"{first} ({'; '.join(rest)})" if rest else first

    def _own_value(self, item: ReportItem) -> str:
        if item.kind == "CODE":
            return escape(item.value.meaning) if item.value else ""
        if item.kind == "NUM":
            return _number(item)
        if item.kind in ("SCOORD", "SCOORD3D"):
            shape = _SHAPES.get(item.text)
            return escape(self._translate(shape) if shape else item.text.lower())
        if item.kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
            return self._link(item)
        if item.kind == "DATE":
            return escape(date_text(item.text))
        if item.kind == "TIME":
            return escape(_time_text(item.text))
        if item.kind == "TEXT":
            return escape(item.text).replace("\r\n", "\n").replace("\n", "<br>")
        return escape(item.text)

    def _property(self, child: ReportItem) -> str:
        if child.kind == "UIDREF" or (child.name and child.name.value in _LEFT_OUT):
            return ""
        value = self._value(child)
        return f"{self._name(child.name)}: {value}" if child.name and value else value

    def _link(self, item: ReportItem) -> str:
        if item.kind != "IMAGE":
            return escape(self._translate(_OBJECT))
        names = ((one, self._translate(_kind(one))) for one in item.references)
        links = [
            escape(name) if kind_of(one.sop_class_uid) else f'<a href="{_target(one)}">{escape(name)}</a>'
            for one, name in names
        ]
        return ", ".join(links)

    # Structure.

    def _contents(self, items: Sequence[ReportItem], level: int) -> str:
        """Give consecutive values as one table, and each container below a heading."""
        html = ""
        for is_container, run in groupby(items, key=lambda item: item.kind == "CONTAINER"):
            if is_container:
                html += "".join(self._container(item, level) for item in run)
            else:
                html += self._values(list(run))
        return html

    def _container(self, item: ReportItem, level: int) -> str:
        contents = self._contents(item.children, level + 1)
        if not contents:
            return ""
        return (heading(level, self._heading(item)) if item.name else "") + contents

    def _heading(self, item: ReportItem) -> str:
        """Give the name of a container, of a measurement group what it is tracked by."""
        name = self._name(item.name) if item.name else ""
        tracked = next((child.text for child in item.children if _is(child, _TRACKING_ID)), "")
        return f"{name}: {escape(tracked)}" if item.name and item.name.value == _GROUP and tracked else name

    def _values(self, items: list[ReportItem]) -> str:
        images = [item for item in items if item.kind == "IMAGE" and item.name is None]
        if len(images) > _MOST_IMAGES:
            items = [item for item in items if item not in images]
        rows = [self._row(item) for item in items if not (item.name and item.name.value in _LEFT_OUT)]
        if len(images) > _MOST_IMAGES:
            text = QT_TRANSLATE_NOOP("Message", "Images: {count}")
            rows.append(("", escape(self._translate(message(text, count=len(images))))))
        return pairs([row for row in rows if row[1]])

    def _row(self, item: ReportItem) -> tuple[str, str]:
        if item.kind == "UIDREF" or _is(item, _TRACKING_ID):
            return "", ""
        return self._name(item.name) if item.name else "", self._value(item)


def _is(item: ReportItem, code: str) -> bool:
    return item.name is not None and item.name.value == code


def _kind(reference: InstanceReference) -> Message:
    """Name what a reference leads to: an image, or a segmentation and the like."""
    kind = kind_of(reference.sop_class_uid)
    return _IMAGE if kind is None else Message(kind.title)


def _target(reference: InstanceReference) -> str:
    frame = f"/{reference.frames[0]}" if reference.frames else ""
    return escape(f"{IMAGE_LINK}{reference.sop_uid}{frame}")


def _number(item: ReportItem) -> str:
    """Give a number with its unit, or why there is none."""
    meaning = item.value.meaning or item.value.value if item.value else ""
    if not item.text:
        return escape(meaning)
    return f"<b>{escape(item.text)}</b> {escape(unit_text(item.value))}".strip()


def _time_text(stored: str) -> str:
    """Give a DICOM time (HHMMSS.F) as HH:MM:SS; anything else as it is."""
    digits = stored.partition(".")[0]
    if not digits.isdecimal() or len(digits) not in (4, 6):
        return stored
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))
