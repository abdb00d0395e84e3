"""A folder with as many small images as one likes, for what depends on the size of a library."""

import shutil
from pathlib import Path

SLICES = 200


def write_instances(folder: Path, count: int) -> None:
    """Write `count` small CT images, 200 a series and two series a study, by patching the UIDs of one.

    Study n has the patient "Phantom^" followed by n in eleven digits.
    """
    from tests.dicom_factory import make_ct_series

    study, series, instance = (f"2.25.{number}00000000000" for number in (111, 222, 333))
    attributes = {
        "StudyInstanceUID": study,
        "SeriesInstanceUID": series,
        "SOPInstanceUID": instance,
        "PatientName": "Phantom^00000000000",
    }
    made = make_ct_series(folder / "model", slices=SLICES, rows=16, columns=16, attributes=attributes)
    models = [path.read_bytes() for path in made.files]
    shutil.rmtree(made.folder)
    for number in range(count):
        group = number // SLICES
        content = models[number % SLICES]
        for uid, value in ((study, group // 2), (series, group), (instance, number)):
            content = content.replace(uid.encode(), f"{uid[:8]}1{value:010d}".encode())
        content = content.replace(b"Phantom^00000000000", f"Phantom^{group // 2:011d}".encode())
        path = folder / f"{group:05d}" / f"{number % SLICES:04d}.dcm"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
