"""What clip planes, a fused volume, bodies and surfaces cost the 3D view, against the volume alone."""

from dataclasses import replace

import numpy as np

from benchmarks.measure import Benchmark, Contender
from benchmarks.synthetic_ct import ct_slices
from core.mesh import Mesh
from core.volume import Volume
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.clip_plane import section_plane
from render.fused_look import fused_look
from render.label_layer import LabelColour, LabelLayer
from render.native_renderer import NativeRenderer
from render.picture_quality import Quality
from render.presets import PRESETS
from render.scene import RenderScene, SurfaceNode
from render.steady_renderer import SteadyVolumeRenderer
from render.surface_mesh import SurfaceMesh
from render.surface_source import SurfaceSource, patient_studio
from render.volume_look import VolumeLook
from render.volume_renderer import VolumeRenderer
from render.volume_source import Beside, VolumeSource

SIZE = (512, 512)
SLICES = 200
CT_MM, PET_MM = np.array([0.703, 0.703, 1.5]), np.array([4.0, 4.0, 4.0])


def trunk() -> Volume:
    """Give a CT of 512 x 512 x 200 voxels."""
    return Volume(np.stack(list(ct_slices(SLICES))), np.diag([*CT_MM, 1.0]))


def hot_spots(ct: Volume) -> Volume:
    """Give three hot spots on a grid of 4 mm over the same trunk."""
    shape = np.ceil(np.array(ct.shape_ijk) * CT_MM / PET_MM).astype(int)
    i, j, k = (axis * 4.0 for axis in np.indices(shape))
    values = np.zeros(shape, np.float32)
    for x, y, z, radius in ((120, 150, 90, 12), (250, 180, 200, 18), (180, 260, 150, 8)):
        values += np.exp(-((i - x) ** 2 + (j - y) ** 2 + (k - z) ** 2) / (2 * radius**2)).astype(np.float32)
    return Volume(np.ascontiguousarray(values.T), np.diag([*PET_MM, 1.0]))


def body(ct: Volume) -> LabelLayer:
    """Give what is denser than bone begins, as a body."""
    labels = (ct.voxels > 250).astype(np.uint8)
    return LabelLayer(Volume(labels, ct.lps_from_ijk), {1: LabelColour(0.9, 0.2, 0.2, 0.6)})


def rod(ct: Volume) -> SurfaceSource:
    """Give a rod through the volume."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ring = np.stack([15 * np.cos(turn), 15 * np.sin(turn), np.zeros(64)], axis=1)
    vertices = np.concatenate([ring, ring + np.array([0, 0, 250])]) + ct.centre_lps_mm - [0, 60, 125]
    low = np.arange(64)
    high = (low + 1) % 64
    triangles = np.concatenate(
        [np.stack([low, high, high + 64], axis=1), np.stack([low, high + 64, low + 64], axis=1)]
    )
    node = SurfaceNode(SurfaceMesh.of_mesh(Mesh(vertices, triangles)))
    return SurfaceSource(NativeRenderer(), RenderScene((node,), environment=patient_studio()))


def cases(ct: Volume) -> dict[str, tuple[VolumeLook, Beside]]:
    """Give what is drawn, by name; the volume alone first."""
    look = PRESETS["ct-bone"].make((-1024.0, 2000.0))
    fused = (VolumeRenderer(hot_spots(ct)), fused_look("PT", (0.0, 1.0)))
    return {
        "volume alone": (look, Beside()),
        "clip plane": (replace(look, clip_planes=(section_plane("coronal", ct),)), Beside()),
        "fused": (look, Beside(fused=fused)),
        "bodies": (look, Beside(labels=body(ct))),
        "surfaces": (look, Beside(surfaces=rod(ct))),
    }


def contender(name: str, source: VolumeSource, camera: Camera, quality: Quality) -> Contender:
    """Give the drawing of one picture."""
    return Contender(name, lambda: source.draw(camera, SIZE, quality, StopFlag()))


def main() -> None:
    """Compare and print."""
    benchmark = Benchmark("The 3D view with what is beside the volume")
    ct = trunk()
    renderer = SteadyVolumeRenderer(ct, Backend.NATIVE)
    camera = Camera.looking(ct).orbit(30, 10)
    sources = {name: VolumeSource(renderer, *case) for name, case in cases(ct).items()}
    for quality in (Quality.INTERACTIVE, Quality.FULL):
        first, *others = [contender(name, source, camera, quality) for name, source in sources.items()]
        benchmark.compare(
            f"{quality.value} picture of {SIZE[0]} x {SIZE[1]}, CT of 512 x 512 x {SLICES}", first, others
        )
    benchmark.finish()


if __name__ == "__main__":
    main()
