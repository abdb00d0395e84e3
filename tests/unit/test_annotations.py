"""Annotations: their points, what they measure, and that every change can be taken back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotation import POINT_COUNTS, Annotation, AnnotationKind
from core.history import History
from core.plane import Plane
from core.volume import Volume
from imaging.ultrasound_regions import UltrasoundRegion
from viewers.annotation_kinds import TRAITS
from viewers.annotation_list import AnnotationList, new_stroke
from viewers.annotation_marks import ViewPlane, apart
from viewers.annotation_shapes import drawn_points, moved, outline, points_of, with_handle_at
from viewers.annotation_store import AnnotationStore
from viewers.annotation_values import MeasuredImages, measure
from viewers.measuring_scale import calibration_by
from viewers.object_layer import Mark
from viewers.quantity import Quantity
from viewers.value_curves import value_curve

K = AnnotationKind
AXIAL = Plane(np.zeros(3), np.eye(3)[0], np.eye(3)[1], (1.0, 1.0), (64, 64))


def tilted_plane():
    """A plane that lies along none of the axes."""
    normal = np.array([0.3, -0.5, 0.8])
    normal /= np.linalg.norm(normal)
    right = np.cross(normal, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return Plane(np.array([5.0, 9.0, 4.0]), right, np.cross(normal, right), (0.5, 0.5), (64, 64))


def drawn(kind, pixels, plane=AXIAL, **fields):
    """Draw an annotation by clicks on pixels of a plane."""
    points = drawn_points(kind, [plane.lps_from_pixel(*pixel) for pixel in pixels], plane)
    return Annotation("1.2.3", kind, points, tuple(plane.normal), **fields)


def images(voxels=None, affine=None, **fields):
    values = np.zeros((16, 64, 64), np.int16) if voxels is None else voxels
    return MeasuredImages(Volume(values, np.eye(4) if affine is None else affine, "HU"), **fields)


def told(annotation, on):
    """Give the measured values by the meaning of their derivation or name."""
    found = measure(annotation, on).measurements
    return {(one.derivation or one.name).meaning: one.value for one in found}


@pytest.mark.parametrize("plane", [AXIAL, tilted_plane()], ids=["axial", "tilted"])
def test_lengths_and_angles_are_those_in_the_patient(plane):
    scale = plane.spacing_mm[0]
    length = drawn(K.LENGTH, [(10, 10), (13, 14)], plane)
    assert told(length, images())["Length"] == pytest.approx(5 * scale)
    right = drawn(K.ANGLE, [(10, 20), (10, 10), (25, 10)], plane)
    assert told(right, images())["Angle"] == pytest.approx(90)
    cobb = drawn(K.COBB, [(0, 0), (10, 0), (20, 10), (10, 0)], plane)
    assert told(cobb, images())["Cobb angle"] == pytest.approx(45)
    heart = drawn(K.CARDIOTHORACIC, [(10, 10), (20, 10), (5, 20), (30, 20)], plane)
    assert told(heart, images())["Cardiothoracic ratio"] == pytest.approx(0.4)
    leg = told(drawn(K.LIMB, [(20, 0), (23, 20), (20, 40)], plane), images())
    assert leg["Mechanical axis deviation"] == pytest.approx(3 * scale)
    assert leg["Hip-knee-ankle angle"] == pytest.approx(180 - 2 * np.degrees(np.arctan(3 / 20)))
    axes = told(drawn(K.BIDIRECTIONAL, [(0, 0), (20, 0)], plane), images())
    assert axes == pytest.approx({"Long axis": 20 * scale, "Short axis": 10 * scale})


def test_areas_of_closed_shapes():
    box = [(10, 10), (30, 20)]
    ellipse, rectangle = (told(drawn(kind, box), images()) for kind in (K.ELLIPSE, K.RECTANGLE))
    assert ellipse["Area"] == pytest.approx(np.pi * 10 * 5)
    assert ellipse["Perimeter"] == pytest.approx(48.442, abs=1e-3)
    assert (rectangle["Area"], rectangle["Perimeter"]) == pytest.approx((200, 60))
    circle = [(30 + 10 * np.cos(a), 30 + 10 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 16, False)]
    assert told(drawn(K.POLYGON, circle), images())["Area"] == pytest.approx(100 * np.pi, rel=0.03)
    assert told(drawn(K.SPLINE, circle), images())["Area"] == pytest.approx(100 * np.pi, rel=0.002)


def test_statistics_are_those_of_the_voxels_whose_centres_lie_within():
    voxels = np.random.default_rng(1).integers(-500, 500, (16, 64, 64)).astype(np.int16)
    plane = Plane(np.array([0.0, 0, 7]), np.eye(3)[0], np.eye(3)[1], (1.0, 1.0), (64, 64))
    found = told(drawn(K.RECTANGLE, [(9.5, 19.5), (24.5, 29.5)], plane), images(voxels))
    inside = voxels[7, 20:30, 10:25].astype(float)
    assert found["Mean"] == pytest.approx(inside.mean(), abs=1e-4)
    assert found["Standard Deviation"] == pytest.approx(inside.std(), abs=1e-4)
    assert (found["Minimum"], found["Maximum"]) == (inside.min(), inside.max())
    assert found["Area"] == pytest.approx(150)


def test_the_slab_that_was_shown_is_what_is_measured():
    voxels = np.zeros((16, 64, 64), np.int16)
    voxels[8:10, 20:40, 20:40] = 100
    plane = Plane(np.array([0.0, 0, 6]), np.eye(3)[0], np.eye(3)[1], (1.0, 1.0), (64, 64))
    box = [(25, 25), (35, 35)]
    thin = drawn(K.ELLIPSE, box, plane)
    thick = drawn(K.ELLIPSE, box, plane, slab_mm=6.0, projection="maximum")
    assert told(thin, images(voxels))["Mean"] == 0
    assert told(thick, images(voxels))["Mean"] == pytest.approx(100)


def test_an_oblique_region_is_measured_where_it_lies():
    k, j, i = np.indices((40, 64, 64))
    voxels = (3 * i + 2 * j - k).astype(np.int16)
    plane = tilted_plane()
    corner = np.array([30.0, 30, 20]) - 15 * plane.right - 13 * plane.down
    plane = Plane(corner, plane.right, plane.down, (0.5, 0.5), (64, 64))
    points = np.array([plane.lps_from_pixel(x, y) for x, y in ((20, 20), (40, 34))])
    middle = points.mean(axis=0)
    found = told(drawn(K.ELLIPSE, [(20, 20), (40, 34)], plane), images(voxels))
    assert found["Mean"] == pytest.approx(float(middle @ [3, 2, -1]), abs=0.1)


def test_a_sphere_holds_the_voxels_nearer_than_its_radius():
    affine = np.diag([0.8, 0.8, 2.5, 1.0])
    k, j, i = np.indices((16, 64, 64))
    centre = np.array([24.0, 26.0, 20.0])
    squared = sum(
        ((axis * step) - c) ** 2 for axis, step, c in zip((i, j, k), (0.8, 0.8, 2.5), centre, strict=True)
    )
    voxels = np.where(squared <= 81.0, 50, -1000).astype(np.int16)
    sphere = Annotation("1.2", K.SPHERE, (tuple(centre), (33.0, 26.0, 20.0)), (0.0, 0.0, 1.0))
    found = told(sphere, images(voxels, affine))
    assert (found["Minimum"], found["Maximum"]) == (50, 50)
    assert found["Volume"] == pytest.approx(4 / 3 * np.pi * 0.729)
    assert found["Diameter"] == pytest.approx(18)


def test_values_are_told_in_the_chosen_quantity():
    suv = Quantity("suv-bw", None, "SUVbw", "g/ml", factor=0.01)
    voxels = np.full((16, 64, 64), 250, np.int16)
    (value,) = measure(drawn(K.PROBE, [(5, 5)]), images(voxels, quantity=suv)).measurements
    assert (value.name.meaning, value.value, value.unit.value) == ("SUVbw", 2.5, "g/ml")


def test_ultrasound_is_measured_in_one_region_or_in_pixels():
    region = UltrasoundRegion((0, 0), (31, 63), 1, (3, 3), (0.02, 0.05))
    on = images(regions=((region,),) * 16)
    within = measure(drawn(K.LENGTH, [(2, 2), (12, 2)]), on)
    assert within.measurements[0].value == pytest.approx(2.0)
    assert within.measurements[0].unit.value == "mm"
    assert not within.is_patient
    across = measure(drawn(K.LENGTH, [(2, 2), (42, 2)]), on)
    assert (across.measurements[0].value, across.measurements[0].unit.value) == (40, "{pixels}")


def sample(kind, plane=AXIAL):
    count = POINT_COUNTS[kind] or 5
    clicks = TRAITS[kind].clicks or count
    pixels = [(10 + 7 * number % 40, 12 + 11 * number % 37) for number in range(clicks)]
    return drawn(kind, pixels, plane)


@pytest.mark.parametrize("kind", list(K))
def test_every_kind_is_kept_and_read_back_the_same(kind, library):
    made = sample(kind, tilted_plane())
    store = AnnotationStore(library)
    store.save("1.2", "", [made])
    assert store.load("1.2") == (made,)
    assert store.load("1.2", "echo 2") == ()
    store.save("1.2", "", [], [made.uid])
    assert store.load("1.2") == ()
    assert store.counts() == {}


@pytest.mark.parametrize("kind", list(K))
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_dragged_point_goes_where_it_is_dragged_and_the_shape_stays_what_it_is(kind, data):
    plane = tilted_plane()
    made = sample(kind, plane)
    index = data.draw(st.integers(0, len(made.points_lps_mm) - 1))
    pixel = data.draw(st.tuples(st.floats(1, 60), st.floats(1, 60)))
    changed = with_handle_at(made, index, plane.lps_from_pixel(*pixel))
    points = points_of(changed)
    if kind in (K.RECTANGLE, K.ELLIPSE):
        sides = points[[1, 3]] - points[[0, 2 if kind is K.ELLIPSE else 0]]
        assert abs(float(sides[0] @ sides[1])) < 1e-6
    depths = (points - plane.origin_lps_mm) @ plane.normal
    assert np.abs(depths).max() < 1e-9
    if kind is not K.BIDIRECTIONAL:
        assert points[index] == pytest.approx(plane.lps_from_pixel(*pixel))
    back = moved(moved(made, np.array([1.0, 2.0, 3.0])), np.array([-1.0, -2.0, -3.0]))
    assert points_of(back) == pytest.approx(points_of(made))


def test_dragging_an_end_of_the_long_axis_keeps_the_right_angle():
    made = sample(K.BIDIRECTIONAL)
    changed = points_of(with_handle_at(made, 1, np.array([50.0, 40.0, 0.0])))
    assert abs(float((changed[1] - changed[0]) @ (changed[3] - changed[2]))) < 1e-9
    before = points_of(made)
    assert np.linalg.norm(changed[3] - changed[2]) == pytest.approx(np.linalg.norm(before[3] - before[2]))


def test_a_planar_shape_is_seen_on_its_slice_and_a_sphere_wherever_it_is_cut():
    volume = images().volume
    axial = {z: Plane(np.array([0.0, 0, z]), np.eye(3)[0], np.eye(3)[1], (1, 1), (64, 64)) for z in range(16)}
    coronal = Plane(np.array([0.0, 12, 15]), np.eye(3)[0], -np.eye(3)[2], (1, 1), (64, 64))
    length = drawn(K.LENGTH, [(10, 12), (30, 12)], axial[7])

    def seen(annotation, plane, slab_mm=0.0):
        return ViewPlane.of(volume, plane, slab_mm).shows(annotation)

    assert seen(length, axial[7])
    assert not seen(length, axial[8])
    assert seen(length, axial[8], slab_mm=4.0)
    assert not seen(length, coronal)
    sphere = Annotation("1", K.SPHERE, ((20.0, 12.0, 7.0), (23.0, 12.0, 7.0)), (0.0, 0.0, 1.0))
    assert [seen(sphere, axial[z]) for z in (3, 5, 9, 11)] == [False, True, True, False]
    assert seen(sphere, coronal)
    across = Annotation("1", K.LENGTH_3D, ((5.0, 5.0, 2.0), (9.0, 9.0, 12.0)), (0.0, 0.0, 1.0))
    assert [seen(across, axial[z]) for z in (1, 2, 7, 12, 13)] == [False, True, True, True, False]


def test_the_outline_of_every_kind_lies_in_its_plane():
    plane = tilted_plane()
    for kind in K:
        for ring in outline(sample(kind, plane)).rings:
            assert np.abs((ring - plane.origin_lps_mm) @ plane.normal).max() < 1e-9


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "move", "drag", "text", "remove", "undo", "redo"]), st.integers(0, 10**6)
        ),
        max_size=100,
    )
)
@settings(max_examples=40, deadline=None)
def test_undo_leads_back_to_the_start_and_redo_to_the_end(actions):
    history = History()
    annotations = AnnotationList(history)
    loaded = [
        sample(K.LENGTH),
    ]
    annotations.take(loaded)
    kinds = list(K)
    for number, (action, chance) in enumerate(actions):
        items = annotations.items
        one = items[chance % len(items)] if items else None
        if action == "add":
            made = sample(kinds[chance % len(kinds)])
            annotations.add(Annotation(f"2.{number}", made.kind, made.points_lps_mm, made.normal_lps))
        elif action == "undo":
            history.undo()
        elif action == "redo":
            history.redo()
        elif one is None:
            continue
        elif action == "move":
            annotations.change(moved(one, np.array([chance % 7, 1.0, 0.0])))
        elif action == "drag":
            stroke = new_stroke()
            for step in (1.0, 2.0):
                annotations.change(with_handle_at(one, 0, np.array([step, chance % 9, 0.0])), stroke=stroke)
        elif action == "text":
            annotations.set_text(one.uid, str(chance))
        else:
            annotations.remove([one.uid])
    end = annotations.items
    while history.undo_title is not None:
        history.undo()
    assert annotations.items == tuple(loaded)
    while history.redo_title is not None:
        history.redo()
    if "undo" not in [action for action, _ in actions]:
        assert annotations.items == end


def test_texts_are_kept_apart():
    marks = [
        Mark((), (0, 0, 0), text="Mean 12 HU\nSD 3", text_at=(50.0, y)) for y in (40.0, 42.0, 47.0, 300.0)
    ]
    places = [mark.text_at for mark in apart(marks, 1.0)]
    assert places[0] == (50.0, 40.0)
    assert places[3] == (50.0, 300.0)
    heights = sorted(y for _, y in places)
    assert min(np.diff(heights)) >= 32.0


def test_a_profile_tells_the_values_along_its_line():
    i = np.indices((16, 64, 64))[2]
    line = drawn(K.PROFILE, [(10, 20), (30, 20)])
    curve = value_curve(line, images((5 * i).astype(np.int16)), {})
    assert curve.places[[0, -1]] == pytest.approx([0, 20])
    assert curve.values == pytest.approx(5 * (curve.places + 10), abs=1e-3)
    assert (curve.place_unit, curve.value_unit) == ("mm", "HU")


def test_a_region_has_a_curve_over_the_volumes_of_a_sequence():
    volumes = {n: Volume(np.full((16, 64, 64), 10 * n, np.int16), np.eye(4), "HU") for n in (0, 1, 3)}
    region = drawn(K.ELLIPSE, [(10, 10), (30, 20)])
    curve = value_curve(region, images(), volumes)
    assert (curve.places.tolist(), curve.values.tolist()) == ([1, 2, 4], [0, 10, 30])
    assert value_curve(region, images(), {}) is None


def test_a_region_has_a_curve_over_the_images_of_a_film():
    voxels = np.repeat(np.arange(8, dtype=np.int16), 64 * 64).reshape(8, 64, 64)
    film = MeasuredImages(Volume(voxels, np.eye(4), "", lps_known=False))
    curve = value_curve(drawn(K.RECTANGLE, [(10, 10), (30, 20)]), film, {})
    assert curve.values.tolist() == list(range(8))


def test_the_reader_calibrates_a_picture_without_a_pixel_size(library):
    film = Volume(np.zeros((1, 64, 64), np.uint8), np.eye(4), "", lps_known=False, spacing_known=False)
    length, other = drawn(K.LENGTH, [(10, 10), (30, 10)]), drawn(K.LENGTH, [(0, 0), (0, 5)])
    assert measure(length, MeasuredImages(film)).measurements[0].unit.value == "{pixels}"
    calibration = calibration_by(length, 50.0)
    (told,) = measure(other, MeasuredImages(film, calibration=calibration)).measurements
    assert (told.value, told.unit.value) == (pytest.approx(12.5), "mm")
    store = AnnotationStore(library)
    assert store.load_calibration("1.2") is None
    store.save_calibration("1.2", calibration)
    assert store.load_calibration("1.2") == calibration
    store.save_calibration("1.2", None)
    assert store.load_calibration("1.2") is None


def test_a_calibration_can_be_taken_back():
    history = History()
    annotations = AnnotationList(history)
    calibration = calibration_by(sample(K.LENGTH), 30.0)
    annotations.calibrate(calibration)
    assert annotations.calibration == calibration
    history.undo()
    assert annotations.calibration is None
