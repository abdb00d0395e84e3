"""Patches as training sees them: turned, scaled, mirrored, and with other intensities and contrasts.

The geometric part follows nnU-Net's proportions (Isensee 2021). The synthetic contrast, which gives an image
the look of another scanner or sequence, is a cheap relative of SynthSeg (Billot 2023): intensities pass
through a random curve, and each label gets an offset of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch

_TURNED, _SCALED, _BENT = 0.4, 0.4, 0.25
_LARGEST_TURN_3D = math.radians(15.0)
_SCALES = (0.8, 1.25)
_KNOTS = 6


@dataclass(frozen=True)
class PatchShape:
    """Size of the patch in voxels, their spacing, and the axes that may be mirrored."""

    patch: tuple[int, ...]
    spacing_mm: tuple[float, ...]
    mirror_axes: tuple[int, ...]


def cut_patch(
    image: "torch.Tensor",
    labels: "torch.Tensor",
    centre: Sequence[float],
    shape: PatchShape,
    random: "np.random.Generator",
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Sample one patch around `centre`, turned, scaled, bent and mirrored at random.

    Parameters
    ----------
    image : (channels, *size) float32
    labels : (*size) uint8
    centre : sequence of float
        Voxel index.

    Returns
    -------
    image : (channels, *patch) float32
    labels : (*patch) uint8
    """
    import torch
    from torch.nn.functional import grid_sample

    size = image.shape[1:]
    steps = [
        (torch.arange(side, dtype=torch.float32) - (side - 1) / 2.0) * spacing
        for side, spacing in zip(shape.patch, shape.spacing_mm, strict=True)
    ]
    points = torch.stack(torch.meshgrid(*steps, indexing="ij"), dim=-1)  # millimetres from the centre
    points = points @ torch.from_numpy(_linear_map(len(size), shape.mirror_axes, random)).T
    if random.random() < _BENT:
        points = points + _bend(shape, random)
    points = points / torch.tensor(shape.spacing_mm) + torch.tensor(centre, dtype=torch.float32)
    extent = torch.tensor([float(max(side - 1, 1)) for side in size])
    grid = (2.0 * points / extent - 1.0).flip(-1)[None]
    padding = "border" if random.random() < 0.5 else "zeros"
    sampled = grid_sample(image[None], grid, "bilinear", padding, align_corners=True)[0]
    drawn = grid_sample(labels[None, None].float(), grid, "nearest", "zeros", align_corners=True)[0, 0]
    return sampled, drawn.to(torch.uint8)


def _linear_map(dimensions: int, mirror_axes: Sequence[int], random: "np.random.Generator") -> "np.ndarray":
    """Make a random turn, scale and mirroring, float32 (dimensions, dimensions)."""
    import numpy as np

    matrix = np.eye(dimensions)
    if random.random() < _TURNED:
        for first in range(dimensions):
            for second in range(first + 1, dimensions):
                largest = _LARGEST_TURN_3D if dimensions == 3 else math.pi
                angle = random.uniform(-largest, largest)
                turn = np.eye(dimensions)
                turn[first, first] = turn[second, second] = math.cos(angle)
                turn[first, second], turn[second, first] = -math.sin(angle), math.sin(angle)
                matrix = matrix @ turn
    if random.random() < _SCALED:
        matrix = matrix * math.exp(random.uniform(math.log(_SCALES[0]), math.log(_SCALES[1])))
    for axis in mirror_axes:
        if random.random() < 0.5:
            matrix[:, axis] *= -1.0
    return matrix.astype(np.float32)


def _bend(shape: PatchShape, random: "np.random.Generator") -> "torch.Tensor":
    """Make a smooth random displacement in millimetres, (*patch, dimensions)."""
    import numpy as np
    import torch
    from torch.nn.functional import interpolate

    dimensions = len(shape.patch)
    size = min(side * step for side, step in zip(shape.patch, shape.spacing_mm, strict=True))
    coarse = random.normal(0.0, 0.025 * size, (1, dimensions, *(4,) * dimensions)).astype(np.float32)
    mode = "bilinear" if dimensions == 2 else "trilinear"
    field = interpolate(torch.from_numpy(coarse), shape.patch, mode=mode, align_corners=True)[0]
    return field.movedim(0, -1)


def change_intensities(
    image: "torch.Tensor", labels: "torch.Tensor | None", random: "np.random.Generator"
) -> "torch.Tensor":
    """Change brightness, contrast, sharpness and noise at random, and sometimes the contrast between tissues.

    Parameters
    ----------
    image : (channels, *patch) float32
        Normalised values, about -1 to 1.
    labels : (*patch) uint8, optional
        Give every structure an offset of its own in the synthetic contrast.
    """
    import torch

    if random.random() < 0.15:
        image = _other_contrast(image, labels, random)
    if random.random() < 0.2:
        image = _blurred(image, float(random.uniform(0.5, 1.0)))
    if random.random() < 0.25:
        image = image * float(random.uniform(0.75, 1.25))
    if random.random() < 0.25:
        image = image + float(random.normal(0.0, 0.1))
    if random.random() < 0.2:
        image = _gamma(image, float(random.uniform(0.7, 1.5)))
    if random.random() < 0.2:
        noise = torch.from_numpy(random.standard_normal(tuple(image.shape), "float32"))
        image = image + float(random.uniform(0.0, 0.15)) * noise
    return image


def _gamma(image: "torch.Tensor", exponent: float) -> "torch.Tensor":
    low, high = image.amin(), image.amax()
    width = (high - low).clamp_min(1e-6)
    return ((image - low) / width) ** exponent * width + low


def _blurred(image: "torch.Tensor", sigma: float) -> "torch.Tensor":
    import torch
    from torch.nn import functional

    weights = torch.exp(-0.5 * (torch.arange(-2.0, 3.0) / sigma) ** 2)
    weights = weights / weights.sum()
    convolve = functional.conv2d if image.ndim == 3 else functional.conv3d
    for axis in range(1, image.ndim):
        if image.shape[axis] > 4:
            shape = [1] * (image.ndim + 1)
            shape[axis + 1] = 5
            padding = [2 if other == axis else 0 for other in range(1, image.ndim)]
            image = convolve(image[:, None], weights.reshape(shape), padding=padding)[:, 0]
    return image


def _other_contrast(
    image: "torch.Tensor", labels: "torch.Tensor | None", random: "np.random.Generator"
) -> "torch.Tensor":
    """Send the intensities through a random piecewise linear curve, and shift those of every label."""
    import torch

    low, high = image.amin(), image.amax()
    place = ((image - low) / (high - low).clamp_min(1e-6)).clamp(0.0, 1.0) * (_KNOTS - 1)
    knots = torch.from_numpy(random.uniform(-1.0, 1.0, _KNOTS + 1).astype("float32"))
    below = place.floor().long()
    changed = torch.lerp(knots[below], knots[below + 1], place - below)
    if labels is not None:
        offsets = random.normal(0.0, 0.15, 256).astype("float32")
        changed = changed + torch.from_numpy(offsets)[labels.long()]
    return changed
