"""One picture of a file, as a slice of a stack."""

from dataclasses import dataclass, fields, replace

from imaging.frame_values import FrameValues
from imaging.instance import Instance, Vector3


@dataclass(frozen=True)
class Frame:
    """One frame of one file.

    Parameters
    ----------
    instance : Instance
        The file, with the values that hold for this frame.
    number : int
        Which of its frames, from 0.
    """

    instance: Instance
    number: int = 0

    @property
    def position_lps_mm(self) -> Vector3 | None:
        """Centre of the first voxel, or None where the file does not say."""
        instance = self.instance
        if instance.frames == 1:
            return instance.position_lps_mm
        positions = instance.frame_positions_lps_mm
        return positions[self.number] if len(positions) == instance.frames else None

    @property
    def acquired(self) -> tuple[int, str, str, int]:
        """What sorts frames in the order in which they were made, as far as that is known."""
        number = self.instance.instance_number
        return (0 if number is None else number, self.instance.sop_uid, self.instance.path, self.number)


def frames_of(instance: Instance) -> list[Frame]:
    """Give all frames of a file; none when it has no pixels.

    A file that claims more frames than it has bytes is not believed: the list alone would fill the memory.
    """
    count = min(instance.frames, instance.size_bytes) if instance.size_bytes else instance.frames
    if not instance.rows:
        return []
    if len(instance.frame_value_of) != count:
        return [Frame(instance, number) for number in range(count)]
    views = [seen_by(instance, values) for values in instance.frame_values]
    return [Frame(views[value], number) for number, value in enumerate(instance.frame_value_of)]


def seen_by(instance: Instance, values: FrameValues) -> Instance:
    """Give the file as those of its frames see it for which `values` hold."""
    stated = {name: value for name in _MAY_DIFFER if (value := getattr(values, name)) not in (None, "")}
    own = dict(values.parts)
    rest = tuple((keyword, value) for keyword, value in instance.parts if keyword not in own)
    return replace(instance, **stated, parts=(*values.parts, *rest))


_MAY_DIFFER = [field.name for field in fields(FrameValues) if field.name != "parts"]
