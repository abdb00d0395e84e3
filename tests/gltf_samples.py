"""Scenes like Khronos' glTF sample models, each for one part of a material, made from nothing."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.render_scenes import sphere

_KINDS = {"f4": 5126, "u4": 5125, "u1": 5121, "u2": 5123}
_WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class GlbScene:
    """A binary glTF file in the making."""

    def __init__(self) -> None:
        self._data = b""
        self._told: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0}

    def _add(self, kind: str, told: dict[str, Any]) -> int:
        self._told.setdefault(kind, []).append(told)
        return len(self._told[kind]) - 1

    def _view(self, data: bytes) -> int:
        self._data += bytes(-len(self._data) % 4)
        at = len(self._data)
        self._data += data
        return self._add("bufferViews", {"buffer": 0, "byteOffset": at, "byteLength": len(data)})

    def array(self, rows: np.ndarray, *, normalised: bool = False) -> int:
        """Add an accessor."""
        width = 1 if rows.ndim == 1 else rows.shape[1]
        told = {"bufferView": self._view(rows.tobytes()), "componentType": _KINDS[rows.dtype.str[1:]]}
        told |= {"count": len(rows), "type": _WIDTHS[width]}
        if normalised:
            told["normalized"] = True
        if rows.dtype == np.float32 and width == 3:
            told |= {"min": rows.min(axis=0).tolist(), "max": rows.max(axis=0).tolist()}
        return self._add("accessors", told)

    def texture(self, pixels: np.ndarray, **sampler: int) -> int:
        """Add a picture, and a texture of it."""
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        image = self._add("images", {"bufferView": self._view(file.getvalue()), "mimeType": "image/png"})
        told = {"magFilter": 9729, "minFilter": 9987, **sampler}
        return self._add("textures", {"source": image, "sampler": self._add("samplers", told)})

    def material(self, surface: dict[str, Any] | None = None, **told: Any) -> int:
        """Add a material; extensions that it uses are declared."""
        made = {"pbrMetallicRoughness": surface or {}, **told}
        for name in ("KHR_materials_unlit", "KHR_materials_emissive_strength", "KHR_texture_transform"):
            declared = self._told.setdefault("extensionsUsed", [])
            if name in json.dumps(made) and name not in declared:
                declared.append(name)
        return self._add("materials", made)

    def mesh(self, material: int, attributes: dict[str, int], triangles: np.ndarray) -> int:
        """Add a mesh of one primitive."""
        index = self.array(triangles.astype(np.uint32).ravel())
        return self._add(
            "meshes", {"primitives": [{"attributes": attributes, "indices": index, "material": material}]}
        )

    def put(self, mesh: int, *place: float, turn: tuple[float, ...] = (0, 0, 0, 1)) -> None:
        """Add a node."""
        self._add("nodes", {"mesh": mesh, "translation": list(place), "rotation": list(turn)})

    def write(self, path: Path) -> Path:
        """Write the file."""
        if not self._told.get("extensionsUsed"):
            self._told.pop("extensionsUsed", None)
        nodes = list(range(len(self._told["nodes"])))
        told = self._told | {"scenes": [{"nodes": nodes}], "buffers": [{"byteLength": len(self._data)}]}
        text = json.dumps(told).encode()
        text += b" " * (-len(text) % 4)
        data = self._data + bytes(-len(self._data) % 4)
        chunks = [(b"JSON", text), (b"BIN\0", data)]
        body = b"".join(len(chunk).to_bytes(4, "little") + kind + chunk for kind, chunk in chunks)
        path.write_bytes(b"glTF" + (2).to_bytes(4, "little") + (12 + len(body)).to_bytes(4, "little") + body)
        return path


def ball(scene: GlbScene, material: int, radius: float = 0.45) -> int:
    """Add a ball."""
    mesh = sphere((64, 32), radius)
    u, v = np.meshgrid(np.linspace(0, 2, 64), np.linspace(0, 1, 32))
    uv = np.stack([u, v], -1).reshape(-1, 2).astype(np.float32)
    attributes = {
        "POSITION": scene.array(mesh.positions),
        "NORMAL": scene.array(mesh.normals),
        "TEXCOORD_0": scene.array(uv),
    }
    return scene.mesh(material, attributes, mesh.triangles)


def plate(scene: GlbScene, material: int, *, half: float = 0.9, uv: Any = None, **more: Any) -> int:
    """Add a square that faces +z; further attributes by name."""
    positions = np.array([[-half, half, 0], [half, half, 0], [half, -half, 0], [-half, -half, 0]], np.float32)
    normals = np.array([[0, 0, 1]] * 4, np.float32)
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]] if uv is None else uv, np.float32)
    attributes = {
        "POSITION": scene.array(positions),
        "NORMAL": scene.array(normals),
        "TEXCOORD_0": scene.array(uv),
        **{name: scene.array(np.array(rows, np.float32)) for name, rows in more.items()},
    }
    return scene.mesh(material, attributes, np.array([[0, 2, 1], [0, 3, 2]]))


def box(scene: GlbScene, material: int, half: float = 0.6) -> int:
    """Add a box with the whole texture on every side."""
    positions, normals, uv, triangles = [], [], [], []
    for axis in range(3):
        for side in (-1.0, 1.0):
            across, along = np.roll(np.eye(3), 1, 0)[axis], np.roll(np.eye(3), 2, 0)[axis]
            first = len(positions)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                positions.append(half * (side * np.eye(3)[axis] + a * across * side + b * along))
                normals.append(side * np.eye(3)[axis])
                uv.append([(a + 1) / 2, (1 - b) / 2])
            order = [(0, 1, 2), (0, 2, 3)]
            corners = np.array(positions[first:])
            turn = np.cross(corners[1] - corners[0], corners[2] - corners[0]) @ normals[first]
            triangles += [tuple(first + n for n in (face if turn > 0 else face[::-1])) for face in order]
    attributes = {
        name: scene.array(np.array(rows, np.float32))
        for name, rows in (("POSITION", positions), ("NORMAL", normals), ("TEXCOORD_0", uv))
    }
    return scene.mesh(material, attributes, np.array(triangles))


def checks(first: Any, second: Any, edge: int = 128, fields: int = 8) -> np.ndarray:
    """A checkerboard whose upper left field is yellow."""
    field = np.indices((edge, edge)) // (edge // fields)
    made = np.where((field.sum(0) % 2)[..., None], np.array(first), np.array(second)).astype(np.uint8)
    made[: edge // fields, : edge // fields, :3] = (250, 220, 40)
    return made


def bumps(edge: int = 128) -> np.ndarray:
    """Round studs as a normal map."""
    y, x = (np.indices((edge, edge)) % 32 - 15.5) / 16
    radius = np.minimum(np.hypot(x, y), 1)
    slope = np.sin(np.pi * radius) * 0.8
    normal = np.stack([x * slope, -y * slope, np.ones_like(x)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.rint((normal + 1) * 127.5).astype(np.uint8)


def metal_and_roughness() -> GlbScene:
    """A grid of balls: metal upwards, roughness to the right."""
    scene = GlbScene()
    for row in range(4):
        for column in range(5):
            surface = {"baseColorFactor": [0.9, 0.55, 0.3, 1], "metallicFactor": row / 3}
            material = scene.material(surface | {"roughnessFactor": column / 4})
            scene.put(ball(scene, material), column - 2, row - 1.5, 0)
    return scene


def textured_boxes() -> GlbScene:
    """Opaque, cut out and blended."""
    scene = GlbScene()
    holes = np.dstack([checks((200, 60, 50), (70, 90, 160)), np.full((128, 128), 255)]).astype(np.uint8)
    holes[32:64, 32:64, 3], holes[64:96, 64:96, 3] = 60, 150
    texture = {"index": scene.texture(holes)}
    for n, mode in enumerate(("OPAQUE", "MASK", "BLEND")):
        material = scene.material(
            {"baseColorTexture": texture, "metallicFactor": 0.0, "roughnessFactor": 0.6},
            alphaMode=mode,
            doubleSided=mode == "MASK",
        )
        scene.put(box(scene, material), 1.6 * (n - 1), 0, 0, turn=(0.16, 0.28, 0.05, 0.945))
    return scene


def normal_maps() -> GlbScene:
    """As it is, mirrored, and turned by its transform."""
    scene = GlbScene()
    index = scene.texture(bumps())
    surface = {"baseColorFactor": [0.5, 0.55, 0.6, 1], "metallicFactor": 0.2, "roughnessFactor": 0.45}
    turned = {"KHR_texture_transform": {"rotation": 0.6, "scale": [1.5, 1.5]}}
    for n, (uv, extensions) in enumerate(
        ((None, {}), ([[1, 0], [0, 0], [0, 1], [1, 1]], {}), (None, turned))
    ):
        material = scene.material(
            surface, normalTexture={"index": index, "scale": 0.9, "extensions": extensions}
        )
        scene.put(plate(scene, material, uv=uv), 2 * (n - 1), 0, 0)
    return scene


def glow_and_occlusion() -> GlbScene:
    """Emission with its strength, and occlusion beside roughness and metal in one texture."""
    scene = GlbScene()
    glow = scene.texture(checks((0, 40, 200), (0, 0, 0)))
    material = scene.material(
        {"baseColorFactor": [0.1, 0.1, 0.1, 1], "roughnessFactor": 0.5, "metallicFactor": 0},
        emissiveTexture={"index": glow},
        emissiveFactor=[1, 1, 1],
        extensions={"KHR_materials_emissive_strength": {"emissiveStrength": 1.6}},
    )
    scene.put(ball(scene, material, 0.9), -1.1, 0, 0)
    orm = np.full((64, 64, 3), 255, np.uint8)
    orm[16:48, 16:48, 0] = 70
    orm[..., 1] = np.linspace(60, 255, 64)[None]
    orm[32:, :, 2] = 0
    texture = {"index": scene.texture(orm)}
    material = scene.material(
        {"baseColorFactor": [0.9, 0.8, 0.5, 1], "metallicRoughnessTexture": texture},
        occlusionTexture=texture | {"strength": 0.9},
    )
    scene.put(plate(scene, material), 1.1, 0, 0)
    return scene


def texture_transforms() -> GlbScene:
    """Moved, turned, scaled, and with different wraps at the edges."""
    scene = GlbScene()
    pixels = checks((230, 230, 230), (40, 110, 60))
    changes = ({}, {"offset": [0.3, 0.15]}, {"rotation": 0.5}, {"scale": [2, 0.5]}, {"scale": [1.8, 1.8]})
    wraps = ((10497, 10497), (33648, 10497), (33071, 33071), (10497, 33071), (33071, 33648))
    for n, (change, (across, down)) in enumerate(zip(changes, wraps, strict=True)):
        index = scene.texture(pixels, wrapS=across, wrapT=down)
        place = {"index": index, "extensions": {"KHR_texture_transform": change}}
        material = scene.material({"baseColorTexture": place, "metallicFactor": 0, "roughnessFactor": 1})
        scene.put(plate(scene, material, half=0.55), 1.2 * (n - 2), 0, 0)
    return scene


def unlit_and_coloured() -> GlbScene:
    """Without light, and with colours of vertices."""
    scene = GlbScene()
    texture = {"index": scene.texture(checks((240, 120, 40), (40, 60, 120)))}
    unlit = {"KHR_materials_unlit": {}}
    material = scene.material({"baseColorTexture": texture}, extensions=unlit)
    scene.put(plate(scene, material), -2, 0, 0)
    colours = [[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 0.5, 1]]
    for n, extensions in enumerate((unlit, {})):
        surface = {"metallicFactor": 0.0, "roughnessFactor": 0.8}
        material = scene.material(surface, extensions=extensions)
        scene.put(plate(scene, material, COLOR_0=colours), 2 * n, 0, 0)
    return scene


SAMPLES: dict[str, Callable[[], GlbScene]] = {
    made.__name__: made
    for made in (
        metal_and_roughness,
        textured_boxes,
        normal_maps,
        glow_and_occlusion,
        texture_transforms,
        unlit_and_coloured,
    )
}
