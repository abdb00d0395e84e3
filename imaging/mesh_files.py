"""Surfaces as STL, OBJ, PLY and GLB files (trimesh).

STL, OBJ and PLY have no unit and no frame: they hold LPS millimetres, and say so in their comments. glTF is
metres with Y up and the front towards +Z: a GLB holds LPS millimetres under a node that turns them into that.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.mesh import Mesh
from core.message import QT_TRANSLATE_NOOP, message
from core.provenance import Provenance
from imaging.object_file import refusing_damage
from native import _core

MESH_SUFFIXES = (".stl", ".obj", ".ply", ".glb")
_SAYS = "LPS millimetres"
_FACETS_AT = 84  # bytes of the header of an STL file, and of the count that follows
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attributes", "<u2")])
# Left stays +X, superior becomes +Y, anterior +Z; millimetres to metres.
GLTF_FROM_LPS = np.array([[1e-3, 0, 0, 0], [0, 0, 1e-3, 0], [0, -1e-3, 0, 0], [0, 0, 0, 1.0]])


def write_meshes(path: Path, suffix: str, meshes: list[Mesh], provenance: Provenance) -> None:
    """Write surfaces; OBJ and GLB keep them apart by name, STL and PLY hold one."""
    if suffix == ".stl":
        _write_stl(path, meshes, provenance)
        return
    trimesh = _trimesh_module()
    made = [_trimesh(mesh) for mesh in meshes]
    if suffix == ".ply":
        data = trimesh.util.concatenate(made).export(file_type="ply")
        path.write_bytes(_ply(data, provenance))
        return
    scene = trimesh.Scene()
    transform = GLTF_FROM_LPS if suffix == ".glb" else np.eye(4)
    for number, (mesh, source) in enumerate(zip(made, meshes, strict=True), start=1):
        name = source.name or f"surface {number}"
        name = name if name not in scene.geometry else f"{name} {number}"
        scene.add_geometry(mesh, node_name=name, geom_name=name, transform=transform)
    if suffix == ".glb":
        path.write_bytes(scene.export(file_type="glb"))
    else:
        path.write_text(_comment(provenance) + _objects(meshes), encoding="utf-8")


def _trimesh_module() -> Any:
    import trimesh

    return trimesh


def _trimesh(mesh: Mesh) -> Any:
    trimesh = _trimesh_module()
    made = trimesh.Trimesh(mesh.vertices_lps_mm, mesh.triangles, process=False)
    if mesh.colour is not None:
        # Without a word about them, glTF takes a surface to be of metal.
        material = trimesh.visual.material.PBRMaterial(
            baseColorFactor=[*mesh.colour, 255], metallicFactor=0.0, roughnessFactor=0.6
        )
        made.visual = trimesh.visual.TextureVisuals(material=material)
    return made


def _comment(provenance: Provenance) -> str:
    return f"# Sense Workstation {provenance.version}, {_SAYS}\n"


def _objects(meshes: list[Mesh]) -> str:
    """Give the surfaces as objects of a Wavefront file; vertices are counted from 1 through the file."""
    lines: list[str] = []
    first = 1
    for number, mesh in enumerate(meshes, start=1):
        lines.append(f"o {mesh.name or f'surface {number}'}")
        lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in mesh.vertices_lps_mm.tolist()]
        lines += [f"f {a} {b} {c}" for a, b, c in (mesh.triangles + first).tolist()]
        first += len(mesh.vertices_lps_mm)
    return "\n".join(lines) + "\n"


def _write_stl(path: Path, meshes: list[Mesh], provenance: Provenance) -> None:
    header = f"Sense Workstation {provenance.version}, {_SAYS}".encode("ascii")[:80].ljust(80)
    count = sum(len(mesh.triangles) for mesh in meshes)
    with path.open("wb") as file:
        file.write(header + count.to_bytes(4, "little"))
        for mesh in meshes:
            file.write(_facets(mesh).data)


def _facets(mesh: Mesh) -> NDArray[np.uint8]:
    facets = np.empty((len(mesh.triangles), _FACET.itemsize), np.uint8)
    vertices = np.ascontiguousarray(mesh.vertices_lps_mm)
    _core.stl_facets(vertices, np.ascontiguousarray(mesh.triangles), facets)
    return facets


def _read_binary_stl(path: Path) -> Mesh | None:
    """Read a binary STL file; None where it is another one, of text for example."""
    size = path.stat().st_size - _FACETS_AT
    with path.open("rb") as file:
        file.seek(80)
        count = int.from_bytes(file.read(4), "little")
        if not count or size != count * _FACET.itemsize:
            return None
        facets = np.fromfile(file, _FACET, count)
    vertices = facets["corners"].reshape(-1, 3).astype(np.float64)
    return Mesh(*welded(vertices, np.arange(len(vertices)).reshape(-1, 3)), path.stem)


def _ply(data: bytes, provenance: Provenance) -> bytes:
    comment = f"comment Sense Workstation {provenance.version}, {_SAYS}\n".encode("ascii")
    return data.replace(b"element vertex", comment + b"element vertex", 1)


def read_meshes(path: Path, suffix: str) -> list[Mesh]:
    """Read the surfaces of a file, in LPS millimetres; those of a GLB are turned back from glTF's metres.

    Raises
    ------
    BadInput
        When it holds none, or is damaged.
    """
    with refusing_damage(path):
        if suffix == ".stl" and (surface := _read_binary_stl(path)) is not None:
            return [surface]
        trimesh = _trimesh_module()
        options = (
            {"split_objects": True, "split_groups": True, "skip_materials": True} if suffix == ".obj" else {}
        )
        scene = trimesh.load_scene(path, file_type=suffix[1:], process=False, **options)
        found: list[Mesh] = []
        for name, mesh in scene.geometry.items():
            if not isinstance(mesh, trimesh.Trimesh) or not len(mesh.faces):
                continue  # points and lines
            for node in scene.graph.geometry_nodes[name]:
                label = path.stem if suffix in (".stl", ".ply") else str(name)
                found.append(_mesh(mesh, scene.graph[node][0], label, suffix))
    if not found:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no surface.")
        raise BadInput(message(text, path=str(path)))
    # The reader gives the objects of an OBJ in any order.
    return sorted(found, key=lambda mesh: mesh.name) if suffix == ".obj" else found


def _mesh(mesh: Any, transform: Any, name: str, suffix: str) -> Mesh:
    place = np.asarray(transform, np.float64)
    if suffix == ".glb":
        place = np.linalg.inv(GLTF_FROM_LPS) @ place
    vertices = np.asarray(mesh.vertices, np.float64) @ place[:3, :3].T + place[:3, 3]
    triangles = np.asarray(mesh.faces, np.int64)
    if np.linalg.det(place[:3, :3]) < 0:
        triangles = triangles[:, ::-1]
    vertices, triangles = welded(vertices, triangles)
    return Mesh(vertices, triangles, name)


def welded(vertices: Any, triangles: Any) -> tuple[Any, Any]:
    """Join vertices, (n, 3), at the same place, which STL stores for every triangle, glTF at every seam."""
    number = np.empty(len(vertices), np.int64)
    distinct = np.empty((_core.weld_points(np.ascontiguousarray(vertices), number), 3))
    distinct[number] = vertices
    return distinct, number[triangles]
