"""DISK's network beside its equations in NumPy, and the points of its maps."""

import numpy as np
import onnx
import onnxruntime
import pytest

from models.disk_features import DiskFinder, strict_peaks
from models.disk_network import disk_network

DOWN, UP = (4, 5, 6, 7, 8), (8, 7, 6, 4)  # the last is three numbers of a descriptor, and the heat
Weights = dict[str, np.ndarray]


def random_weights() -> Weights:
    random, weights = np.random.default_rng(0), {}

    def layer(at: str, wide: int, given: int, *, gate: bool = True) -> None:
        weights[f"{at}.3.weight"] = random.normal(size=(wide, given, 5, 5)) * 0.2
        weights[f"{at}.3.bias"] = random.normal(size=wide)
        if gate:
            weights[f"{at}.1.weight"] = random.uniform(-0.5, 1.5, given)

    for number, (given, wide) in enumerate(zip((3, *DOWN), DOWN, strict=False)):
        layer(f"extractor.unet.path_down.{number}.1", wide, given, gate=number > 0)
    for number, (below, beside, wide) in enumerate(zip((DOWN[-1], *UP), DOWN[-2::-1], UP, strict=False)):
        layer(f"extractor.unet.path_up.{number}.conv", wide, below + beside)
    return {name: values.astype(np.float32) for name, values in weights.items()}


def convolved(given: np.ndarray, weights: Weights, at: str) -> np.ndarray:
    wide = np.pad(given, ((0, 0), (2, 2), (2, 2)))
    around = np.lib.stride_tricks.sliding_window_view(wide, (5, 5), axis=(1, 2))
    bias = weights[f"{at}.3.bias"][:, None, None]
    return np.einsum("chwyx,ocyx->ohw", around, weights[f"{at}.3.weight"].astype(np.float64)) + bias


def gated(given: np.ndarray, weights: Weights, at: str) -> np.ndarray:
    mean, variance = (getattr(given, kind)(axis=(1, 2), keepdims=True) for kind in ("mean", "var"))
    normal = (given - mean) / np.sqrt(variance + 1e-5)
    weak = normal * weights[f"{at}.1.weight"][:, None, None]
    return convolved(np.where(normal > 0, normal, weak), weights, at)


def doubled(given: np.ndarray) -> np.ndarray:
    for axis in (1, 2):
        size = given.shape[axis]
        where = np.clip((np.arange(2 * size) + 0.5) / 2 - 0.5, 0, size - 1)
        low = np.floor(where).astype(int)
        share = (where - low).reshape(-1, *(1,) * (2 - axis))
        lower, upper = (given.take(index, axis) for index in (low, np.minimum(low + 1, size - 1)))
        given = lower * (1 - share) + upper * share
    return given


def expected(picture: np.ndarray, weights: Weights) -> np.ndarray:
    values = [convolved(picture, weights, "extractor.unet.path_down.0.1")]
    for number in range(1, len(DOWN)):
        c, h, w = values[-1].shape
        half = values[-1].reshape(c, h // 2, 2, w // 2, 2).mean(axis=(2, 4))
        values.append(gated(half, weights, f"extractor.unet.path_down.{number}.1"))
    found = values.pop()
    for number in range(len(UP)):
        both = np.concatenate([doubled(found), values.pop()])
        found = gated(both, weights, f"extractor.unet.path_up.{number}.conv")
    return found


def test_the_network_computes_disks_equations() -> None:
    weights = random_weights()
    network = disk_network(weights)
    onnx.checker.check_model(onnx.load_from_string(network), full_check=True)
    picture = np.random.default_rng(1).random((1, 3, 32, 48)).astype(np.float32)
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    descriptors, heat = session.run(["descriptors", "heat"], {"picture": picture})
    wanted = expected(picture[0].astype(np.float64), weights)
    assert heat.shape == (1, 1, 32, 48)
    assert np.abs(heat[0, 0] - wanted[3]).max() < 1e-4 * np.abs(wanted).max()
    assert np.abs(descriptors[0] - wanted[:3]).max() < 1e-4 * np.abs(wanted).max()


def test_points_are_alone_the_highest_and_not_at_the_border() -> None:
    heat = np.full((20, 30), -1.0, np.float32)
    heat[10, 12] = heat[10, 20] = 2.0
    heat[11, 13] = 1.5  # beside a higher one
    heat[5, 5] = heat[6, 6] = 3.0  # neither is alone
    heat[1, 15] = heat[10, 29] = 9.0
    heat[15, 3] = -0.5
    assert strict_peaks(heat, 2).tolist() == [[12, 10], [20, 10]]
    assert strict_peaks(heat[:4, :3], 2).shape == (0, 2)


def test_points_of_a_large_picture_are_in_its_own_pixels() -> None:
    class Network:
        """Finds the brightest pixel of what it is given."""

        def find(self, name: str) -> str:
            return name

        def run(self, _model: str, given: dict[str, np.ndarray], **_: object) -> dict[str, np.ndarray]:
            picture = given["picture"]
            assert picture.shape == (1, 3, 512, 1024)
            heat = picture.mean(axis=1, keepdims=True) - 0.5
            return {"heat": heat, "descriptors": np.broadcast_to(heat, (1, 128, 512, 1024))}

    rgb = np.zeros((1000, 2048, 3), np.uint8)
    rgb[400:402, 1600:1602] = 255
    found = DiskFinder(Network(), Network()).find(rgb)
    assert found.points.tolist() == [[1600.5, 400.5]]
    assert np.linalg.norm(found.descriptors[0]) == pytest.approx(1.0)
