"""Pages of encapsulated PDFs, drawn in a process of their own."""

from contextlib import closing

import numpy as np
import pytest

from core.errors import BadInput
from imaging.documents import Document, write_document
from imaging.pdf_pages import PdfPages
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series
from tests.pdf_factory import make_pdf

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


@pytest.fixture
def encapsulated(tmp_path):
    image = source_header(make_ct_series(tmp_path / "ct", slices=1).files[0])

    def write(data):
        write_document(tmp_path / "doc.dcm", Document("letter", data), image)
        return PdfPages(tmp_path / "doc.dcm")

    return write


def test_each_page_has_its_size_and_its_picture(encapsulated):
    with closing(encapsulated(make_pdf([RED, BLUE]))) as pages:
        assert pages.sizes_pt() == ((200.0, 100.0), (200.0, 100.0))
        for number, colour in enumerate((RED, BLUE)):
            picture = pages.picture(number, 2.0)
            assert picture.shape == (200, 400, 4)
            np.testing.assert_array_equal(picture[50, 100, :3], np.array(colour) * 255)
            np.testing.assert_array_equal(picture[150, 100, :3], [255, 255, 255])
            np.testing.assert_array_equal(picture[50, 300, :3], [255, 255, 255])


def test_a_huge_picture_is_made_smaller(encapsulated):
    with closing(encapsulated(make_pdf([RED]))) as pages:
        assert pages.picture(0, 1000.0).shape == (3000, 6000, 4)


def test_what_is_no_pdf_inside_is_refused(encapsulated):
    pages = encapsulated(b"%PDF-1.7 and nothing else")
    with closing(pages), pytest.raises(BadInput, match="PDF is damaged"):
        pages.sizes_pt()


def test_another_object_is_refused(tmp_path):
    made = make_ct_series(tmp_path, slices=1)
    with closing(PdfPages(made.files[0])) as pages, pytest.raises(BadInput, match="no encapsulated PDF"):
        pages.sizes_pt()
