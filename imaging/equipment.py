"""How objects written by this program name it (PS3.3 C.7.5.1, C.12.1: contributing equipment)."""

from typing import Any

from core.provenance import program_version

MANUFACTURER = "Sense Workstation"
MODEL = "Sense Workstation"
SERIAL = "0"


def equipment() -> dict[str, Any]:
    """Give the arguments by which highdicom describes the equipment."""
    return {
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": MODEL,
        "software_versions": program_version(),
        "device_serial_number": SERIAL,
    }


def contributing_equipment(description: str) -> Any:
    """Say what this program did to make the object.

    Parameters
    ----------
    description : str
        The command and its method, at most 1024 characters; no patient data.
    """
    from highdicom import ContributingEquipment
    from highdicom.sr import CodedConcept

    return ContributingEquipment(
        manufacturer=MANUFACTURER,
        purpose_of_reference=CodedConcept("109102", "DCM", "Processing Equipment"),
        manufacturer_model_name=MODEL,
        software_versions=program_version(),
        device_serial_number=SERIAL,
        contribution_description=description[:1024],
    )
