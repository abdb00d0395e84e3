"""In the views of a real oblique series every probe of its reference lies where the patient has it."""

import json

import numpy as np
import pytest

from core.library import Library
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series
from imaging.reslice import Interpolation, ResliceOptions, reslice
from viewers.layouts import Pane
from viewers.mpr_state import MprState, first_state, pane_plane
from viewers.orientation import STANDARD, Orientation
from viewers.view_state import ViewState, point_of

pytestmark = pytest.mark.corpus

SIZE = (601, 501)
# For each picture: the RAS axis that grows to the right and the one that grows downwards, with its sign.
PICTURE_AXES = {
    Orientation.AXIAL: ((0, -1), (1, -1)),
    Orientation.CORONAL: ((0, -1), (2, -1)),
    Orientation.SAGITTAL: ((1, -1), (2, -1)),
}


@pytest.fixture(scope="module")
def head(corpus, tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("views") / "library")
    (series,) = import_paths(library, [corpus / "mr-head-dicom.zip"]).series
    with StudyIndex.open(library) as index:
        loaded = load_series(index, series)
    reference = json.loads((corpus / "refs" / "mr-head-dicom.json").read_text())["series"][0]
    return loaded.volume, reference["probes"]


@pytest.mark.parametrize("orientation", list(Orientation))
def test_probes_have_their_value_in_every_view(head, orientation):
    volume, probes = head
    view = ViewState(zoom=6.0)
    for probe in probes:
        point = np.array(probe["ras_from_ipp"]) * (-1, -1, 1)
        state = first_state(MprState(), volume).with_point(orientation, point)
        state = state.with_view(orientation, ViewState(view.zoom, point_of(point)))
        plane = pane_plane(state, volume, Pane(orientation.value), SIZE)
        x, y = (round(part) for part in plane.pixel_from_lps(point))
        assert (x, y) == (300, 250)
        values = reslice(volume, plane, ResliceOptions(Interpolation.NEAREST))
        assert values[y, x] == probe["value"]


@pytest.mark.parametrize("orientation", STANDARD)
def test_probes_lie_on_the_right_side(head, orientation):
    volume, probes = head
    state = first_state(MprState(), volume)
    plane = pane_plane(state, volume, Pane(orientation.value), SIZE)
    (right_axis, right_sign), (down_axis, down_sign) = PICTURE_AXES[orientation]
    reference = np.array(probes[0]["ras_from_ipp"])
    x0, y0 = plane.pixel_from_lps(reference * (-1, -1, 1))
    for probe in probes[1:]:
        ras = np.array(probe["ras_from_ipp"])
        x, y = plane.pixel_from_lps(ras * (-1, -1, 1))
        shift = (ras - reference) / plane.spacing_mm[0]
        assert x - x0 == pytest.approx(right_sign * shift[right_axis], abs=1e-6)
        assert y - y0 == pytest.approx(down_sign * shift[down_axis], abs=1e-6)
