"""glTF materials beside three.js in a headless Chromium: how alike the pictures are.

Sample scenes made by `tests/gltf_samples.py` are drawn in the light of the studio, of a sun, and of both.
PSNR is that of all pixels over an even grey, on sRGB levels. `SENSE_THREE` names the folder of npm's three.
With a folder as the argument pictures are kept there: native, VTK, three.js, and four times the difference of
the first and the last.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import machine
from render.drawing import over
from render.environment import Environment
from render.gltf_scene import read_gltf
from render.light import DirectionalLight
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import RenderOptions, SceneRenderer
from render.scene import RenderScene
from tests.gltf_samples import SAMPLES
from tests.three_pictures import ThreeTask, reason_absent, three_picture

SIZE, EYE, ANGLE_DEG = (640, 400), (0.6, 0.8, 6.0), 40.0
GREY = 89
SUN = ((-0.4, -0.7, -1.0), float(np.pi))
LIGHTS: dict[str, tuple[bool, bool]] = {"studio": (True, False), "sun": (False, True), "both": (True, True)}


def by_three(path: Path, light: str) -> NDArray[np.uint8]:
    """Give three.js' picture, (height, width, 3)."""
    around, sun = LIGHTS[light]
    panorama = Environment.studio().panorama if around else None
    grey = GREY / 255
    return three_picture(
        ThreeTask(path, SIZE, EYE, panorama=panorama, sun=SUN if sun else None, background=(grey, grey, grey))
    )


def by_renderer(renderer: SceneRenderer, path: Path, light: str) -> NDArray[np.uint8]:
    """Give our picture of the same."""
    around, sun = LIGHTS[light]
    scene = RenderScene(
        read_gltf(path),
        (DirectionalLight(SUN[0], intensity=SUN[1]),) if sun else (),
        environment=Environment.studio() if around else None,
    )
    camera = PinholeCamera.looking_at(EYE, (0, 0, 0), SIZE, view_angle_deg=ANGLE_DEG)
    picture = renderer.render(scene, camera, RenderOptions(samples=8)).picture
    if picture is None:
        raise RuntimeError("no picture")
    return over(picture, (GREY, GREY, GREY))


def psnr(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Give the peak signal-to-noise ratio of two pictures in dB."""
    error = ((first.astype(np.float64) - second) ** 2).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def vtk_renderer() -> SceneRenderer | None:
    """Give VTK's renderer; None where it does not draw."""
    from render.vtk_scene import VtkSceneRenderer
    from render.vtk_window import GraphicsFailure

    try:
        return VtkSceneRenderer()
    except GraphicsFailure:
        return None


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where pictures are kept")
    folder: Path | None = parser.parse_args().folder
    reason = reason_absent()
    if reason:
        raise SystemExit(f"benchmark: {reason}")
    print(machine())
    native, vtk = NativeRenderer(), vtk_renderer()
    for name, make in SAMPLES.items():
        with tempfile.TemporaryDirectory() as scratch:
            path = make().write(Path(scratch) / f"{name}.glb")
            for light in LIGHTS:
                truth, ours = by_three(path, light), by_renderer(native, path, light)
                theirs = None if vtk is None else by_vtk(vtk, path, light)
                beside = "none" if theirs is None else f"{psnr(theirs, truth):.1f} dB"
                print(f"{name:22} {light:7} native {psnr(ours, truth):.1f} dB, VTK {beside}", flush=True)
                if folder is not None:
                    keep(folder / f"{name}-{light}.png", ours, theirs, truth)


def by_vtk(vtk: SceneRenderer, path: Path, light: str) -> NDArray[np.uint8] | None:
    """Give VTK's picture; None of what it leaves to the native renderer."""
    from render.vtk_scene import not_drawn

    camera = PinholeCamera.looking_at(EYE, (0, 0, 0), SIZE, view_angle_deg=ANGLE_DEG)
    left_out = not_drawn(RenderScene(read_gltf(path)), camera)
    return by_renderer(vtk, path, light) if left_out is None else None


def keep(path: Path, *pictures: NDArray[np.uint8] | None) -> None:
    """Write pictures side by side, and how the first differs from the last."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    shown = [picture for picture in pictures if picture is not None]
    difference = np.abs(shown[0].astype(np.int16) - shown[-1])
    rows: list[NDArray[Any]] = [*shown, np.clip(4 * difference, 0, 255).astype(np.uint8)]
    Image.fromarray(np.hstack(rows)).save(path)


if __name__ == "__main__":
    main()
