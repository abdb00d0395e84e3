"""Slides are shown as whole pictures, every tile at its place."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from core.library import Library
from core.series import Series
from core.slice_geometry import GeometryKind
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loaded_series import LoadedSeries
from imaging.loading import load_series
from imaging.thumbnails import make_thumbnail
from tests.dicom_factory import base_dataset, save, uid
from tests.enhanced_factory import item

COLUMNS, ROWS = 13, 9  # of the whole picture
TILE_COLUMNS, TILE_ROWS = 5, 4  # the last tiles reach beyond it
ACROSS, DOWN = 3, 3


def whole_picture(plane: int = 0) -> np.ndarray:
    """No two pixels alike."""
    return (plane * 40000 + np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)).astype(np.uint16)


def _tile(picture: np.ndarray, column: int, row: int) -> np.ndarray:
    padded = np.full((DOWN * TILE_ROWS, ACROSS * TILE_COLUMNS), 60000, np.uint16)
    padded[:ROWS, :COLUMNS] = picture
    return padded[row : row + TILE_ROWS, column : column + TILE_COLUMNS]


def _corners() -> list[tuple[int, int]]:
    return [(i * TILE_COLUMNS, j * TILE_ROWS) for j in range(DOWN) for i in range(ACROSS)]


def make_slide(folder: Path, *, planes: int = 1, sparse: bool = False) -> Path:
    """Write a slide, whose tiles are named by their corners or come row by row, plane after plane."""
    folder.mkdir(parents=True, exist_ok=True)
    data = base_dataset("slide")
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = (
        VLWholeSlideMicroscopyImageStorage,
        uid("slide", folder),
        "SM",
    )
    data.Rows, data.Columns, data.SamplesPerPixel = TILE_ROWS, TILE_COLUMNS, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 0
    data.TotalPixelMatrixColumns, data.TotalPixelMatrixRows = COLUMNS, ROWS
    data.ImageOrientationSlide = [0.0, -1.0, 0.0, -1.0, 0.0, 0.0]
    data.TotalPixelMatrixOriginSequence = [
        item(XOffsetInSlideCoordinateSystem=20.0, YOffsetInSlideCoordinateSystem=30.0)
    ]
    shared = Dataset()
    shared.PixelMeasuresSequence = [item(PixelSpacing=[0.002, 0.001], SliceThickness=0.004)]
    data.SharedFunctionalGroupsSequence = [shared]
    tiles = [(plane, corner) for plane in range(planes) for corner in _corners()]
    data.DimensionOrganizationType = "TILED_FULL"
    if sparse:
        tiles = tiles[::-2]  # in another order, and not all of them
        data.DimensionOrganizationType = "TILED_SPARSE"
        data.PerFrameFunctionalGroupsSequence = [_named(corner) for _, corner in tiles]
    data.NumberOfFrames = len(tiles)
    data.PixelData = b"".join(_tile(whole_picture(plane), *corner).tobytes() for plane, corner in tiles)
    data["PixelData"].VR = "OW"
    return save(data, folder / "slide.dcm")


def _named(corner: tuple[int, int]) -> Dataset:
    groups = Dataset()
    groups.PlanePositionSlideSequence = [
        item(
            ColumnPositionInTotalImagePixelMatrix=corner[0] + 1,
            RowPositionInTotalImagePixelMatrix=corner[1] + 1,
        )
    ]
    return groups


def _loaded(library: Library, path: Path) -> LoadedSeries:
    (series,) = import_paths(library, [path]).series
    with StudyIndex.open(library) as index:
        return load_series(index, series)


def test_the_tiles_of_a_full_slide_make_the_whole_picture(library: Library, tmp_path: Path) -> None:
    loaded = _loaded(library, make_slide(tmp_path / "in"))
    assert loaded.geometry.kind is GeometryKind.FLAT
    assert loaded.geometry.shape_ijk == (COLUMNS, ROWS, 1)
    np.testing.assert_array_equal(loaded.volume.voxels[0], whole_picture())
    assert loaded.filled.all()
    assert loaded.warnings == ()


def test_the_picture_lies_where_the_slide_has_it(library: Library, tmp_path: Path) -> None:
    geometry = _loaded(library, make_slide(tmp_path / "in")).geometry
    assert geometry.lps_from_ijk is not None
    assert not geometry.lps_known  # that is the slide, not the patient
    place = geometry.lps_from_ijk @ (12, 8, 0, 1)
    assert place[:2] == pytest.approx((20 - 8 * 0.002, 30 - 12 * 0.001))
    assert geometry.spacing_mm == pytest.approx((0.001, 0.002, 0.004))


def test_focal_planes_are_slices(library: Library, tmp_path: Path) -> None:
    loaded = _loaded(library, make_slide(tmp_path / "in", planes=2))
    assert loaded.geometry.shape_ijk == (COLUMNS, ROWS, 2)
    for plane in range(2):
        np.testing.assert_array_equal(loaded.volume.voxels[plane], whole_picture(plane).astype(np.float64))


def test_the_tiles_of_a_sparse_slide_lie_where_they_say(library: Library, tmp_path: Path) -> None:
    voxels = _loaded(library, make_slide(tmp_path / "in", sparse=True)).volume.voxels[0]
    for number, (column, row) in enumerate(_corners()):
        found = voxels[row : row + TILE_ROWS, column : column + TILE_COLUMNS]
        expected = whole_picture()[row : row + TILE_ROWS, column : column + TILE_COLUMNS]
        np.testing.assert_array_equal(found, expected if number % 2 == 0 else np.zeros_like(expected))


def test_a_slide_that_contradicts_itself_stays_a_stack_of_its_tiles(library: Library, tmp_path: Path) -> None:
    path = make_slide(tmp_path / "in", sparse=True)
    data = pydicom.dcmread(path)
    data.PerFrameFunctionalGroupsSequence[0].PlanePositionSlideSequence[
        0
    ].ColumnPositionInTotalImagePixelMatrix = COLUMNS + 1
    data.save_as(path)
    assert _loaded(library, path).geometry.shape_ijk == (TILE_COLUMNS, TILE_ROWS, 5)


def _series(library: Library) -> Series:
    with StudyIndex.open(library) as index:
        return index.series_of(index.studies()[0].study_uid)[0]


def test_the_thumbnail_is_the_whole_picture(library: Library, tmp_path: Path) -> None:
    import_paths(library, [make_slide(tmp_path / "in")])
    with StudyIndex.open(library) as index:
        path = make_thumbnail(index, _series(library))
    width, height = (int.from_bytes(path.read_bytes()[at : at + 4], "big") for at in (16, 20))
    assert width / height == pytest.approx(COLUMNS * 0.001 / (ROWS * 0.002), rel=0.05)
