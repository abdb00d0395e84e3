"""Words of model cards in the language of the window."""

from PySide6.QtCore import QCoreApplication, QLocale

from core.message import QT_TRANSLATE_NOOP
from core.model_card import InputPreparation
from models.bench import ProviderBench
from models.own_card_texts import translated

_TASKS = {
    "classification": QT_TRANSLATE_NOOP("ModelCard", "Classification"),
    "detection": QT_TRANSLATE_NOOP("ModelCard", "Detection"),
    "embedding": QT_TRANSLATE_NOOP("ModelCard", "Embedding"),
    "instance-segmentation": QT_TRANSLATE_NOOP("ModelCard", "Counting objects"),
    "landmarks": QT_TRANSLATE_NOOP("ModelCard", "Landmarks"),
    "recognition": QT_TRANSLATE_NOOP("ModelCard", "Recognition"),
    "regression": QT_TRANSLATE_NOOP("ModelCard", "Regression"),
    "segmentation": QT_TRANSLATE_NOOP("ModelCard", "Segmentation"),
    "synthesis": QT_TRANSLATE_NOOP("ModelCard", "Synthesis"),
}
_KINDS = {
    "picture": QT_TRANSLATE_NOOP("ModelCard", "picture"),
    "volume": QT_TRANSLATE_NOOP("ModelCard", "volume"),
    "sound": QT_TRANSLATE_NOOP("ModelCard", "sound"),
    "values": QT_TRANSLATE_NOOP("ModelCard", "values as they are"),
}
_SIZE = QT_TRANSLATE_NOOP("ModelCard", "{sizes} pixels or voxels")
_RANGE = QT_TRANSLATE_NOOP("ModelCard", "values from {low} to {high}")
_WINDOW = QT_TRANSLATE_NOOP("ModelCard", "stored values clipped to {low} to {high}")
_SPACING = QT_TRANSLATE_NOOP("ModelCard", "spacing {sizes} mm")
_ORIENTATION = QT_TRANSLATE_NOOP("ModelCard", "axes towards {directions}")
_COMMA = QT_TRANSLATE_NOOP("ModelCard", ", ")
_LETTERBOX = QT_TRANSLATE_NOOP("ModelCard", "padded, not stretched")


def in_words(text: str) -> str:
    """Give a text of a card in the language of the window; as it is where it has no translation."""
    whole = QCoreApplication.translate("ModelCard", text)
    return translated(text, _in_window) if whole == text else whole


def _in_window(text: str) -> str:
    return QCoreApplication.translate("ModelCard", text)


def task_name(task: str) -> str:
    """Give the name of a card's task."""
    return in_words(_TASKS.get(task, task))


def provider_name(provider: str) -> str:
    """Give the short name of one of ONNX Runtime's execution providers."""
    return provider.removesuffix("ExecutionProvider")


def megabytes(size_bytes: int) -> str:
    """Give a size in MB (10**6 bytes), with a decimal below ten; in kB where it is very small."""
    size = size_bytes / 1e6
    if size < 0.1:
        return f"{QLocale().toString(size_bytes / 1e3, 'f', 1)} kB"
    return f"{QLocale().toString(size, 'f', 1 if size < 10 else 0)} MB"


def milliseconds(speed: ProviderBench) -> str:
    """Give the median time of a run."""
    decimals = 2 if speed.median_ms < 10 else 0
    return f"{QLocale().toString(speed.median_ms, 'f', decimals)} ms"


def preparation_in_words(preparation: InputPreparation) -> str:
    """Describe how an input is prepared, in half sentences."""
    parts = [in_words(_KINDS.get(preparation.kind, preparation.kind))]
    if preparation.layout:
        parts.append(preparation.layout)
    if preparation.patch:
        parts.append(in_words(_SIZE).format(sizes=" × ".join(map(str, preparation.patch))))
    if preparation.spacing_mm:
        parts.append(
            in_words(_SPACING).format(sizes=" × ".join(f"{size:g}" for size in preparation.spacing_mm))
        )
    if preparation.orientation:
        parts.append(in_words(_ORIENTATION).format(directions=preparation.orientation))
    for template, pair in ((_WINDOW, preparation.window), (_RANGE, preparation.value_range)):
        if pair:
            parts.append(in_words(template).format(low=f"{pair[0]:g}", high=f"{pair[1]:g}"))
    if preparation.normalisation:
        parts.append(preparation.normalisation)
    if preparation.kind == "picture" and preparation.padding == "letterbox":
        parts.append(in_words(_LETTERBOX))
    return in_words(_COMMA).join(parts)
