"""Enhanced multi-frame files: every frame with its own place, scale and kind of volume."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import EnhancedUSVolumeStorage, ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless

from core.library import Library
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series
from tests.dicom_factory import CORONAL
from tests.enhanced_factory import COLUMNS, ROWS, MadeFrame, make_enhanced, stored_values


def _import(library: Library, path: Path) -> dict[str, tuple[SliceGeometry, np.ndarray]]:
    """Give the geometry and the stored slices of every part."""
    result = import_paths(library, [path])
    assert result.rejected == ()
    with StudyIndex.open(library) as index:
        loaded = {series.part: load_series(index, series) for series in result.series}
    return {part: (found.geometry, found.stored) for part, found in loaded.items()}


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
def test_echoes_are_split_and_each_frame_has_its_scale(library: Library, tmp_path: Path, syntax: str) -> None:
    frames = [
        MadeFrame(
            (0, 0, 3.0 * (2 - k)),  # from the top down, echoes within slices
            slope=1.0 + k,
            intercept=-10.0 * echo,
            macros={"MREchoSequence": {"EffectiveEchoTime": echo_time}},
        )
        for k in range(3)
        for echo, echo_time in enumerate((10.5, 30.0))
    ]
    parts = _import(library, make_enhanced(tmp_path / "in", frames, transfer_syntax=syntax))
    assert list(parts) == ["TE 10.5", "TE 30"]
    for echo, (geometry, stored) in enumerate(parts.values()):
        assert geometry.kind is GeometryKind.UNIFORM
        assert geometry.shape_ijk == (COLUMNS, ROWS, 3)
        assert geometry.spacing_mm == pytest.approx((0.5, 0.75, 3.0))
        for k in range(3):
            number = 2 * (2 - k) + echo
            expected = stored_values(number) * (1.0 + (2 - k)) - 10.0 * echo
            np.testing.assert_array_equal(stored[k], expected)


def test_stacks_of_other_orientation_and_spacing_are_split(library: Library, tmp_path: Path) -> None:
    frames = [MadeFrame((0, 0, 2.0 * k), macros=_stack("1")) for k in range(3)]
    frames += [
        MadeFrame((0, 5.0 * k, 50), orientation=CORONAL, spacing_mm=(0.25, 0.25), macros=_stack("2"))
        for k in range(2)
    ]
    parts = _import(library, make_enhanced(tmp_path / "in", frames))
    first, second = (geometry for geometry, _ in parts.values())
    assert (first.shape_ijk[2], second.shape_ijk[2]) == (3, 2)
    assert first.spacing_mm == pytest.approx((0.5, 0.75, 2.0))
    assert second.spacing_mm == pytest.approx((0.25, 0.25, 5.0))
    assert second.normal == pytest.approx((0, 1, 0))


def test_two_stacks_of_one_orientation_are_two_volumes(library: Library, tmp_path: Path) -> None:
    frames = [MadeFrame((0, 0, z + 2.0 * k), macros=_stack(name)) for name, z in _STACKS for k in range(4)]
    parts = _import(library, make_enhanced(tmp_path / "in", frames))
    assert {part: geometry.kind for part, (geometry, _) in parts.items()} == {
        "stack A": GeometryKind.UNIFORM,
        "stack B": GeometryKind.UNIFORM,
    }


_STACKS = (("A", 0.0), ("B", 100.0))


def _stack(name: str) -> dict[str, dict[str, str]]:
    return {"FrameContentSequence": {"StackID": name}}


def test_diffusion_is_split_by_weight(library: Library, tmp_path: Path) -> None:
    frames = [
        MadeFrame((0, 0, 2.0 * k), macros={"MRDiffusionSequence": {"DiffusionBValue": weight}})
        for weight in (0.0, 1000.0, 500.0)
        for k in range(4)
    ]
    parts = _import(library, make_enhanced(tmp_path / "in", frames))
    assert list(parts) == ["b-value 0", "b-value 500", "b-value 1000"]
    np.testing.assert_array_equal(parts["b-value 1000"][1][0], stored_values(4))


def test_times_are_split_in_their_order(library: Library, tmp_path: Path) -> None:
    frames = [
        MadeFrame((0, 0, 2.0 * k), macros={"FrameContentSequence": {"TemporalPositionIndex": 12 - time}})
        for k in range(3)
        for time in range(12)
    ]
    parts = _import(library, make_enhanced(tmp_path / "in", frames))
    assert list(parts) == [f"time {number}" for number in range(1, 13)]
    np.testing.assert_array_equal(parts["time 12"][1][1], stored_values(12))


def test_an_ultrasound_volume_has_no_place_in_the_patient(library: Library, tmp_path: Path) -> None:
    frames = [MadeFrame((0, 0, 0.4 * k)) for k in range(4)]
    path = make_enhanced(
        tmp_path / "in", frames, sop_class=EnhancedUSVolumeStorage, modality="US", in_patient=False
    )
    ((geometry, _),) = _import(library, path).values()
    assert geometry.kind is GeometryKind.UNIFORM
    assert geometry.spacing_mm == pytest.approx((0.5, 0.75, 0.4))
    assert not geometry.lps_known
    assert geometry.ras_from_ijk is None


def test_frames_that_share_everything_are_one_volume(library: Library, tmp_path: Path) -> None:
    frames = [MadeFrame((1, 2, 2.0 * k)) for k in range(2)]
    ((geometry, stored),) = _import(library, make_enhanced(tmp_path / "in", frames)).values()
    expected = [[-0.5, 0, 0, -1], [0, -0.75, 0, -2], [0, 0, 2, 0], [0, 0, 0, 1]]
    np.testing.assert_allclose(geometry.ras_from_ijk, expected, atol=1e-9)
    np.testing.assert_array_equal(stored, [stored_values(0), stored_values(1)])
