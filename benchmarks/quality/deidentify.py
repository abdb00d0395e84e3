"""What de-identification leaves, attribute by attribute, beside deid, dicognito, dicom-anonymizer, gdcmanon.

Every attribute of DICOM PS3.15 Table E.1-1 is planted with a word, date or UID of one patient, in a file of
its own: in the data set, two sequences deep, and in a private block. It is told where the written file still
holds what was planted. dicognito leaves what it does not know by intent; the figure says what that means for
the table of the standard; deid is run with the recipe that it has by default.
"""

import logging
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.measure import Benchmark, Contender, required_peer

_WORD, _DATE, _UID = "Zygmuntowicz", "19330422", "1.2.826.0.1.3680043.2.1143.4711"
_TEXTS = ("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
_VALUES: dict[str, Any] = {"DA": _DATE, "DT": f"{_DATE}101112", "UI": _UID} | dict.fromkeys(_TEXTS, _WORD)
_BYTES = ("OB", "OW", "UN")

Method = Callable[[Path, Path], None]


def planted() -> Iterator[tuple[str, Any]]:
    """Give data sets with one planted value each, and what to call them."""
    from pydicom.datadict import dictionary_has_tag, dictionary_VR
    from pydicom.dataset import Dataset

    from imaging.deidentification.profile import profile_table

    for row in profile_table():
        tag = 0 if "X" in row.tag else int(row.tag, 16)
        if tag >> 16 < 0x0008 or not dictionary_has_tag(tag):
            continue
        vr = dictionary_VR(tag)
        value = _WORD.encode() if vr in _BYTES else _VALUES.get(vr)
        if value is None:
            continue  # sequences are reached by what lies in them, numbers and ages are not searched for
        inner, middle = Dataset(), Dataset()
        inner.add_new(tag, vr, value)
        yield f"{row.keyword}", inner
        middle.add_new(0x00081199, "SQ", [inner])
        outer = Dataset()
        outer.add_new(0x00081115, "SQ", [middle])
        yield f"{row.keyword} in a sequence", outer
    private = Dataset()
    private.private_block(0x0029, "ACME", create=True).add_new(1, "LO", _WORD)
    yield "private", private


def write(folder: Path) -> dict[str, Path]:
    """Write one file for each planted value."""
    from pydicom.uid import RawDataStorage

    from tests.dicom_factory import base_dataset, save, uid

    files: dict[str, Path] = {}
    for number, (name, data) in enumerate(planted()):
        whole = base_dataset()
        whole.SOPClassUID, whole.SOPInstanceUID, whole.Modality = RawDataStorage, uid(name), "OT"
        whole.update(data)
        files[name] = save(whole, folder / f"{number:05d}.dcm")
    return files


def methods() -> dict[str, Method]:
    """Give what is there of the peers."""
    dicognito, anonymizer = required_peer("dicognito.anonymizer"), required_peer("dicomanonymizer")
    deid = required_peer("deid.dicom")
    logging.getLogger("deid").setLevel(logging.CRITICAL)

    def with_dicognito(source: Path, target: Path) -> None:
        from pydicom import dcmread

        data = dcmread(source)
        dicognito.Anonymizer(seed="benchmark").anonymize(data)
        data.save_as(target)

    def with_dicom_anonymizer(source: Path, target: Path) -> None:
        anonymizer.anonymize_dicom_file(str(source), str(target))

    def with_deid(source: Path, target: Path) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            (data,) = deid.replace_identifiers(dicom_files=[str(source)], save=False, force=True)
        data.save_as(target)

    found: dict[str, Method] = {
        "sense": _with_sense,
        "dicognito": with_dicognito,
        "dicom-anonymizer": with_dicom_anonymizer,
        "deid": with_deid,
    }
    if shutil.which("gdcmanon"):
        found["gdcmanon"] = _with_gdcmanon
    return found


def _with_sense(source: Path, target: Path) -> None:
    from imaging.deidentification.instance_file import CleanedInstance, DeidentifyChoices, deidentify_file

    answer = deidentify_file(str(source), str(target), DeidentifyChoices(frozenset(), b"benchmark of sense"))
    if not isinstance(answer, CleanedInstance):
        raise RuntimeError(str(answer))


def _with_gdcmanon(source: Path, target: Path) -> None:
    certificate = source.parent / "certificate.pem"
    if not certificate.exists():
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=benchmark"]
        files = ["-keyout", source.parent / "private.pem", "-out", certificate]
        subprocess.run([*request, *files], check=True, capture_output=True)
    subprocess.run(["gdcmanon", "-e", "-c", certificate, source, target], check=True, capture_output=True)


def leaks(files: dict[str, Path], method: Method, folder: Path) -> tuple[list[str], int]:
    """Give the attributes that still tell what was planted, and the number of files that failed."""
    found: list[str] = []
    failed = 0
    for name, source in files.items():
        target = folder / source.name
        try:
            method(source, target)
        except Exception:
            failed += 1  # peers raise whatever they like
            continue
        content = target.read_bytes()
        if any(word.encode() in content for word in (_WORD, _DATE, _UID)):
            found.append(name)
    return found, failed


def main() -> None:
    """Compare and print."""
    benchmark = Benchmark("De-identification of every attribute of PS3.15 Table E.1-1")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "in").mkdir()
        files = write(folder / "in")
        print(f"planted: {len(files)}")
        for name, method in methods().items():
            (folder / name).mkdir()
            found, failed = leaks(files, method, folder / name)
            print(f"{name}: {len(found)} still told, {failed} files refused; such as {', '.join(found[:4])}")
        some = list(files.values())[:100]

        def run(method: Method) -> Callable[[], None]:
            def all_of_them() -> None:
                for path in some:
                    method(path, folder / "out.dcm")

            return all_of_them

        ours, *peers = (Contender(name, run(method)) for name, method in methods().items())
        benchmark.compare("100 files, one process", ours, peers)
    benchmark.finish()


if __name__ == "__main__":
    main()
