"""Doses and parametric maps over slices: lines at their levels, colours by their values."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import RTPlanStorage

from core.coded_concept import CodedConcept
from core.dose import Dose, DoseType
from core.plane import Plane
from core.series import Series
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.dose_reading import read_dose
from imaging.object_file import read_object
from imaging.parametric_maps import ParametricMap
from tests.dose_factory import make_dose, make_plan
from viewers.colour_scale import VIRIDIS, at, colour_values
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.dose_layer import DoseLayer, prescribed_gy
from viewers.iso_lines import iso_lines
from viewers.map_layer import MapLayer
from viewers.object_kinds import kind_of
from viewers.object_layer import LayerLook


def plane(*, pixel=1.0, size=(40, 40), z=0.0):
    return Plane(np.array([-20.0, -20.0, z]), np.eye(3)[0], np.eye(3)[1], (pixel, pixel), size)


def distance_picture(size=41):
    y, x = np.indices((size, size), np.float32)
    return np.hypot(x - 20, y - 20).astype(np.float32)


def test_iso_lines_of_a_cone_are_circles():
    pieces = iso_lines(distance_picture(), 12.0)
    radii = np.linalg.norm(pieces - 20, axis=-1)
    assert np.abs(radii - 12).max() < 0.05
    length = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * np.pi * 12, rel=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_iso_lines_are_closed_but_for_the_border(seed):
    values = np.random.default_rng(seed).random((9, 9)).astype(np.float32)
    values[0] = values[-1] = values[:, 0] = values[:, -1] = 0
    ends = np.round(iso_lines(values, 0.5).reshape(-1, 2), 9)
    _, counts = np.unique(ends, axis=0, return_counts=True)
    assert set(counts) == {2}


def test_iso_lines_keep_off_what_is_unknown():
    values = distance_picture()
    values[:, :10] = np.nan
    assert iso_lines(values, 12.0)[..., 0].min() >= 10


def ramp_dose(*, relative=False):
    """1 Gy a millimetre along x, from 0 to 40, on voxels of 2 mm."""
    x = np.arange(21, dtype=np.float32) * 2
    voxels = np.ascontiguousarray(np.broadcast_to(x, (5, 21, 21)))
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = [-20, -20, -4]
    volume = Volume(voxels, affine, "" if relative else "Gy")
    return Dose(volume, DoseType.PHYSICAL, "PLAN", relative, 40.0)


def test_isodose_lines_lie_at_their_dose():
    layer = DoseLayer.of(ramp_dose())
    look = LayerLook(True).with_item("wash", shown=False)
    picture = layer.draw(plane(pixel=0.5, size=(80, 80)), look)
    assert picture.raster is None
    by_colour = {mark.colour: mark for mark in picture.marks}
    for item in layer.items[1:]:
        x = np.stack(by_colour[item.colour].rings)[..., 0]
        assert np.allclose(x * 0.5, 40 * int(item.key) / 100, atol=1e-3), item.key


def test_the_wash_is_clear_where_there_is_next_to_no_dose():
    raster = DoseLayer.of(ramp_dose()).draw(plane(), LayerLook(True, 0.5)).raster
    assert not raster[20, 1].any()
    assert raster[20, 30, 3] == 128


def test_titles_of_isodoses_tell_the_dose():
    assert [str(item.title) for item in DoseLayer.of(ramp_dose()).items][1] == "95 %  ·  38.00 Gy"
    assert [str(item.title) for item in DoseLayer.of(ramp_dose(relative=True)).items][1] == "95 %"


def test_levels_follow_the_prescription_where_it_is_known():
    layer = DoseLayer.of(ramp_dose(), 38.0)
    levels = [int(item.key) for item in layer.items[1:]]
    assert levels == [105, 100, 95, 90, 80, 70, 50, 30, 10]  # 107 % is not reached
    assert str(layer.items[2].title) == "100 %  ·  38.00 Gy"
    (told,) = layer.at(np.array([18.0, 0.0, 0.0]), LayerLook(True))
    assert str(told.text) == "Dose 38.00 Gy (100.0 %)"
    assert str(layer.notes[0]) == "100 % is the prescribed dose: 38.00 Gy."


@pytest.mark.parametrize(("summation", "known"), [("PLAN", True), ("BEAM", False)])
def test_the_prescription_is_that_of_the_doses_plan(tmp_path, summation, known):
    item = Dataset()
    item.DoseReferenceNumber, item.DoseReferenceType, item.TargetPrescriptionDose = 1, "TARGET", 60.0
    data = read_object(make_plan(tmp_path / "plan.dcm"))
    data.DoseReferenceSequence = [item]
    data.save_as(tmp_path / "plan.dcm")
    dose = read_dose(make_dose(tmp_path / "dose.dcm", attributes={"DoseSummationType": summation}))
    plan, other = (
        DerivedObject(kind_of(RTPlanStorage), sop_uid, "1.2", tmp_path / "plan.dcm", "")
        for sop_uid in (str(data.SOPInstanceUID), "1.2.3")
    )
    assert prescribed_gy(dose, [other]) is None
    assert prescribed_gy(dose, [plan, other]) == (60.0 if known else None)


def test_the_hottest_point_is_where_one_goes():
    assert DoseLayer.of(ramp_dose()).centre("95")[0] == pytest.approx(20.0)


def a_map(values):
    nk, nj, ni = values.shape
    affine = np.diag([1.0, 1.0, 3.0, 1.0])
    affine[:3, 3] = [-20, -20, 0]
    positions = np.array([-20.0, -20.0, 0.0]) + np.arange(nk)[:, None] * [0, 0, 3.0]
    geometry = SliceGeometry(
        GeometryKind.UNIFORM, (ni, nj, nk), (1.0, 1.0, 3.0), np.eye(3)[0], np.eye(3)[1], positions, affine
    )
    volume = Volume(np.zeros((nk, nj, ni), np.int16), affine)
    target = LayerTarget(Series("1", "2", "", "MR", "", "", nk, geometry), volume, ())
    unit = CodedConcept("mm2/s", "UCUM", "square millimetre per second")
    return MapLayer.of(ParametricMap(geometry, values, unit, "ADC"), target)


def test_a_map_is_coloured_by_its_values_and_says_its_unit():
    values = np.ascontiguousarray(np.broadcast_to(np.arange(1.0, 41.0, dtype=np.float32), (2, 40, 40)))
    layer = a_map(values)
    raster = layer.draw(plane(), LayerLook(True, 1.0)).raster
    assert tuple(raster[5, 0, :3]) == VIRIDIS[0]
    assert tuple(raster[5, 39, :3]) == VIRIDIS[-1]
    assert (layer.legend.unit, str(layer.legend.title)) == ("mm2/s", "ADC")
    assert layer.legend.low == pytest.approx(1.0)


def test_a_map_is_clear_where_it_has_no_value():
    values = np.ones((2, 40, 40))
    values[:, :20] = 0.0
    values[:, 25] = np.nan
    values[:, 30] = 2.0
    raster = a_map(values).draw(plane(), LayerLook(True)).raster
    assert not raster[:20, :, 3].any()
    assert not raster[25, :, 3].any()
    assert raster[26:, :, 3].all()


def test_colours_go_on_beyond_the_limits():
    values = np.array([[-5.0, 0.0, 0.5, 1.0, 9.0]], np.float32)
    raster = colour_values(values, (0.0, 1.0), VIRIDIS, 1.0)
    assert np.array_equal(raster[0, 0], raster[0, 1])
    assert np.array_equal(raster[0, 3], raster[0, 4])
    middle = np.array(at(VIRIDIS, 0.5), int)
    assert np.abs(raster[0, 2, :3].astype(int) - middle).max() <= 2


def test_dose_and_map_tell_their_value_at_a_point():
    (dose,) = DoseLayer.of(ramp_dose()).at(np.array([-5.0, 0.0, 0.0]), LayerLook(True))
    assert str(dose.text) == "Dose 15.00 Gy (37.5 %)"
    assert DoseLayer.of(ramp_dose()).at(np.array([-50.0, 0.0, 0.0]), LayerLook(True)) == ()
    values = np.ascontiguousarray(np.broadcast_to(np.arange(1.0, 41.0, dtype=np.float32), (2, 40, 40)))
    (found,) = a_map(values).at(np.array([-10.2, 0.0, 0.0]), LayerLook(True))
    assert str(found.text) == "ADC  11 mm2/s"
    assert a_map(values).at(np.array([90.0, 0.0, 0.0]), LayerLook(True)) == ()
