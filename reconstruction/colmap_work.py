"""COLMAP's part of the work, in a process of its own: it ends the process when it cannot go on.

Everything that goes in or comes out is plain data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.colmap_cameras import colmap_lens, from_colmap
from reconstruction.growing_model import GROWTH, GrowthWriter
from reconstruction.model_merging import merged_model
from reconstruction.sparse_model import SparseModel

_DATABASE = "database.db"
_LOG_FATAL_ONLY = 3
_AGREES_PX = 4.0
_FEWEST_VIEWS_FOR_CENTRE = 6
_FEWEST_INLIERS = 15
# A photograph that sees fewer points is not placed but guessed.
_FEWEST_SEEN = 15
# Of few photographs hardly anything is seen by three.
_FEW_PHOTOGRAPHS = 10
_SMALLEST_MODEL = 3
# So many photographs that fit one another, but not the rest, are of another scene.
_FEWEST_APART = 3


class Mapper(StrEnum):
    """How the poses are found."""

    INCREMENTAL = "incremental"
    GLOBAL = "global"
    GIVEN = "given"


@dataclass(frozen=True)
class WorkPhotograph:
    """One photograph as COLMAP is told of it.

    Parameters
    ----------
    name : str
        Name of the file in the folder of photographs.
    size : tuple of int
        Width and height.
    camera : str
        Those with the same have one lens.
    focal_px : float
        First guess.
    focal_is_known : bool
        Whether the guess comes from the photograph itself.
    given : PosedCamera, optional
        A lens that is kept; its pose too where it has one and poses are given.
    features : Path
        `.npz` with keypoints and descriptors.
    """

    name: str
    size: tuple[int, int]
    camera: str
    focal_px: float
    focal_is_known: bool
    given: PosedCamera | None
    features: Path


@dataclass(frozen=True)
class MappingTask:
    """What is to be mapped, and how."""

    folder: Path
    images: Path
    photographs: tuple[WorkPhotograph, ...]
    mapper: Mapper
    seed: int


@dataclass(frozen=True)
class Matching:
    """Verified matches of the pairs: indices of two photographs and the number of matches."""

    pairs: tuple[tuple[int, int, int], ...]


def match(
    folder: Path, photographs: tuple[WorkPhotograph, ...], pairs: Sequence[tuple[int, int]], seed: int
) -> Matching:
    """Write the database, match the pairs and keep what one epipolar geometry explains."""
    pycolmap = _colmap(seed)
    with pycolmap.Database.open(folder / _DATABASE) as database:
        _write(pycolmap, database, photographs)
    listed = folder / "pairs.txt"
    listed.write_text("\n".join(f"{photographs[a].name} {photographs[b].name}" for a, b in pairs), "utf-8")
    verification = pycolmap.TwoViewGeometryOptions()
    verification.ransac.random_seed = seed
    pairing = pycolmap.ImportedPairingOptions()
    pairing.match_list_path = listed
    pycolmap.match_image_pairs(folder / _DATABASE, pairing_options=pairing, verification_options=verification)
    index = {one.name: number for number, one in enumerate(photographs)}
    with pycolmap.Database.open(folder / _DATABASE) as database:
        names = {image.image_id: image.name for image in database.read_all_images()}
        found = [
            (index[names[a]], index[names[b]], len(geometry.inlier_matches))
            for a, b, geometry in _geometries(pycolmap, database)
        ]
    return Matching(tuple(sorted(found)))


def map_photographs(task: MappingTask) -> SparseModel | None:
    """Find the poses by one of the ways, and refine them; None where nothing comes of it."""
    pycolmap = _colmap(task.seed)
    models = _models(pycolmap, task)
    model = _largest(models)
    if model is not None and task.mapper is not Mapper.GIVEN:
        drop_guesses(model)
    if model is None or model.num_reg_images() < 2:
        return None
    given = {one.name for one in task.photographs if one.given is not None}
    posed = {one.name for one in task.photographs if one.given is not None and one.given.is_posed}
    _refine(pycolmap, model, keep_lens=given, keep_pose=posed if task.mapper is Mapper.GIVEN else set())
    model.extract_colors_for_all_images(task.images)
    return replace(_plain(pycolmap, task, model), apart=apart(model, models))


def _colmap(seed: int) -> Any:
    import pycolmap

    pycolmap.logging.minloglevel = _LOG_FATAL_ONLY
    pycolmap.set_random_seed(seed)
    return pycolmap


def _write(pycolmap: Any, database: Any, photographs: Sequence[WorkPhotograph]) -> None:
    cameras: dict[str, int] = {}
    for one in photographs:
        key = one.camera if one.given is None else str(colmap_lens(one.given))
        if key not in cameras:
            cameras[key] = database.write_camera(_camera(pycolmap, one))
        image = database.write_image(pycolmap.Image(name=one.name, camera_id=cameras[key]))
        with np.load(one.features) as stored:
            database.write_keypoints(image, stored["keypoints"])
            described = pycolmap.FeatureDescriptors(
                type=pycolmap.FeatureExtractorType.SIFT, data=stored["descriptors"]
            )
            database.write_descriptors(image, described)


def _camera(pycolmap: Any, one: WorkPhotograph) -> Any:
    width, height = one.size
    if one.given is not None:
        model, numbers = colmap_lens(one.given)
    else:
        model, numbers = "SIMPLE_RADIAL", [one.focal_px, width / 2, height / 2, 0.0]
    camera = pycolmap.Camera(model=model, width=width, height=height, params=numbers)
    camera.has_prior_focal_length = one.given is not None or one.focal_is_known
    return camera


def _geometries(pycolmap: Any, database: Any) -> list[tuple[int, int, Any]]:
    ids, geometries = database.read_two_view_geometries()
    return [
        (*pycolmap.pair_id_to_image_pair(pair), geometry)
        for pair, geometry in zip(ids, geometries, strict=True)
        if len(geometry.inlier_matches) >= _FEWEST_INLIERS
    ]


# Mapping.


def _models(pycolmap: Any, task: MappingTask) -> list[Any]:
    output = task.folder / f"{task.mapper}-{task.seed}"
    output.mkdir(exist_ok=True)
    database = task.folder / _DATABASE
    known = all(one.given is not None for one in task.photographs)
    if task.mapper is Mapper.GLOBAL:
        options = pycolmap.GlobalPipelineOptions(random_seed=task.seed)
        options.mapper.random_seed = task.seed
        options.mapper.bundle_adjustment.refine_focal_length = not known
        options.mapper.bundle_adjustment.refine_extra_params = not known
        return list(pycolmap.global_mapping(database, task.images, output, options).values())
    options = pycolmap.IncrementalPipelineOptions(random_seed=task.seed)
    options.ba_refine_focal_length = options.ba_refine_extra_params = not known
    options.extract_colors = False
    options.min_model_size = min(_SMALLEST_MODEL, len(task.photographs))
    options.triangulation.ignore_two_view_tracks = len(task.photographs) > _FEW_PHOTOGRAPHS
    if task.mapper is Mapper.INCREMENTAL:
        found = _mapped(pycolmap, task, database, options)
        if len(found) < 2:
            return found
        whole = merged_model(pycolmap, found, database, task.images, output, options)
        return found if whole is None else [whole, *found]
    options.fix_existing_frames = True
    first = pycolmap.triangulate_points(
        _posed(pycolmap, database, task), database, task.images, output, options=options
    )
    if first.num_reg_images() == len(task.photographs):
        return [first]
    start = output / "given"
    start.mkdir(exist_ok=True)
    first.write(start)
    grown = pycolmap.incremental_mapping(database, task.images, output, options, input_path=start)
    return list(grown.values()) or [first]


def _mapped(pycolmap: Any, task: MappingTask, database: Path, options: Any) -> list[Any]:
    """Map photograph by photograph, and tell how the model grows."""
    options.image_path = task.images
    models = pycolmap.ReconstructionManager()
    with pycolmap.Database.open(database) as opened:
        pipeline = pycolmap.IncrementalPipeline(options, opened, models)
        writer = GrowthWriter(task.folder / GROWTH)
        kinds = pycolmap.IncrementalPipelineCallback
        for kind in (kinds.INITIAL_IMAGE_PAIR_REG_CALLBACK, kinds.NEXT_IMAGE_REG_CALLBACK):
            pipeline.add_callback(kind, lambda: writer.tell(models.get(models.size() - 1)))
        pipeline.run()
    return [models.get(number) for number in range(models.size())]


def _posed(pycolmap: Any, path: Path, task: MappingTask) -> Any:
    """Give a model of the photographs whose poses are given, without points."""
    model = pycolmap.Reconstruction()
    poses = {one.name: one.given for one in task.photographs if one.given is not None and one.given.is_posed}
    with pycolmap.Database.open(path) as database:
        images = [image for image in database.read_all_images() if image.name in poses]
        cameras = {camera.camera_id: camera for camera in database.read_all_cameras()}
        for camera_id in sorted({image.camera_id for image in images}):
            model.add_camera_with_trivial_rig(cameras[camera_id])
        for image in images:
            camera = poses[image.name]
            rotation, centre = camera.pose
            pose = pycolmap.Rigid3d(pycolmap.Rotation3d(rotation.T), -rotation.T @ centre)
            keypoints = database.read_keypoints(image.image_id)
            posed = pycolmap.Image(
                name=image.name,
                camera_id=image.camera_id,
                image_id=image.image_id,
                keypoints=keypoints[:, :2].astype(np.float64),
            )
            model.add_image_with_trivial_frame(posed, pose)
    return model


def _largest(models: list[Any]) -> Any | None:
    return max(models, key=lambda model: (model.num_reg_images(), model.num_points3D()), default=None)


def apart(model: Any, models: list[Any]) -> tuple[tuple[str, ...], ...]:
    """Give the photographs of the other models, larger ones first, each once."""
    told = {model.image(number).name for number in model.reg_image_ids()}
    found: list[tuple[str, ...]] = []
    for other in sorted(models, key=lambda one: -one.num_reg_images()):
        names = sorted({other.image(number).name for number in other.reg_image_ids()} - told)
        if len(names) >= _FEWEST_APART:
            found.append(tuple(names))
            told.update(names)
    return tuple(found)


def drop_guesses(model: Any) -> None:
    """Take out photographs that see too few of the points: global mapping places whatever it can."""
    while guessed := [
        number for number in model.reg_image_ids() if model.image(number).num_points3D < _FEWEST_SEEN
    ]:
        for number in guessed:
            model.deregister_frame(model.image(number).frame_id)


def _refine(pycolmap: Any, model: Any, *, keep_lens: set[str], keep_pose: set[str]) -> None:
    """Adjust everything that is not given at once, with free principal points where views are enough."""
    options = pycolmap.BundleAdjustmentOptions()
    options.print_summary = False
    # What the search left of false matches must not bend the cameras: temples of few points need it most.
    options.ceres.loss_function_type = pycolmap.LossFunctionType.CAUCHY
    views: dict[int, int] = {}
    kept: set[int] = set()
    images = [model.image(number) for number in model.reg_image_ids()]
    for image in images:
        views[image.camera_id] = views.get(image.camera_id, 0) + 1
        if image.name in keep_lens:
            kept.add(image.camera_id)
    free = {camera for camera in views if camera not in kept}
    options.refine_principal_point = bool(free) and all(
        views[camera] >= _FEWEST_VIEWS_FOR_CENTRE for camera in free
    )
    config = pycolmap.BundleAdjustmentConfig()
    for image in images:
        config.add_image(image.image_id)
        if image.name in keep_pose:
            config.set_constant_rig_from_world_pose(image.frame_id)
    for camera in kept:
        config.set_constant_cam_intrinsics(camera)
    if not keep_pose:
        config.fix_gauge(pycolmap.BundleAdjustmentGauge.TWO_CAMS_FROM_WORLD)
    pycolmap.create_default_bundle_adjuster(options, config, model).solve()
    model.update_point_3d_errors()


# Out.


def _plain(pycolmap: Any, task: MappingTask, model: Any) -> SparseModel:
    images = [model.image(number) for number in model.reg_image_ids()]
    given = {one.name: one.given for one in task.photographs if task.mapper is Mapper.GIVEN}
    cameras: dict[str, PosedCamera] = {}
    for image in images:
        exact = given.get(image.name)
        found = from_colmap(model.cameras[image.camera_id], image.cam_from_world())
        cameras[image.name] = exact if exact is not None and exact.is_posed else found
    order = {name: number for number, name in enumerate(sorted(cameras))}
    number_of = {image.image_id: order[image.name] for image in images}
    points = list(model.points3D.values())
    return SparseModel(
        cameras=cameras,
        points=np.array([point.xyz for point in points]).reshape(-1, 3),
        colours=np.array([point.color for point in points], np.uint8).reshape(-1, 3),
        errors_px=np.array([point.error for point in points]),
        tracks=tuple(
            np.unique(np.array([number_of[each.image_id] for each in point.track.elements], np.int32))
            for point in points
        ),
        explained=_explained(pycolmap, task.folder / _DATABASE, model),
    )


def _explained(pycolmap: Any, path: Path, model: Any) -> float:
    """Give the share of all verified matches that the model agrees with: what one score judges models by.

    A match agrees when both pixels are within 4 of the other's epipolar line (Sampson's distance).
    """
    registered = {number: model.image(number) for number in model.reg_image_ids()}
    agreeing = every = 0
    with pycolmap.Database.open(path) as database:
        keypoints = {
            number: database.read_keypoints(number)[:, :2].astype(np.float64) for number in registered
        }
        for first, second, geometry in _geometries(pycolmap, database):
            every += len(geometry.inlier_matches)
            if first in registered and second in registered:
                matches = np.asarray(geometry.inlier_matches)
                ends = keypoints[first][matches[:, 0]], keypoints[second][matches[:, 1]]
                agreeing += _agreeing(model, registered[first], registered[second], ends)
    return agreeing / max(every, 1)


def _agreeing(
    model: Any, first: Any, second: Any, ends: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> int:
    cameras = [model.cameras[image.camera_id] for image in (first, second)]
    rays = [
        np.column_stack([camera.cam_from_img(pixels), np.ones(len(pixels))])
        for camera, pixels in zip(cameras, ends, strict=True)
    ]
    second_from_first = second.cam_from_world() * first.cam_from_world().inverse()
    x, y, z = second_from_first.translation
    essential = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]]) @ second_from_first.rotation.matrix()
    lines = rays[0] @ essential.T
    back = rays[1] @ essential
    residual = (rays[1] * lines).sum(axis=1)
    slope = (lines[:, :2] ** 2).sum(axis=1) + (back[:, :2] ** 2).sum(axis=1)
    limit = _AGREES_PX / min(camera.mean_focal_length() for camera in cameras)
    return int((residual**2 <= limit**2 * np.maximum(slope, 1e-18)).sum())
