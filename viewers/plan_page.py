"""A treatment plan as a page to read."""

from html import escape

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.treatment_plan import Beam, TreatmentPlan
from viewers.orientation import point_text
from viewers.overlay import date_text
from viewers.reading_page import Translate, faint, heading, page, table

_TITLE = message(QT_TRANSLATE_NOOP("Message", "Treatment plan"))
_PRESCRIPTIONS = message(QT_TRANSLATE_NOOP("Message", "Prescription"))
_FRACTIONS = message(QT_TRANSLATE_NOOP("Message", "Fractions"))
_BEAMS = message(QT_TRANSLATE_NOOP("Message", "Beams"))
_NUMBER = message(QT_TRANSLATE_NOOP("Message", "No."))
_NAME = message(QT_TRANSLATE_NOOP("Message", "Name"))
_DESCRIPTION = message(QT_TRANSLATE_NOOP("Message", "Description"))
_KIND = message(QT_TRANSLATE_NOOP("Message", "Kind"))
_PLACE = message(QT_TRANSLATE_NOOP("Message", "Place"))
_DOSE = message(QT_TRANSLATE_NOOP("Message", "Dose (Gy)"))
_LEAST = message(QT_TRANSLATE_NOOP("Message", "Least (Gy)"))
_GREATEST = message(QT_TRANSLATE_NOOP("Message", "Greatest (Gy)"))
_PLANNED = message(QT_TRANSLATE_NOOP("Message", "Planned"))
_BEAM = message(QT_TRANSLATE_NOOP("Message", "Beam"))
_METERSET = message(QT_TRANSLATE_NOOP("Message", "Meterset"))
_RADIATION = message(QT_TRANSLATE_NOOP("Message", "Radiation"))
_MACHINE = message(QT_TRANSLATE_NOOP("Message", "Machine"))
_GANTRY = message(QT_TRANSLATE_NOOP("Message", "Gantry"))
_COLLIMATOR = message(QT_TRANSLATE_NOOP("Message", "Collimator"))
_COUCH = message(QT_TRANSLATE_NOOP("Message", "Couch"))
_ISOCENTRE = message(QT_TRANSLATE_NOOP("Message", "Isocentre (mm)"))
_POINTS = message(QT_TRANSLATE_NOOP("Message", "Control points"))
_MODIFIERS = message(QT_TRANSLATE_NOOP("Message", "Modifiers"))
_TERMS = {
    "TARGET": message(QT_TRANSLATE_NOOP("Message", "target")),
    "ORGAN_AT_RISK": message(QT_TRANSLATE_NOOP("Message", "organ at risk")),
    "STATIC": message(QT_TRANSLATE_NOOP("Message", "static")),
    "DYNAMIC": message(QT_TRANSLATE_NOOP("Message", "dynamic")),
    "PHOTON": message(QT_TRANSLATE_NOOP("Message", "photons")),
    "ELECTRON": message(QT_TRANSLATE_NOOP("Message", "electrons")),
    "PROTON": message(QT_TRANSLATE_NOOP("Message", "protons")),
    "ION": message(QT_TRANSLATE_NOOP("Message", "ions")),
    "APPROVED": message(QT_TRANSLATE_NOOP("Message", "approved")),
    "UNAPPROVED": message(QT_TRANSLATE_NOOP("Message", "not approved")),
    "REJECTED": message(QT_TRANSLATE_NOOP("Message", "rejected")),
    "CURATIVE": message(QT_TRANSLATE_NOOP("Message", "curative")),
    "PALLIATIVE": message(QT_TRANSLATE_NOOP("Message", "palliative")),
    "VERIFICATION": message(QT_TRANSLATE_NOOP("Message", "verification")),
    "SITE": message(QT_TRANSLATE_NOOP("Message", "site")),
    "VOLUME": message(QT_TRANSLATE_NOOP("Message", "volume")),
    "POINT": message(QT_TRANSLATE_NOOP("Message", "point")),
    "COORDINATES": message(QT_TRANSLATE_NOOP("Message", "coordinates")),
    "CW": message(QT_TRANSLATE_NOOP("Message", "clockwise")),
    "CC": message(QT_TRANSLATE_NOOP("Message", "anticlockwise")),
}


def plan_page(plan: TreatmentPlan, translate: Translate) -> str:
    """Give a plan as HTML, headings and terms in the user's language."""
    return _Page(plan, translate).html()


class _Page:
    def __init__(self, plan: TreatmentPlan, translate: Translate) -> None:
        self._plan = plan
        self._translate = translate

    def html(self) -> str:
        plan = self._plan
        title = " ".join(filter(None, (self._translate(_TITLE), plan.label or plan.name)))
        named = plan.name if plan.name != plan.label else ""
        facts = (
            named,
            date_text(plan.date),
            self._term(plan.intent),
            self._term(plan.approval),
            *plan.positions,
        )
        body = faint(escape(plan.description))
        body += self._section(_PRESCRIPTIONS, self._prescriptions())
        body += self._section(_FRACTIONS, self._fractions())
        return page(escape(title), facts, body + self._section(_BEAMS, self._beams()))

    def _term(self, stored: str) -> str:
        known = _TERMS.get(stored)
        return self._translate(known) if known else stored.replace("_", " ").lower()

    def _section(self, title: Message, html: str) -> str:
        return heading(2, escape(self._translate(title))) + html if html else ""

    def _table(self, titles: tuple[Message, ...], rows: list[tuple[str, ...]]) -> str:
        return table([self._translate(title) for title in titles], rows)

    def _prescriptions(self) -> str:
        rows: list[tuple[str, ...]] = [
            (
                str(one.number),
                one.description,
                self._term(one.purpose),
                self._term(one.structure),
                _text(one.target_gy),
                _text(one.minimum_gy),
                _text(one.maximum_gy),
            )
            for one in self._plan.prescriptions
        ]
        return self._table((_NUMBER, _DESCRIPTION, _KIND, _PLACE, _DOSE, _LEAST, _GREATEST), rows)

    def _fractions(self) -> str:
        names = {beam.number: beam.name for beam in self._plan.beams}
        units = {beam.number: beam.dosimeter_unit for beam in self._plan.beams}
        rows: list[tuple[str, ...]] = []
        for group in self._plan.fraction_groups:
            number, planned = str(group.number), "" if group.fractions is None else str(group.fractions)
            for beam in group.beams:
                meterset = f"{_text(beam.meterset)} {units.get(beam.beam, '')}".strip()
                title = ": ".join(filter(None, (str(beam.beam), names.get(beam.beam, ""))))
                rows.append((number, planned, title, _text(beam.dose_gy), meterset if beam.meterset else ""))
                number = planned = ""
            if not group.beams:
                rows.append((number, planned, "", "", ""))
        return self._table((_NUMBER, _PLANNED, _BEAM, _DOSE, _METERSET), rows)

    def _beams(self) -> str:
        titles = (
            _NUMBER,
            _NAME,
            _DESCRIPTION,
            _KIND,
            _RADIATION,
            _MACHINE,
            _GANTRY,
            _COLLIMATOR,
            _COUCH,
            _ISOCENTRE,
            _POINTS,
            _MODIFIERS,
        )
        return self._table(titles, [self._beam(beam) for beam in self._plan.beams])

    def _beam(self, beam: Beam) -> tuple[str, ...]:
        unit = "MV" if beam.radiation == "PHOTON" else "MeV"
        energies = ", ".join(f"{energy:g}" for energy in beam.energies)
        radiation = " ".join(filter(None, (self._term(beam.radiation), energies and f"{energies} {unit}")))
        gantry = _angle(beam.gantry_deg)
        if beam.gantry_direction in ("CW", "CC"):
            gantry += f" {self._term(beam.gantry_direction)}"

        place = "" if beam.isocentre_lps_mm is None else point_text(np.array(beam.isocentre_lps_mm))
        return (
            str(beam.number),
            beam.name,
            beam.description,
            self._term(beam.kind),
            radiation,
            beam.machine,
            gantry,
            _angle(beam.collimator_deg),
            _angle(beam.couch_deg),
            place,
            str(beam.control_points),
            self._modifiers(beam),
        )

    def _modifiers(self, beam: Beam) -> str:
        texts = (
            (QT_TRANSLATE_NOOP("Message", "Wedges: {count}"), beam.wedges),
            (QT_TRANSLATE_NOOP("Message", "Blocks: {count}"), beam.blocks),
            (QT_TRANSLATE_NOOP("Message", "Boli: {count}"), beam.boli),
            (QT_TRANSLATE_NOOP("Message", "Compensators: {count}"), beam.compensators),
        )
        return ", ".join(self._translate(message(text, count=count)) for text, count in texts if count)


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _angle(ends: tuple[float, float] | None) -> str:
    """Give an angle, or the first and the last where it changes; rounded to a tenth of a degree."""
    if ends is None:
        return ""
    first, last = (f"{value:.1f}".removesuffix(".0") for value in ends)
    return f"{first}°" if first == last else f"{first}° → {last}°"
