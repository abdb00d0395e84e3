"""The same voxels, counted along the axes of another stack."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.segmentation import Segmentation
from core.slice_geometry import SliceGeometry

_PARALLEL = 0.99999


def aligned(segmentation: Segmentation, reference: SliceGeometry) -> Segmentation:
    """Exchange and turn the axes of a label map such that they run as those of `reference`.

    Nothing is resampled: where no exchange makes the axes parallel, and for stacks that are not rectangular,
    the segmentation is given back as it is.
    """
    affine = segmentation.geometry.lps_from_ijk
    if affine is None:
        return segmentation
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    wanted = np.stack([reference.row_direction, reference.column_direction, reference.normal], axis=1)
    turn = wanted.T @ axes
    source = np.abs(turn).argmax(axis=1)
    signs = np.sign(turn[np.arange(3), source])
    parallel = np.abs(turn[np.arange(3), source]).min() >= _PARALLEL
    unchanged = (source == np.arange(3)).all() and (signs > 0).all()
    if unchanged or not parallel or len(set(source.tolist())) < 3:
        return segmentation
    order = [2 - int(axis) for axis in source[::-1]]
    flips = [slice(None, None, int(sign)) for sign in signs[::-1]]

    def turned(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.ascontiguousarray(values.transpose(order)[tuple(flips)])

    shape = [segmentation.geometry.shape_ijk[axis] for axis in source]
    old_from_new = np.zeros((4, 4))
    old_from_new[3, 3] = 1.0
    for new, (old, sign) in enumerate(zip(source, signs, strict=True)):
        old_from_new[old, new] = sign
        old_from_new[old, 3] = 0.0 if sign > 0 else shape[new] - 1.0
    fractions = {number: turned(values) for number, values in segmentation.fractions.items()}
    return replace(
        segmentation,
        geometry=_rectangular(affine @ old_from_new, (shape[0], shape[1], shape[2]), segmentation.geometry),
        layers=tuple(turned(layer) for layer in segmentation.layers),
        fractions=fractions,
    )


def _rectangular(
    affine: NDArray[np.float64], shape_ijk: tuple[int, int, int], source: SliceGeometry
) -> SliceGeometry:
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    return replace(
        source,
        shape_ijk=shape_ijk,
        spacing_mm=(float(lengths[0]), float(lengths[1]), float(lengths[2])),
        row_direction=affine[:3, 0] / lengths[0],
        column_direction=affine[:3, 1] / lengths[1],
        positions_lps_mm=affine[:3, 3] + np.arange(shape_ijk[2])[:, None] * affine[:3, 2],
        lps_from_ijk=affine,
    )
