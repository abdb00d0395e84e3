"""Presentation states are shown as dcmtk shows them, turn by turn."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.coded_concept import InstanceReference
from core.library import Library
from core.presentation_state import PresentationState
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.presentation_state_writing import write_presentation_state
from imaging.reference_series import source_header
from imaging.reslice import StopFlag
from tests.dicom_factory import make_ct_series
from viewers.derived_objects import LayerTarget, find_derived_objects
from viewers.mpr_state import pane_plane
from viewers.series_loading import LoadingEvents, open_series
from viewers.slice_request import SliceRequest, make_picture
from viewers.state_choice import show_state
from viewers.state_layer import read_state_layer
from viewers.viewer_document import ViewerDocument

pytestmark = pytest.mark.skipif(shutil.which("dcmp2pgm") is None, reason="dcmp2pgm (dcmtk) is not installed")
LEVELS = 1


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A CT slice of square pixels, imported, its header and its file."""
    folder = tmp_path_factory.mktemp("study")
    made = make_ct_series(folder / "ct", slices=1, spacing_mm=(1.0, 1.0, 2.5))
    return folder, made.files[0], source_header(made.files[0])


def peer_picture(state: Path, image: Path, folder: Path):
    """Give dcmtk's picture of an image in a state."""
    target = folder / "peer.pgm"
    subprocess.run(["dcmp2pgm", "--pstate", state, image, target], check=True, capture_output=True)
    head, width, height, most, pixels = target.read_bytes().split(None, 4)
    assert (head, most) == (b"P5", b"255")
    return np.frombuffer(pixels, np.uint8).reshape(int(height), int(width))


def own_picture(library: Library, paths: list[Path], size):
    """Give what a view of `size` pixels shows after the state was chosen."""
    import_paths(library, paths)
    with StudyIndex.open(library) as index:
        series = next(
            one for study in index.studies() for one in index.series_of(study.study_uid) if one.geometry
        )
        (derived,) = find_derived_objects(index, series)
        instances = tuple(index.instances(series))
    loaded = open_series(library, series, LoadingEvents(lambda *_: None, lambda *_: None))
    document = ViewerDocument(library.settings)
    document.open(loaded.volume, series, None)
    show_state(document, read_state_layer(derived, LayerTarget(series, loaded.volume, instances)))
    state = document.state
    plane = pane_plane(state, loaded.volume, state.panes[state.active], size)
    request = SliceRequest(loaded.volume, plane, state.reslice_options, state.window, state.inverted, 0)
    return make_picture(replace(request), None, StopFlag()).pixels


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_every_turn_looks_as_dcmtk_shows_it(study, library, tmp_path, rotation_deg, mirrored, inverted):
    folder, file, header = study
    image = InstanceReference(
        str(header.SOPClassUID), str(header.SOPInstanceUID), str(header.SeriesInstanceUID)
    )
    state = PresentationState("A", (image,), (-930.0, 200.0), inverted, rotation_deg, mirrored)
    write_presentation_state(tmp_path / "pr.dcm", state, [header])
    peer = peer_picture(tmp_path / "pr.dcm", file, tmp_path)
    own = own_picture(library, [folder, tmp_path / "pr.dcm"], (peer.shape[1], peer.shape[0]))
    assert np.ptp(peer) > 100
    assert np.abs(own.astype(int) - peer.astype(int)).max() <= LEVELS
