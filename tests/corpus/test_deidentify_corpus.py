"""De-identification of everything in the corpus."""

import os
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from pydicom import config, dcmread

from core.message import Message
from imaging.deidentification.batch import deidentify_paths
from imaging.deidentification.instance_file import CleanedInstance, DeidentifyChoices, deidentify_file
from imaging.deidentification.profile import ProfileOption
from imaging.deidentification.pseudonyms import Pseudonyms
from imaging.sniffing import FileKind

pytestmark = [pytest.mark.corpus, pytest.mark.filterwarnings("ignore::UserWarning")]
KEY = b"a key of the tests"
OPTIONS = [
    frozenset[ProfileOption](),
    frozenset(
        {ProfileOption.RETAIN_DATES, ProfileOption.CLEAN_DESCRIPTORS, ProfileOption.RETAIN_SAFE_PRIVATE}
    ),
]


def errors(path: Path) -> Counter[str]:
    done = subprocess.run(["dciodvfy", "-new", path], capture_output=True, timeout=60)
    lines = (done.stdout + done.stderr).decode("latin-1").splitlines()
    return Counter(line for line in lines if line.startswith("Error"))


@pytest.mark.parametrize("options", OPTIONS, ids=["basic", "options"])
def test_copies_keep_their_pixels_and_get_no_new_errors(
    corpus: Path, tmp_path: Path, options: frozenset[ProfileOption]
) -> None:
    target, done = tmp_path / "copy.dcm", 0
    for folder in ("odd-dicom", "dicom-objects"):
        for source in sorted(path for path in (corpus / folder).rglob("*") if path.is_file()):
            answer = deidentify_file(os.fspath(source), os.fspath(target), DeidentifyChoices(options, KEY))
            if not isinstance(answer, CleanedInstance):
                assert isinstance(answer, Message | FileKind)
                continue
            done += 1
            with config.disable_value_validation():
                before, after = dcmread(source, force=True), dcmread(target)
            assert after.SOPInstanceUID == Pseudonyms(KEY).uid(str(before.SOPInstanceUID))
            assert after.get("PixelData", b"").rstrip(b"\0") == before.get("PixelData", b"").rstrip(b"\0")
            name = str(before.get("PatientName", "")).replace("^", " ").strip()
            if len(name) > 4 and "anonymous" not in name.lower():
                assert name.encode() not in target.read_bytes().replace(b"^", b" ")
            if shutil.which("dciodvfy"):
                assert errors(target) - errors(source) == Counter(), source.name
    assert done > 100


@pytest.mark.parametrize("series", ["mr-head-dicom", "ct-head-tilted"])
def test_heads_are_defaced_and_all_else_stays(corpus: Path, tmp_path: Path, series: str) -> None:
    """The plane passes before the brain: the middle of the head is untouched, and what is cut is air."""
    with zipfile.ZipFile(corpus / f"{series}.zip") as archive:
        archive.extractall(tmp_path / "in")
    options = [ProfileOption.DEFACE, ProfileOption.RETAIN_UIDS]
    done = deidentify_paths([tmp_path / "in"], tmp_path / "out", options=options)
    assert done.rejected == ()
    before = {
        data.SOPInstanceUID: data
        for data in (dcmread(path) for path in (tmp_path / "in").rglob("*") if path.is_file())
    }
    assert done.report.instances == len(before)
    share = []
    for path in (tmp_path / "out").rglob("*.dcm"):
        data = dcmread(path)
        old, new = before[data.SOPInstanceUID].pixel_array, data.pixel_array
        changed = old != new
        assert len(np.unique(new[changed])) <= 1
        share.append(changed.mean())
    assert 0.02 < np.mean(share) < 0.5
