"""`sense reconstruct`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP
from reconstruction.reconstruct_options import ReconstructOptions
from reconstruction.stage import Stage

if TYPE_CHECKING:
    from core.posed_camera import PosedCamera
    from reconstruction.estimate import Estimate
    from reconstruction.photograph import Rejected
    from reconstruction.stage_options import StageOptions


@dataclass(frozen=True)
class ReconstructionReport:
    """What `sense reconstruct` prints, and `report.json` holds."""

    output: Path
    facts: Mapping[str, Any]
    rejected: "tuple[Rejected, ...]"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        rejected = [{"path": str(one.path), "reason": str(one.reason)} for one in self.rejected]
        return {"output": str(self.output), **self.facts, "rejected": rejected}

    def __str__(self) -> str:
        """Give a few lines."""
        facts = self.facts
        lines = [
            f"{facts['registered']} of {facts['photographs']} photographs, {facts['points']} points,"
            f" {facts['reprojection_error_px']:.2f} px, scale: {facts['scale_source']}"
        ]
        lines += _ground_lines(facts["ground_control"]) + _marker_lines(facts["markers"])
        lines += distance_lines(facts["measured"])
        if "triangles" in facts:
            lines.append(f"{facts['dense_points']} dense points, {facts['triangles']} triangles")
        if facts.get("planes_share"):
            lines.append(f"{facts['planes_share']:.1%} of what was seen are planes without texture")
        if "levels" in facts:
            lines.append(f"Coarser meshes of {', '.join(map(str, facts['levels']))} triangles")
        if "texture_filled_share" in facts:
            lines.append(f"{facts['texture_filled_share']:.1%} of the faces are in no photograph")
        lines += [facts["no_surface"]] if "no_surface" in facts else []
        kept = [name for name, stage in facts["stages"].items() if stage["resumed"]]
        lines += [f"Kept from an earlier run: {', '.join(kept)}"] if kept else []
        lines += [f"{one['name']}: {one['reason']}. {one['hint']}" for one in facts["unregistered"]]
        return "\n".join(lines)


def _ground_lines(ground: Mapping[str, Any] | None) -> list[str]:
    """Tell how well ground control points agree."""
    if ground is None:
        return []
    if not ground["used"]:
        return ["The ground control points do not fix the scale; they were not used."]
    lines = [f"Scale known to {ground['scale_sigma']:.1%}"]
    for one in ground["points"]:
        metres = "" if one["metres"] is None else f", {one['metres']:.3f} m"
        lines.append(f"Ground control point {one['name']}: {one['pixels']:.1f} px{metres}")
    return lines


def _marker_lines(markers: Mapping[str, Any] | None) -> list[str]:
    """Tell how well printed markers agree."""
    if markers is None:
        return []
    used = markers["markers"]
    most = max(one["millimetres"] for one in used)
    return [
        f"{len(used)} printed markers: scale known to {markers['scale_sigma']:.2%}, {most:.2f} mm off at most"
    ]


def distance_lines(measured: Mapping[str, Any] | None) -> list[str]:
    """Tell how well measured distances agree."""
    if measured is None:
        return []
    if not measured["used"]:
        return [
            "The measured distances were not used: cameras or points of known place give the scale, or no"
            " distance has both its ends in two photographs."
        ]
    lines = [f"Scale known to {measured['scale_sigma']:.2%}"]
    for one in measured["distances"]:
        off, sigma = 1000 * one["off_m"], 1000 * one["sigma_m"]
        lines.append(f"{one['name']}: {one['metres']:.4f} m, {off:+.1f} mm (expected {sigma:.1f} mm)")
    return lines


@dataclass(frozen=True)
class EstimateReport:
    """What `sense reconstruct --estimate` prints."""

    estimate: "Estimate"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {"estimate": self.estimate.to_json()}

    def __str__(self) -> str:
        """Give one line."""
        return f"{self.estimate.sentence}, {self.estimate.disk_bytes / 2**30:.1f} GB of disk"


def reconstruct_command(
    context: Context, options: ReconstructOptions
) -> ReconstructionReport | EstimateReport:
    """Reconstruct the cameras, points and surface of a folder of photographs."""
    from core.atomic_write import refuse_existing
    from core.errors import UsageError
    from core.message import message
    from reconstruction.reconstruct import estimate_of, reconstruct
    from reconstruction.stage_options import StageOptions

    output = options.output.expanduser().absolute()
    refuse_existing(output, force=options.force or options.estimate)
    if options.export and Stage.MESH.comes_after(options.stages):
        text = QT_TRANSLATE_NOOP("Message", "Only a mesh can be exported: --stages ends before there is one.")
        raise UsageError(message(text))
    chosen = with_options(StageOptions.of(options.quality, options.stages), options)
    images = options.images.expanduser()
    if options.estimate:
        return EstimateReport(estimate_of(images, output, chosen, progress=context.progress))
    made = reconstruct(
        images,
        output,
        chosen,
        ground=None if options.gcp is None else options.gcp.expanduser(),
        measured=None if options.measured is None else options.measured.expanduser(),
        masks=None if options.masks is None else options.masks.expanduser(),
        restart=options.restart,
        exports=options.export,
        progress=context.progress,
    )
    context.library.audit.append("reconstruction.reconstruct", ())
    return ReconstructionReport(output, made.facts, made.rejected)


def with_options(stages: "StageOptions", options: ReconstructOptions) -> "StageOptions":
    """Give the options of a quality with all else that was chosen; those of the run itself are left to it.

    Raises
    ------
    BadInput
        When a set of cameras cannot be read.
    """
    structure = replace(
        stages.structure,
        seed=options.seed,
        intrinsics=_camera_set(options.intrinsics),
        cameras=_camera_set(options.cameras),
    )
    mesh = replace(stages.mesh, largest_hole=options.holes.largest, box=options.box)
    if options.triangles is not None:
        mesh = replace(mesh, most_triangles=options.triangles)
    dense = replace(stages.dense, search=replace(stages.dense.search, seed=options.seed))
    side_m = None if options.marker_mm is None else options.marker_mm / 1000
    return replace(
        stages, structure=structure, dense=dense, mesh=mesh, marker_side_m=side_m, levels=options.levels
    )


def _camera_set(path: Path | None) -> "dict[str, PosedCamera] | None":
    from formats.camera_set import read_camera_set

    return None if path is None else read_camera_set(path.expanduser())
