"""`sense deidentify`: what it writes, says, refuses and leaves alone; beside gdcmanon and dciodvfy."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from imaging.deidentification.profile import profile_table
from tests.dicom_factory import MadeSeries, make_ct_series
from tests.system.test_command_line import sense
from tests.unit.test_deidentification_preview import capture

SECRETS = (b"Zygmuntowicz", b"PAT-4711", b"Wolkenstein")
PATIENT = {
    "PatientName": "Zygmuntowicz^Kunigunde",
    "PatientID": "PAT-4711",
    "InstitutionName": "Wolkenstein",
    "SeriesDescription": "Head of Zygmuntowicz",
    "StudyDate": "20260102",
    "ContentDate": "20260105",
}


def series(folder: Path, name: str = "a", **attributes: str) -> MadeSeries:
    return make_ct_series(folder, slices=3, name=name, attributes={**PATIENT, **attributes})


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_batch_is_consistent_and_told_of(tmp_path: Path) -> None:
    one = series(tmp_path / "in" / "Zygmuntowicz")
    series(tmp_path / "in" / "Zygmuntowicz", "b")
    (one.folder / "note.txt").write_text("Zygmuntowicz")
    before = digest(tmp_path / "in")
    words = ("--profile", "retain-dates", "--profile", "clean-descriptors")
    done = sense(
        tmp_path / "lib", "deidentify", *words, str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--json"
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["instances"] == 6
    assert [item["reason"] for item in report["rejected"]] == ["note.txt is not a DICOM file."]
    assert [item["code"] for item in report["profile"]] == ["113100", "113105", "113107"]
    assert {"tag": "(0010,0010)", "attribute": "PatientName", "action": "replaced", "instances": 6} in report[
        "changes"
    ]
    assert digest(tmp_path / "in") == before
    written = sorted((tmp_path / "out").rglob("*.dcm"))
    made = [dcmread(path) for path in written]
    assert [path.relative_to(tmp_path / "out").parts for path in written] == [
        (data.StudyInstanceUID, data.SeriesInstanceUID, f"{data.SOPInstanceUID}.dcm") for data in made
    ]
    assert len({data.StudyInstanceUID for data in made}) == 1
    assert len({data.SeriesInstanceUID for data in made}) == 2
    assert len({(data.PatientID, data.StudyDate, data.ContentDate) for data in made}) == 1
    assert {data.SeriesDescription for data in made} == {"Head of REMOVED"}
    for path in (tmp_path / "out").rglob("*"):
        assert not any(secret.decode() in str(path) for secret in SECRETS)
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in SECRETS), path
    audit = (tmp_path / "lib" / "audit.jsonl").read_text()
    assert "care.deidentify" in audit
    assert made[0].StudyInstanceUID in audit
    assert one.study_uid not in audit


def test_the_same_key_makes_the_same_copies(tmp_path: Path) -> None:
    made = series(tmp_path / "in")
    key = tmp_path / "key"
    key.write_bytes(b"sixteen bytes or more")
    for name in ("one", "two"):
        done = sense(tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / name), "--key", str(key))
        assert done.returncode == 0
    assert sense(tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / "three")).returncode == 0
    assert digest(tmp_path / "one") == digest(tmp_path / "two") != digest(tmp_path / "three")


def test_an_archive_is_opened(tmp_path: Path) -> None:
    made = series(tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "study.zip", "w") as archive:
        for path in made.files:
            archive.write(path, path.name)
    done = sense(tmp_path, "deidentify", str(tmp_path / "study.zip"), "-o", str(tmp_path / "out"))
    assert done.returncode == 0
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 3


def test_a_name_in_one_file_is_taken_out_of_all(tmp_path: Path) -> None:
    """A second file without a name of its own tells that of the first one's patient in its free text."""
    series(tmp_path / "in" / "one")
    nameless = make_ct_series(
        tmp_path / "in" / "two",
        slices=1,
        name="b",
        attributes={"PatientName": "", "PatientID": "7", "SeriesDescription": "Neck of ZYGMUNTOWICZ"},
    )
    with zipfile.ZipFile(tmp_path / "in" / "two.zip", "w") as archive:
        archive.write(nameless.files[0], "b.dcm")
    nameless.files[0].unlink()
    words = ("--profile", "clean-descriptors")
    done = sense(tmp_path, "deidentify", *words, str(tmp_path / "in"), "-o", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    made = [dcmread(path) for path in (tmp_path / "out").rglob("*.dcm")]
    assert {data.SeriesDescription for data in made} == {"Head of REMOVED", "Neck of REMOVED"}
    assert not list((tmp_path / "out").glob(".*"))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_nothing_is_overwritten_and_nothing_left_half_done(tmp_path: Path) -> None:
    made = series(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")
    done = sense(tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / "out"))
    assert done.returncode == 3
    (tmp_path / "text").write_text("no image")
    done = sense(tmp_path, "deidentify", str(tmp_path / "text"), "-o", str(tmp_path / "new"))
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "sense: text is not a DICOM file.\n")
    (tmp_path / "key").write_text("short")
    done = sense(
        tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / "new"), "--key", str(tmp_path / "key")
    )
    assert done.returncode == 3
    done = sense(tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / "new"), "--profile", "all")
    assert done.returncode == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_damaged_file_does_not_stop_the_others(tmp_path: Path, share: float) -> None:
    made = series(tmp_path / "in")
    content = made.files[0].read_bytes()
    made.files[0].write_bytes(content[: int(share * len(content))])
    done = sense(tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / "out"), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["instances"] == 2
    assert len(json.loads(done.stdout)["rejected"]) == 1


def test_text_that_a_person_has_looked_at_is_blanked(tmp_path: Path) -> None:
    capture(tmp_path / "in", "one", "DOE JANE", (10, 30))
    boxes, out = tmp_path / "boxes.json", tmp_path / "out"
    refused = sense(tmp_path, "deidentify", str(tmp_path / "in"), "-o", str(out), "--profile", "clean-pixel")
    assert refused.returncode == 3
    assert sense(tmp_path, "find-text", str(tmp_path / "in"), "-o", str(boxes)).returncode == 0
    again = sense(tmp_path, "find-text", str(tmp_path / "in"), "-o", str(boxes))
    assert again.returncode == 3
    done = sense(tmp_path, "deidentify", str(tmp_path / "in"), "-o", str(out), "--blank", str(boxes))
    assert done.returncode == 0, done.stderr
    (path,) = out.rglob("*.dcm")
    made = dcmread(path)
    assert not made.pixel_array.any()
    assert made.BurnedInAnnotation == "NO"


def errors(path: Path) -> set[str]:
    done = subprocess.run(["dciodvfy", "-new", path], capture_output=True, timeout=60)
    lines = (done.stdout + done.stderr).decode("latin-1").splitlines()
    return {line for line in lines if line.startswith("Error")}


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not installed")
@pytest.mark.parametrize("options", [(), ("retain-dates", "retain-uids", "retain-safe-private")])
def test_copies_are_as_valid_as_their_originals(tmp_path: Path, options: tuple[str, ...]) -> None:
    made = series(tmp_path / "in", PatientAge="067Y", OperatorsName="A^B", DeviceSerialNumber="7")
    words = [word for option in options for word in ("--profile", option)]
    assert (
        sense(tmp_path, "deidentify", str(made.folder), "-o", str(tmp_path / "out"), *words).returncode == 0
    )
    for path in (tmp_path / "out").rglob("*.dcm"):
        assert errors(path) <= errors(made.files[0])


@pytest.mark.skipif(shutil.which("gdcmanon") is None, reason="gdcmanon is not installed")
def test_what_gdcmanon_takes_away_does_not_stay_here(tmp_path: Path) -> None:
    """The peer follows the standard of 2008: its table is part of ours, and its private list is empty."""
    made = series(tmp_path / "in", OperatorsName="A^B", PatientAge="067Y", DeviceSerialNumber="7")
    original = dcmread(made.files[0])
    original.private_block(0x0029, "ACME", create=True).add_new(1, "LO", "Zygmuntowicz")
    original.save_as(made.files[0])
    certificate = tmp_path / "certificate.pem"
    make_certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test"]
    files = ["-keyout", tmp_path / "private.pem", "-out", certificate]
    subprocess.run([*make_certificate, *files], check=True, capture_output=True)
    peer = ["gdcmanon", "-e", "-c", certificate, made.files[0], tmp_path / "peer.dcm"]
    subprocess.run(peer, check=True, capture_output=True)
    assert sense(tmp_path, "deidentify", str(made.files[0]), "-o", str(tmp_path / "out")).returncode == 0
    (ours,) = (tmp_path / "out").rglob("*.dcm")
    mine, theirs = dcmread(ours), dcmread(tmp_path / "peer.dcm")
    table = {int(row.tag, 16) for row in profile_table() if "X" not in row.tag}
    changed = {tag for tag in original.keys() if value_of(theirs, tag) != value_of(original, tag)}  # noqa: SIM118
    kept = {tag for tag in changed & table if value_of(mine, tag) == value_of(original, tag)}
    assert changed & table
    assert kept == set()


def value_of(data: Dataset, tag: int) -> object:
    return data[tag].value or None if tag in data else None
