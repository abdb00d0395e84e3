"""What the networks of the capture pack give, as MediaPipe's graphs read it."""

from core.model_card import ModelLabel, ModelOutput

FACE_DETECTION = (
    ModelOutput("boxes", "896 anchors: box centre, size and 6 key points, in pixels from the anchor."),
    ModelOutput("scores", "Logit of a face for every anchor."),
)
FACE_LANDMARKS = (
    ModelOutput("landmarks", "478 points, x, y, z in pixels of the crop; the last 10 are the irises."),
    ModelOutput("presence", "Logit of a face being there."),
    ModelOutput("auxiliary", "A score that MediaPipe does not use."),
)
PALM_DETECTION = (
    ModelOutput("boxes", "2016 anchors: box centre, size and 7 key points, in pixels from the anchor."),
    ModelOutput("scores", "Logit of a palm for every anchor."),
)
HAND_LANDMARKS = (
    ModelOutput("landmarks", "21 points, x, y, z in pixels of the crop."),
    ModelOutput("presence", "Probability of a hand being there."),
    ModelOutput("handedness", "Probability of a right hand, in a picture that is not mirrored."),
    ModelOutput("world", "21 points, x, y, z in metres from the hand's centre."),
)
PERSON_DETECTION = (
    ModelOutput("boxes", "2254 anchors: box centre, size and 4 key points, in pixels from the anchor."),
    ModelOutput("scores", "Logit of a person for every anchor."),
)
POSE_LANDMARKS = (
    ModelOutput(
        "landmarks",
        "39 points (33 of the body), x, y, z in pixels of the crop, logits of visibility, presence.",
    ),
    ModelOutput("presence", "Probability of a person being there."),
    ModelOutput("mask", "Logit of the person for every pixel of the crop."),
    ModelOutput("heatmap", "A map of 64 x 64 for each of the 39 points, which refines them."),
    ModelOutput("world", "39 points, x, y, z in metres from the middle of the hips."),
)
PERSON_MASK = (
    ModelOutput("mask", "Probability of the person for every pixel.", (ModelLabel("person"),), label_axis=3),
)

_EXPRESSIONS = """
_neutral browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff
cheekSquintLeft cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight
eyeLookInLeft eyeLookInRight eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft
eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft
mouthDimpleRight mouthFrownLeft mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft
mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight mouthRollLower mouthRollUpper
mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft mouthStretchRight
mouthUpperUpLeft mouthUpperUpRight noseSneerLeft noseSneerRight
"""
BLENDSHAPES = (
    ModelOutput(
        "coefficients",
        "Expression coefficients from 0 to 1, by their names in ARKit.",
        tuple(map(ModelLabel, _EXPRESSIONS.split())),
        label_axis=0,
    ),
)
