"""The DICOM elements that the library reads (PS3.6)."""

from enum import IntEnum


class Tag(IntEnum):
    """Elements that an `Instance` is made of."""

    CHARACTER_SET = 0x00080005
    IMAGE_TYPE = 0x00080008
    SOP_CLASS_UID = 0x00080016
    SOP_UID = 0x00080018
    STUDY_DATE = 0x00080020
    ACQUISITION_TIME = 0x00080032
    STUDY_TIME = 0x00080030
    ACCESSION = 0x00080050
    MODALITY = 0x00080060
    STUDY_DESCRIPTION = 0x00081030
    SERIES_DESCRIPTION = 0x0008103E
    PATIENT_NAME = 0x00100010
    PATIENT_ID = 0x00100020
    BIRTH_DATE = 0x00100030
    SEX = 0x00100040
    BODY_PART = 0x00180015
    SLICE_THICKNESS = 0x00180050
    ECHO_TIME = 0x00180081
    INVERSION_TIME = 0x00180082
    ECHO_NUMBERS = 0x00180086
    TRIGGER_TIME = 0x00181060
    GANTRY_TILT = 0x00181120
    IMAGER_PIXEL_SPACING = 0x00181164
    CONVOLUTION_KERNEL = 0x00181210
    NOMINAL_SCANNED_PIXEL_SPACING = 0x00182010
    DIFFUSION_B_VALUE = 0x00189087
    STUDY_UID = 0x0020000D
    SERIES_UID = 0x0020000E
    SERIES_NUMBER = 0x00200011
    ACQUISITION_NUMBER = 0x00200012
    INSTANCE_NUMBER = 0x00200013
    POSITION = 0x00200032
    ORIENTATION = 0x00200037
    FRAME_OF_REFERENCE = 0x00200052
    TEMPORAL_POSITION = 0x00200100
    CARDIAC_PERCENTAGE = 0x00209241
    SAMPLES = 0x00280002
    PHOTOMETRIC = 0x00280004
    PLANAR = 0x00280006
    FRAMES = 0x00280008
    ROWS = 0x00280010
    COLUMNS = 0x00280011
    PIXEL_SPACING = 0x00280030
    BITS_ALLOCATED = 0x00280100
    BITS_STORED = 0x00280101
    SIGNED = 0x00280103
    PADDING_VALUE = 0x00280120
    WINDOW_CENTER = 0x00281050
    WINDOW_WIDTH = 0x00281051
    INTERCEPT = 0x00281052
    SLOPE = 0x00281053
    RESCALE_TYPE = 0x00281054
    UNITS = 0x00541001
    FRAME_REFERENCE_TIME = 0x00541300
    GRID_FRAME_OFFSETS = 0x3004000C
    DOSE_SCALING = 0x3004000E


WANTED = tuple(int(tag) for tag in Tag)

MEDIA_STORAGE_CLASS = 0x00020002
MEDIA_STORAGE_UID = 0x00020003
TRANSFER_SYNTAX = 0x00020010
SHARED_GROUPS = 0x52009229
PER_FRAME_GROUPS = 0x52009230
DIRECTORY_RECORDS = 0x00041220
FLOAT_PIXELS = 0x7FE00008
DOUBLE_PIXELS = 0x7FE00009
PIXELS = 0x7FE00010

# What sets apart the volumes of one series, by the keyword under which an Instance holds it.
PART_KEYWORDS = {
    Tag.IMAGE_TYPE: "ImageType",
    Tag.ACQUISITION_TIME: "AcquisitionTime",
    Tag.ECHO_TIME: "EchoTime",
    Tag.INVERSION_TIME: "InversionTime",
    Tag.ECHO_NUMBERS: "EchoNumbers",
    Tag.TRIGGER_TIME: "TriggerTime",
    Tag.CONVOLUTION_KERNEL: "ConvolutionKernel",
    Tag.DIFFUSION_B_VALUE: "DiffusionBValue",
    Tag.ACQUISITION_NUMBER: "AcquisitionNumber",
    Tag.FRAME_OF_REFERENCE: "FrameOfReferenceUID",
    Tag.TEMPORAL_POSITION: "TemporalPositionIdentifier",
    Tag.CARDIAC_PERCENTAGE: "NominalPercentageOfCardiacPhase",
    Tag.FRAME_REFERENCE_TIME: "FrameReferenceTime",
}

# Where derived objects (SEG, SR, RT, presentation states, parametric maps) name what they were made from.
REFERENCE_SEQUENCES = (
    0x00081115,  # ReferencedSeriesSequence
    0x00081140,  # ReferencedImageSequence
    0x0008114A,  # ReferencedInstanceSequence
    0x00081200,  # StudiesContainingOtherReferencedInstancesSequence
    0x00082112,  # SourceImageSequence
    0x00409094,  # ReferencedImageRealWorldValueMappingSequence
    0x0040A375,  # CurrentRequestedProcedureEvidenceSequence
    0x0040A385,  # PertinentOtherEvidenceSequence
    0x30060010,  # ReferencedFrameOfReferenceSequence
    0x300C0002,  # ReferencedRTPlanSequence
    0x300C0060,  # ReferencedStructureSetSequence
)
