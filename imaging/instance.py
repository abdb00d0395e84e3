"""The header of one DICOM file, as far as the library and the loader need it."""

from dataclasses import dataclass

from core.message import Message
from imaging.frame_values import FrameValues, Vector3

__all__ = ["Instance", "Vector3"]


@dataclass(frozen=True)
class Instance:
    """What was read from one file; text is decoded, absent text is "", absent numbers are None.

    Parameters
    ----------
    path : str
        Absolute. Broken file name encodings survive as surrogate escapes.
    transfer_syntax, sop_class_uid, sop_uid, series_uid, study_uid : str
        UIDs. An absent series or study UID is replaced by one derived from the other identifiers.
    rows, columns, frames, samples : int
        Of the pixel data; 0 rows where the file has no pixels.
    bits_allocated, bits_stored, signed : int, int, bool
        Stored value format.
    photometric : str
        PhotometricInterpretation.
    slope, intercept : float
        Modality LUT; 1 and 0 where absent.
    position_lps_mm, row_direction, column_direction : tuple of float, optional
        ImagePositionPatient and the two halves of ImageOrientationPatient.
    spacing_ij_mm : tuple of float, optional
        Distance between columns (i) and between rows (j): PixelSpacing reversed, else ImagerPixelSpacing.
    slice_thickness_mm, gantry_tilt_deg : float, optional
        As stored; the thickness is the third voxel size of a single slice, else both are only reported.
    pixel_offset, pixel_length : int, optional
        Where the pixel data lie in the file when they are stored uncompressed in little endian, ready to be
        read straight from the file; None otherwise.
    parts : tuple of (str, str)
        Attributes that set apart the volumes of one series: (keyword, value) of EchoNumbers, ImageType, ...
    frame_positions_lps_mm : tuple of tuple of float
        Of every frame of a multi-frame file (functional groups, or an RT dose's frame offsets); () where the
        file does not say it for all.
    references : tuple of str
        Series UIDs, or SOP instance UIDs where no series is named, that a derived object (SEG, SR, RT, ...)
        refers to.
    notes : tuple of Message
        What is odd about the file; becomes a warning of its series.
    frame_values : tuple of FrameValues
        What may differ between the frames of an enhanced file; () for any other file.
    frame_value_of : tuple of int
        Which of `frame_values` holds for each frame.
    in_patient : bool
        False where the positions are those in an ultrasound volume, not in the patient.
    modality_range : tuple of float, optional
        Lowest and highest value that the modality look-up table gives; None without such a table.
    tiles : int
        A Siemens mosaic of so many tiles along each side, each of them a frame; 0 for any other file.
    variant : int
        Which of the files with this SOP instance UID but other content, from 0, in the order of their import.
    matrix_size : tuple of int, optional
        Columns and rows of the whole picture of a slide, whose frames are tiles; None for any other file.
    tile_corners : tuple of tuple of int
        Column and row of the first pixel of every tile in the whole picture, from 0.
    """

    path: str
    transfer_syntax: str
    sop_class_uid: str
    sop_uid: str
    series_uid: str
    study_uid: str
    patient_name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    sex: str = ""
    study_date: str = ""
    study_time: str = ""
    accession: str = ""
    study_description: str = ""
    modality: str = ""
    series_description: str = ""
    series_number: str = ""
    body_part: str = ""
    instance_number: int | None = None
    rows: int = 0
    columns: int = 0
    frames: int = 1
    samples: int = 1
    bits_allocated: int = 0
    bits_stored: int = 0
    signed: bool = False
    photometric: str = ""
    planar: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    rescale_type: str = ""
    window: tuple[float, float] | None = None
    padding_value: int | None = None
    position_lps_mm: Vector3 | None = None
    row_direction: Vector3 | None = None
    column_direction: Vector3 | None = None
    spacing_ij_mm: tuple[float, float] | None = None
    slice_thickness_mm: float | None = None
    gantry_tilt_deg: float | None = None
    pixel_offset: int | None = None
    pixel_length: int | None = None
    size_bytes: int = 0
    modified_ns: int = 0
    parts: tuple[tuple[str, str], ...] = ()
    frame_positions_lps_mm: tuple[Vector3, ...] = ()
    references: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    frame_values: tuple[FrameValues, ...] = ()
    frame_value_of: tuple[int, ...] = ()
    in_patient: bool = True
    modality_range: tuple[float, float] | None = None
    tiles: int = 0
    variant: int = 0
    matrix_size: tuple[int, int] | None = None
    tile_corners: tuple[tuple[int, int], ...] = ()

    @property
    def has_pixels(self) -> bool:
        """Whether there is an image to show."""
        return self.rows > 0 and self.columns > 0
