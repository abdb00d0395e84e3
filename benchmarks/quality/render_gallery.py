"""A gallery to look at: what the renderer makes of bodies, heads, meshes and figures, as one picture each.

`.venv/bin/python -m benchmarks.quality.render_gallery FOLDER` writes PNG files and `gallery.png` of them all.
Real volumes come from the corpus (`SENSE_CORPUS`), the rest is made from nothing.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.mesh import Mesh
from core.progress import SILENT
from core.segmentation import Segmentation
from core.volume import Volume
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.drawing import over
from render.environment import Environment
from render.fused_look import fused_look
from render.label_layer import LabelColour, LabelLayer
from render.light import DirectionalLight
from render.material import Material, Shading
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.presets import PRESETS
from render.renderer import RenderOptions, ToneMapping
from render.scene import RenderScene, SurfaceNode
from render.steady_renderer import SteadyVolumeRenderer
from render.surface_files import linear
from render.surface_mesh import SurfaceMesh
from render.surface_source import lamp_beside, patient_studio
from render.toon_look import ToonLook
from render.transfer_function import ControlPoint, TransferFunction
from render.view_fitting import fitted
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import ALONE, Companions, Quality, VolumeRenderer
from render.volume_source import Beside, VolumeSource
from render.volume_with_surfaces import draw_together

SIZE = (800, 640)
BLACK, GREY = (0, 0, 0), (46, 50, 56)
Picture = NDArray[np.uint8]


def corpus(*names: str) -> Path:
    """Give a file of the corpus."""
    folder = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
    return folder.joinpath(*names)


def volume(*names: str) -> Volume:
    """Read a volume file."""
    from imaging.volume_reading import read_volume

    return read_volume(corpus(*names), ".nii.gz").volume


def series(*names: str) -> Volume:
    """Read a series of DICOM files in an archive."""
    from core.library import Library
    from imaging.importing import import_paths
    from imaging.series_volume import series_volume

    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder))
        found = import_paths(library, [corpus(*names)]).series
        largest = max(found, key=lambda one: one.instances)
        return series_volume(library, largest.series_uid, largest.part, SILENT).volume


def front(
    seen: Volume, *, zoom: float = 1.0, turn: float = 20.0, tilt: float = -8.0, side: str = "A"
) -> Camera:
    """Give a camera that shows a volume a little from the side."""
    camera = fitted(Camera.looking(seen, side), seen.corners_lps_mm, SIZE)
    return camera.orbit(turn, tilt).zoom(zoom)


def rendered(
    seen: Volume,
    look: VolumeLook,
    camera: Camera,
    companions: Companions = ALONE,
    behind: tuple[int, int, int] = BLACK,
) -> Picture:
    """Draw a volume."""
    made = VolumeRenderer(seen).render(camera, look, SIZE, quality=Quality.FULL, companions=companions)
    return over(made, BLACK)


def bone() -> Picture:
    """Pelvis and spine."""
    seen = volume("ct-abdomen-labels", "ct.nii.gz")
    return rendered(seen, PRESETS["ct-bone"].make((-1024.0, 1500.0)), front(seen, zoom=1.1))


def vessels() -> Picture:
    """Vessels of a head, with contrast agent."""
    seen = volume("volumes", "CT_AVM.nii.gz")
    low, high = float(np.percentile(seen.voxels, 2)), float(seen.voxels.max())
    points = ((0.50, 0.7, 0.2, 0.12, 0.0), (0.60, 0.85, 0.35, 0.2, 0.35), (0.85, 1.0, 0.9, 0.8, 0.9))
    transfer = TransferFunction(
        tuple(
            ControlPoint(low + (high - low) * at, red, green, blue, alpha)
            for at, red, green, blue, alpha in points
        )
    )
    return rendered(seen, VolumeLook(transfer), front(seen, zoom=1.25))


def lung() -> Picture:
    """Bases of the lungs, without blankets and table."""
    seen = volume("ct-abdomen-labels", "ct.nii.gz")
    _, map_ = labels()
    where = np.argwhere(np.isin(map_.voxels, LUNGS))
    low, high = (tuple(map(float, edge[::-1])) for edge in (where.min(axis=0) - 2.0, where.max(axis=0) + 2.0))
    look = replace(PRESETS["ct-lung"].make((-1024.0, 1500.0)), crop=(low, high))
    corners = np.array(np.meshgrid(*zip(low, high, strict=True), [1.0])).reshape(4, -1).T
    points = (corners @ seen.lps_from_ijk.T)[:, :3]
    camera = fitted(Camera.enclosing(points).orbit(15, 50), points, SIZE)
    return rendered(seen, look, camera)


def skin() -> Picture:
    """Trunk."""
    seen = volume("ct-abdomen-labels", "ct.nii.gz")
    return rendered(seen, PRESETS["ct-skin"].make((-1024.0, 1500.0)), front(seen, zoom=1.0, turn=30))


def mr_head() -> Picture:
    """Face of an MR series."""
    seen = series("mr-head-dicom.zip")
    look = PRESETS["mr-head"].make((0.0, float(np.percentile(seen.voxels, 99.5))))
    return rendered(seen, look, front(seen, turn=35))


def mip() -> Picture:
    """Greatest values along the rays."""
    seen = volume("volumes", "CT_AVM.nii.gz")
    return rendered(seen, PRESETS["mr-mip"].make((0.0, float(seen.voxels.max()))), front(seen, zoom=1.2))


def labels() -> tuple[Segmentation, Volume]:
    """Read the organs of the trunk."""
    from imaging.label_map_files import read_label_map

    found = read_label_map(corpus("ct-abdomen-labels", "labels.nii.gz"), ".nii.gz")
    affine = found.geometry.lps_from_ijk
    if affine is None:
        raise RuntimeError("labels without a grid")
    return found, Volume(found.layers[0], affine)


# Numbers of TotalSegmentator 2: lobes of the lungs; spleen, kidneys, liver, aorta.
LUNGS = (10, 11, 12, 13, 14)
ORGANS = {
    1: (0.6, 0.2, 0.45),
    2: (0.75, 0.4, 0.2),
    3: (0.75, 0.4, 0.2),
    5: (0.55, 0.22, 0.14),
    52: (0.85, 0.15, 0.12),
}


def fused_overlay() -> Picture:
    """Organs as coloured bodies in the bones, in one pass."""
    seen = volume("ct-abdomen-labels", "ct.nii.gz")
    _, map_ = labels()
    layer = LabelLayer(map_, {number: LabelColour(*colour, 0.5) for number, colour in ORGANS.items()})
    look = PRESETS["ct-bone"].make((-1024.0, 1500.0))
    return rendered(seen, look, front(seen, zoom=1.1), Companions(labels=layer))


def fused_isosurface() -> Picture:
    """Show what PET would of an uptake in the organs, before and behind the surface of the bones."""
    from cv2 import GaussianBlur

    seen = volume("ct-abdomen-labels", "ct.nii.gz")
    _, map_ = labels()
    uptake = np.isin(map_.voxels, list(ORGANS)).astype(np.float32)
    blurred = np.stack([GaussianBlur(slice_, (0, 0), 4.0) for slice_ in uptake])
    fused = VolumeRenderer(Volume(blurred, map_.lps_from_ijk)), fused_look("PT", (0.0, 1.0))
    bones = PRESETS["ct-bone"].make((-1024.0, 1500.0))
    look = replace(bones, mode=VolumeMode.ISOSURFACE, surface_value=170.0)
    source = VolumeSource(SteadyVolumeRenderer(seen, Backend.NATIVE), look, Beside(fused=fused))
    return over(source.draw(front(seen, zoom=1.1, turn=35), SIZE, Quality.FULL, StopFlag()), BLACK)


def mesh_in_volume() -> Picture:
    """Organs as surfaces in the bones."""
    from imaging.surface import surface_of

    seen = volume("ct-abdomen-labels", "ct.nii.gz")
    found, _ = labels()
    nodes: list[SurfaceNode] = []
    for segment in found.segments:
        if segment.number in ORGANS:
            mesh: Mesh = surface_of(found.mask(segment.number), found.geometry, segment)
            red, green, blue = linear(255 * np.array(ORGANS[segment.number])).tolist()
            material = Material(base_colour=(red, green, blue, 1.0), roughness=0.45)
            nodes.append(SurfaceNode(SurfaceMesh.of_mesh(mesh), material))
    camera = front(seen, zoom=1.1, turn=-25)
    scene = RenderScene(tuple(nodes), (lamp_beside(camera),), environment=patient_studio())
    look = PRESETS["ct-bone"].make((-1024.0, 1500.0))
    return over(draw_together(VolumeRenderer(seen), look, NativeRenderer(), scene, camera, SIZE), BLACK)


def textured_mesh() -> Picture:
    """Draw a stone on a table, with a shadow."""
    from tests.truth.places import textured_object

    sun = DirectionalLight((0.5, -1.0, -0.6), (1.0, 0.95, 0.88), 2.6, casts_shadow=True)
    scene = RenderScene(textured_object(7).scene.nodes, (sun,), environment=Environment.studio())
    view = PinholeCamera.looking_at((0.45, 0.5, 0.75), (0.0, 0.14, 0.0), SIZE, view_angle_deg=36)
    return drawn(scene, view)


def drawn(scene: RenderScene, view: PinholeCamera) -> Picture:
    """Draw surfaces over grey."""
    options = RenderOptions(samples=16, tone_mapping=ToneMapping.NEUTRAL, shadow_edge=2048)
    made = NativeRenderer().render(scene, view, options).picture
    if made is None:
        raise RuntimeError("no picture")
    return over(made, GREY)


def toon_figure() -> Picture:
    """Draw a performer as by hand, with outlines."""
    from tests.truth.performer import Performer

    def toon(material: Material) -> Material:
        texture = material.base_colour_texture
        look = ToonLook(
            shade_colour=(0.55, 0.45, 0.5),
            shade_texture=texture,
            toony=0.95,
            shift=-0.05,
            rim_colour=(0.25, 0.25, 0.3),
            outline_width=0.003,
            outline_colour=(0.08, 0.04, 0.05),
            outline_lighting=0.0,
        )
        return replace(material, shading=Shading.TOON, toon=look, double_sided=False)

    nodes = tuple(replace(node, material=toon(node.material)) for node in Performer(3).nodes(1.2))
    lamp = DirectionalLight((-0.5, -0.6, -1.0), intensity=2.6)
    scene = RenderScene(nodes, (lamp,), (0.35, 0.35, 0.38))
    return drawn(scene, PinholeCamera.looking_at((0.35, 1.4, 1.7), (0, 1.25, 0), SIZE, view_angle_deg=38))


def physical_figure() -> Picture:
    """Draw the same performer in the light of the studio."""
    from tests.truth.performer import Performer

    lamp = DirectionalLight((-0.5, -0.6, -1.0), intensity=1.2)
    scene = RenderScene(Performer(3).nodes(1.2), (lamp,), environment=Environment.studio())
    return drawn(scene, PinholeCamera.looking_at((0.35, 1.4, 1.7), (0, 1.25, 0), SIZE, view_angle_deg=38))


GALLERY: dict[str, Callable[[], Picture]] = {
    made.__name__: made
    for made in (
        *(bone, vessels, lung, skin, mr_head, mip, fused_overlay, fused_isosurface, mesh_in_volume),
        *(textured_mesh, physical_figure, toon_figure),
    )
}


def main() -> None:
    """Draw all, or those named."""
    from PIL import Image

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures are written")
    parser.add_argument("names", nargs="*", choices=[*GALLERY, []], help="some of them only")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    pictures: list[Picture] = []
    for name in given.names or GALLERY:
        started = time.perf_counter()
        picture = GALLERY[name]()
        print(f"{name:16} {time.perf_counter() - started:.1f} s with reading", flush=True)
        Image.fromarray(picture).save(given.folder / f"{name}.png")
        pictures.append(picture[::2, ::2])
    pictures += [np.zeros_like(pictures[0])] * (-len(pictures) % 4)
    rows = [np.hstack(pictures[n : n + 4]) for n in range(0, len(pictures), 4)]
    Image.fromarray(np.vstack(rows)).save(given.folder / "gallery.png")


if __name__ == "__main__":
    main()
