"""The two networks of speech recognition, built from their published weights: Whisper (Radford et al. 2022).

The encoder turns thirty seconds of sound into what every layer of the decoder looks at; the decoder takes the
last words, with what it made of those before, and gives the next one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.ctranslate2_weights import read_ctranslate2
from models.onnx_builder import OnnxBuilder
from models.pack import Network, PackageFiles, PackModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEADS, LAYERS = 384, 6, 4
BANDS, FRAMES = 80, 3000
_SIZE = WIDTH // HEADS
_MASKED = -1e9
VOCABULARY, SETTINGS = "vocabulary.txt", "config.json"


def make_encoder(files: PackageFiles, model: PackModel) -> Network:
    """Build the encoder."""
    return Network(speech_encoder(read_ctranslate2(files.read(model.archive), model.id)))


def make_decoder(files: PackageFiles, model: PackModel) -> Network:
    """Build the decoder; its words and settings come beside it."""
    folder = model.archive.rpartition("/")[0]
    beside = {name: files.read(f"{folder}/{name}") for name in (VOCABULARY, SETTINGS)}
    return Network(speech_decoder(read_ctranslate2(files.read(model.archive), model.id)), beside)


def speech_encoder(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file of the encoder.

    Takes `features` (1, 80, 3000); gives `keys` and `values` (4, 6, 1500, 64) for the decoder's layers.
    """
    net = _Net(weights)
    hidden = net.gelu(net.convolution("encoder/conv1", "features", 1))
    hidden = net.gelu(net.convolution("encoder/conv2", hidden, 2))
    hidden = net.node("Transpose", [hidden], perm=[0, 2, 1])
    hidden = net.node("Add", [hidden, net.array("encoder/position_encodings/encodings")])
    for layer in range(LAYERS):
        hidden = net.layer(f"encoder/layer_{layer}", hidden, lambda parts: parts)
    hidden = net.norm("encoder/layer_norm", hidden)
    keys, values = [], []
    for layer in range(LAYERS):
        both = net.dense(f"decoder/layer_{layer}/attention/linear_1", hidden)
        key, value = net.split_node("Split", [both], 2, axis=-1)
        keys.append(net.heads(key, HEADS, _SIZE))
        values.append(net.heads(value, HEADS, _SIZE))
    net.name_output(net.node("Concat", keys, axis=0), "keys")
    net.name_output(net.node("Concat", values, axis=0), "values")
    shape = (LAYERS, HEADS, FRAMES // 2, _SIZE)
    return net.finish({"features": (1, BANDS, FRAMES)}, {"keys": shape, "values": shape})


def speech_decoder(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file of the decoder.

    Takes `words` (1, new) of int64, `keys` and `values` of the encoder, and `past_keys` and `past_values`
    (4, 6, past, 64) of the words before; gives `logits` (1, vocabulary) of the word after the last, and
    `next_keys` and `next_values` (4, 6, past + new, 64).
    """
    from onnx import TensorProto

    net = _Net(weights)
    table = net.array("decoder/embeddings/weight")
    places, mask = _places(net)
    seen = net.node("Gather", [net.array("decoder/position_encodings/encodings"), places])
    hidden = net.node("Add", [net.node("Gather", [table, "words"]), seen])
    kept: tuple[list[str], list[str]] = ([], [])
    for layer in range(LAYERS):
        hidden = _decoder_layer(net, layer, hidden, mask, kept)
    hidden = net.norm("decoder/layer_norm", hidden)
    last = net.node("Gather", [hidden, net.whole(-1)], axis=1)
    net.name_output(net.node("MatMul", [last, net.node("Transpose", [table], perm=[1, 0])]), "logits")
    net.name_output(net.node("Concat", kept[0], axis=0), "next_keys")
    net.name_output(net.node("Concat", kept[1], axis=0), "next_values")
    heard, past = (LAYERS, HEADS, FRAMES // 2, _SIZE), (LAYERS, HEADS, "past", _SIZE)
    following = (LAYERS, HEADS, "all", _SIZE)
    return net.finish(
        {"words": (1, "new"), "keys": heard, "values": heard, "past_keys": past, "past_values": past},
        {
            "logits": (1, len(weights["decoder/embeddings/weight"])),
            "next_keys": following,
            "next_values": following,
        },
        {"words": TensorProto.INT64},
    )


def _places(net: "_Net") -> tuple[str, str]:
    """Give the places of the new words, and the mask that lets each see those before it and itself."""
    new = net.node("Gather", [net.node("Shape", ["words"]), net.whole(1)])
    past = net.node("Gather", [net.node("Shape", ["past_keys"]), net.whole(2)])
    total = net.node("Add", [past, new])
    places = net.node("Range", [past, total, net.whole(1)])
    all_places = net.node("Range", [net.whole(0), total, net.whole(1)])
    seen = net.node("LessOrEqual", [all_places, net.node("Unsqueeze", [places, net.integers([1])])])
    return places, net.node("Where", [seen, net.number(0.0), net.number(_MASKED)])


def _decoder_layer(net: "_Net", layer: int, hidden: str, mask: str, kept: tuple[list[str], list[str]]) -> str:
    def with_past(parts: list[str]) -> list[str]:
        joined = [parts[0]]
        for part, name, out in zip(parts[1:], ("past_keys", "past_values"), kept, strict=True):
            before = net.node("Gather", [name, net.integers([layer])], axis=0)
            joined.append(net.node("Concat", [before, part], axis=2))
            out.append(joined[-1])
        return joined

    def heard(given: str) -> str:
        at = f"decoder/layer_{layer}/attention"
        query = net.heads(net.dense(f"{at}/linear_0", net.norm(f"{at}/layer_norm", given)), HEADS, _SIZE)
        key, value = (
            net.node("Gather", [name, net.integers([layer])], axis=0) for name in ("keys", "values")
        )
        return net.node("Add", [given, net.dense(f"{at}/linear_2", net.attention(query, key, value, _SIZE))])

    return net.layer(f"decoder/layer_{layer}", hidden, with_past, mask, heard)


class _Net(OnnxBuilder):
    def __init__(self, weights: "dict[str, NDArray[Any]]") -> None:
        super().__init__()
        self._weights = weights

    def layer(
        self,
        at: str,
        given: str,
        parts_of: Callable[[list[str]], list[str]],
        mask: str | None = None,
        between: Callable[[str], str] = lambda hidden: hidden,
    ) -> str:
        """Attend to oneself, do what is between, and pass the dense layers; each adds to what was given."""
        own = f"{at}/self_attention"
        mixed = self.dense(f"{own}/linear_0", self.norm(f"{own}/layer_norm", given))
        parts = [self.heads(part, HEADS, _SIZE) for part in self.split_node("Split", [mixed], 3, axis=-1)]
        query, key, value = parts_of(parts)
        seen = self.dense(f"{own}/linear_1", self.attention(query, key, value, _SIZE, mask))
        given = between(self.node("Add", [given, seen]))
        wide = self.gelu(self.dense(f"{at}/ffn/linear_0", self.norm(f"{at}/ffn/layer_norm", given)))
        return self.node("Add", [given, self.dense(f"{at}/ffn/linear_1", wide)])

    def dense(self, at: str, given: str) -> str:
        return self.linear(given, self._weights[f"{at}/weight"], self._weights[f"{at}/bias"])

    def norm(self, at: str, given: str) -> str:
        return self.layer_norm(given, self._weights[f"{at}/gamma"], self._weights[f"{at}/beta"])

    def convolution(self, at: str, given: str, stride: int) -> str:
        inputs = [given, self.array(f"{at}/weight"), self.array(f"{at}/bias")]
        return self.node("Conv", inputs, pads=[1, 1], strides=[stride])

    def array(self, name: str) -> str:
        return self.initializer(self._weights[name])

    def whole(self, value: int) -> str:
        import numpy as np

        return self.initializer(np.array(value, np.int64))
