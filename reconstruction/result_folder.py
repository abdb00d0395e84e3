"""The folder of a reconstruction: cameras, points, mesh, reports, and the frames of a film."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.atomic_write import atomic_folder
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from formats.camera_set import write_camera_set
from formats.map_file import write_map
from formats.mesh_export import write_mesh
from formats.point_cloud import write_point_cloud
from reconstruction.estimate import Estimate
from reconstruction.measured_distance import DistanceFit
from reconstruction.photograph import Photograph
from reconstruction.photograph_source import PhotographSource
from reconstruction.report_page import write_report_page
from reconstruction.slam.map_source import MAP_FILE, map_of_photographs
from reconstruction.stage import MeshFormat, Stage
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import Reconstruction
from reconstruction.world_frame import ScaleSource, World

FRAMES = "frames"
_METHODS = {
    Stage.CAMERAS: "SIFT, {mapper} structure from motion",
    Stage.DENSE: "PatchMatch stereo",
    Stage.MESH: "averaged signed distances",
    Stage.TEXTURE: "texture of the best views",
}


def write_result(
    folder: Path,
    source: PhotographSource,
    options: StageOptions,
    made: Reconstruction,
    *,
    guess: Estimate,
    exports: Sequence[MeshFormat] = (),
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Write the folder, all of it or nothing; give what its `report.json` holds.

    The mesh is always there as GLB, and in the formats of `exports` besides.

    Raises
    ------
    SenseError
        When the folder cannot be written.
    """
    facts = report(source.photographs, made, options) | {"estimate": guess.to_json()}
    model = made.placed.world.model
    unit = "no scale" if facts["unit"] is None else "metres"
    with atomic_folder(folder) as partial:
        write_camera_set(partial / "cameras.json", model.cameras)
        write_point_cloud(partial / "sparse.ply", model.points, model.colours, comment=unit)
        places = map_of_photographs(
            source.photographs, model.cameras, is_metric=facts["unit"] is not None, progress=progress
        )
        if places is not None:
            write_map(partial / MAP_FILE, places)
        progress.report(0.2)
        if made.points is not None:
            points = made.points
            write_point_cloud(partial / "dense.ply", points.positions, points.colours, comment=unit)
        if made.mesh is not None:
            kinds = [f"mesh.{kind}" for kind in dict.fromkeys((MeshFormat.GLB, *exports))]
            meshes = [(name, made.mesh) for name in kinds]
            meshes += [(f"mesh-lod{n}.glb", one) for n, one in enumerate(made.levels, start=1)]
            for name, mesh in meshes:
                write_mesh(
                    partial / name,
                    mesh,
                    name="reconstruction",
                    unit_known=facts["unit"] is not None,
                    provenance=_provenance(source.photographs, made, options),
                    progress=progress,
                )
        if source.film is not None:
            _keep_frames(source.photographs, partial / FRAMES)
        (partial / "report.json").write_text(json.dumps(facts, indent=1), "utf-8")
        write_report_page(
            partial / "report.html", source, made, facts, progress=PartProgress(progress, 0.5, 1.0)
        )
    return facts


def _provenance(photographs: Sequence[Photograph], made: Reconstruction, options: StageOptions) -> Provenance:
    structure = options.structure
    parameters: dict[str, Any] = {"seed": structure.seed, "features": asdict(structure.features)}
    for stage, chosen in (
        (Stage.DENSE, options.dense),
        (Stage.MESH, options.mesh),
        (Stage.TEXTURE, options.texture),
    ):
        if options.includes(stage):
            parameters[stage.value] = asdict(chosen)
    method = ", ".join(text for stage, text in _METHODS.items() if options.includes(stage))
    return Provenance(
        "reconstruction.reconstruct",
        tuple(one.name for one in photographs),
        parameters,
        method.format(mapper=made.placed.structure.mapper),
    )


def _keep_frames(photographs: Sequence[Photograph], folder: Path) -> None:
    folder.mkdir()
    for one in photographs:
        try:
            os.link(one.path, folder / one.name)
        except OSError:  # the file system knows no links
            shutil.copyfile(one.path, folder / one.name)


def report(photographs: Sequence[Photograph], made: Reconstruction, options: StageOptions) -> dict[str, Any]:
    """Give what `report.json` holds, in JSON's types."""
    structure, world = made.placed.structure, made.placed.world
    model = world.model
    residuals = list(world.residuals_m.values())
    facts: dict[str, Any] = {
        "photographs": len(photographs),
        "registered": len(model.cameras),
        "registered_images": model.names,
        "unregistered": [
            {
                "name": one.photograph.name,
                "reason": str(one.reason),
                "hint": str(one.hint),
                "reason_message": one.reason.to_json(),
            }
            for one in structure.unregistered
        ],
        "other_scenes": [list(names) for names in model.apart],
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
        "ground_control": _ground_facts(world, options),
        "markers": _marker_facts(world),
        "measured": _distance_facts(world, options),
        "focal_length_sources": sorted({one.focal_source.value for one in photographs}),
        "stages": {stage.value: record.to_json() for stage, record in made.records.items()},
        "provenance": _provenance(photographs, made, options).to_json(),
    }
    return facts | _surface_facts(made)


def _ground_facts(world: World, options: StageOptions) -> dict[str, Any] | None:
    if not options.ground:
        return None
    if world.ground is None:
        return {"used": False}
    return {
        "used": True,
        "scale_sigma": world.ground.scale_sigma,
        "points": [asdict(one) for one in world.ground.residuals],
    }


def _marker_facts(world: World) -> dict[str, Any] | None:
    fit = world.markers
    if fit is None:
        return None
    return {
        "on_board": fit.on_board,
        "is_ground": fit.is_ground,
        "scale_sigma": fit.scale_sigma,
        "markers": [asdict(one) for one in fit.residuals],
    }


def _distance_facts(world: World, options: StageOptions) -> dict[str, Any] | None:
    if not options.distances:
        return None
    fit = world.distances
    return {"used": False} if fit is None else distance_facts(fit)


def distance_facts(fit: DistanceFit) -> dict[str, Any]:
    """Give how well measured distances agree, in JSON's types."""
    return {
        "used": True,
        "scale_sigma": fit.scale_sigma,
        "distances": [asdict(one) for one in fit.residuals],
    }


def _surface_facts(made: Reconstruction) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if made.points is not None:
        facts["dense_points"] = len(made.points.positions)
    if made.planes_share is not None:
        facts["planes_share"] = made.planes_share
    if made.mesh is not None:
        facts["triangles"] = len(made.mesh.triangles)
    if made.levels:
        facts["levels"] = [len(one.triangles) for one in made.levels]
    if made.filled_share is not None:
        facts["texture_filled_share"] = made.filled_share
    if made.no_surface is not None:
        facts["no_surface"] = str(made.no_surface)
        facts["no_surface_message"] = made.no_surface.to_json()
    return facts
