"""Looks at one file of a batch before anything is written; runs in a worker process."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.message import Message
from imaging.deidentification.identifiers import identifying_words
from imaging.deidentification.profile import ProfileOption, Rules
from imaging.deidentification.reading import read_dataset, told
from imaging.instance import Instance
from imaging.sniffing import FileKind

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class Surveyed:
    """What a file says of its patient and of its place; to be kept from everybody.

    Parameters
    ----------
    words : frozenset of str
        That tell who the patient is.
    instance : Instance
        Its header.
    frame_of_reference_uid : str
        Of the image; "" where it has none.
    """

    words: frozenset[str]
    instance: Instance
    frame_of_reference_uid: str = ""


def survey_file(source: str, options: frozenset[ProfileOption]) -> "Surveyed | FileKind | Message":
    """Read what the whole batch has to know of one file.

    Returns
    -------
    Surveyed, FileKind or Message
        The kind for an archive, which the caller opens; a sentence where the file is of no use.
    """

    def look(header: Instance) -> Surveyed:
        return survey(read_dataset(source, pixels=False), header, options)

    return told(source, look)


def survey(dataset: "Dataset", header: Instance, options: frozenset[ProfileOption]) -> Surveyed:
    """Gather what the batch has to know from a data set."""
    words = frozenset(identifying_words(dataset, Rules(options)))
    return Surveyed(words, header, str(dataset.get("FrameOfReferenceUID", "") or ""))
