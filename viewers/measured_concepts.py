"""What annotations measure, in coded terms, and how these are called in the user's language.

Terms of PS3.16 CID 7469 to 7472 and 7180; where no standard one is known, terms of our own (99SENSE).
"""

from core.coded_concept import CodedConcept
from core.message import QT_TRANSLATE_NOOP, Message, message

LENGTH = CodedConcept("410668003", "SCT", "Length")
LONG_AXIS = CodedConcept("103339001", "SCT", "Long axis")
SHORT_AXIS = CodedConcept("103340004", "SCT", "Short axis")
DIAMETER = CodedConcept("81827009", "SCT", "Diameter")
PERIMETER = CodedConcept("131191004", "SCT", "Perimeter")
AREA = CodedConcept("42798000", "SCT", "Area")
VOLUME = CodedConcept("118565006", "SCT", "Volume")
ANGLE = CodedConcept("1483009", "SCT", "Angle")
COBB_ANGLE = CodedConcept("285285000", "SCT", "Cobb angle")
HEART_WIDTH = CodedConcept("heart-width", "99SENSE", "Width of the heart")
CHEST_WIDTH = CodedConcept("chest-width", "99SENSE", "Inner width of the chest")
CARDIOTHORACIC_RATIO = CodedConcept("cardiothoracic-ratio", "99SENSE", "Cardiothoracic ratio")
HIP_KNEE_ANKLE_ANGLE = CodedConcept("hip-knee-ankle", "99SENSE", "Hip-knee-ankle angle")
AXIS_DEVIATION = CodedConcept("axis-deviation", "99SENSE", "Mechanical axis deviation")
THIGH_LENGTH = CodedConcept("hip-to-knee", "99SENSE", "Hip to knee")
LEG_LENGTH = CodedConcept("hip-to-ankle", "99SENSE", "Hip to ankle")

ATTENUATION = CodedConcept("112031", "DCM", "Attenuation Coefficient")
SUV_BW = CodedConcept("126401", "DCM", "SUVbw")
SUV_LBM = CodedConcept("126402", "DCM", "SUVlbm")
SUV_BSA = CodedConcept("126403", "DCM", "SUVbsa")
ABSORBED_DOSE = CodedConcept("128513", "DCM", "Absorbed Dose")
SIGNAL = CodedConcept("110852", "DCM", "MR signal intensity")
PIXEL_VALUE = CodedConcept("pixel-value", "99SENSE", "Pixel value")

MEAN = CodedConcept("373098007", "SCT", "Mean")
DEVIATION = CodedConcept("386136009", "SCT", "Standard Deviation")
MINIMUM = CodedConcept("255605001", "SCT", "Minimum")
MAXIMUM = CodedConcept("56851009", "SCT", "Maximum")

MM = CodedConcept("mm", "UCUM", "mm")
MM2 = CodedConcept("mm2", "UCUM", "mm²")
CM2 = CodedConcept("cm2", "UCUM", "cm²")
ML = CodedConcept("ml", "UCUM", "ml")
DEGREE = CodedConcept("deg", "UCUM", "°")
RATIO = CodedConcept("{ratio}", "UCUM", "ratio")
PIXEL = CodedConcept("{pixels}", "UCUM", "px")
NO_UNIT = CodedConcept("1", "UCUM", "no units")

UNITS: dict[str, CodedConcept] = {
    "HU": CodedConcept("[hnsf'U]", "UCUM", "HU"),
    "Gy": CodedConcept("Gy", "UCUM", "Gy"),
    "Bq/ml": CodedConcept("Bq/ml", "UCUM", "Bq/ml"),
    "g/ml": CodedConcept("g/ml", "UCUM", "g/ml"),
    "cm2/ml": CodedConcept("cm2/ml", "UCUM", "cm²/ml"),
    "": NO_UNIT,
}

_TITLES: dict[CodedConcept, Message] = {
    LENGTH: message(QT_TRANSLATE_NOOP("Message", "Length")),
    LONG_AXIS: message(QT_TRANSLATE_NOOP("Message", "Long axis")),
    SHORT_AXIS: message(QT_TRANSLATE_NOOP("Message", "Short axis")),
    DIAMETER: message(QT_TRANSLATE_NOOP("Message", "Diameter")),
    PERIMETER: message(QT_TRANSLATE_NOOP("Message", "Perimeter")),
    AREA: message(QT_TRANSLATE_NOOP("Message", "Area")),
    VOLUME: message(QT_TRANSLATE_NOOP("Message", "Volume")),
    ANGLE: message(QT_TRANSLATE_NOOP("Message", "Angle")),
    COBB_ANGLE: message(QT_TRANSLATE_NOOP("Message", "Cobb angle")),
    HEART_WIDTH: message(QT_TRANSLATE_NOOP("Message", "Heart")),
    CHEST_WIDTH: message(QT_TRANSLATE_NOOP("Message", "Chest")),
    CARDIOTHORACIC_RATIO: message(QT_TRANSLATE_NOOP("Message", "Cardiothoracic ratio")),
    HIP_KNEE_ANKLE_ANGLE: message(QT_TRANSLATE_NOOP("Message", "Hip-knee-ankle angle")),
    AXIS_DEVIATION: message(QT_TRANSLATE_NOOP("Message", "Mechanical axis deviation")),
    THIGH_LENGTH: message(QT_TRANSLATE_NOOP("Message", "Hip to knee")),
    LEG_LENGTH: message(QT_TRANSLATE_NOOP("Message", "Hip to ankle")),
    MEAN: message(QT_TRANSLATE_NOOP("Message", "Mean")),
    DEVIATION: message(QT_TRANSLATE_NOOP("Message", "SD")),
    MINIMUM: message(QT_TRANSLATE_NOOP("Message", "Lowest")),
    MAXIMUM: message(QT_TRANSLATE_NOOP("Message", "Highest")),
}


def concept_title(concept: CodedConcept) -> Message:
    """Name a term in the user's language; by its meaning where it is none of ours."""
    return _TITLES.get(concept) or Message("{meaning}", {"meaning": concept.meaning})


def unit_concept(unit: str) -> CodedConcept:
    """Give the code of a unit as volumes have it."""
    return UNITS.get(unit) or CodedConcept("{" + unit + "}", "UCUM", unit)
