"""What the index keeps of a file comes back as it was."""

from dataclasses import replace
from pathlib import Path

from core.library import Library
from core.message import message
from imaging.frame_values import FrameValues
from imaging.index import StudyIndex
from imaging.index_adding import add_instances
from imaging.instance import Instance

PLAIN = Instance("/a", "1.2.840.10008.1.2.1", "1.2.840.10008.5.1.4.1.1.2", "1.4", "1.3", "1.2")
ENHANCED = replace(
    PLAIN,
    path="/b",
    sop_uid="1.5",
    frames=3,
    rows=4,
    columns=5,
    window=(40.0, 400.0),
    parts=(("EchoTime", "3"), ("ImageType", "ORIGINAL\\PRIMARY")),
    frame_positions_lps_mm=((0.0, 0.0, 1.0), (0.0, 0.0, 2.0), (0.0, 0.0, 3.0)),
    notes=(message("odd: {name}", name="b"),),
    frame_values=(
        FrameValues(spacing_ij_mm=(0.5, 0.75), parts=(("StackID", "1"),)),
        FrameValues(row_direction=(1.0, 0.0, 0.0), column_direction=(0.0, 1.0, 0.0), window=(1.0, 2.0)),
    ),
    frame_value_of=(0, 1, 1),
    references=("1.6",),
)


def test_files_come_back_as_they_were(library: Library) -> None:
    mine = str(Path(library.folder) / "files" / "c")
    files = [PLAIN, ENHANCED]
    files.append(replace(PLAIN, path=mine, sop_uid="1.7", study_uid="1.2", gantry_tilt_deg=3.5))
    with StudyIndex.open(library) as index:
        add_instances(index, files)
        found = index.all_instances("1.3")
        assert found == [files[0], replace(files[1], references=()), files[2]]
        assert all(isinstance(hash(values), int) for values in found[1].frame_values)
