"""Geometry and volumes that only detectors and private elements tell of."""

import pytest
from pydicom import dcmread
from pydicom.uid import NuclearMedicineImageStorage

from core.slice_geometry import GeometryKind
from imaging.geometry import split_series
from imaging.header import read_header
from tests.dicom_factory import make_ct_series
from tests.enhanced_factory import item


def test_reconstructed_spect_lies_where_its_detector_says(tmp_path):
    attributes = {
        "SOPClassUID": NuclearMedicineImageStorage,
        "Modality": "NM",
        "ImageType": ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"],
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "NumberOfFrames": 4,
        "SpacingBetweenSlices": -4.5,
        "PixelData": bytes(4 * 2 * 20 * 16),
        "DetectorInformationSequence": [
            item(ImagePositionPatient=[-10.0, -20.0, 30.0], ImageOrientationPatient=[1.0, 0, 0, 0, 1, 0])
        ],
    }
    made = make_ct_series(tmp_path, slices=1, attributes=attributes)
    (part,) = split_series([read_header(str(made.files[0]))])
    assert part.geometry.kind is GeometryKind.UNIFORM
    assert part.geometry.positions_lps_mm.tolist() == [[-10, -20, 30 - 4.5 * k] for k in (3, 2, 1, 0)]
    assert [frame.number for frame in part.frames] == [3, 2, 1, 0]


def _written_b_values(tmp_path, creator, element, values):
    group = element >> 16
    for name, value in enumerate(values):
        made = make_ct_series(tmp_path, slices=3, name=str(name), attributes=ONE_SERIES)
        for file in made.files:
            data = dcmread(file)
            block = data.private_block(group, creator, create=True)
            block.add_new(element & 0xFF, "IS", value)
            data.save_as(file)
    return split_series([read_header(str(file)) for file in sorted(tmp_path.iterdir())])


ONE_SERIES = {"SeriesInstanceUID": "1.2.3"}


@pytest.mark.parametrize(
    ("creator", "element", "values"),
    [
        ("SIEMENS MR HEADER", 0x0019100C, ("0", "800")),
        ("GEMS_PARM_01", 0x00431039, ([0, 8, 0, 0], [1000000800, 8, 0, 0])),
    ],
)
def test_private_diffusion_weights_split_a_series(tmp_path, creator, element, values):
    parts = _written_b_values(tmp_path, creator, element, values)
    assert [(part.part, len(part.frames)) for part in parts] == [("b-value 0", 3), ("b-value 800", 3)]
