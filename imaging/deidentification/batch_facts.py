"""What a worker has to know of the batch beside the file that it is given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from core.message import Message
from imaging.deidentification.burned_text import Box
from imaging.deidentification.face_plane import FacePlane
from imaging.deidentification.identifiers import Identifiers


@dataclass(frozen=True, order=True)
class PictureKey:
    """Pictures that are looked at, and blanked, together.

    Parameters
    ----------
    series_uid : str
        As in the input.
    rows, columns : int
        Size of the pictures.
    """

    series_uid: str
    rows: int
    columns: int


@dataclass(frozen=True)
class BatchFacts:
    """Read once by every worker.

    Parameters
    ----------
    words : tuple of str
        That tell who the patients of the batch are.
    blanked : mapping of PictureKey to tuple of Box
        What a person wants blanked; a picture without an entry was not looked at.
    faces : mapping of str to FacePlane, Message or None
        By series UID, for heads that shall be defaced: what is cut off, or why it cannot be; None for what is
        no head.
    """

    words: tuple[str, ...] = ()
    blanked: Mapping[PictureKey, tuple[Box, ...]] = field(default_factory=dict[PictureKey, tuple[Box, ...]])
    faces: Mapping[str, "FacePlane | Message | None"] = field(
        default_factory=dict[str, "FacePlane | Message | None"]
    )

    @property
    def identifiers(self) -> Identifiers:
        """The words as something that can be searched for."""
        return Identifiers(self.words)

    def save(self, path: Path) -> None:
        """Write them for `read_facts`; the file tells who the patients are."""
        content = {
            "words": self.words,
            "blanked": [
                [key.series_uid, key.rows, key.columns, [[b.x, b.y, b.width, b.height] for b in boxes]]
                for key, boxes in self.blanked.items()
            ],
            "faces": [[uid, _face_json(face)] for uid, face in self.faces.items()],
        }
        path.write_text(json.dumps(content), encoding="utf-8", errors="surrogatepass")


def _face_json(face: "FacePlane | Message | None") -> object:
    if isinstance(face, Message):
        return {"reason": face.to_json()}
    return None if face is None else [*face.normal, face.offset_mm]


@lru_cache(maxsize=1)
def read_facts(path: str) -> tuple[BatchFacts, Identifiers]:
    """Read what `BatchFacts.save` wrote, once in a process; and the identifiers made of it."""
    content = json.loads(Path(path).read_text(encoding="utf-8", errors="surrogatepass"))
    blanked = {
        PictureKey(uid, rows, columns): tuple(Box(*box) for box in boxes)
        for uid, rows, columns, boxes in content["blanked"]
    }
    faces = {uid: _face(face) for uid, face in content["faces"]}
    facts = BatchFacts(tuple(content["words"]), blanked, faces)
    return facts, facts.identifiers


def _face(value: object) -> "FacePlane | Message | None":
    if isinstance(value, dict):
        return Message.from_json(value["reason"])  # type: ignore[arg-type]
    if value is None:
        return None
    x, y, z, offset = value  # type: ignore[misc]
    return FacePlane((x, y, z), offset)
