"""Puts together models that COLMAP left apart although they share photographs."""

from pathlib import Path
from typing import Any

# Fewer photographs of both fix no similarity that could be trusted.
_FEWEST_SHARED = 3


def merged_model(
    pycolmap: Any, models: list[Any], database: Path, images: Path, output: Path, options: Any
) -> Any | None:
    """Bring the other models to the largest one by the photographs that they share; find the points again.

    Parameters
    ----------
    pycolmap : module
    models : list of pycolmap.Reconstruction
        The others are moved.
    database, images, output : Path
        COLMAP's database, the folder of photographs, and one to write to.
    options : pycolmap.IncrementalPipelineOptions
        Of the models.

    Returns
    -------
    pycolmap.Reconstruction, optional
        None where no model shares three photographs with those before it and agrees with them: half of what
        the shared ones see must be where the other model puts it, to 8 pixels.
    """
    largest, *others = sorted(models, key=lambda one: (-one.num_reg_images(), -one.num_points3D()))
    parts = [largest]
    for other in others:
        if _brought(pycolmap, other, parts):
            parts.append(other)
    if len(parts) == 1:
        return None
    posed = _posed(pycolmap, parts, database)
    return pycolmap.triangulate_points(posed, database, images, output, options=options)


def _brought(pycolmap: Any, other: Any, parts: list[Any]) -> bool:
    """Move a model to where one of the parts is; tell whether that can be done, and adds photographs."""
    known = {number for part in parts for number in part.reg_image_ids()}
    if known.issuperset(other.reg_image_ids()):
        return False
    for part in parts:
        if len(part.find_common_reg_image_ids(other)) >= _FEWEST_SHARED:
            part_from_other = pycolmap.align_reconstructions_via_reprojections(
                other, part, min_inlier_observations=0.5
            )
            if part_from_other is not None:
                other.transform(part_from_other)
                return True
    return False


def _posed(pycolmap: Any, parts: list[Any], database: Path) -> Any:
    """Give a model of the photographs of all parts, as the first that has them sees them, without points."""
    model = pycolmap.Reconstruction()
    with pycolmap.Database.open(database) as opened:
        for part in parts:
            for number in sorted(part.reg_image_ids()):
                if number in model.images:
                    continue
                image = part.image(number)
                if image.camera_id not in model.cameras:
                    model.add_camera_with_trivial_rig(part.cameras[image.camera_id])
                keypoints = opened.read_keypoints(number)[:, :2].astype(float)
                posed = pycolmap.Image(
                    name=image.name, camera_id=image.camera_id, image_id=number, keypoints=keypoints
                )
                model.add_image_with_trivial_frame(posed, image.cam_from_world())
    return model
