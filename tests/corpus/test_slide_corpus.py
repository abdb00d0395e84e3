"""Slides of the corpus as whole pictures, beside what highdicom makes of their tiles."""

from pathlib import Path

import highdicom
import numpy as np
import pytest

from core.library import Library
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series

pytestmark = pytest.mark.corpus


def test_every_slide_is_the_picture_that_highdicom_makes_of_its_tiles(corpus: Path, library: Library) -> None:
    files = sorted((corpus / "dicom-objects" / "highdicom" / "test_files").glob("sm_image*.dcm"))
    assert len(files) >= 6
    result = import_paths(library, files)
    assert result.rejected == ()
    with StudyIndex.open(library) as index:
        for series in result.series:
            loaded = load_series(index, series)
            image = highdicom.imread(loaded.part.instances[0].path)
            expected = image.get_total_pixel_matrix(apply_icc_profile=False)
            np.testing.assert_array_equal(loaded.volume.voxels[0], expected)
            origin = image.TotalPixelMatrixOriginSequence[0]
            assert loaded.volume.lps_from_ijk[:2, 3] == pytest.approx(
                [float(origin.XOffsetInSlideCoordinateSystem), float(origin.YOffsetInSlideCoordinateSystem)]
            )
