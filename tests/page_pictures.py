"""Pages with known text, drawn by Qt."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter

ENGLISH = """Findings
The liver is of normal size and shape. There is a hypodense
lesion of 15 x 20 mm in segment VII, unchanged since 2024-03-12.
No free fluid. Spleen, pancreas and kidneys are normal.
The heart is slightly enlarged (cardiothoracic ratio 0.54).

Impression
1. Stable lesion of the liver, most likely a haemangioma.
2. Mild cardiomegaly. Follow-up in twelve months, please."""

CHINESE = """影像所见
肝脏大小形态正常，肝右叶可见低密度灶，大小约15毫米，
与前次检查比较无明显变化。腹腔内未见积液。
脾脏、胰腺及双侧肾脏未见异常。心影稍增大。

诊断意见
肝右叶病灶稳定，考虑血管瘤可能性大。
轻度心脏增大，建议十二个月后复查。"""


def has_family(family: str) -> bool:
    _application()
    return family in QFontDatabase.families()


def page(text: str, family: str, *, size: float = 26.0, turn: float = 0.0, noise: float = 0.0) -> np.ndarray:
    """Draw black text on a page of 1000 x 700 pixels, RGB; `turn` in degrees, `noise` its deviation."""
    _application()
    image = QImage(1000, 700, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    font = QFont(family)
    font.setPixelSize(round(size))
    painter.setFont(font)
    painter.translate(500, 350)
    painter.rotate(turn)
    painter.translate(-500, -350)
    painter.drawText(QRectF(60, 60, 900, 600), Qt.TextFlag.TextDontClip, text)
    painter.end()
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(700, image.bytesPerLine())
    picture = lines[:, :3000].reshape(700, 1000, 3).copy()
    if noise:
        added = np.random.default_rng(5).normal(0, noise, picture.shape)
        picture = np.clip(picture + added, 0, 255).astype(np.uint8)
    return picture


def error_rate(read: str, meant: str) -> float:
    """Edits (Levenshtein 1966) a letter from what was read to what was meant; white space does not count."""
    left, right = "".join(read.split()), "".join(meant.split())
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        before, row = row, [i]
        for j, other in enumerate(right, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other)))
    return row[-1] / len(right)


def _application() -> None:
    # Fonts need one; whoever made it keeps it.
    global _held
    _held = QGuiApplication.instance() or QGuiApplication([])


_held: object = None
