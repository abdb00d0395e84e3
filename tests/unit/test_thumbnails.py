import struct
import zlib

import numpy as np
import pytest
from pydicom.uid import RLELossless

from core.errors import BadInput
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.thumbnails import make_thumbnail, shrunk
from tests.dicom_factory import make_ct_series


def _grey_png(path):
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    at = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[at - 4 : at])
    rows = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + length]), np.uint8)
    return rows.reshape(height, width + 1)[:, 1:]


@pytest.fixture
def index(library):
    with StudyIndex.open(library) as made:
        yield made


@pytest.mark.parametrize("syntax", [None, RLELossless])
def test_the_middle_slice_is_shown_through_its_window(library, index, tmp_path, syntax):
    options = {} if syntax is None else {"transfer_syntax": syntax}
    made = make_ct_series(
        tmp_path / "a",
        rows=64,
        columns=32,
        spacing_mm=(1.0, 1.0, 2.0),
        attributes={"WindowCenter": "-800", "WindowWidth": "400"},
        **options,
    )
    (series,) = import_paths(library, [tmp_path / "a"]).series
    path = make_thumbnail(index, series)
    assert index.thumbnail(series) == path
    picture = _grey_png(path)
    assert picture.shape == (128, 64)
    expected = np.clip((made.voxels[3] - (-800.5)) / 399 + 0.5, 0, 1) * 255
    assert np.abs(picture[::2, ::2] - expected).max() <= 1


def test_pixels_become_square_and_small():
    values = np.arange(400 * 100, dtype=np.int16).reshape(400, 100)
    picture = shrunk(values, (2.0, 1.0))
    assert picture.shape == (128, 64)
    assert picture.mean() == pytest.approx(values.mean(), rel=0.01)


def test_colours_stay_colours():
    values = np.full((300, 200, 3), (10, 20, 30), np.uint8)
    picture = shrunk(values, (1.0, 1.0))
    assert picture.shape == (128, 85, 3)
    assert np.all(picture == (10, 20, 30))


def test_a_series_whose_file_has_gone_has_no_thumbnail(library, index, tmp_path):
    made = make_ct_series(tmp_path / "a")
    (series,) = import_paths(library, [tmp_path / "a"]).series
    for file in made.files:
        file.unlink()
    with pytest.raises(BadInput):
        make_thumbnail(index, series)
    assert index.thumbnail(series) is None
