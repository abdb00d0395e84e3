"""Mutated files through the import: none hangs, none crashes it, and each that is refused has its sentence.

`pytest --full tests/system/test_fuzz_import.py`; SENSE_FUZZ_FILES sets how many (2,000).
"""

import os
import resource
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from core.library import Library
from imaging.found_file import Rejected
from imaging.importing import import_paths
from imaging.sniffing import HEAD_BYTES, FileKind, file_kind
from tests.dicom_factory import UNCOMPRESSED, make_ct_series

pytestmark = pytest.mark.slow
FILES = int(os.environ.get("SENSE_FUZZ_FILES", "2000"))
BATCH = 500
SECONDS_A_FILE = 10.0
MOST_BYTES = 2 << 30
LARGEST = 4 << 20  # larger originals only make it slow
NASTY = (
    b"\xff\xff\xff\xff",
    b"\xfe\xff\x00\xe0",
    b"\xfe\xff\xdd\xe0",
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x00",
    b"SQ\x00\x00\xff\xff\xff\xff",
    b"UN\x00\x00\xff\xff\xff\xff",
    b"\xe0\x7f\x10\x00",
)


def mutated(content: bytes, random: Random) -> bytes:
    """Flip bits, cut, repeat, and plant lengths and delimiters, in the header more often than behind it."""
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4, 16, 64))):
        if not data:
            break
        end = min(len(data), 4096) if random.random() < 0.8 else len(data)
        place = random.randrange(end)
        kind = random.choice((0, 0, 0, 2, 2, 3, 4, 5, 6))
        if kind == 0:
            data[place] ^= 1 << random.randrange(8)
        elif kind == 2:
            nasty = random.choice(NASTY)
            data[place : place + len(nasty)] = nasty
        elif kind == 3:
            del data[place : place + random.choice((1, 2, 8, 100))]
        elif kind == 4:
            data[place:place] = data[place : place + random.choice((1, 8, 100))]
        elif kind == 5 and random.random() < 0.2:
            del data[place:]
        else:
            data[place] = random.randrange(256)
    return bytes(data)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> list[Path]:
    """Files of every kind: the odd ones of the corpus, and plain ones in four transfer syntaxes."""
    made = [
        make_ct_series(tmp_path_factory.mktemp("ct"), slices=1, transfer_syntax=syntax).files[0]
        for syntax in UNCOMPRESSED
    ]
    folders = (corpus / name for name in ("odd-dicom", "dicom-objects"))
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    wanted = [path for path in found if path.stat().st_size < LARGEST and not is_other(path)]
    return made + wanted


def is_other(path: Path) -> bool:
    with path.open("rb") as file:
        return file_kind(file.read(HEAD_BYTES)) is FileKind.UNKNOWN


def batches(originals: list[Path], folder: Path) -> Iterator[tuple[Path, int]]:
    """Write the mutants of one batch after the other; every one is made again by its seed."""
    for start in range(0, FILES, BATCH):
        batch = folder / "batch"
        batch.mkdir()
        for seed in range(start, min(start + BATCH, FILES)):
            random = Random(seed)
            content = mutated(random.choice(originals).read_bytes(), random)
            (batch / f"{seed:06d}.dcm").write_bytes(content)
        yield batch, start
        shutil.rmtree(batch)  # all of them together would fill the disk


def fault_of(item: Rejected) -> str | None:
    """Tell what is wrong with how a file was refused; None where nothing is."""
    sentence = str(item.reason)
    if "crashed" in sentence or "too long" in sentence:
        return "the reader did not survive it"
    if not sentence.endswith(".") or "\n" in sentence or Path(item.path).name not in sentence:
        return f"no sentence: {sentence}"
    return None


@pytest.mark.skipif(sys.platform == "win32", reason="measures the memory of processes as POSIX does")
@pytest.mark.corpus
def test_no_mutant_stops_the_import(originals: list[Path], tmp_path: Path) -> None:
    refused: Counter[str] = Counter()
    faults: list[str] = []
    library = tmp_path / "library"
    for batch, start in batches(originals, tmp_path):
        begin = time.monotonic()
        result = import_paths(Library.open(library), [batch])
        shutil.rmtree(library)
        if time.monotonic() - begin > SECONDS_A_FILE * BATCH / 10:
            faults.append(f"seeds from {start} hang")
        for item in result.rejected:
            name = Path(item.path).name
            refused[str(item.reason).replace(name, "*")] += 1
            if fault := fault_of(item):
                faults.append(f"seed {name}: {fault}")
    accepted = FILES - refused.total()
    print(f"\n{FILES} mutants: {accepted} accepted, {refused.total()} refused")
    for sentence, count in refused.most_common():
        print(f"{count:>7}  {sentence}")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"largest worker process: {largest} {'bytes' if sys.platform == 'darwin' else 'KiB'}")
    assert not faults
    assert largest * (1 if sys.platform == "darwin" else 1024) < MOST_BYTES
    assert accepted
    assert refused
