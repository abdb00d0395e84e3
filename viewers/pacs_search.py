"""What the PACS page asks for, from what was typed and chosen."""

from datetime import date, timedelta
from enum import Enum

from imaging.pacs.records import Query, RemoteStudy

MODALITIES = ("CR", "CT", "DX", "MG", "MR", "NM", "OT", "PT", "RF", "RTSTRUCT", "SEG", "SR", "US", "XA")


class Period(Enum):
    """How far back a search goes, in days; None without end."""

    TODAY = 0
    WEEK = 7
    MONTH = 30
    ANY = None

    def dates(self, today: date) -> str:
        """Give the range of study dates; "" for all."""
        if self.value is None:
            return ""
        return f"{today - timedelta(days=self.value):%Y%m%d}-"


def typed_query(patient_id: str, name: str, modality: str, period: Period, today: date) -> Query:
    """Give the query; a name is found by any part of it, and an ID by its beginning."""
    return Query(
        patient_id=_with_star(patient_id.strip()),
        patient_name=f"*{_with_star(name.strip())}" if name.strip() else "",
        modality=modality,
        dates=period.dates(today),
    )


def _with_star(text: str) -> str:
    return text if not text or text.endswith("*") else f"{text}*"


def study_row(study: RemoteStudy) -> tuple[str, ...]:
    """Give what the table shows: patient, ID, date, modalities, description, number of images."""
    day = study.study_date
    shown = f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdecimal() else day
    name = study.patient_name.replace("^", " ").split("=")[0].strip()
    count = "" if study.instances is None else str(study.instances)
    return name, study.patient_id, shown, ", ".join(study.modalities), study.description, count
