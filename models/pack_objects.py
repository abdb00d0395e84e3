"""The objects pack: everyday things in photographs, and the boxes around four kinds of them in space."""

from core.model_card import InputPreparation, ModelInput, ModelOutput
from models.object_detection import LABELS
from models.pack import Network, Pack, Package, PackageFiles, PackModel, from_tflite
from models.tflite_conversion import convert_tflite

_ASSETS = "package/objectron_solution_packed_assets.data"
_DETECTOR_STARTS = 184  # behind the list of labels


def _detector(files: PackageFiles, model: PackModel) -> Network:
    """Cut the detector out of the packed assets, and convert it."""
    data = files.read(model.archive)[_DETECTOR_STARTS:]
    names = [item.name for item in model.inputs]
    return Network(convert_tflite(data, model.id, names, [item.name for item in model.outputs]))


def _box(kind: str, title: str, file: str, difference: float) -> PackModel:
    prepared = InputPreparation("picture", "NCHW", (0.0, 1.0), patch=(224, 224))
    return PackModel(
        f"package/object_detection_3d_{file}.tflite",
        "",
        f"{kind}-box",
        f"{title} in space (Objectron)",
        "landmarks",
        "The corners of the box around one thing in a crop around it.",
        (ModelInput("picture", prepared),),
        (
            ModelOutput("points", "Centre and eight corners, x and y in pixels of the 224 x 224 input."),
            ModelOutput("presence", "Probability that the thing is there."),
        ),
        from_tflite,
        difference=difference,
        reference="LiteRT's built-in kernels",
        data="a photograph",
    )


OBJECTS = Pack(
    name="objects",
    title="Everyday things in photographs, and their boxes in space",
    version="1.0",
    packages=(
        Package(
            name="@mediapipe/objectron",
            version="0.4.1675468480",
            sha256="fc3e37b326b05e8f596099c90b3e0931b05a56cd3160b9ac450b621794bac94c",
            size_bytes=32667233,
            url="https://registry.npmjs.org/@mediapipe/objectron/-/objectron-0.4.1675468480.tgz",
        ),
    ),
    licence="Apache-2.0",
    source="MediaPipe Objectron (Google), converted from TFLite on this machine",
    limits=("Not validated for any medical use.",),
    models=(
        PackModel(
            _ASSETS,
            "",
            "object-detector",
            "Object detector (SSD MobileNet v2)",
            "detection",
            "Finding 23 kinds of everyday things in photographs.",
            (ModelInput("picture", InputPreparation("picture", "NCHW", (-1.0, 1.0), patch=(300, 300))),),
            (
                ModelOutput("boxes", "Centre and size against 1917 anchors: y, x, height, width."),
                ModelOutput("scores", "Logit of every kind; the first is the background.", LABELS, 2),
            ),
            _detector,
            difference=1e-6,
            reference="LiteRT's built-in kernels",
            data="a photograph",
        ),
        _box("camera", "Camera", "camera", 6e-7),
        _box("chair", "Chair", "chair", 2e-6),
        _box("cup", "Cup", "cup", 2e-6),
        _box("shoe", "Shoe", "sneakers", 3e-6),
    ),
)
