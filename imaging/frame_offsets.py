"""Where the frames of a file lie that names only how far they are from one another (PS3.3 C.8.8.3.2)."""

from imaging.instance import Vector3

_SAME_MM = 0.05
_SAME_DIRECTION = 1e-3

Numbers = tuple[float, ...]


def offset_positions(
    offsets: Numbers | None, position: Numbers | None, orientation: Numbers | None
) -> tuple[Vector3, ...] | None:
    """Give the position of every frame.

    Offsets that begin with 0 lie along the normal of the frames, from the first one. Offsets that begin with
    the z coordinate of the first frame are z coordinates; only transverse frames can have these.

    Parameters
    ----------
    offsets : tuple of float, optional
        GridFrameOffsetVector, millimetres.
    position, orientation : tuple of float, optional
        Of the first frame, LPS millimetres.

    Returns
    -------
    tuple of tuple of float, or None
        () where something is not given; None where the offsets are neither of the two.
    """
    if not offsets or position is None or orientation is None:
        return ()
    (a, b, c), (d, e, f) = orientation[:3], orientation[3:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    x, y, z = position
    if abs(offsets[0]) <= _SAME_MM:
        start = offsets[0]
        return tuple(
            (x + normal[0] * (o - start), y + normal[1] * (o - start), z + normal[2] * (o - start))
            for o in offsets
        )
    transverse = abs(abs(a * e) - 1.0) < _SAME_DIRECTION
    if transverse and abs(offsets[0] - z) <= _SAME_MM:
        return tuple((x, y, offset) for offset in offsets)
    return None
