"""Reading radiation treatment plans (PS3.3 A.20) and ion plans (A.49)."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.treatment_plan import Beam, BeamDose, FractionGroup, Prescription, TreatmentPlan
from imaging.coded_terms import instance_reference
from imaging.object_file import read_object, refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PLAN_CLASSES = ("1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.8")


def read_plan(path: Path) -> TreatmentPlan:
    """Read a treatment plan.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) not in PLAN_CLASSES:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="treatment plan"))
        setups = (_text(item, "PatientPosition") for item in data.get("PatientSetupSequence") or ())
        return TreatmentPlan(
            label=_text(data, "RTPlanLabel"),
            name=_text(data, "RTPlanName"),
            description=_text(data, "RTPlanDescription"),
            date=_text(data, "RTPlanDate"),
            intent=_text(data, "PlanIntent"),
            approval=_text(data, "ApprovalStatus"),
            positions=tuple(dict.fromkeys(filter(None, setups))),
            prescriptions=tuple(map(_prescription, data.get("DoseReferenceSequence") or ())),
            fraction_groups=tuple(map(_fractions, data.get("FractionGroupSequence") or ())),
            beams=tuple(
                _beam(item)
                for keyword in ("BeamSequence", "IonBeamSequence")
                for item in data.get(keyword) or ()
            ),
            structure_sets=tuple(
                instance_reference(item) for item in data.get("ReferencedStructureSetSequence") or ()
            ),
        )


def _text(data: "Dataset", keyword: str) -> str:
    return str(data.get(keyword, "") or "")


def _number(data: "Dataset", keyword: str) -> float | None:
    value = data.get(keyword)
    return None if value in (None, "") else float(value)


def _count(data: "Dataset", keyword: str) -> int:
    return int(data.get(keyword) or 0)


def _prescription(item: "Dataset") -> Prescription:
    target = item.get("DoseReferenceType") != "ORGAN_AT_RISK"
    greatest = "TargetMaximumDose" if target else "OrganAtRiskMaximumDose"
    return Prescription(
        number=_count(item, "DoseReferenceNumber"),
        description=_text(item, "DoseReferenceDescription"),
        structure=_text(item, "DoseReferenceStructureType"),
        purpose=_text(item, "DoseReferenceType"),
        target_gy=_number(item, "TargetPrescriptionDose"),
        minimum_gy=_number(item, "TargetMinimumDose"),
        maximum_gy=_number(item, greatest),
    )


def _fractions(item: "Dataset") -> FractionGroup:
    fractions = item.get("NumberOfFractionsPlanned")
    return FractionGroup(
        number=_count(item, "FractionGroupNumber"),
        fractions=None if fractions in (None, "") else int(fractions),
        beams=tuple(
            BeamDose(
                _count(beam, "ReferencedBeamNumber"), _number(beam, "BeamDose"), _number(beam, "BeamMeterset")
            )
            for beam in item.get("ReferencedBeamSequence") or ()
        ),
        brachy_setups=_count(item, "NumberOfBrachyApplicationSetups"),
    )


def _beam(item: "Dataset") -> Beam:
    points = list(item.get("ControlPointSequence") or item.get("IonControlPointSequence") or ())
    isocentre = next((point.IsocenterPosition for point in points if point.get("IsocenterPosition")), None)
    directions = (_text(point, "GantryRotationDirection") for point in points)
    energies = (_number(point, "NominalBeamEnergy") for point in points)
    return Beam(
        number=_count(item, "BeamNumber"),
        name=_text(item, "BeamName"),
        description=_text(item, "BeamDescription"),
        kind=_text(item, "BeamType"),
        radiation=_text(item, "RadiationType"),
        delivery=_text(item, "TreatmentDeliveryType"),
        machine=_text(item, "TreatmentMachineName"),
        dosimeter_unit=_text(item, "PrimaryDosimeterUnit"),
        energies=tuple(dict.fromkeys(energy for energy in energies if energy is not None)),
        control_points=_count(item, "NumberOfControlPoints") or len(points),
        gantry_deg=_ends(points, "GantryAngle"),
        collimator_deg=_ends(points, "BeamLimitingDeviceAngle"),
        couch_deg=_ends(points, "PatientSupportAngle"),
        gantry_direction=next((one for one in directions if one in ("CW", "CC")), "NONE"),
        isocentre_lps_mm=None
        if isocentre is None
        else (float(isocentre[0]), float(isocentre[1]), float(isocentre[2])),
        wedges=_count(item, "NumberOfWedges"),
        blocks=_count(item, "NumberOfBlocks"),
        boli=_count(item, "NumberOfBoli"),
        compensators=_count(item, "NumberOfCompensators"),
    )


def _ends(points: Iterable["Dataset"], keyword: str) -> tuple[float, float] | None:
    """Give the first and the last value; a control point without one has that of the point before."""
    found = [value for point in points if (value := _number(point, keyword)) is not None]
    return (found[0], found[-1]) if found else None
