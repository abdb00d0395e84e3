"""Files that are given to a model, prepared as its card says."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import InputPreparation, ModelCard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def read_inputs(path: Path, card: ModelCard) -> "dict[str, NDArray[Any]]":
    """Read what a model takes.

    Parameters
    ----------
    path : Path
        `.npz` with an array for every input, `.npy` for the only input (both already prepared), or a picture.
    card : ModelCard
        The model's card.

    Raises
    ------
    BadInput
        When the file is not there, is damaged, or is of a kind that this model does not take.
    """
    if not path.is_file():
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path}: there is no such file."), path=str(path))
        )
    suffix = path.suffix.lower()
    if suffix in (".npz", ".npy"):
        return _arrays(path, card)
    if suffix in PICTURES and [item.preparation.kind for item in card.inputs] == ["picture"]:
        return {card.inputs[0].name: prepare_picture(read_picture(path), card.inputs[0].preparation)}
    text = QT_TRANSLATE_NOOP("Message", "{path} is nothing that the model {name} takes.")
    hint = QT_TRANSLATE_NOOP("Message", "It takes {kinds}, or a .npz file with prepared arrays.")
    kinds = ", ".join(f"{item.name} ({item.preparation.kind})" for item in card.inputs)
    raise BadInput(message(text, path=str(path), name=card.id), message(hint, kinds=kinds))


def _arrays(path: Path, card: ModelCard) -> "dict[str, NDArray[Any]]":
    import numpy as np

    names = [item.name for item in card.inputs]
    try:
        loaded: Any = np.load(path, allow_pickle=False)
        arrays = (
            {names[0]: loaded} if isinstance(loaded, np.ndarray) else {n: loaded[n] for n in loaded.files}
        )
    except (ValueError, OSError, EOFError, KeyError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a file of arrays.")
        raise BadInput(message(text, path=str(path))) from error
    if sorted(arrays) != sorted(names):
        text = QT_TRANSLATE_NOOP("Message", "{path} does not hold the arrays {names}.")
        raise BadInput(message(text, path=str(path), names=", ".join(names)))
    return arrays


def read_picture(path: Path) -> "NDArray[np.uint8]":
    """Read a picture as RGB, (height, width, 3).

    Raises
    ------
    BadInput
        When it is not there, or damaged.
    """
    import cv2
    import numpy as np

    if not path.is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
        raise BadInput(message(text, path=str(path)))
    data = np.fromfile(path, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if picture is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a picture.")
        raise BadInput(message(text, path=str(path)))
    return np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)


def prepare_picture(rgb: "NDArray[np.uint8]", preparation: InputPreparation) -> "NDArray[np.float32]":
    """Make the array that a network takes of one picture.

    Parameters
    ----------
    rgb : ndarray of uint8, (height, width, 3)
        The picture.
    preparation : InputPreparation
        `patch` is the network's height and width, `layout` NHWC or NCHW.

    Returns
    -------
    ndarray of float32
        A batch of one.
    """
    import cv2
    import numpy as np

    height, width = preparation.patch or rgb.shape[:2]
    if preparation.padding == "letterbox":
        rgb = _letterbox(rgb, height / width)
    resized = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
    low, high = preparation.value_range or (0.0, 255.0)
    values = resized.astype(np.float32) * np.float32((high - low) / 255.0) + np.float32(low)
    return np.ascontiguousarray(values.transpose(2, 0, 1) if preparation.layout == "NCHW" else values)[None]


def _letterbox(rgb: "NDArray[np.uint8]", aspect: float) -> "NDArray[np.uint8]":
    """Add black borders on both sides until height / width is `aspect`."""
    import numpy as np

    height, width = rgb.shape[:2]
    down, across = max(round(width * aspect) - height, 0), max(round(height / aspect) - width, 0)
    return np.pad(rgb, ((down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)))
