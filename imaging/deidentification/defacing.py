"""Cuts the face off heads in CT and MR (Clean Recognizable Visual Features, DICOM PS3.15 E.3.2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from core.volume import Volume
from imaging.deidentification.face_plane import FacePlane
from imaging.deidentification.head_finding import GRID_MM, CoarseGrid, Mask, brain_of, coarse, head_of
from imaging.deidentification.pixel_cleaning import decoded_frames, store_frames
from imaging.deidentification.survey import Surveyed
from imaging.frame import frames_of
from imaging.geometry import SeriesPart, split_series
from imaging.instance import Instance
from imaging.loading import load_part

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

MODALITIES = ("CT", "MR")
_HEADS = ("HEAD", "BRAIN", "SKULL", "FACE", "ORBIT", "SINUS", "IAC", "PITUITARY", "JAW", "WHOLEBODY")
_LEAST_SLICES, _LEAST_DEPTH_MM = 10, 60.0
_AIR_HU = -1000.0
_CUT_ANGLES_DEG = (25.0, 51.0, 5.0)  # of the normal, from the front downwards
_HULL_PERCENT, _MARGIN_MM, _FACE_MM = 99.5, 8.0, 160.0
NOT_DEFACED = QT_TRANSLATE_NOOP(
    "Message",
    "{name} may show a face, and where is not known from its orientation and coverage: it was not defaced.",
)


@dataclass(frozen=True, eq=False)
class FaceFound:
    """A head, and what is cut off it.

    Parameters
    ----------
    series_uid : str
        Where it was found.
    plane : FacePlane
        Before which all goes.
    before, after : uint8, shape (rows, columns)
        The head as seen from the front.
    """

    series_uid: str
    plane: FacePlane
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]


def plan_faces(
    surveyed: Iterable[Surveyed],
    progress: Progress = SILENT,
    on_face: Callable[[FaceFound], None] | None = None,
) -> dict[str, FacePlane | Message | None]:
    """Find what is to be cut off in every series of CT and MR, by series UID.

    `on_face` is called with every head that is found. A series that is too thin to find a head in it, such as
    a localiser, is cut as another one of the same frame of reference.

    Returns
    -------
    dict
        A sentence for what may show a face and cannot be defaced, None for what is no head.
    """
    found: dict[str, list[Surveyed]] = {}
    for one in surveyed:
        if one.instance.modality in MODALITIES and one.instance.rows:
            found.setdefault(one.instance.series_uid, []).append(one)
    planes: dict[str, FacePlane] = {}
    frames: dict[str, FacePlane] = {}
    searched: set[str] = set()
    for number, (uid, files) in enumerate(found.items()):
        progress.report(number / len(found), message(QT_TRANSLATE_NOOP("Message", "Looking for faces")))
        for part in _volumes([file.instance for file in files]):
            head = find_head(_loaded(part, progress), files[0].instance.modality)
            searched.add(uid)
            if head is not None:
                planes[uid] = head.plane
                frames.setdefault(files[0].frame_of_reference_uid, head.plane)
                if on_face is not None:
                    on_face(FaceFound(uid, head.plane, head.seen(), head.seen(cut=True)))
                break
    frames.pop("", None)
    return {
        uid: planes.get(uid) or frames.get(files[0].frame_of_reference_uid) or _none(files, uid in searched)
        for uid, files in found.items()
    }


def _none(files: Sequence[Surveyed], searched: bool) -> Message | None:
    """Give the refusal of what may be a head; nothing for what says, or was seen, to be none."""
    stated = {file.instance.body_part.upper().replace(" ", "") for file in files}
    if any(head in part for head in _HEADS for part in stated) or ("" in stated and not searched):
        return message(NOT_DEFACED, name="")
    return None


def _volumes(instances: Sequence[Instance]) -> list[SeriesPart]:
    """Give the parts of a series that are deep enough to find a head in, the deepest first."""
    good: list[tuple[float, SeriesPart]] = []
    for part in split_series(instances):
        geometry = part.geometry
        if geometry is None or not (geometry.lps_known and geometry.spacing_known):
            continue
        ends = geometry.positions_lps_mm[[0, -1]] @ geometry.normal
        depth = float(abs(ends[1] - ends[0]))
        if (
            len(part.frames) >= _LEAST_SLICES
            and depth >= _LEAST_DEPTH_MM
            and part.frames[0].instance.samples == 1
        ):
            good.append((depth, part))
    return [part for _, part in sorted(good, key=lambda item: -item[0])]


def _loaded(part: SeriesPart, progress: Progress) -> Volume:
    instance = part.frames[0].instance
    series = Series(
        instance.series_uid, instance.study_uid, part.part, instance.modality, "", "", 1, part.geometry
    )

    class Checked:
        """Asked for a cancel; how far the loading is, is of no interest."""

        def report(self, fraction: float, message: Message | None = None) -> None:
            progress.check()

        def check(self) -> None:
            progress.check()

    return load_part(part, series, progress=Checked()).volume


@dataclass(frozen=True, eq=False)
class HeadFound:
    """A head on its coarse grid, and where it is to be cut."""

    grid: CoarseGrid
    head: Mask
    plane: FacePlane

    def seen(self, *, cut: bool = False) -> NDArray[np.uint8]:
        """Give the head as seen from the front, lit from there; without its face where `cut` is set."""
        shown = self.head.copy()
        if cut:
            points = self.grid.points(shown)
            shown[shown] = points @ np.array(self.plane.normal) <= self.plane.offset_mm
        depth = np.where(shown.any(axis=1), shown.argmax(axis=1), shown.shape[1]).astype(np.float64)
        down, across = np.gradient(depth)
        light = 255.0 / np.sqrt(1.0 + 0.3 * (down**2 + across**2))
        light[~shown.any(axis=1)] = 0.0
        # From the feet up and from the right of the patient, who faces the onlooker.
        return np.ascontiguousarray(light[::-1].astype(np.uint8))


def face_plane(volume: Volume, modality: str) -> FacePlane | None:
    """Find where a head in a volume is to be cut; None where there is none."""
    found = find_head(volume, modality)
    return found.plane if found else None


def find_head(volume: Volume, modality: str) -> HeadFound | None:
    """Find a head in a volume; None where there is none."""
    try:
        grid = coarse(volume)
    except ValueError:
        return None
    head = head_of(grid, modality)
    brain = brain_of(grid, head, modality)
    return None if brain is None else HeadFound(grid, head, face_cut(grid, head, brain))


def deface(dataset: "FileDataset", header: Instance, plane: FacePlane) -> bool:
    """Write air into what lies before the plane; tell whether anything was done.

    The picture is stored uncompressed afterwards.

    Raises
    ------
    BadInput
        When a frame does not say where it lies, or when the pixels cannot be decoded.
    """
    try:
        masks = [plane.before(frame) for frame in frames_of(header)]
    except ValueError:
        raise BadInput(message(NOT_DEFACED, name="")) from None
    dataset.RecognizableVisualFeatures = "NO"
    if not any(mask.any() for mask in masks):
        return False
    if "PixelData" not in dataset:
        raise BadInput(message(NOT_DEFACED, name=""))
    frames = decoded_frames(dataset)
    air = _air(header, frames)
    for picture, mask in zip(frames, masks, strict=True):
        picture[mask] = air
    store_frames(dataset, frames)
    return True


def _air(header: Instance, frames: NDArray[np.generic]) -> float:
    """Give the stored value of air: -1000 HU where it can be stored, else the lowest in the picture."""
    lowest = float(frames.min())
    if header.modality != "CT" or not header.slope:
        return lowest
    return max(lowest, round((_AIR_HU - header.intercept) / header.slope))


def face_cut(grid: CoarseGrid, head: Mask, brain: Mask) -> FacePlane:
    """Give the plane that takes off most of the face without touching the brain (Quickshear).

    After Schimke and Hale, "Quickshear defacing for neuroimages", USENIX HealthSec 2011: the plane touches
    the convex hull of the brain, widened by a margin, from the front and below; it holds the left-right axis.
    """
    inner, seen = grid.points(brain), grid.points(_seen_from_the_front(head, brain))
    cuts: list[tuple[int, NDArray[np.float64], float]] = []
    for angle in np.deg2rad(np.arange(*_CUT_ANGLES_DEG)):
        normal = np.array([0.0, -np.cos(angle), -np.sin(angle)])
        # The last few cells are those of the brain stem, which runs down out of every hull.
        offset = float(np.percentile(inner @ normal, _HULL_PERCENT)) + _MARGIN_MM
        cuts.append((int((seen @ normal > offset).sum()), normal, offset))
    _, normal, offset = max(cuts, key=lambda cut: cut[0])
    x, y, z = (float(value) for value in normal)
    return FacePlane((x, y, z), offset)


def _seen_from_the_front(head: Mask, brain: Mask) -> Mask:
    """Give the cells of the head that an onlooker sees, from the middle of the brain down to the chin."""
    first = np.zeros_like(head)
    z, x = np.nonzero(head.any(axis=1))
    first[z, head.argmax(axis=1)[z, x], x] = True
    middle = int(np.median(np.argwhere(brain)[:, 0]))
    first[middle:] = False
    first[: max(0, middle - round(_FACE_MM / GRID_MM))] = False
    return first
