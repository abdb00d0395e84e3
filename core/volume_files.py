"""What packages that know no file formats are given to read volumes and to write label maps."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core.library import Library
from core.message import Message
from core.progress import SILENT, Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.segmentation import Segmentation
    from core.slice_geometry import SliceGeometry


@dataclass(frozen=True, eq=False)
class FoundVolume:
    """A volume as it is stored: nothing of it is resampled.

    Parameters
    ----------
    voxels : (k, j, i) ndarray, or (channels, k, j, i)
        Rescaled values, HU for CT.
    geometry : SliceGeometry
        Where the slices lie, LPS millimetres.
    identifier : str
        SeriesInstanceUID, or "sha256:" and the digest of the file.
    modality, unit : str
        "CT", "HU"; "" where they are not known.
    slices_reversed : bool
        The file counts its slices against row x column direction; label maps are written as it does.
    notes : tuple of Message
        What is odd about it.
    source : str
        UID or path of the images that a SEG can refer to; "" where it was no DICOM.
    inverted : bool
        The lowest value is to be shown white (MONOCHROME1).
    further : tuple of str
        What `identifier` is of the second channel and the next ones.
    """

    voxels: "NDArray[Any]"
    geometry: "SliceGeometry"
    identifier: str
    modality: str = ""
    unit: str = ""
    slices_reversed: bool = False
    notes: tuple[Message, ...] = ()
    source: str = ""
    inverted: bool = False
    further: tuple[str, ...] = ()


class VolumeFiles(Protocol):
    """Reads volumes and writes label maps."""

    def read(
        self, library: Library, given: str, *, part: str | None = None, progress: Progress = SILENT
    ) -> FoundVolume:
        """Read a series of the library (its UID), a DICOM folder, or a volume file.

        Raises
        ------
        BadInput
            When there is no such volume.
        """
        ...

    def write_labels(
        self,
        library: Library,
        output: Path,
        segmentation: "Segmentation",
        found: FoundVolume,
        *,
        reference: str | None = None,
        force: bool = False,
    ) -> tuple[Path, ...]:
        """Write a label map (.nii.gz, .nii, .nrrd), or a SEG object (.dcm) that refers to the images.

        The names of the segments and the provenance of the segmentation travel along.

        Parameters
        ----------
        segmentation : Segmentation
            On the slices of `found`; has a provenance.
        reference : str, optional
            UID or folder of the images that a SEG refers to; by default the series that was read.

        Returns
        -------
        tuple of Path
            The files; several where segments overlap.
        """
        ...
