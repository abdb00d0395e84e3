import numpy as np
import onnxruntime

from models.onnx_builder import OnnxBuilder


def run(net: OnnxBuilder, value: str, shape: tuple[int, ...], given: np.ndarray) -> np.ndarray:
    net.name_output(value, "out")
    network = net.finish({"in": shape}, {"out": shape})
    (made,) = onnxruntime.InferenceSession(network).run(None, {"in": given})
    return np.asarray(made)


def test_channels_of_a_million_pixels_are_normalised_precisely() -> None:
    given = np.random.default_rng(1).normal(2, 1, (1, 2, 1024, 1024)).astype(np.float32)
    net = OnnxBuilder()
    made = run(net, net.instance_norm("in", 4), given.shape, given)
    wide = given.astype(np.float64)
    centred = wide - wide.mean(axis=(2, 3), keepdims=True)
    meant = centred / np.sqrt((centred**2).mean(axis=(2, 3), keepdims=True) + 1e-5)
    assert np.abs(made - meant).max() < 3e-6


def test_gelu_and_norm_are_those_of_their_formulas() -> None:
    from math import erf

    given = np.linspace(-4, 4, 24, dtype=np.float32).reshape(1, 2, 12)
    net = OnnxBuilder()
    made = run(net, net.gelu("in"), given.shape, given)
    meant = [value * 0.5 * (1 + erf(value / 2**0.5)) for value in given.reshape(-1).astype(float)]
    assert np.abs(made.reshape(-1) - meant).max() < 1e-6
    net = OnnxBuilder()
    made = run(
        net, net.layer_norm("in", np.full(12, 2.0, np.float32), np.ones(12, np.float32)), given.shape, given
    )
    assert np.allclose(made.mean(axis=2), 1, atol=1e-5)
    assert np.allclose(made.std(axis=2), 2, atol=1e-3)


def test_attention_sees_what_the_mask_leaves() -> None:
    given = np.random.default_rng(2).normal(size=(1, 3, 4)).astype(np.float32)
    net = OnnxBuilder()
    parts = net.heads("in", 2, 2)
    mask = net.initializer(np.triu(np.full((3, 3), -1e9, np.float32), 1))
    made = run(net, net.attention(parts, parts, parts, 2, mask), given.shape, given)
    assert np.allclose(made[0, 0], given[0, 0], atol=1e-6)  # the first sees only itself
    heads = given[0].reshape(3, 2, 2).astype(float)
    for head in range(2):
        own = heads[:, head]
        scores = own[2] @ own.T / 2**0.5
        weights = np.exp(scores) / np.exp(scores).sum()
        assert np.allclose(made[0, 2, 2 * head : 2 * head + 2], weights @ own, atol=1e-6)
