"""Terms of a controlled terminology."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodedConcept:
    """A coded term (PS3.3 8.8).

    Parameters
    ----------
    value, scheme, meaning : str
        Code value ("10200004"), coding scheme designator ("SCT") and meaning for people ("Liver").
    """

    value: str
    scheme: str
    meaning: str

    def to_json(self) -> dict[str, str]:
        """Give a plain dictionary."""
        return {"value": self.value, "scheme": self.scheme, "meaning": self.meaning}

    @staticmethod
    def from_json(data: dict[str, str]) -> "CodedConcept":
        """Read what `to_json` gave."""
        return CodedConcept(data["value"], data["scheme"], data["meaning"])


@dataclass(frozen=True)
class InstanceReference:
    """A file that a derived object refers to.

    Parameters
    ----------
    sop_class_uid, sop_uid : str
        Which kind of object, and which one.
    series_uid : str
        Its series; "" where the derived object does not say.
    frames : tuple of int
        Which of its frames, from 1; () for all.
    """

    sop_class_uid: str
    sop_uid: str
    series_uid: str = ""
    frames: tuple[int, ...] = ()
