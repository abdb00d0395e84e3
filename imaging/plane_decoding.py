"""Where the pictures of one file lie: what its header says about position, directions and spacing."""

from typing import Any

from core.message import QT_TRANSLATE_NOOP, message
from imaging.elements import Elements
from imaging.frame_offsets import offset_positions
from imaging.mosaic import Mosaic
from imaging.raw_header import Detector, FrameGroups, RawHeader
from imaging.tags import Tag

_ODD_OFFSETS = QT_TRANSLATE_NOOP(
    "Message",
    "The frame offsets begin neither with 0 nor with the position of the first frame: the place of the "
    "frames is unknown.",
)


def plane(elements: Elements, groups: FrameGroups, raw: RawHeader) -> dict[str, Any]:
    """Give position, directions and spacing of a file, and the positions of its frames."""
    detector = raw.detector or Detector()
    orientation = elements.numbers(Tag.ORIENTATION, 6) or detector.orientation
    spacing = next(
        (
            found
            for tag in (Tag.PIXEL_SPACING, Tag.IMAGER_PIXEL_SPACING, Tag.NOMINAL_SCANNED_PIXEL_SPACING)
            if (found := elements.numbers(tag, 2)) and min(found) > 0
        ),
        None,
    )
    position = elements.numbers(Tag.POSITION, 3) or detector.position_lps_mm
    offsets = elements.numbers(Tag.GRID_FRAME_OFFSETS) or _tomographic_offsets(elements, raw)
    placed = offset_positions(offsets, position, orientation)
    frames = groups.positions_lps_mm or placed or ()
    return {
        **({"notes": (message(_ODD_OFFSETS),)} if placed is None else {}),
        "position_lps_mm": position or (frames[0] if frames else None),
        "row_direction": orientation[:3] if orientation else None,
        "column_direction": orientation[3:] if orientation else None,
        "spacing_ij_mm": (spacing[1], spacing[0]) if spacing else raw.region_spacing_ij_mm,
        "frame_positions_lps_mm": frames,
    }


def unfolded(image: dict[str, Any], mosaic: Mosaic | None, step_mm: float | None) -> dict[str, Any]:
    """Give what a Siemens mosaic changes: every tile is a frame with a place of its own."""
    size = image["columns"], image["rows"]
    corner, spacing = image["position_lps_mm"], image["spacing_ij_mm"]
    row, column = image["row_direction"], image["column_direction"]
    known = mosaic is not None and not size[0] % mosaic.tiles and not size[1] % mosaic.tiles
    lacking = None in (corner, spacing, row)
    if mosaic is None or not known or image["frames"] > 1 or lacking or step_mm is None:
        # Its place is that of a picture that nobody took.
        text = QT_TRANSLATE_NOOP(
            "Message", "A mosaic of slices whose places are unknown: it is shown as it is."
        )
        unplaced = dict.fromkeys(("row_direction", "column_direction", "position_lps_mm"))
        return {"notes": (message(text),), **unplaced}
    positions = mosaic.positions(corner, row, column, (*spacing, step_mm), size)
    return {
        "columns": size[0] // mosaic.tiles,
        "rows": size[1] // mosaic.tiles,
        "frames": mosaic.slices,
        "tiles": mosaic.tiles,
        "frame_positions_lps_mm": positions,
        "position_lps_mm": positions[0],
    }


def _tomographic_offsets(elements: Elements, raw: RawHeader) -> tuple[float, ...] | None:
    """Give how far the slices of a reconstructed SPECT lie along their normal (PS3.3 C.8.4.8, C.8.4.15)."""
    frames, step_mm = elements.number(Tag.FRAMES), elements.number(Tag.SPACING_BETWEEN_SLICES)
    if (
        raw.detector is None
        or "RECON TOMO" not in elements.ascii(Tag.IMAGE_TYPE)
        or not frames
        or not step_mm
    ):
        return None
    return tuple(step_mm * number for number in range(min(int(frames), raw.size_bytes)))
