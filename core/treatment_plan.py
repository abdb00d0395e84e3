"""What a radiation treatment plan prescribes."""

from dataclasses import dataclass

from core.coded_concept import InstanceReference


@dataclass(frozen=True)
class Prescription:
    """One dose reference (PS3.3 C.8.8.10).

    Parameters
    ----------
    number : int
    description : str
    structure : str
        DoseReferenceStructureType: "POINT", "VOLUME", "COORDINATES", "SITE".
    purpose : str
        DoseReferenceType: "TARGET" or "ORGAN_AT_RISK".
    target_gy, minimum_gy, maximum_gy : float, optional
        Prescribed to a target; least and greatest dose wanted there, or the greatest for an organ at risk.
    """

    number: int
    description: str = ""
    structure: str = ""
    purpose: str = ""
    target_gy: float | None = None
    minimum_gy: float | None = None
    maximum_gy: float | None = None


@dataclass(frozen=True)
class BeamDose:
    """What one beam gives in one fraction.

    Parameters
    ----------
    beam : int
        Its number.
    dose_gy, meterset : float, optional
        The meterset in the dosimeter's unit of the beam.
    """

    beam: int
    dose_gy: float | None = None
    meterset: float | None = None


@dataclass(frozen=True)
class FractionGroup:
    """How often what is given (PS3.3 C.8.8.13).

    Parameters
    ----------
    number : int
    fractions : int, optional
        How many are planned.
    beams : tuple of BeamDose
    brachy_setups : int
        Application setups of brachytherapy, which are not listed on their own.
    """

    number: int
    fractions: int | None = None
    beams: tuple[BeamDose, ...] = ()
    brachy_setups: int = 0


@dataclass(frozen=True)
class Beam:
    """One beam (PS3.3 C.8.8.14, C.8.8.25).

    Parameters
    ----------
    number : int
    name, description : str
    kind : str
        BeamType: "STATIC" or "DYNAMIC".
    radiation : str
        "PHOTON", "ELECTRON", "PROTON", ...
    delivery : str
        TreatmentDeliveryType: "TREATMENT", "SETUP", ...
    machine : str
    dosimeter_unit : str
        "MU" or "MINUTE".
    energies : tuple of float
        NominalBeamEnergy of the control points, each once; MV for photons, MeV for others.
    control_points : int
    gantry_deg, collimator_deg, couch_deg : tuple of float, optional
        At the first and at the last control point.
    gantry_direction : str
        "CW", "CC" or "NONE".
    isocentre_lps_mm : tuple of float, optional
    wedges, blocks, boli, compensators : int
        How many of them.
    """

    number: int
    name: str = ""
    description: str = ""
    kind: str = ""
    radiation: str = ""
    delivery: str = ""
    machine: str = ""
    dosimeter_unit: str = ""
    energies: tuple[float, ...] = ()
    control_points: int = 0
    gantry_deg: tuple[float, float] | None = None
    collimator_deg: tuple[float, float] | None = None
    couch_deg: tuple[float, float] | None = None
    gantry_direction: str = ""
    isocentre_lps_mm: tuple[float, float, float] | None = None
    wedges: int = 0
    blocks: int = 0
    boli: int = 0
    compensators: int = 0


@dataclass(frozen=True)
class TreatmentPlan:
    """A plan.

    Parameters
    ----------
    label, name, description : str
    date : str
        YYYYMMDD.
    intent, approval : str
        PlanIntent and ApprovalStatus.
    positions : tuple of str
        PatientPosition of the setups: "HFS".
    prescriptions : tuple of Prescription
    fraction_groups : tuple of FractionGroup
    beams : tuple of Beam
    structure_sets : tuple of InstanceReference
        On which it was made.
    """

    label: str
    name: str = ""
    description: str = ""
    date: str = ""
    intent: str = ""
    approval: str = ""
    positions: tuple[str, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    fraction_groups: tuple[FractionGroup, ...] = ()
    beams: tuple[Beam, ...] = ()
    structure_sets: tuple[InstanceReference, ...] = ()
