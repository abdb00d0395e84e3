"""Boxes to be blanked, in a file that a person can look at and change."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.deidentification.batch_facts import PictureKey
from imaging.deidentification.burned_text import Box
from imaging.deidentification.preview import PicturePreview


def pictures_json(pictures: Iterable[PicturePreview]) -> dict[str, Any]:
    """Give what `read_blanked` reads, and who found each box; it names series of the input."""
    return {
        "pictures": [
            {
                "series_uid": one.key.series_uid,
                "rows": one.key.rows,
                "columns": one.key.columns,
                "files": one.files,
                "boxes": [
                    {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "source": str(source)}
                    for box, source in ((finding.box, finding.source) for finding in one.findings)
                ],
            }
            for one in pictures
        ]
    }


def read_blanked(path: Path) -> dict[PictureKey, tuple[Box, ...]]:
    """Read the boxes that a person wants blanked.

    Raises
    ------
    BadInput
        When the file cannot be read or has another form.
    """
    try:
        pictures = json.loads(path.read_text(encoding="utf-8"))["pictures"]
        return {
            PictureKey(str(one["series_uid"]), int(one["rows"]), int(one["columns"])): tuple(
                Box(int(box["x"]), int(box["y"]), int(box["width"]), int(box["height"]))
                for box in one["boxes"]
            )
            for one in pictures
        }
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or "unknown error")) from error
    except (ValueError, KeyError, TypeError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not a list of boxes as sense find-text writes it.")
        raise BadInput(message(text, path=str(path))) from error
