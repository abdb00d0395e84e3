"""Changes to a transfer function, one control point at a time; every change gives a new function."""

from dataclasses import replace

from render.transfer_function import ControlPoint, TransferFunction

Colour = tuple[float, float, float]


def add_point(transfer: TransferFunction, value: float, opacity: float) -> tuple[TransferFunction, int]:
    """Add a point in the colour that the function has there; also gives the index of the new point."""
    red, green, blue = colour_at(transfer, value)
    point = ControlPoint(value, red, green, blue, _unit(opacity))
    index = sum(other.value <= value for other in transfer.points)
    points = (*transfer.points[:index], point, *transfer.points[index:])
    return replace(transfer, points=points), index


def move_point(transfer: TransferFunction, index: int, value: float, opacity: float) -> TransferFunction:
    """Move a point, at most as far as its neighbours."""
    points = transfer.points
    if index > 0:
        value = max(value, points[index - 1].value)
    if index < len(points) - 1:
        value = min(value, points[index + 1].value)
    return _with(transfer, index, replace(points[index], value=value, opacity=_unit(opacity)))


def colour_point(transfer: TransferFunction, index: int, colour: Colour) -> TransferFunction:
    """Give a point another colour, red, green and blue from 0 to 1."""
    red, green, blue = (_unit(part) for part in colour)
    return _with(transfer, index, replace(transfer.points[index], red=red, green=green, blue=blue))


def remove_point(transfer: TransferFunction, index: int) -> TransferFunction:
    """Remove a point; the last two stay, as a function needs a beginning and an end."""
    if len(transfer.points) <= 2:
        return transfer
    return replace(transfer, points=transfer.points[:index] + transfer.points[index + 1 :])


def shift(transfer: TransferFunction, delta: float) -> TransferFunction:
    """Move the whole function along the values, as the centre of a window moves."""
    return transfer.mapped(1.0, delta)


def stretch(transfer: TransferFunction, factor: float) -> TransferFunction:
    """Widen the function about its middle, as the width of a window grows."""
    low, high = transfer.value_range
    return transfer.mapped(factor, (low + high) / 2 * (1 - factor))


def with_gradient_opacity(transfer: TransferFunction, *, enabled: bool) -> TransferFunction:
    """Make even regions more transparent than borders, or take that back.

    The opacity grows from a tenth where nothing changes to all of it where the values change by a twentieth
    of the function's range in a millimetre.
    """
    low, high = transfer.value_range
    ramp = ((0.0, 0.1), (max(high - low, 1e-6) / 20, 1.0))
    return replace(transfer, gradient_opacity=ramp if enabled else ())


def colour_at(transfer: TransferFunction, value: float) -> Colour:
    """Give the interpolated colour of a value."""
    red, green, blue, _ = transfer.table(value, value, 1)[0]
    return _unit(float(red)), _unit(float(green)), _unit(float(blue))


def _with(transfer: TransferFunction, index: int, point: ControlPoint) -> TransferFunction:
    points = list(transfer.points)
    points[index] = point
    return replace(transfer, points=tuple(points))


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
