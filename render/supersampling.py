"""Finer pictures made into pictures without jagged edges."""

import numpy as np
from numpy.typing import NDArray

from render.surface_files import linear


def averaged(pixels: NDArray[np.uint8], finer: int) -> NDArray[np.uint8]:
    """Make one pixel of `finer` x `finer`, as light.

    Parameters
    ----------
    pixels : (h, w, 4) uint8
        sRGB colours multiplied by alpha, as encoded.
    """
    alpha = pixels[..., 3:].astype(np.float32) / 255
    straight = np.rint(pixels[..., :3] / np.maximum(alpha, 1 / 255)).astype(np.uint16)
    if finer == 1:
        return np.concatenate([np.minimum(straight, 255).astype(np.uint8), pixels[..., 3:]], axis=2)
    light = _LINEAR[np.minimum(straight, 255)] * alpha
    height, width = pixels.shape[0] // finer, pixels.shape[1] // finer
    blocks = np.concatenate([light, alpha], axis=2).reshape(height, finer, width, finer, 4)
    mean = blocks.mean(axis=(1, 3))
    colours = mean[..., :3] / np.maximum(mean[..., 3:], 1e-6)
    steps = np.rint(np.clip(colours, 0, 1) * (len(_SRGB) - 1)).astype(np.int32)
    alphas = np.rint(mean[..., 3:] * 255).astype(np.uint8)
    return np.concatenate([_SRGB[steps], alphas], axis=2)


_LINEAR = linear(np.arange(256)[:, None])[:, 0]
_LEVELS = np.linspace(0, 1, 1 << 14)
_SRGB = np.rint(
    255
    * np.where(_LEVELS <= 0.0031308, 12.92 * _LEVELS, 1.055 * np.maximum(_LEVELS, 1e-9) ** (1 / 2.4) - 0.055)
).astype(np.uint8)
