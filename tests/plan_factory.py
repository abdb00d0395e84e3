"""A treatment plan with two beams."""

from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid


def item(**values: object) -> Dataset:
    """Make an item of a sequence."""
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def make_plan(path: Path, **more: object) -> Path:
    """Write a plan; `more` sets attributes of the data set."""
    points = [
        item(
            ControlPointIndex=0,
            NominalBeamEnergy=6,
            GantryAngle=181,
            GantryRotationDirection="CW",
            BeamLimitingDeviceAngle=10,
            PatientSupportAngle=0,
            IsocenterPosition=[1.5, -20.25, 300],
        ),
        item(ControlPointIndex=1, GantryAngle=179, GantryRotationDirection="NONE"),
    ]
    arc = item(
        BeamNumber=1,
        BeamName="arc <1>",
        BeamType="DYNAMIC",
        RadiationType="PHOTON",
        TreatmentDeliveryType="TREATMENT",
        TreatmentMachineName="machine",
        PrimaryDosimeterUnit="MU",
        NumberOfControlPoints=2,
        NumberOfWedges=1,
        ControlPointSequence=points,
    )
    still = item(
        BeamNumber=2,
        BeamName="boost",
        BeamType="STATIC",
        RadiationType="ELECTRON",
        ControlPointSequence=[item(ControlPointIndex=0, NominalBeamEnergy=9, GantryAngle=0)],
    )
    data = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.481.5",
        SOPInstanceUID=generate_uid(prefix=None),
        StudyInstanceUID=generate_uid(prefix=None),
        SeriesInstanceUID=generate_uid(prefix=None),
        Modality="RTPLAN",
        PatientName="Plan^Test",
        PatientID="7",
        RTPlanLabel="P1",
        RTPlanDate="20240102",
        ApprovalStatus="APPROVED",
        PatientSetupSequence=[item(PatientSetupNumber=1, PatientPosition="HFS")],
        DoseReferenceSequence=[
            item(
                DoseReferenceNumber=1,
                DoseReferenceDescription="PTV",
                DoseReferenceType="TARGET",
                TargetPrescriptionDose=60,
            ),
            item(
                DoseReferenceNumber=2,
                DoseReferenceDescription="cord",
                DoseReferenceType="ORGAN_AT_RISK",
                OrganAtRiskMaximumDose=45,
            ),
        ],
        FractionGroupSequence=[
            item(
                FractionGroupNumber=1,
                NumberOfFractionsPlanned=30,
                ReferencedBeamSequence=[
                    item(ReferencedBeamNumber=1, BeamDose=1.5, BeamMeterset=210.5),
                    item(ReferencedBeamNumber=2, BeamDose=0.5, BeamMeterset=80),
                ],
            )
        ],
        BeamSequence=[arc, still],
        **more,
    )
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path.parent.mkdir(parents=True, exist_ok=True)
    data.save_as(path, enforce_file_format=True)
    return path
