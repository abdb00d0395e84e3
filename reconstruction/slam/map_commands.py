"""`sense map inspect`, `merge`, `cut` and `georeference`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.slam.map_options import CutOptions, GeoreferenceOptions, InspectOptions, MergeOptions

if TYPE_CHECKING:
    from core.result_table import ResultTable
    from core.visual_map import VisualMap
    from reconstruction.slam.map_georeferencing import Georeference


@dataclass(frozen=True, eq=False)
class MapReport:
    """What the commands print.

    Parameters
    ----------
    facts : mapping
        Of the map, as `map_facts` gives them.
    more : mapping
        What was done, for `--json`.
    lines : tuple of str
        The same in words.
    output : Path, optional
        What was written.
    """

    facts: Mapping[str, Any]
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lines: tuple[str, ...] = ()
    output: Path | None = None
    opens: tuple[Path, ...] = ()
    """The map, which the window shows."""

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        output = None if self.output is None else str(self.output)
        return {"output": output, **self.more, "map": dict(self.facts)}

    @property
    def table(self) -> "ResultTable":
        """Give the figures in a row, for the window."""
        from core.result_table import Column, ResultTable

        facts = self.facts
        unit = facts["unit"] or ""
        columns = (
            (Column(message(QT_TRANSLATE_NOOP("Message", "Keyframes"))), facts["keyframes"]),
            (Column(message(QT_TRANSLATE_NOOP("Message", "Points"))), facts["points"]),
            (Column(message(QT_TRANSLATE_NOOP("Message", "Sightings"))), facts["sightings"]),
            (Column(message(QT_TRANSLATE_NOOP("Message", "Way")), unit, 2), facts["path"]),
            (
                Column(message(QT_TRANSLATE_NOOP("Message", "Sightings off (median)")), "px", 2),
                facts["residual_px"],
            ),
            (
                Column(
                    message(QT_TRANSLATE_NOOP("Message", "Standard deviation of points (median)")), unit, 4
                ),
                facts["point_sigma"],
            ),
        )
        return ResultTable(tuple(column for column, _ in columns), (tuple(value for _, value in columns),))

    @property
    def notes(self) -> "tuple[Message, ...]":
        """What the window says below the table."""
        if self.facts["unit"] is None:
            return (message(QT_TRANSLATE_NOOP("Message", "The map has no scale: its lengths have no unit.")),)
        return ()

    def __str__(self) -> str:
        """Give a few lines."""
        facts = self.facts
        unit = " m" if facts["unit"] else ""
        lines = [
            *self.lines,
            f"{facts['keyframes']} keyframes, {facts['points']} points, {facts['sightings']} sightings",
        ]
        if facts["points_low"]:
            size = [high - low for low, high in zip(facts["points_low"], facts["points_high"], strict=True)]
            lines.append(" x ".join(f"{one:.2f}" for one in size) + (unit or ", no unit"))
        if facts["residual_px"] is not None:
            sigma = f"{facts['point_sigma']:.4f}{unit}"
            lines.append(f"{facts['residual_px']:.2f} pixels off (median), points +-{sigma} (median)")
        lines += [
            f"{one['keyframes']} keyframes of {one['size'][0]}x{one['size'][1]}, focal length"
            f" {one['focal_px']:.1f} pixels"
            for one in facts["cameras"]
        ]
        if facts["origin"]:
            at = facts["origin"]
            lines.append(
                f"origin {at['latitude_deg']:.7f}, {at['longitude_deg']:.7f}, {at['altitude_m']:.2f} m;"
                " axes east, north, up"
            )
        made = facts["provenance"]
        if made.get("command"):
            lines.append(
                f"by {made['command']}, version {made.get('version', '?')}, {made.get('created', '?')}"
            )
        return "\n".join(lines)


def inspect_command(context: Context, options: InspectOptions) -> MapReport:
    """Tell what is in a map."""
    from core.atomic_write import refuse_existing
    from reconstruction.slam.map_cloud import write_map_cloud
    from reconstruction.slam.map_facts import map_facts
    from reconstruction.slam.map_source import open_map

    output = None if options.output is None else options.output.expanduser()
    if output is not None:
        _need_ending(output, ".ply")
        refuse_existing(output, force=options.force)
    world = open_map(options.map.expanduser())
    if output is not None:
        write_map_cloud(output, world)
    return MapReport(map_facts(world), output=output, opens=(options.map.expanduser(),))


def merge_command(context: Context, options: MergeOptions) -> MapReport:
    """Put maps of places that meet together."""
    from core.progress import PartProgress
    from reconstruction.slam.map_merging import merge_maps
    from reconstruction.slam.map_source import open_map

    if len(options.maps) < 2:
        raise UsageError(message(QT_TRANSLATE_NOOP("Message", "Give two maps or more.")))
    output = _new_map(options.output, force=options.force)
    maps = [open_map(path.expanduser()) for path in options.maps]
    world, merges, lines = maps[0], list[dict[str, Any]](), list[str]()
    for number, (path, other) in enumerate(zip(options.maps[1:], maps[1:], strict=True)):
        part = PartProgress(context.progress, number / (len(maps) - 1), (number + 1) / (len(maps) - 1))
        try:
            made = merge_maps(world, other, seed=options.seed, progress=part)
        except BadInput as error:
            text = QT_TRANSLATE_NOOP("Message", "{path} shares too little with the maps before.")
            raise BadInput(message(text, path=str(path)), error.hint) from error
        world = made.world
        merges.append({"map": str(path), **made.facts()})
        lines.append(
            f"{path}: {made.found} keyframes found, {made.shared} points shared,"
            f" {made.apart:.4f}{' m' if world.is_metric else ''} apart (median)"
        )
    return _written(context, "reconstruction.map-merge", world, output, {"merged": merges}, lines)


def cut_command(context: Context, options: CutOptions) -> MapReport:
    """Keep a part of a map."""
    from reconstruction.slam.map_cutting import cut_map
    from reconstruction.slam.map_source import open_map

    if options.box is None and options.time is None and not options.without:
        text = QT_TRANSLATE_NOOP("Message", "Say what is kept: --box, --time or --without.")
        raise UsageError(message(text))
    output = _new_map(options.output, force=options.force)
    world = open_map(options.map.expanduser())
    period = None if options.time is None else (options.time.low, options.time.high)
    left = cut_map(world, options.box, outside=options.outside, times_s=period, without=options.without)
    gone = {
        "keyframes": len(world.keyframes) - len(left.keyframes),
        "points": len(world.points) - len(left.points),
    }
    told = f"{gone['keyframes']} keyframes and {gone['points']} points taken away"
    return _written(context, "reconstruction.map-cut", left, output, {"removed": gone}, [told])


def georeference_command(context: Context, options: GeoreferenceOptions) -> MapReport:
    """Put a map on the Earth."""
    from reconstruction.slam.map_source import open_map

    if sum(one is not None for one in (options.positions, options.gcp, options.photographs)) != 1:
        text = QT_TRANSLATE_NOOP("Message", "Give one of --positions, --gcp and --photographs.")
        raise UsageError(message(text))
    output = _new_map(options.output, force=options.force)
    made = _georeferenced(open_map(options.map.expanduser()), options)
    import numpy as np

    off = np.array(list(made.residuals_m.values()))
    more = {
        "scale": made.scale,
        "median_residual_m": float(np.median(off)),
        "residuals_m": dict(made.residuals_m),
    }
    told = f"{len(off)} known places, {np.median(off):.3f} m off (median), {off.max():.3f} m at most"
    return _written(context, "reconstruction.map-georeference", made.world, output, more, [told])


def _georeferenced(world: "VisualMap", options: GeoreferenceOptions) -> "Georeference":
    from reconstruction.ground_control import read_ground_points
    from reconstruction.photograph import photograph_files, read_photograph
    from reconstruction.slam.map_georeferencing import placed_by_cameras, placed_by_points, read_positions

    keep = not options.free_scale
    if options.gcp is not None:
        sizes = {one.name: one.camera.size for one in world.keyframes}
        points = read_ground_points(options.gcp.expanduser(), sizes)
        return placed_by_points(world, points, keep_scale=keep, seed=options.seed)
    if options.positions is not None:
        known = read_positions(options.positions.expanduser())
    else:
        assert options.photographs is not None
        files = photograph_files(options.photographs.expanduser())
        names = {one.name for one in world.keyframes}
        taken = [read_photograph(path) for path in files if path.name in names]
        known = {one.name: one.position for one in taken if one.position is not None}
    return placed_by_cameras(world, known, keep_scale=keep, seed=options.seed)


def _written(
    context: Context,
    command: str,
    world: "VisualMap",
    output: Path,
    more: Mapping[str, Any],
    lines: list[str],
) -> MapReport:
    from formats.map_file import write_map
    from reconstruction.slam.map_facts import map_facts

    write_map(output, world)
    context.library.audit.append(command, ())
    return MapReport(map_facts(world), more, tuple(lines), output)


def _new_map(path: Path, *, force: bool) -> Path:
    from core.atomic_write import refuse_existing

    output = path.expanduser()
    _need_ending(output, ".smap")
    refuse_existing(output, force=force)
    return output


def _need_ending(path: Path, ending: str) -> None:
    if path.suffix.lower() != ending:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the name of the new file must end in {ending}.")
        raise UsageError(message(text, path=str(path), ending=ending))
