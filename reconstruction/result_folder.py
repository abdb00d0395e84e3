"""The folder of a reconstruction: `cameras.json`, `sparse.ply` and `report.json`."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.atomic_write import atomic_folder
from core.progress import SILENT, Progress
from core.provenance import Provenance
from formats.camera_set import write_camera_set
from formats.point_cloud import write_point_cloud
from reconstruction.photograph import Photograph, Rejected
from reconstruction.structure import Structure, StructureOptions, find_structure
from reconstruction.world_frame import ScaleSource, World, place


def write_result(
    folder: Path,
    photographs: Sequence[Photograph],
    options: StructureOptions,
    *,
    progress: Progress = SILENT,
) -> tuple[dict[str, Any], tuple[Rejected, ...]]:
    """Reconstruct, and write the folder when all of it is there; give the report and the damaged photographs.

    Raises
    ------
    BadInput
        When nothing can be reconstructed.
    """
    started = time.perf_counter()
    structure = find_structure(photographs, options, progress=progress)
    positions = {one.name: one.position for one in photographs if one.position is not None}
    if options.cameras:
        world = World(structure.model, ScaleSource.GIVEN, None, {})
    else:
        world = place(structure.model, positions, options.seed)
    seconds = time.perf_counter() - started
    facts = report(photographs, structure, world, options, seconds)
    with atomic_folder(folder) as partial:
        write_camera_set(partial / "cameras.json", world.model.cameras)
        write_point_cloud(
            partial / "sparse.ply",
            world.model.points,
            world.model.colours,
            comment="metres" if world.scale is not ScaleSource.NONE else "no scale",
        )
        (partial / "report.json").write_text(json.dumps(facts, indent=1), "utf-8")
    return facts, structure.rejected


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
        "stages": {"cameras": {"seconds": seconds, "peak_memory_bytes": _peak_memory_bytes()}},
        "provenance": Provenance(
            "reconstruction.reconstruct",
            tuple(one.name for one in photographs),
            {"seed": options.seed, "features": asdict(options.features)},
            f"SIFT, {structure.mapper} structure from motion",
        ).to_json(),
    }


def _peak_memory_bytes() -> int | None:
    """Give the larger peak of this process and of those it started; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * 1024
