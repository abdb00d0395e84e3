"""Other programs read back what was exported: the same voxels at the same place."""

import json
import struct
import zlib
from pathlib import Path

import nibabel as nib
import nrrd
import numpy as np
import pytest
import SimpleITK

from core.context import Context
from core.errors import BadInput, UsageError
from imaging.export import ExportFormat, format_of
from imaging.export_command import ExportOptions, export_command
from imaging.importing import import_paths
from imaging.png import png_bytes
from tests.dicom_factory import SAGITTAL, make_ct_series

RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture
def export(library, tmp_path):
    """Import a made series once and export it as often as asked."""
    made = []

    def run(name, *, part=None, native=False, force=False, **options):
        if not made:
            made.append(make_ct_series(tmp_path / "series", **options))
            import_paths(library, [made[0].folder])
        chosen = ExportOptions(made[0].series_uid, tmp_path / name, part, native, force)
        return made[0], export_command(Context(library), chosen), tmp_path / name

    return run


def affine_of(made, spacing_mm=(0.75, 0.5, 2.5)):
    affine = np.eye(4)
    affine[:3, 0] = spacing_mm[0] * np.array([1.0, 0, 0])
    affine[:3, 1] = spacing_mm[1] * np.array([0, 1.0, 0])
    affine[:3, 2] = (made.positions_lps_mm[-1] - made.positions_lps_mm[0]) / (len(made.positions_lps_mm) - 1)
    affine[:3, 3] = made.positions_lps_mm[0]
    return affine


def test_nifti_has_the_voxels_and_both_forms(export):
    made, report, path = export("out.nii.gz")
    image = nib.load(path)
    np.testing.assert_array_equal(np.asarray(image.dataobj).T, made.voxels)
    assert image.get_data_dtype() == np.int16
    for form, code in (image.get_sform(coded=True), image.get_qform(coded=True)):
        assert code == 1
        np.testing.assert_allclose(form, RAS_FROM_LPS @ affine_of(made), atol=1e-4)
    provenance = json.loads(bytes(image.header.extensions[0].get_content()).rstrip(b"\0"))
    assert provenance["command"] == "care.export"
    assert provenance["inputs"] == [made.series_uid]
    assert report.to_json()["resampled"] is False


def test_nrrd_is_in_patient_space(export):
    made, _, path = export("out.nrrd")
    voxels, header = nrrd.read(str(path))
    np.testing.assert_array_equal(voxels.T, made.voxels)
    assert header["space"] == "left-posterior-superior"
    np.testing.assert_allclose(header["space directions"].T, affine_of(made)[:3, :3], atol=1e-9)
    np.testing.assert_allclose(header["space origin"], affine_of(made)[:3, 3], atol=1e-9)


def test_metaimage_is_read_by_itk(export):
    made, _, path = export("out.mha", orientation=SAGITTAL)
    image = SimpleITK.ReadImage(str(path))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), made.voxels)
    np.testing.assert_allclose(image.GetSpacing(), (0.75, 0.5, 2.5), atol=1e-9)
    np.testing.assert_allclose(
        image.TransformIndexToPhysicalPoint((0, 0, 5)), made.positions_lps_mm[5], atol=1e-6
    )
    np.testing.assert_allclose(np.array(image.GetDirection()).reshape(3, 3)[:, 0], SAGITTAL[:3], atol=1e-9)


def test_a_sheared_stack_is_straightened_and_says_so(export):
    made, report, path = export("out.nii.gz", tilt_deg=20.0)
    image = nib.load(path)
    axes = image.affine[:3, :3] / np.linalg.norm(image.affine[:3, :3], axis=0)
    np.testing.assert_allclose(np.abs(axes.T @ axes), np.eye(3), atol=1e-5)
    assert report.to_json()["resampled"] is True
    assert any("rectangular grid" in str(note) for note in report.notes)
    # The first slice is moved by nothing, so its voxels are still exactly where they were.
    place = np.linalg.inv(image.affine) @ RAS_FROM_LPS @ [*made.positions_lps_mm[0], 1]
    i, j, k = np.rint(place[:3]).astype(int)
    np.testing.assert_allclose(place[:3], (i, j, k), atol=1e-4)
    found = np.asarray(image.dataobj)[i : i + 16, j : j + 20, k]
    np.testing.assert_array_equal(found.T, made.voxels[0])


def test_native_keeps_the_shear(export):
    made, report, path = export("out.nii.gz", tilt_deg=20.0, native=True)
    image = nib.load(path)
    np.testing.assert_array_equal(np.asarray(image.dataobj).T, made.voxels)
    np.testing.assert_allclose(image.affine, RAS_FROM_LPS @ affine_of(made), atol=1e-4)
    assert image.get_qform(coded=True)[1] == 0, "a qform cannot hold a shear"
    assert report.to_json()["resampled"] is False


@pytest.mark.parametrize("options", [{"jitter_mm": 1.0, "slices": 12}, {"gaps": {2}}])
def test_native_refuses_an_irregular_stack(export, options):
    with pytest.raises(BadInput, match="irregular"):
        export("out.nii.gz", native=True, **options)


def test_missing_slices_are_filled_and_said(export):
    made, report, path = export("out.nii.gz", gaps={2})
    voxels = np.asarray(nib.load(path).dataobj).T
    np.testing.assert_array_equal(voxels[[0, 1, 3, 4, 5]], made.voxels)
    assert (voxels[2] == made.voxels.min()).all()
    assert report.to_json()["resampled"] is True
    assert any("missing" in str(note) for note in report.notes)


def test_a_dicom_folder_holds_the_files_in_order(export):
    made, _, path = export("folder")
    names = sorted(path.iterdir())
    assert [name.name for name in names] == [f"{number:04d}.dcm" for number in range(1, 7)]
    for copy, original in zip(names, made.files, strict=True):
        assert copy.read_bytes() == original.read_bytes()


def test_pictures_are_numbered(export):
    made, report, _ = export("out.png")
    files = report.exported.files
    assert [file.name for file in files] == [f"out_{number:04d}.png" for number in range(1, 7)]
    grey = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(files[2])))
    # Window 400/40 of the file: PS3.3 C.11.2.1.2.1.
    expected = np.clip(((made.voxels[2] - 39.5) / 399 + 0.5) * 255, 0, 255)
    np.testing.assert_allclose(grey, expected, atol=1)


def test_an_existing_output_is_kept_unless_forced(export):
    _, _, path = export("out.nrrd")
    path.write_bytes(b"mine")
    with pytest.raises(BadInput, match="exists already"):
        export("out.nrrd")
    assert path.read_bytes() == b"mine"
    export("out.nrrd", force=True)
    assert path.read_bytes().startswith(b"NRRD")


def test_a_folder_with_other_files_is_never_replaced(export):
    _, _, path = export("folder")
    export("folder", force=True)
    (path / "letter.txt").write_text("mine")
    with pytest.raises(BadInput, match="other files"):
        export("folder", force=True)
    assert (path / "letter.txt").read_text() == "mine"
    assert [entry.name for entry in path.parent.iterdir() if "partial" in entry.name] == []


def test_the_audit_trail_names_the_series_only(export, library):
    made, _, _ = export("out.mha")
    assert [(event.action, event.objects) for event in library.audit.events()][-1] == (
        "care.export",
        (made.series_uid,),
    )


def test_an_unknown_series_and_an_unknown_part_are_refused(export, library, tmp_path):
    made, _, _ = export("out.mha")
    with pytest.raises(BadInput, match="no series"):
        export_command(Context(library), ExportOptions("1.2.3", tmp_path / "a.mha"))
    with pytest.raises(BadInput, match="no such part"):
        export_command(Context(library), ExportOptions(made.series_uid, tmp_path / "a.mha", part="echo 7"))


def test_of_several_volumes_one_must_be_chosen(library, tmp_path):
    folder = tmp_path / "series"
    make_ct_series(folder)
    made = make_ct_series(folder / "again", orientation=SAGITTAL, name="x", attributes={})
    other = make_ct_series(folder, orientation=SAGITTAL, name="", slices=7, attributes={"Rows": 20})
    assert other.series_uid != made.series_uid
    import_paths(library, [folder])
    options = ExportOptions(other.series_uid, tmp_path / "a.mha")
    with pytest.raises(UsageError, match="several volumes"):
        export_command(Context(library), options)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.nii.gz", ExportFormat.NIFTI),
        ("a.NII", ExportFormat.NIFTI),
        ("a.b.nrrd", ExportFormat.NRRD),
        ("头.mha", ExportFormat.METAIMAGE),
        ("a.png", ExportFormat.PNG),
        ("folder", ExportFormat.DICOM),
    ],
)
def test_the_name_chooses_the_format(name, form):
    assert format_of(Path("/tmp") / name) is form


def test_an_unknown_suffix_is_refused():
    with pytest.raises(UsageError, match=r"\.jpg"):
        format_of(Path("/tmp/a.jpg"))


def test_png_bytes_follow_the_standard():
    picture = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    data = png_bytes(picture, spacing_mm=(0.5, 0.25), texts={"Software": "x"})
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, position = {}, 8
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        assert struct.unpack(">I", data[position + 8 + length : position + 12 + length])[0] == zlib.crc32(
            kind + body
        )
        chunks[kind] = body
        position += 12 + length
    assert struct.unpack(">IIB", chunks[b"pHYs"]) == (2000, 4000, 1)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(4, 16)
    np.testing.assert_array_equal(rows[:, 1:].reshape(4, 5, 3), picture)
