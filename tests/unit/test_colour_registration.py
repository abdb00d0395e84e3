"""Whether colours lie on depth: measured on frames whose colour camera is known."""

import numpy as np

from reconstruction.fusion.colour_registration import colour_registration
from reconstruction.fusion.depth_volume import DepthFrame

SIZE = (120, 160)
K = np.array([[140.0, 0, 79.5], [0, 140.0, 59.5], [0, 0, 1]])


def seen_boxes(seed: int, matrix: np.ndarray, centre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw upright cards of their own brightness before a wall, as a camera beside the origin sees them."""
    generator = np.random.default_rng(seed)
    depth = np.full(SIZE, 3.0, np.float32)
    colours = np.full((*SIZE, 3), 128, np.uint8)
    cards = sorted(
        ((z, *generator.uniform(-0.5, 0.5, 2) * z, *generator.uniform(0.06, 0.2, 2) * z, grey))
        for z, grey in zip(
            generator.uniform(0.9, 2.2, 7), generator.choice([20, 60, 190, 235], 7), strict=True
        )
    )
    v, u = np.mgrid[: SIZE[0], : SIZE[1]]
    for z, x, y, wide, high, grey in reversed(cards):
        at_x = (u - matrix[0, 2]) / matrix[0, 0] * z + centre[0]
        at_y = (v - matrix[1, 2]) / matrix[1, 1] * z + centre[1]
        inside = (np.abs(at_x - x) < wide) & (np.abs(at_y - y) < high)
        depth[inside], colours[inside] = z, grey
    return depth, colours


def frames_with(matrix: np.ndarray, centre: np.ndarray) -> list[DepthFrame]:
    """Give frames whose colours are from a camera of its own."""
    found = []
    for seed in range(12):
        depth, _ = seen_boxes(seed, K, np.zeros(2))
        _, colours = seen_boxes(seed, matrix, centre)
        found.append(DepthFrame(depth, K, colours))
    return found


def test_colours_that_lie_on_the_depth_are_left_alone() -> None:
    measured = colour_registration(frames_with(K, np.zeros(2)))
    assert measured is not None
    assert measured.shift_px < 1
    assert not measured.is_needed


def test_a_colour_camera_beside_is_found() -> None:
    wider = K.copy()
    wider[0, 0] = wider[1, 1] = 129.0
    measured = colour_registration(frames_with(wider, np.array([0.03, 0.0])))
    assert measured is not None
    assert measured.is_needed
    assert abs(measured.focal_factor * 140 - 129) < 2
    assert abs(measured.colour_from_depth[0, 3] + 0.03) < 0.012
    corrected = measured.corrected(frames_with(wider, np.array([0.03, 0.0]))[0])
    assert corrected.colour_intrinsics is not None


def test_depth_without_edges_tells_nothing() -> None:
    flat = DepthFrame(np.full(SIZE, 2.0, np.float32), K, np.zeros((*SIZE, 3), np.uint8))
    assert colour_registration([flat] * 8) is None


def test_colours_without_any_edge_are_left_alone() -> None:
    grey = [
        DepthFrame(frame.depth_m, K, np.full((*SIZE, 3), 99, np.uint8))
        for frame in frames_with(K, np.zeros(2))
    ]
    measured = colour_registration(grey)
    assert measured is None or not measured.is_needed
