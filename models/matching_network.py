"""The network that pairs local features of two pictures, built from its published weights.

P. Lindenberger, P.-E. Sarlin, M. Pollefeys, "LightGlue: Local Feature Matching at Light Speed", 2023; the
small one for XFeat's features is LighterGlue (Potje et al. 2024), whose 96 channels are one head. All layers
run for all points.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from models.onnx_builder import OnnxBuilder
from models.pack import Network, PackageFiles, PackModel
from models.torch_weights import read_torch_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHANNELS_OF_A_HEAD = 64
_MATCHER = "matcher."
_OLD_NAME = re.compile(r"(self_attn|cross_attn)\.(\d+)\.")


def make_matching_network(files: PackageFiles, model: PackModel) -> Network:
    """Build the network."""
    weights = read_torch_weights(files.read(model.archive), model.id)
    size = next(len(values) for name, values in weights.items() if name.endswith("input_proj.bias"))
    return Network(matching_network(weights, max(1, size // _CHANNELS_OF_A_HEAD)))


def matching_network(weights: "dict[str, NDArray[Any]]", heads: int) -> bytes:
    """Give the ONNX file of the weights, named as in LightGlue's own code.

    Takes `points_0` (1, m, 2) from -1 to 1 over the longer side of the picture, `descriptors_0` (1, m, size),
    `points_1` and `descriptors_1` (1, n, ...); gives `scores` (1, m, n), the probability of every pair.
    """
    net = _Net(_renamed(weights), heads)
    places = [net.encoding(f"points_{side}") for side in (0, 1)]
    values = [net.dense("input_proj", f"descriptors_{side}") for side in (0, 1)]
    for layer in range(net.layers):
        at = f"transformers.{layer}"
        values = [net.self_block(f"{at}.self_attn", *both) for both in zip(values, places, strict=True)]
        values = net.cross_block(f"{at}.cross_attn", values)
    net.name_output(net.assignment(f"log_assignment.{net.layers - 1}", values), "scores")
    size = weights_size(net.weights)
    return net.finish(
        {
            "points_0": (1, "first", 2),
            "descriptors_0": (1, "first", size),
            "points_1": (1, "second", 2),
            "descriptors_1": (1, "second", size),
        },
        {"scores": (1, "first", "second")},
    )


def weights_size(weights: "dict[str, NDArray[Any]]") -> int:
    """Give the size of the descriptors that the weights are for."""
    return int(weights["input_proj.weight"].shape[1])


def _renamed(weights: "dict[str, NDArray[Any]]") -> "dict[str, NDArray[Any]]":
    """Give the matcher's own weights by their newer names."""
    own = {name.removeprefix(_MATCHER): values for name, values in weights.items()}
    return {
        _OLD_NAME.sub(r"transformers.\2.\1.", name, count=1) if name[0] in "sc" else name: values
        for name, values in own.items()
    }


class _Net(OnnxBuilder):
    def __init__(self, weights: "dict[str, NDArray[Any]]", heads: int) -> None:
        super().__init__()
        self.weights = weights
        self._heads = heads
        self._kept: dict[tuple[tuple[int, ...], bytes], str] = {}
        self._head = weights["input_proj.weight"].shape[0] // heads
        self.layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("transformers."))

    def initializer(self, values: "NDArray[Any]") -> str:
        """Keep weights once that both pictures go through."""
        key = values.shape, hashlib.sha256(np.ascontiguousarray(values).tobytes()).digest()
        if key not in self._kept:
            self._kept[key] = super().initializer(values)
        return self._kept[key]

    def dense(self, at: str, given: str) -> str:
        return self.linear(given, self.weights[f"{at}.weight"], self.weights[f"{at}.bias"])

    def encoding(self, points: str) -> tuple[str, str]:
        """Give cosine and sine (1, 1, points, head) of what the points are projected to, each twice."""
        projected = self.linear(points, np.repeat(self.weights["posenc.Wr.weight"], 2, axis=0))
        projected = self.node("Unsqueeze", [projected, self.integers([1])])
        return self.node("Cos", [projected]), self.node("Sin", [projected])

    def self_block(self, at: str, given: str, place: tuple[str, str]) -> str:
        """Let the points of one picture look at one another."""
        weight, bias = (
            self.weights[f"{at}.Wqkv.{kind}"].reshape(self._heads * self._head, 3, -1)
            for kind in ("weight", "bias")
        )
        query, key, value = ((weight[:, part], bias[:, part, 0]) for part in range(3))
        turned = [self._turned(given, *part, place) for part in (query, key)]
        values = self.heads(self.linear(given, *value), self._heads, self._head)
        mixed = self.attention(turned[0], turned[1], values, self._head)
        return self._fed(at, given, self.dense(f"{at}.out_proj", mixed))

    def _turned(
        self, given: str, weight: "NDArray[Any]", bias: "NDArray[Any]", place: tuple[str, str]
    ) -> str:
        """Project and turn every pair of channels by the angle of its place (Su et al. 2021)."""
        across = [self.linear(given, weight, bias), self.linear(given, _quarter(weight), _quarter(bias))]
        parts = [
            self.node("Mul", [self.heads(part, self._heads, self._head), factor])
            for part, factor in zip(across, place, strict=True)
        ]
        return self.node("Add", parts)

    def cross_block(self, at: str, given: Sequence[str]) -> list[str]:
        """Let the points of each picture look at those of the other."""
        keys, values = (
            [self.heads(self.dense(f"{at}.{name}", one), self._heads, self._head) for one in given]
            for name in ("to_qk", "to_v")
        )
        found: list[str] = []
        for own, other in ((0, 1), (1, 0)):
            mixed = self.attention(keys[own], keys[other], values[other], self._head)
            found.append(self._fed(at, given[own], self.dense(f"{at}.to_out", mixed)))
        return found

    def _fed(self, at: str, given: str, message: str) -> str:
        """Add what two layers make of a value and of what came to it."""
        both = self.node("Concat", [given, message], axis=-1)
        weight, bias = (self.weights[f"{at}.ffn.1.{kind}"] for kind in ("weight", "bias"))
        hidden = self.gelu(self.layer_norm(self.dense(f"{at}.ffn.0", both), weight, bias))
        return self.node("Add", [given, self.dense(f"{at}.ffn.3", hidden)])

    def assignment(self, at: str, values: Sequence[str]) -> str:
        """Give the probability that two points are the same, and that each is in both pictures."""
        first, second = (self.dense(f"{at}.final_proj", one) for one in values)
        scale = self.number(float(self._heads * self._head) ** -0.5)
        turned = self.node("Transpose", [second], perm=[0, 2, 1])
        alike = self.node("MatMul", [self.node("Mul", [first, scale]), turned])
        there = [self.node("Sigmoid", [self.dense(f"{at}.matchability", one)]) for one in values]
        there[1] = self.node("Transpose", [there[1]], perm=[0, 2, 1])
        shares = [self.node("Softmax", [alike], axis=axis) for axis in (1, 2)]
        return self.node("Mul", [self.node("Mul", shares), self.node("Mul", there)])


def _quarter(rows: "NDArray[Any]") -> "NDArray[Any]":
    """Turn every pair of rows by 90 degrees: (a, b) becomes (-b, a)."""
    turned = np.empty_like(rows)
    turned[0::2], turned[1::2] = -rows[1::2], rows[0::2]
    return turned
