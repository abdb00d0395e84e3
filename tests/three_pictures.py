"""Pictures of glTF files by three.js in a headless Chromium, both installed beforehand.

`SENSE_THREE` names the folder of the npm package `three` (after `npm install three`: `node_modules/three`),
and Chromium is found by its name. Nothing is fetched: a server of this process gives the page all it wants.
"""

import base64
import functools
import http.server
import io
import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

_PAGE = """<!doctype html><script type="importmap">{"imports": {"three": "/three/build/three.module.js",
"three/addons/": "/three/examples/jsm/"}}</script><script type="module">
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
const say = (path, body) => fetch(path, { method: 'POST', body });
try {
  const told = await (await fetch('/task.json')).json();
  const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  renderer.setPixelRatio(told.finer);
  renderer.setSize(told.width, told.height);
  renderer.setClearColor(new THREE.Color().setRGB(...told.background, THREE.SRGBColorSpace), 1);
  const scene = new THREE.Scene();
  if (told.panorama) {
    const [width, height] = told.panorama;
    const data = new Uint16Array(await (await fetch('/panorama')).arrayBuffer());
    const around = new THREE.DataTexture(data, width, height, THREE.RGBAFormat, THREE.HalfFloatType);
    around.mapping = THREE.EquirectangularReflectionMapping;
    around.colorSpace = THREE.LinearSRGBColorSpace;
    around.magFilter = around.minFilter = THREE.LinearFilter;
    around.needsUpdate = true;
    scene.environment = around;
  }
  if (told.sun) {
    const light = new THREE.DirectionalLight(0xffffff, told.sun.intensity);
    light.position.set(...told.sun.direction.map(x => -x));
    scene.add(light);
  }
  const camera = new THREE.PerspectiveCamera(told.angle, told.width / told.height, 0.1, 100);
  camera.position.set(...told.eye);
  camera.lookAt(...told.target);
  const file = await new GLTFLoader().loadAsync('/scene.glb');
  scene.add(file.scene);
  renderer.render(scene, camera);
  await say('/picture', renderer.domElement.toDataURL('image/png'));
} catch (error) { await say('/error', String(error.stack || error)); }
</script>"""
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu-sandbox", "--use-gl=angle", "--use-angle=swiftshader"),
    *("--enable-unsafe-swiftshader", "--disable-extensions", "--no-first-run", "--mute-audio"),
)
_SECONDS = 60


def chromium() -> str | None:
    """Give the browser's path; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def three() -> Path | None:
    """Give the folder of three.js; None where there is none."""
    folder = Path(os.environ.get("SENSE_THREE", ""))
    return folder if (folder / "build" / "three.module.js").is_file() else None


def reason_absent() -> str:
    """Say what is missing; "" where nothing is."""
    if chromium() is None:
        return "there is no Chromium (apt install chromium)"
    return "" if three() else "SENSE_THREE names no three.js (npm install three)"


@dataclass(frozen=True)
class ThreeTask:
    """What three.js is to draw.

    Parameters
    ----------
    scene : Path
        A .glb file.
    size, eye, target, angle_deg
        Of the camera, whose up is +y.
    panorama : (h, w, 3) float32, optional
        Light from around, as `render.environment.Environment` has it.
    sun : tuple of float, optional
        Direction of a light, and its intensity.
    background : tuple of float
        sRGB, 0 to 1.
    finer : int
        Pixels drawn for each that is given, in each direction.
    """

    scene: Path
    size: tuple[int, int]
    eye: tuple[float, float, float]
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)
    angle_deg: float = 40.0
    panorama: np.ndarray | None = None
    sun: tuple[tuple[float, float, float], float] | None = None
    background: tuple[float, float, float] = (0.35, 0.35, 0.35)
    finer: int = 2

    def to_json(self) -> dict:
        """Give it as the page reads it."""
        sun = None if self.sun is None else {"direction": list(self.sun[0]), "intensity": self.sun[1]}
        shape = None if self.panorama is None else [self.panorama.shape[1], self.panorama.shape[0]]
        return {
            **{"width": self.size[0], "height": self.size[1], "finer": self.finer, "sun": sun},
            **{"eye": list(self.eye), "target": list(self.target), "angle": self.angle_deg},
            **{"background": list(self.background), "panorama": shape},
        }


class _Answers(http.server.BaseHTTPRequestHandler):
    """Gives the page, three.js and the task, and takes the picture."""

    def __init__(self, task: ThreeTask, kept: dict[str, str], done: threading.Event, *arguments) -> None:
        self._task, self._kept, self._done = task, kept, done
        super().__init__(*arguments)

    def log_message(self, *_arguments) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        import json

        path, kind = self.path.partition("?")[0], "application/octet-stream"
        data: bytes | None = None
        if path == "/":
            data, kind = _PAGE.encode(), "text/html"
        elif path == "/task.json":
            data, kind = json.dumps(self._task.to_json()).encode(), "application/json"
        elif path == "/scene.glb":
            data = self._task.scene.read_bytes()
        elif path == "/panorama" and self._task.panorama is not None:
            rgba = np.dstack([self._task.panorama[::-1], np.ones(self._task.panorama.shape[:2])])
            data = rgba.astype(np.float16).tobytes()
        elif path.startswith("/three/") and (folder := three()) and ".." not in path:
            file = folder / path.removeprefix("/three/")
            data, kind = (file.read_bytes() if file.is_file() else None), "text/javascript"
        self.send_response(200 if data is not None else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(data or b"")

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._kept[self.path] = self.rfile.read(length).decode()
        self.send_response(204)
        self.end_headers()
        self._done.set()


def three_picture(task: ThreeTask) -> np.ndarray:
    """Have three.js draw; (height, width, 3) uint8."""
    kept: dict[str, str] = {}
    done = threading.Event()
    answers = functools.partial(_Answers, task, kept, done)
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), answers) as server,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
    ):
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        place = f"http://127.0.0.1:{server.server_address[1]}/"
        command = [chromium() or "", *_FLAGS, f"--user-data-dir={profile}", place]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            done.wait(_SECONDS)
        finally:
            browser.terminate()
            browser.wait(10)
            server.shutdown()
            serving.join()
    if "/picture" not in kept:
        raise RuntimeError(kept.get("/error", f"three.js gave no picture in {_SECONDS} s"))
    data = base64.b64decode(kept["/picture"].partition(",")[2])
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    return _halved(picture, task.finer)


def _halved(picture: np.ndarray, finer: int) -> np.ndarray:
    """Average `finer` x `finer` pixels as light."""
    level = picture / 255
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    height, width = picture.shape[0] // finer, picture.shape[1] // finer
    mean = light.reshape(height, finer, width, finer, 3).mean(axis=(1, 3))
    encoded = np.where(mean <= 0.0031308, 12.92 * mean, 1.055 * np.maximum(mean, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)
