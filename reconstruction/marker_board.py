"""A board of markers to print and to lay beside what is photographed: it tells how large things are.

20 AprilTags (Olson, ICRA 2011; family 36h11) in four columns, of numbers that other boards seldom use. It
fits A4 and Letter; what it says is understood everywhere.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import write_bytes
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from reconstruction.paper import Paper

Floats = NDArray[np.float64]
FIRST_ID, COLUMNS, ROWS = 540, 4, 5
SIDE_MM, GAP_MM = 36.0, 9.0
IDS = range(FIRST_ID, FIRST_ID + COLUMNS * ROWS)
_CELLS = 8  # of a marker's side, its black border among them
_PT_PER_MM = 72 / 25.4
_RULER_MM = 100
_DPI = 600


def board_corners_m() -> dict[int, Floats]:
    """Give the corners of the markers, by their numbers.

    Returns
    -------
    dict of (4, 3) float64
        In the order that OpenCV finds them: upper left, upper right, lower right, lower left; metres from the
        middle of the board, x to the right, y up the page, z out of it.
    """
    step = SIDE_MM + GAP_MM
    square = np.array([[0.0, 0.0, 0.0], [SIDE_MM, 0.0, 0.0], [SIDE_MM, -SIDE_MM, 0.0], [0.0, -SIDE_MM, 0.0]])
    left, top = -(COLUMNS * step - GAP_MM) / 2, (ROWS * step - GAP_MM) / 2
    return {
        number: (square + np.array([left + at % COLUMNS * step, top - at // COLUMNS * step, 0.0])) / 1000
        for at, number in enumerate(IDS)
    }


def write_board(path: Path, paper: Paper) -> None:
    """Write the board, true to size: as a PDF of one page, or a PNG of 600 dots per inch.

    Raises
    ------
    BadInput
        When the file is to be something else.
    SenseError
        When it cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in (".pdf", ".png"):
        text = QT_TRANSLATE_NOOP("Message", "{path}: the board is written as .pdf or .png.")
        raise BadInput(message(text, path=str(path)))
    drawn = _page(paper)
    write_bytes(path, drawn if suffix == ".pdf" else _png(drawn))


def _png(page: bytes) -> bytes:
    import pypdfium2

    document: Any = pypdfium2.PdfDocument(page)
    try:
        picture = document[0].render(scale=_DPI / 72, grayscale=True).to_pil()
    finally:
        document.close()
    data = io.BytesIO()
    picture.save(data, "PNG", dpi=(_DPI, _DPI))
    return data.getvalue()


def _page(paper: Paper) -> bytes:
    width, height = (value * _PT_PER_MM for value in paper.size_mm)
    drawing = "\n".join(
        [f"{_PT_PER_MM:.8f} 0 0 {_PT_PER_MM:.8f} {width / 2:.4f} {height / 2:.4f} cm", *_ink()]
    )
    objects = (
        "<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.4f} {height:.4f}] /Contents 4 0 R"
        " /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
    )
    return _pdf(objects)


def _pdf(objects: tuple[str, ...]) -> bytes:
    """Give a file of numbered objects, the first of them the catalogue (ISO 32000-1, 7.5)."""
    data = b"%PDF-1.4\n"
    starts: list[int] = []
    for number, body in enumerate(objects, start=1):
        starts.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    count = len(objects) + 1
    return data + (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    ).encode("ascii")


def _ink() -> list[str]:
    """Give what is drawn, in millimetres from the middle of the page."""
    drawn: list[str] = ["0 g"]
    bottom = 0.0
    cell = SIDE_MM / _CELLS
    for number, corners in board_corners_m().items():
        left, top = (corners[0, :2] * 1000).tolist()
        bottom = min(bottom, top - SIDE_MM)
        drawn += [
            f"{left + first * cell} {top - (row + 1) * cell} {(last - first) * cell} {cell} re"
            for row, line in enumerate(marker_cells(number))
            for first, last in _runs(line)
        ]
    return [*drawn, "f", *_ruler(bottom - GAP_MM)]


def marker_cells(number: int) -> NDArray[np.bool_]:
    """Give which cells of a marker are black, (8, 8)."""
    import cv2

    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    return np.asarray(cv2.aruco.generateImageMarker(family, number, _CELLS)) == 0


def _runs(line: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give first and last + 1 of every run of black cells."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _ruler(top: float) -> list[str]:
    """Give a ruler with which to check what the printer did, and what to set."""
    left = -_RULER_MM / 2
    lines = [f"0.2 w {left} {top} m {-left} {top} l S"]
    for at in range(0, _RULER_MM + 1, 5):
        length = 4 if at % 10 == 0 else 2
        lines.append(f"{left + at} {top} m {left + at} {top - length} l S")
    texts = [(left - 1, "0"), (-left - 5, f"{_RULER_MM} mm")]
    lines += [f"BT /F 3 Tf {x:.2f} {top - 7.5:.2f} Td ({text}) Tj ET" for x, text in texts]
    told = f"Sense Workstation    100 %    {SIDE_MM:g} mm"
    return [*lines, f"BT /F 3 Tf -32 {top - 7.5:.2f} Td ({told}) Tj ET"]
