import json
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np

from tests.dicom_factory import make_ct_series
from tests.model_factory import save_volume_model


def sense(library: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    program = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, "--library", str(library), "models", *words],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )


def test_a_volume_file_becomes_a_label_map_on_its_own_voxels(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert sense(library, "add", str(save_volume_model(tmp_path, labels=3))).returncode == 0
    affine = np.array([[-1.5, 0, 0, 10], [0, 1.0, 0, -20], [0, 0, 2.0, 5], [0, 0, 0, 1]])
    voxels = np.zeros((24, 20, 18), np.float32)
    voxels[2:9, 3:9, 4:12], voxels[12:20, 3:9, 4:12] = 2, 4
    nib.save(nib.Nifti1Image(voxels, affine), tmp_path / "mr.nii.gz")
    output = tmp_path / "labels.nii.gz"
    done = sense(library, "run", "levels", str(tmp_path / "mr.nii.gz"), "-o", str(output), "--json")
    report = json.loads(done.stdout)
    assert [item["label"] for item in report["labels"]] == ["level 1", "level 2"]
    assert abs(report["labels"][0]["volume_ml"] - 7 * 6 * 8 * 3 / 1000) < 1e-6
    written = nib.load(output)
    assert np.allclose(written.affine, affine)
    assert np.array_equal(np.asarray(written.dataobj), voxels / 2)
    told = json.loads(written.header.extensions[0].get_content())
    assert told["model"] == "levels@1.0"

    made = sense(library, "variant", "levels", str(tmp_path / "mr.nii.gz"), "--precision", "fp16", "--json")
    assert json.loads(made.stdout)["loss"] == 0
    half = ("run", "levels-fp16", str(tmp_path / "mr.nii.gz"), "-o", str(tmp_path / "half.nii.gz"))
    assert sense(library, *half).returncode == 0
    assert np.array_equal(np.asarray(nib.load(tmp_path / "half.nii.gz").dataobj), voxels / 2)

    again = sense(library, "run", "levels", str(tmp_path / "mr.nii.gz"), "-o", str(output))
    assert again.returncode == 3
    wrong = sense(library, "run", "levels", str(tmp_path / "mr.nii.gz"), "-o", str(tmp_path / "l.png"))
    assert wrong.returncode == 2
    missing = sense(library, "run", "levels", str(tmp_path / "none.nii.gz"), "-o", str(tmp_path / "l.nrrd"))
    assert missing.returncode == 3
    assert "none.nii.gz" in missing.stderr
    assert "Traceback" not in missing.stderr + again.stderr + wrong.stderr


def test_a_series_becomes_a_segmentation_object(tmp_path: Path) -> None:
    import pydicom

    library = tmp_path / "library"
    made = make_ct_series(tmp_path / "ct")
    path = save_volume_model(tmp_path)
    card = json.loads((tmp_path / "levels.card.json").read_text())
    card["inputs"][0]["preparation"]["channels"] = [
        {"normalisation": "fixed", "mean": -1000.0, "standard_deviation": 100.0}
    ]
    (tmp_path / "levels.card.json").write_text(json.dumps(card))
    assert sense(library, "add", str(path)).returncode == 0
    output = tmp_path / "labels.dcm"
    done = sense(library, "run", "levels", str(tmp_path / "ct"), "-o", str(output), "--json")
    assert done.returncode == 0, done.stderr
    written = pydicom.dcmread(output)
    assert written.Modality == "SEG"
    assert written.ReferencedSeriesSequence[0].SeriesInstanceUID == made.series_uid
    segment = written.SegmentSequence[0]
    assert segment.SegmentLabel == "level 1"
    assert segment.SegmentAlgorithmType == "AUTOMATIC"
    assert segment.SegmentAlgorithmName == "levels"
