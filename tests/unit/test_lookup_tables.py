"""Modality and VOI look-up tables, in every encoding."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from core.library import Library
from core.series import Series
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series
from tests.dicom_factory import make_ct_series, voxel_values

SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless)


def _table(first: int, entries: list[int], bits: int = 16, kind: str = "") -> Dataset:
    table = Dataset()
    table.add_new(0x00283002, "SS", [len(entries), first, bits])  # signed, as the pixels are
    if kind:
        table.ModalityLUTType = kind
    table.add_new(0x00283006, "US", entries)
    return table


def _load(library: Library, folder: Path, **attributes: Any) -> tuple[Series, np.ndarray, np.ndarray]:
    syntax = attributes.pop("transfer_syntax", ExplicitVRLittleEndian)
    made = make_ct_series(folder, slices=2, attributes=attributes, transfer_syntax=syntax, intercept=0)
    (series,) = import_paths(library, [made.folder]).series
    with StudyIndex.open(library) as index:
        loaded = load_series(index, series)
    return loaded.series, loaded.stored, voxel_values(2, 20, 16, 0).astype(int)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_modality_table_is_applied(library: Library, tmp_path: Path, syntax: str) -> None:
    first, entries = 5, [(7 * number) % 60000 + 3 for number in range(100)]
    series, values, stored = _load(
        library,
        tmp_path / "in",
        transfer_syntax=syntax,
        ModalityLUTSequence=[_table(first, entries, kind="MGML")],
        RescaleSlope=None,
        RescaleIntercept=None,
    )
    np.testing.assert_array_equal(values, np.array(entries)[np.clip(stored - first, 0, 99)])
    assert series.unit == "mg/ml"
    assert values.max() == entries[-1]


def test_a_table_may_begin_below_zero(library: Library, tmp_path: Path) -> None:
    entries = list(range(1000, 1200))
    _, values, stored = _load(library, tmp_path / "in", ModalityLUTSequence=[_table(-50, entries)])
    np.testing.assert_array_equal(values, np.array(entries)[np.clip(stored + 50, 0, 199)])


def test_a_broken_table_counts_as_none(library: Library, tmp_path: Path) -> None:
    table = _table(0, [1, 2, 3])
    table.LUTDescriptor = [4, 0, 16]
    _, values, stored = _load(library, tmp_path / "in", ModalityLUTSequence=[table])
    np.testing.assert_array_equal(values, stored)


def test_the_range_of_a_voi_table_is_the_first_window(library: Library, tmp_path: Path) -> None:
    table = _table(100, list(range(64)), bits=8)
    series, _, _ = _load(
        library, tmp_path / "in", VOILUTSequence=[table], WindowCenter=None, WindowWidth=None
    )
    assert _ends(series) == (100, 163)


@pytest.mark.parametrize("function", ["LINEAR_EXACT", "SIGMOID"])
def test_exact_windows_cover_their_width(library: Library, tmp_path: Path, function: str) -> None:
    series, _, _ = _load(library, tmp_path / "in", VOILUTFunction=function)
    assert _ends(series) == (40 - 200, 40 + 200)


def _ends(series: Series) -> tuple[float, float]:
    """Give the values that become black and white under the function LINEAR (PS3.3 C.11.2.1.2.1)."""
    assert series.window is not None
    center, width = series.window
    return center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
