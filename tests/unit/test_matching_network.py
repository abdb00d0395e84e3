"""The matcher of local features beside LightGlue's equations in double precision."""

from math import erf

import numpy as np
import onnx
import onnxruntime
import pytest

from models.feature_matching import FeatureMatcher, mutual_pairs, normalised_points
from models.local_features import LocalFeatures
from models.matching_network import matching_network

GIVEN, SIZE, HEADS, LAYERS = 6, 8, 2, 2
Weights = dict[str, np.ndarray]


def random_weights() -> Weights:
    random = np.random.default_rng(3)
    shapes = {"input_proj": (SIZE, GIVEN)}
    for layer in range(LAYERS):
        own, cross = f"transformers.{layer}.self_attn", f"transformers.{layer}.cross_attn"
        shapes |= {f"{own}.Wqkv": (3 * SIZE, SIZE), f"{own}.out_proj": (SIZE, SIZE)}
        shapes |= {f"{cross}.{name}": (SIZE, SIZE) for name in ("to_qk", "to_v", "to_out")}
        for at in (own, cross):
            shapes |= {f"{at}.ffn.0": (2 * SIZE, 2 * SIZE), f"{at}.ffn.3": (SIZE, 2 * SIZE)}
            shapes[f"{at}.ffn.1"] = (2 * SIZE,)
        shapes |= {f"log_assignment.{layer}.matchability": (1, SIZE)}
        shapes |= {f"log_assignment.{layer}.final_proj": (SIZE, SIZE)}
    weights = {"posenc.Wr.weight": random.normal(size=(SIZE // HEADS // 2, 2))}
    for name, shape in shapes.items():
        weights[f"{name}.weight"] = random.normal(size=shape) * 0.5
        weights[f"{name}.bias"] = random.normal(size=shape[:1]) * 0.5
    return {name: values.astype(np.float32) for name, values in weights.items()}


def softmax(values: np.ndarray, axis: int) -> np.ndarray:
    raised = np.exp(values - values.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


class Reference:
    def __init__(self, weights: Weights) -> None:
        self.weights = {name: values.astype(np.float64) for name, values in weights.items()}

    def dense(self, at: str, given: np.ndarray) -> np.ndarray:
        return given @ self.weights[f"{at}.weight"].T + self.weights[f"{at}.bias"]

    def fed(self, at: str, given: np.ndarray, told: np.ndarray) -> np.ndarray:
        hidden = self.dense(f"{at}.ffn.0", np.concatenate([given, told], axis=1))
        mean, variance = hidden.mean(axis=1, keepdims=True), hidden.var(axis=1, keepdims=True)
        normal = (hidden - mean) / np.sqrt(variance + 1e-5)
        normal = normal * self.weights[f"{at}.ffn.1.weight"] + self.weights[f"{at}.ffn.1.bias"]
        active = normal * 0.5 * (1.0 + np.vectorize(erf)(normal / np.sqrt(2.0)))
        return given + self.dense(f"{at}.ffn.3", active)

    def turned(self, vectors: np.ndarray, points: np.ndarray) -> np.ndarray:
        angle = points @ self.weights["posenc.Wr.weight"].T
        pairs = vectors[..., 0::2] + 1j * vectors[..., 1::2]
        pairs = pairs * np.exp(1j * angle)
        return np.stack([pairs.real, pairs.imag], axis=-1).reshape(vectors.shape)

    def self_block(self, at: str, given: np.ndarray, points: np.ndarray) -> np.ndarray:
        all_three = self.dense(f"{at}.Wqkv", given).reshape(len(given), HEADS, -1, 3)
        mixed = []
        for head in range(HEADS):
            query, key, value = (all_three[:, head, :, part] for part in range(3))
            query, key = self.turned(query, points), self.turned(key, points)
            mixed.append(softmax(query @ key.T / np.sqrt(query.shape[1]), 1) @ value)
        return self.fed(at, given, self.dense(f"{at}.out_proj", np.concatenate(mixed, axis=1)))

    def cross_block(self, at: str, own: np.ndarray, other: np.ndarray) -> np.ndarray:
        mixed = []
        for head in range(HEADS):
            part = slice(head * SIZE // HEADS, (head + 1) * SIZE // HEADS)
            query, key = (self.dense(f"{at}.to_qk", one)[:, part] for one in (own, other))
            value = self.dense(f"{at}.to_v", other)[:, part]
            mixed.append(softmax(query @ key.T / np.sqrt(query.shape[1]), 1) @ value)
        return self.fed(at, own, self.dense(f"{at}.to_out", np.concatenate(mixed, axis=1)))

    def scores(self, points: list[np.ndarray], descriptors: list[np.ndarray]) -> np.ndarray:
        values = [self.dense("input_proj", one) for one in descriptors]
        for layer in range(LAYERS):
            at = f"transformers.{layer}"
            values = [self.self_block(f"{at}.self_attn", *both) for both in zip(values, points, strict=True)]
            values = [self.cross_block(f"{at}.cross_attn", *pair) for pair in (values, values[::-1])]
        at = f"log_assignment.{LAYERS - 1}"
        first, second = (self.dense(f"{at}.final_proj", one) for one in values)
        alike = first @ second.T / np.sqrt(SIZE)
        there = [1.0 / (1.0 + np.exp(-self.dense(f"{at}.matchability", one))) for one in values]
        return softmax(alike, 0) * softmax(alike, 1) * there[0] * there[1].T


@pytest.mark.parametrize("old_names", [False, True])
def test_the_network_computes_lightglues_equations(old_names: bool) -> None:
    weights = random_weights()
    reference = Reference(weights)
    if old_names:  # as the published files have them
        weights = {
            f"matcher.{name.replace(f'transformers.{layer}.self_attn', f'self_attn.{layer}')}": values
            for name, values in weights.items()
            for layer in (int(name.split(".")[1]) if name.startswith("transformers") else 0,)
        }
        weights["extractor.other.weight"] = np.zeros(3, np.float32)
    network = matching_network(weights, HEADS)
    onnx.checker.check_model(onnx.load_from_string(network), full_check=True)
    random = np.random.default_rng(5)
    points = [random.uniform(-1, 1, (count, 2)).astype(np.float32) for count in (7, 5)]
    descriptors = [random.normal(size=(count, GIVEN)).astype(np.float32) for count in (7, 5)]
    given = {f"points_{side}": points[side][None] for side in (0, 1)}
    given |= {f"descriptors_{side}": descriptors[side][None] for side in (0, 1)}
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, given)
    expected = reference.scores(points, descriptors)
    assert found.shape == (1, 7, 5)
    assert np.abs(found[0] - expected).max() < 1e-5
    assert expected.max() > 1e-2


def test_pairs_are_each_others_best_and_likely() -> None:
    scores = np.array([[0.9, 0.2, 0.0], [0.8, 0.3, 0.0], [0.0, 0.0, 0.05]], np.float32)
    pairs, chances = mutual_pairs(scores, 0.1)
    assert pairs.tolist() == [[0, 0]]
    assert chances.tolist() == pytest.approx([0.9])


def test_points_are_counted_from_the_middle_in_halves_of_the_longer_side() -> None:
    points = np.array([[0, 0], [100, 50], [200, 100]], np.float32)
    assert normalised_points(points, (200, 100)).tolist() == [[-1, -0.5], [0, 0], [1, 0.5]]


def test_a_picture_without_points_has_no_pairs() -> None:
    class Empty:
        def find(self, name: str) -> str:
            return name

    none = LocalFeatures(np.zeros((0, 2), np.float32), np.zeros(0, np.float32), np.zeros((0, 64), np.float32))
    matcher = FeatureMatcher(Empty(), None)
    pairs, chances = matcher.match((none, none), ((10, 10), (10, 10)))
    assert pairs.shape == (0, 2)
    assert chances.shape == (0,)
