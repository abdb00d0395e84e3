"""One examination of one patient."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Study:
    """A study as the library lists it (PS3.3 C.7.2).

    Parameters
    ----------
    study_uid : str
        StudyInstanceUID.
    patient_name : str
        For showing: family and given name in the ideographic form where there is one.
    patient_id, birth_date, sex, date, time, accession, description : str
        As stored, decoded; dates as YYYYMMDD; "" where absent.
    modalities : tuple of str
        All in the study.
    series, instances : int
        Counts.
    """

    study_uid: str
    patient_name: str
    patient_id: str
    birth_date: str
    sex: str
    date: str
    time: str
    accession: str
    description: str
    modalities: tuple[str, ...]
    series: int
    instances: int
