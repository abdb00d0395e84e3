"""A report as a tree of what it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.coded_concept import CodedConcept, InstanceReference


@dataclass(frozen=True)
class ReportItem:
    """One content item (PS3.3 C.17.3).

    Parameters
    ----------
    kind : str
        ValueType: "CONTAINER", "TEXT", "NUM", "CODE", "IMAGE", "SCOORD", ...
    name : CodedConcept, optional
        What it tells.
    text : str
        Its value as it is read: text, date, person, number; "" where it has none of its own.
    value : CodedConcept, optional
        The term of a CODE, the unit of a NUM, the reason why a NUM has no number.
    relationship : str
        To the item above: "CONTAINS", "HAS PROPERTIES", "INFERRED FROM", ...
    references : tuple of InstanceReference
        Objects that it names.
    points : int
        Points of a SCOORD or SCOORD3D, or times of a TCOORD.
    children : tuple of ReportItem
    """

    kind: str
    name: CodedConcept | None = None
    text: str = ""
    value: CodedConcept | None = None
    relationship: str = ""
    references: tuple[InstanceReference, ...] = ()
    points: int = 0
    children: tuple["ReportItem", ...] = ()

    def walk(self) -> Iterator["ReportItem"]:
        """Give the item and all below it, in the order in which they are read."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class StructuredReport:
    """A document.

    Parameters
    ----------
    root : ReportItem
        Its name is the title.
    template : str
        Identifier of the template: "1500"; "" where it names none.
    complete, verified : bool
        CompletionFlag and VerificationFlag.
    content_date, content_time : str
        As stored.
    references : tuple of InstanceReference
        Everything that it refers to.
    """

    root: ReportItem
    template: str = ""
    complete: bool = False
    verified: bool = False
    content_date: str = ""
    content_time: str = ""
    references: tuple[InstanceReference, ...] = ()
