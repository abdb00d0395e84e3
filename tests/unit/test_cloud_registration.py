"""Clouds of points in PLY files, and how they lie on each other."""

from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.errors import BadInput, Cancelled, SenseError
from core.point_cloud import PointCloud
from core.progress import CancelToken, SilentProgress
from core.quaternion import angles_rad, rotations_of
from formats.ply_points import read_ply_points
from formats.point_cloud import write_point_cloud
from reconstruction.clouds.multiway import _along_tree, _solve, register_all
from reconstruction.clouds.register_command import RegisterOptions, register_command
from reconstruction.clouds.registration import Registration, RegistrationOptions, register


def hills(seed: int, count: int = 20000, width_m: float = 8.0) -> np.ndarray:
    """Points of a landscape with two walls, without any symmetry."""
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(0, width_m, count), rng.uniform(0, 6, count)
    y = 0.5 * np.sin(x) + 0.4 * np.cos(1.7 * z + 0.5 * x) + 0.02 * x * z
    ground = np.stack([x, y, z], 1)
    walls = np.stack([x, 2 * rng.random(count), np.where(x < 3, 2.0, 4.5 + 0.2 * x)], 1)
    return np.concatenate([ground, walls]) + rng.normal(0, 0.003, (2 * count, 3))


def pose(seed: int, angle_deg: float, shift_m: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    axis, way = rng.normal(size=3), rng.normal(size=3)
    half = np.radians(angle_deg) / 2
    made = np.eye(4)
    made[:3, :3] = rotations_of(np.append(np.sin(half) * axis / np.linalg.norm(axis), np.cos(half))[None])[0]
    made[:3, 3] = shift_m * way / np.linalg.norm(way)
    return made


def moved(points: np.ndarray, world: np.ndarray) -> np.ndarray:
    return points @ world[:3, :3].T + world[:3, 3]


def far_off(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    wrong = np.linalg.inv(truth) @ found
    middle = np.array([4.0, 0.5, 3.0])
    return float(np.linalg.norm(moved(middle, wrong) - middle)), float(angles_rad(wrong[None, :3, :3])[0])


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("scale", [1.0, 0.02])
def test_a_part_is_found_on_the_whole(coarse: bool, scale: float) -> None:
    truth = pose(3, 150 if coarse else 6, 40 if coarse else 0.3)
    truth[:3, 3] *= scale
    source = moved(scale * hills(2, width_m=6.0), np.linalg.inv(truth))
    target = PointCloud(scale * hills(1))
    found = register(PointCloud(source), target, RegistrationOptions(coarse=coarse))
    wrong = np.linalg.inv(truth) @ found.target_from_source
    middle = scale * np.array([4.0, 0.5, 3.0])
    assert np.linalg.norm(moved(middle, wrong) - middle) < 0.008 * scale
    assert angles_rad(wrong[None, :3, :3])[0] < 0.001
    assert found.certain
    assert found.overlap > 0.6


def test_the_covariance_tells_of_what_nothing_fixes() -> None:
    rng = np.random.default_rng(5)
    floor = np.stack([rng.uniform(0, 6, 30000), rng.normal(0, 0.003, 30000), rng.uniform(0, 6, 30000)], 1)
    found = register(PointCloud(floor[:15000]), PointCloud(floor[15000:]))
    free, fixed = found.information[3, 3], found.information[4, 4]
    assert fixed > 20 * free


@pytest.mark.parametrize("coarse", [False, True])
def test_many_clouds_come_together(coarse: bool) -> None:
    truths, clouds = [], []
    for number in range(4):
        part = hills(10 + number, 16000)
        part = part[(part[:, 0] > 1.3 * number) & (part[:, 0] < 1.3 * number + 4.5)]
        truths.append(pose(20 + number, 80 * coarse + 3, 5 * coarse + 0.15) if number else np.eye(4))
        clouds.append(PointCloud(moved(part, np.linalg.inv(truths[-1]))))
    clouds.append(PointCloud(np.random.default_rng(3).uniform(100, 101, (2000, 3))))
    placed = register_all(clouds, RegistrationOptions(coarse=coarse))
    assert placed.first_from_cloud[-1] is None
    assert len(placed.pairs) > 3
    for found, truth in zip(placed.first_from_cloud[:-1], truths, strict=True):
        assert found is not None
        gap, turn = far_off(found, truth)
        assert gap < 0.02
        assert turn < 0.004


def test_a_graph_spreads_what_does_not_fit() -> None:
    rng = np.random.default_rng(2)
    truths = [np.eye(4), *(pose(30 + number, 20, 2) for number in range(4))]
    pairs = {}
    for target in range(5):
        for source in range(target + 1, 5):
            noisy = pose(int(rng.integers(1 << 30)), 0.2, 0.01)
            seen = noisy @ np.linalg.inv(truths[target]) @ truths[source]
            pairs[target, source] = Registration(seen, 0.5, 0.01, np.diag([1e5] * 3 + [1e4] * 3), True)
    poses = _along_tree(5, pairs)
    rough = [pose.copy() for pose in poses if pose is not None]
    _solve(poses, pairs, [np.zeros(3)] * 5, 0.5)
    errors = [
        sum(far_off(found, truth)[0] for found, truth in zip(each, truths, strict=True))
        for each in (rough, poses)
    ]
    assert errors[1] < 0.8 * errors[0]


def test_too_few_points_and_cancelling() -> None:
    cloud = PointCloud(hills(1, 1000))
    with pytest.raises(BadInput, match="too small"):
        register(PointCloud(hills(1, 10)), cloud)
    token = CancelToken()
    token.cancel()
    for coarse in (False, True):
        with pytest.raises(Cancelled):
            register(cloud, cloud, RegistrationOptions(coarse=coarse), progress=SilentProgress(token))


def test_the_command_writes_matrix_and_cloud(tmp_path: Path) -> None:
    truth = pose(7, 4, 0.2)
    source = moved(hills(2), np.linalg.inv(truth))
    for name, points in (("source.ply", source), ("target.ply", hills(1))):
        write_point_cloud(tmp_path / name, points, np.zeros(points.shape, np.uint8), comment="test")
    paths = tmp_path / "source.ply", tmp_path / "target.ply"
    context = Context(tmp_path)
    done = register_command(context, RegisterOptions(*paths, tmp_path / "pose.txt"))
    assert np.allclose(np.loadtxt(tmp_path / "pose.txt"), done.target_from_source)
    assert np.allclose(done.target_from_source, truth, atol=0.003)
    register_command(context, RegisterOptions(*paths, tmp_path / "moved.ply"))
    again = read_ply_points(tmp_path / "moved.ply")
    assert np.allclose(again.points_m, moved(source, truth), atol=0.03)
    third = tmp_path / "third.ply"
    black = np.zeros(source.shape, np.uint8)
    write_point_cloud(third, moved(hills(3), pose(8, 3, 0.1)), black, comment="test")
    both = register_command(context, RegisterOptions(*paths, tmp_path / "all.ply", also=(third,)))
    assert np.allclose(both.others[str(third)], np.linalg.inv(pose(8, 3, 0.1)), atol=0.005)
    assert len(read_ply_points(tmp_path / "all.ply")) == 3 * len(source)
    with pytest.raises(BadInput, match=r"\.txt or \.ply"):
        register_command(context, RegisterOptions(*paths, tmp_path / "pose.json"))
    far = tmp_path / "far.ply"
    write_point_cloud(far, source + 500, black, comment="test")
    found = register_command(context, RegisterOptions(far, paths[1], tmp_path / "far.txt"))
    assert np.allclose(
        moved(source + 500, np.array(found.target_from_source)), moved(source, truth), atol=0.03
    )
    blob = np.random.default_rng(1).normal(size=(400, 3))
    write_point_cloud(far, blob, black[:400], comment="test")
    doubtful = register_command(context, RegisterOptions(far, paths[1], tmp_path / "blob.txt"))
    assert not doubtful.certain
    assert doubtful.notes
    write_point_cloud(far, 1e4 * blob, black[:400], comment="test")
    with pytest.raises(SenseError, match="was not found on"):
        register_command(context, RegisterOptions(far, paths[1], tmp_path / "other.txt"))


ASCII = """ply
format ascii 1.0
comment made by hand
element vertex 3
property double x
property double y
property double z
property uchar red
property uchar green
property uchar blue
element face 1
property list uchar int vertex_indices
end_header
0 1 2 255 0 0
3 4 5 0 255 0
nan 0 0 1 2 3
3 0 1 2
"""


def test_ply_in_every_order(tmp_path: Path) -> None:
    path = tmp_path / "points.ply"
    path.write_text(ASCII)
    cloud = read_ply_points(path)
    assert cloud.points_m.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert cloud.colours is not None
    assert cloud.colours.tolist() == [[255, 0, 0], [0, 255, 0]]
    header = (
        "ply\r\nformat binary_{}_endian 1.0\r\nelement vertex 2\r\nproperty float {}\r\nproperty float x\r\n"
    )
    header += "property float y\r\nproperty float z\r\nend_header\r\n"
    rows = np.array([[9, 1, 2, 3], [9, 4, 5, 6]])
    for order, letter in (("little", "<"), ("big", ">")):
        path.write_bytes(header.format(order, "quality").encode() + rows.astype(f"{letter}f4").tobytes())
        assert read_ply_points(path).points_m.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"solid\nend_header\n",
        ASCII.encode()[:-40],
        ASCII.replace("vertex 3", "vertex 99999999999999").encode(),
        ASCII.replace("vertex 3", "vertex -1").encode(),
        ASCII.replace("double x", "matrix x").encode(),
        ASCII.replace("ascii", "binary_little_endian").encode(),
        ASCII.replace("property double z\n", "").encode(),
        ASCII.replace("element vertex 3", "element edge 3").encode(),
    ],
)
def test_what_is_no_ply_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "points.ply"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="no points"):
        read_ply_points(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_ply_points(tmp_path / "nowhere.ply")
