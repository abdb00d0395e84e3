"""The folder of a reconstruction: cameras, points, mesh, `report.json`, and the frames of a film."""

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.atomic_write import atomic_folder
from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from formats.camera_set import write_camera_set
from formats.glb_file import write_glb
from formats.point_cloud import write_point_cloud
from reconstruction.peak_memory import peak_memory_bytes
from reconstruction.photograph import Photograph, Rejected
from reconstruction.photograph_source import PhotographSource
from reconstruction.structure import Structure, StructureOptions, find_structure
from reconstruction.surface import Surface, SurfaceOptions, make_surface
from reconstruction.world_frame import ScaleSource, World, place

FRAMES = "frames"
_METHOD = "PatchMatch stereo, averaged signed distances, texture of the best views"


def write_result(
    folder: Path,
    source: PhotographSource,
    options: StructureOptions,
    *,
    surface: SurfaceOptions | None = None,
    progress: Progress = SILENT,
) -> tuple[dict[str, Any], tuple[Rejected, ...]]:
    """Reconstruct, and write the folder when all of it is there; give the report and the damaged photographs.

    Photographs that show no surface still give their cameras: the report says why there is no more.

    Raises
    ------
    BadInput
        When nothing can be reconstructed.
    SenseError
        When the folder cannot be written; before any work where that can be told.
    """
    _check_writable(folder)
    started = time.perf_counter()
    photographs = source.photographs
    structure = find_structure(
        photographs, options, progress=PartProgress(progress, 0.0, 1.0 if surface is None else 0.3)
    )
    positions = {one.name: one.position for one in photographs if one.position is not None}
    if options.cameras:
        world = World(structure.model, ScaleSource.GIVEN, None, {})
    else:
        world = place(structure.model, positions, options.seed)
    seconds = time.perf_counter() - started
    facts = report(photographs, structure, world, options, seconds)
    made = None
    if surface is not None:
        try:
            part = PartProgress(progress, 0.3, 1.0)
            made = make_surface(photographs, world.model, surface, progress=part)
        except BadInput as error:
            facts["no_surface"] = str(error.message)
    with atomic_folder(folder) as partial:
        write_camera_set(partial / "cameras.json", world.model.cameras)
        write_point_cloud(
            partial / "sparse.ply",
            world.model.points,
            world.model.colours,
            comment="metres" if world.scale is not ScaleSource.NONE else "no scale",
        )
        if made is not None and surface is not None:
            facts |= _write_surface(partial, photographs, made, world, options, surface)
            facts["stages"] |= made.costs
        if source.film is not None:
            _keep_frames(photographs, partial / FRAMES)
        (partial / "report.json").write_text(json.dumps(facts, indent=1), "utf-8")
    return facts, structure.rejected


def _check_writable(folder: Path) -> None:
    """Find out before minutes of work."""
    there = next(path for path in folder.absolute().parents if path.exists())
    try:
        # Permission bits do not tell (root, network folders, read-only file systems): a file does.
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        raise SenseError(message(text, path=str(folder), reason=error.strerror or str(error))) from error


def _write_surface(
    folder: Path,
    photographs: Sequence[Photograph],
    made: Surface,
    world: World,
    options: StructureOptions,
    surface: SurfaceOptions,
) -> dict[str, Any]:
    """Write the files of the surface; give its figures for the report."""
    known = world.scale is not ScaleSource.NONE
    points, mesh = made.points, made.mesh
    comment = "metres" if known else "no scale"
    write_point_cloud(folder / "dense.ply", points.positions, points.colours, comment=comment)
    facts = {"dense_points": len(points.positions)}
    if mesh is not None:
        source = _provenance(photographs, options, _METHOD, surface)
        write_glb(folder / "mesh.glb", mesh, name="reconstruction", unit_known=known, provenance=source)
        facts["triangles"] = len(mesh.triangles)
    if made.filled_share is not None:
        facts["texture_filled_share"] = made.filled_share
    return facts


def _provenance(
    photographs: Sequence[Photograph],
    options: StructureOptions,
    method: str,
    surface: SurfaceOptions | None = None,
) -> Provenance:
    parameters: dict[str, Any] = {"seed": options.seed, "features": asdict(options.features)}
    if surface is not None:
        parameters |= {
            "dense": asdict(surface.dense),
            "mesh": asdict(surface.mesh),
            "texture": asdict(surface.texture),
        }
    return Provenance(
        "reconstruction.reconstruct",
        tuple(one.name for one in photographs),
        parameters,
        method,
    )


def _keep_frames(photographs: Sequence[Photograph], folder: Path) -> None:
    folder.mkdir()
    for one in photographs:
        shutil.copyfile(one.path, folder / one.name)


def report(
    photographs: Sequence[Photograph],
    structure: Structure,
    world: World,
    options: StructureOptions,
    seconds: float,
) -> dict[str, Any]:
    """Give what `report.json` holds, in JSON's types."""
    model = world.model
    residuals = list(world.residuals_m.values())
    return {
        "photographs": len(photographs),
        "registered": len(model.cameras),
        "registered_images": model.names,
        "unregistered": [
            {"name": one.photograph.name, "reason": str(one.reason), "hint": str(one.hint)}
            for one in structure.unregistered
        ],
        "remarks": [{"name": one.name, "remark": str(one.remark)} for one in structure.judgements],
        "points": len(model.points),
        "observations": model.observations,
        "reprojection_error_px": model.mean_error_px,
        "explained_matches": model.explained,
        "mapper": structure.mapper.value,
        "scale_source": world.scale.value,
        "unit": None if world.scale is ScaleSource.NONE else "m",
        "origin": asdict(world.origin) if world.origin else None,
        "gps_residual_m": {"median": float(np.median(residuals)), "largest": max(residuals)}
        if residuals
        else None,
        "focal_length_sources": sorted({one.focal_source.value for one in photographs}),
        "stages": {"cameras": {"seconds": seconds, "peak_memory_bytes": peak_memory_bytes()}},
        "provenance": _provenance(
            photographs, options, f"SIFT, {structure.mapper} structure from motion"
        ).to_json(),
    }
