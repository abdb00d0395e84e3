"""Radiation dose on a grid in the patient."""

from dataclasses import dataclass
from enum import StrEnum

from core.coded_concept import InstanceReference
from core.message import Message
from core.volume import Volume


class DoseType(StrEnum):
    """What the values are (DoseType)."""

    PHYSICAL = "PHYSICAL"
    EFFECTIVE = "EFFECTIVE"
    ERROR = "ERROR"


@dataclass(frozen=True, eq=False)
class Dose:
    """The dose of a plan, or of a part of one (PS3.3 C.8.8.3).

    Parameters
    ----------
    volume : Volume
        float32 (integers where no scaling is needed), LPS millimetres; gray ("Gy"), or without a unit where
        `relative`. A regular grid:
        unevenly spaced planes are interpolated linearly.
    type : DoseType
        Physical, corrected for the biological effect, or the difference from a wanted dose.
    summation : str
        Of what it is the sum (DoseSummationType): "PLAN", "FRACTION", "BEAM", ...; "" where it is not said.
    relative : bool
        The values are shares of a dose that the object does not name.
    maximum : float
        Largest value.
    label : str
        DoseComment or SeriesDescription; "" without.
    frame_of_reference_uid : str
        It belongs on every image of this frame of reference.
    references : tuple of InstanceReference
        Plans, structure sets and images that it names.
    warnings : tuple of Message
        What is odd about its grid.
    """

    volume: Volume
    type: DoseType
    summation: str
    relative: bool
    maximum: float
    label: str = ""
    frame_of_reference_uid: str = ""
    references: tuple[InstanceReference, ...] = ()
    warnings: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        """Check the unit."""
        if self.volume.unit != ("" if self.relative else "Gy"):
            raise ValueError("a dose is in gray, or relative")
