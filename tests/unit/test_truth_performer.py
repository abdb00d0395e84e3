"""A performer does what its coefficients and joints say, and its pictures show it."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from render.renderer import Output, RenderOptions
from tests.truth.acting import Acting, coefficients, euler_deg, eye_rotation
from tests.truth.expressions import COEFFICIENTS
from tests.truth.face import EYE, MIDDLE_M, MOUTH_HALF, MOUTH_Y, skin
from tests.truth.landmarks import BODY, body_landmarks, hand_landmarks, skin_vertices
from tests.truth.performance_files import write_performance
from tests.truth.performer import HEAD, LEFT_EYE, RIGHT_EYE, Performer, head_vertices, stage
from tests.truth.sequence import RENDERER
from tests.truth.skeleton import JOINTS, NUMBER, PARENTS, PLACES, joint_from_rest, posed

FACE = stage(3, 40, framing="face", size=(240, 320))
WHO = FACE.performer

# The 52 of ARKit's ARFaceAnchor.BlendShapeLocation.
ARKIT = [
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
]


def face_of(**values):
    known = dict.fromkeys(COEFFICIENTS, 0.0) | values
    eyes = {f"{side}Eye": eye_rotation(known, side) for side in ("left", "right")}
    return Acting(tuple(known[name] for name in COEFFICIENTS), eyes, np.eye(4))


def shown(doing, finer=1, **options):
    scene = replace(FACE.sequence.scene_at(0), nodes=WHO.nodes_of(doing))
    return RENDERER.render(scene, close_up(finer), RenderOptions(**options))


def close_up(finer):
    """The first frame's camera with pixels that many times finer."""
    camera = FACE.sequence.camera_at(0)
    width, height = camera.size
    centre = {name: (getattr(camera, name) + 0.5) * finer - 0.5 for name in ("cx", "cy")}
    return replace(
        camera, size=(width * finer, height * finer), fx=camera.fx * finer, fy=camera.fy * finer, **centre
    )


def face_vertices(**values):
    return RENDERER.world_vertices(WHO.nodes_of(face_of(**values))[HEAD])


def test_there_are_the_52_coefficients():
    assert list(COEFFICIENTS) == sorted(ARKIT)
    assert [target.name for target in WHO.parts[HEAD][0].targets] == list(COEFFICIENTS)


@pytest.mark.parametrize("name", ARKIT)
def test_a_coefficient_moves_its_side_in_proportion(name):
    still, half, full = (face_vertices(**{name: value}) for value in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(half - still, (full - still) / 2, atol=1e-6)
    moved = np.linalg.norm(full - still, axis=1)
    if name in ("eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight"):
        assert moved.max() < 1e-7
        doing = face_of(**{name: 1.0})
        assert (
            np.abs(doing.rotations[f"{'left' if name.endswith('Left') else 'right'}Eye"] - np.eye(3)).max()
            > 0.4
        )
        return
    assert moved.max() > 0.0015
    if name.endswith(("Left", "Right")) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        side = np.sign(still[:, 0]) * (1 if name.endswith("Left") else -1)
        assert moved[side > 0].sum() > 3 * moved[side < 0].sum()


def test_left_and_right_are_mirror_images():
    left, right = (
        face_vertices(mouthSmileLeft=0.8, browDownLeft=0.4),
        face_vertices(mouthSmileRight=0.8, browDownRight=0.4),
    )
    count = len(skin()[0])
    grid = left[:count].reshape(-1, 129, 3)[:, ::-1].reshape(-1, 3) * [-1, 1, 1]
    np.testing.assert_allclose(grid, right[:count], atol=1e-6)


def test_the_open_mouth_shows_its_inside():
    vertices = skin_lines()
    gaps = []
    for value in (0.0, 0.5, 1.0):
        points = face_vertices(jawOpen=value)
        gaps.append(points[vertices[0], 1] - points[vertices[1], 1])
    assert gaps[0] < 0.003
    assert gaps[2] > 0.015
    assert gaps[1] == pytest.approx((gaps[0] + gaps[2]) / 2, abs=1e-6)
    corners = [np.abs(face_vertices(jawOpen=value)[skin_vertices()["leftmouth"]]) for value in (0.0, 1.0)]
    assert np.abs(corners[0] - corners[1]).max() < 0.012
    dark = [inside_of_mouth(shown(face_of(jawOpen=value)).picture) for value in (0.0, 1.0)]
    assert dark[1] > dark[0] + 25


def skin_lines():
    """Middles of the upper and the lower edge of the mouth's line."""
    points = skin()[0]
    middle = (np.abs(points[:, 0]) < 1e-9) & (points[:, 2] > 0)
    order = np.nonzero(middle)[0]
    above = order[points[order, 1] > MOUTH_Y][-1]
    below = order[points[order, 1] < MOUTH_Y][0]
    return above, below


def inside_of_mouth(picture):
    camera = FACE.sequence.camera_at(0)
    x, y = camera.project(MIDDLE_M + np.array([0, MOUTH_Y - 1, 8.5]) / 100)
    reach = int(MOUTH_HALF / 100 * camera.fx / 0.65)
    cut = picture[int(y) - reach : int(y) + reach, int(x) - reach : int(x) + reach, :3].astype(int)
    return int((cut.sum(-1) < 130).sum())


def test_a_blink_hides_the_eye_of_its_side():
    def eyes(**values):
        nodes = shown(face_of(**values), outputs=frozenset({Output.NODES})).nodes
        return (nodes == LEFT_EYE).sum(), (nodes == RIGHT_EYE).sum()

    still, half, shut = eyes(), eyes(eyeBlinkLeft=0.5), eyes(eyeBlinkLeft=1.0)
    assert min(still) > 40
    assert abs(still[0] - still[1]) < 0.35 * still[0]
    assert shut[0] < 0.05 * still[0]
    assert 0.15 * still[0] < half[0] < 0.85 * still[0]
    assert half[1] == shut[1] == still[1]
    assert eyes(eyeWideLeft=1.0)[0] > still[0]


def test_the_pupil_is_where_the_gaze_goes():
    camera = close_up(4)
    doing = face_of(eyeLookOutLeft=0.5, eyeLookInRight=0.5, eyeLookUpLeft=0.2, eyeLookUpRight=0.2)
    joints = posed(doing.rotations)
    gaze = joints[NUMBER["leftEye"]][:3, 2]
    assert gaze[0] > 0.25
    assert gaze[1] > 0.05
    drawn = shown(doing, 4, outputs=frozenset({Output.PICTURE, Output.NODES}), samples=16)
    pupil = (drawn.picture[..., :3].max(-1) < 60) & (drawn.nodes == LEFT_EYE)
    y, x = np.nonzero(pupil)
    expected = camera.project(PLACES["leftEye"] + gaze * 0.0125)
    assert len(x) >= 30
    assert np.hypot(x.mean() - expected[0], y.mean() - expected[1]) < 1


def test_joints_turn_what_follows_them():
    bent = posed({"leftLowerArm": euler_deg(0, -90, 0)})
    wrist = bent[NUMBER["leftHand"]][:3, 3]
    np.testing.assert_allclose(wrist, PLACES["leftLowerArm"] + [0, 0, 0.24], atol=1e-12)
    np.testing.assert_allclose(bent[NUMBER["rightHand"]][:3, 3], PLACES["rightHand"], atol=1e-12)
    np.testing.assert_allclose(
        posed({}) @ joint_from_rest(), np.tile(np.eye(4), (len(JOINTS), 1, 1)), atol=1e-12
    )
    assert all(JOINTS.index(parent) < JOINTS.index(name) for name, parent in PARENTS.items() if parent)


def test_every_part_is_skinned_as_its_joints_say():
    """Morph targets and linear blend skinning, again in numpy."""
    who, time = Performer(4), 1.7
    joints = who.joints(time) @ joint_from_rest()
    for part, node in enumerate(who.nodes(time)):
        mesh = node.mesh
        points = mesh.positions.astype(float)
        for target, value in zip(mesh.targets, who.acting(time).coefficients, strict=part == HEAD):
            points = points + value * target.positions
        blended = np.einsum("nk,nkij->nij", mesh.skin.weights.astype(float), joints[mesh.skin.joints])
        expected = np.einsum("nij,nj->ni", blended[:, :3, :3], points) + blended[:, :3, 3]
        np.testing.assert_allclose(RENDERER.world_vertices(node), expected, atol=2e-6)


def test_coefficients_stay_in_range_and_all_are_used():
    seen = np.array([list(coefficients(9, time).values()) for time in np.arange(0, 60, 0.1)])
    assert seen.shape[1] == 52
    assert seen.min() >= 0
    assert seen.max() <= 1
    assert (seen.max(0) > 0.2).all()
    closely = np.array([list(coefficients(9, time).values()) for time in np.arange(0, 5, 0.01)])
    assert np.abs(np.diff(closely, axis=0)).max() < 0.2


def test_landmarks_are_where_the_pictures_show_them():
    """The skin at a landmark of the face is what its pixel shows, to a pixel's size, unless it is hidden."""
    checked = 0
    for index in (0, 12, 30):
        time = float(FACE.sequence.times_s[index])
        camera, truth = FACE.sequence.camera_at(time), FACE.sequence.truth(index)
        marks = body_landmarks(WHO, time)
        assert list(marks) == list(BODY)
        for name in ("nose", "mouthLeft", "mouthRight", "leftEyeOuter", "rightEyeOuter"):
            x, y = np.round(camera.project(marks[name])).astype(int)
            depth = camera.camera_from_world[2, :3] @ marks[name] + camera.camera_from_world[2, 3]
            shown_depth = truth.depth[y, x]
            assert shown_depth < depth + 0.008
            checked += abs(shown_depth - depth) < 0.008 and truth.nodes[y, x] == HEAD
    assert checked >= 10


def test_there_are_33_and_twice_21_landmarks():
    assert len(BODY) == 33
    assert BODY[:3] == ("nose", "leftEyeInner", "leftEye")
    assert BODY[11:17] == (
        "leftShoulder",
        "rightShoulder",
        "leftElbow",
        "rightElbow",
        "leftWrist",
        "rightWrist",
    )
    assert BODY[-2:] == ("leftFootIndex", "rightFootIndex")
    who = Performer(5)
    for side in ("left", "right"):
        hand = hand_landmarks(who, 0.4, side)
        assert hand.shape == (21, 3)
        np.testing.assert_allclose(hand[0], body_landmarks(who, 0.4)[f"{side}Wrist"])
        # Bones keep their lengths however the fingers bend.
        lengths = np.linalg.norm(np.diff(hand[5:9], axis=0), axis=1)
        np.testing.assert_allclose(lengths, [0.042, 0.026, 0.022], atol=1e-9)


def test_flow_follows_the_moving_performer():
    film = stage(6, 12, size=(300, 400))
    first, second = (film.sequence.frame(index).picture.astype(np.float32) for index in (4, 7))
    flow, seen = film.sequence.flow(4, 7)
    grid = np.stack(np.meshgrid(np.arange(300), np.arange(400)), -1)
    carried = cv2.remap(second, (flow + grid).astype(np.float32), None, cv2.INTER_LINEAR)
    figure = seen & (film.sequence.truth(4).nodes < 6)
    assert figure.sum() > 4000
    assert np.linalg.norm(flow[figure], axis=-1).mean() > 0.5
    error, still = np.abs(first - carried)[figure].mean(), np.abs(first - second)[figure].mean()
    assert error < 0.5 * still


def test_a_performance_is_written_as_it_is(tmp_path):
    film = stage(3, 2, framing="face", size=(120, 160))
    write_performance(film, tmp_path)
    frames = json.loads((tmp_path / "performance.json").read_text())["frames"]
    assert len(frames) == 2
    for index, frame in enumerate(frames):
        time = frame["time_s"]
        assert frame["coefficients"] == film.performer.coefficients(time)
        np.testing.assert_allclose(frame["head_pose"], film.performer.head_pose(time))
        np.testing.assert_allclose(np.linalg.norm(frame["gaze"], axis=1), 1)
        camera = film.sequence.camera_at(time)
        assert len(frame["left_hand"]) == len(frame["right_hand"]) == 21
        for mark in frame["body"].values():
            np.testing.assert_allclose(mark["pixel"], camera.project(np.array(mark["world_m"])))
        assert frame["body"]["nose"]["in_frame"]
        assert not frame["body"]["leftAnkle"]["in_frame"]
        assert (tmp_path / "images" / f"{index:04d}.png").exists()


def test_performers_of_a_seed_are_alike_and_of_others_not():
    first, again, other = (Performer(seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(head_vertices(first, 0.5), head_vertices(again, 0.5))
    assert np.abs(head_vertices(first, 0.5) - head_vertices(other, 0.5)).max() > 0.002
    assert EYE[0] == pytest.approx(3.2)
