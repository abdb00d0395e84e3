"""Values told in the quantities of real-world value maps."""

from dataclasses import replace

import numpy as np
import pytest

from core.coded_concept import CodedConcept, InstanceReference
from imaging.frame import Frame
from imaging.instance import Instance
from imaging.value_maps import ValueMap
from viewers.unit_text import unit_text
from viewers.value_map_layer import ValueMapLayer, value_quantities

SUV = CodedConcept("{SUVbw}g/ml", "UCUM", "Standardized Uptake Value body weight")


def file(number, slope=1.0, intercept=0.0):
    return Instance("", "", "", f"1.{number}", "1", "1", slope=slope, intercept=intercept)


def value_map(number=None, **more):
    images = () if number is None else (InstanceReference("", f"1.{number}"),)
    return ValueMap(**{"label": "SUV", "unit": SUV, "first": 0, "last": 9999, "images": images, **more})


def only(maps, files):
    (found,) = value_quantities("1.2", maps, [Frame(one) for one in files])
    return found


def test_the_rescaling_of_the_images_is_taken_back():
    quantity = only([value_map(slope=0.25, intercept=3.0)], [file(1, 2.0, -100.0)])
    stored = 40.0
    assert quantity.told(2.0 * stored - 100.0) == pytest.approx(0.25 * stored + 3.0)
    assert (quantity.name, quantity.unit, quantity.refusal) == ("SUV", "g/ml", None)
    assert str(quantity.title) == "SUV (g/ml)"


def test_slices_scaled_each_on_its_own_share_a_quantity():
    maps = [value_map(1, slope=0.5), value_map(2, slope=0.125)]
    quantity = only(maps, [file(1, slope=4.0), file(2, slope=1.0)])
    assert quantity.told(80.0) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("maps", "files"),
    [
        ([value_map(1, slope=0.5), value_map(2, slope=0.5)], [file(1, slope=4.0), file(2, slope=1.0)]),
        ([value_map(1)], [file(1), file(2)]),
        ([value_map()], [replace(file(1), modality_range=(0.0, 1.0))]),
        ([value_map(slope=0.0)], [file(1)]),
        ([value_map(last=1, table=np.array([1.0, 5.0]))], [file(1)]),
    ],
)
def test_what_is_no_one_linear_mapping_is_refused_with_the_reason(maps, files):
    assert only(maps, files).refusal is not None


def test_maps_of_other_images_are_told_of():
    layer = ValueMapLayer(value_quantities("1.2", [value_map(7)], [Frame(file(1))]))
    assert layer.quantities == ()
    assert "other images" in str(layer.notes[0])


def test_quantities_are_kept_apart():
    ratio = CodedConcept("{ratio}", "UCUM", "ratio")
    found = value_quantities("1.2", [value_map(), value_map(label="R", unit=ratio)], [Frame(file(1))])
    assert [one.name for one in found] == ["SUV", "R"]
    assert len({one.id for one in found}) == 2


@pytest.mark.parametrize(
    ("value", "meaning", "shown"),
    [
        ("mm2", "square millimeter", "mm2"),
        ("{SUVbw}g/ml", "SUV", "g/ml"),
        ("{pixels}", "pixels", "pixels"),
        ("1", "no units", ""),
    ],
)
def test_units_are_short(value, meaning, shown):
    assert unit_text(CodedConcept(value, "UCUM", meaning)) == shown
