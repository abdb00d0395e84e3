"""glTF files written by trimesh, and small ones made by hand, as scenes."""

import base64
import json
import struct
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from PIL import Image

from core.errors import BadInput
from render.gltf_scene import read_gltf
from render.material import AlphaMode, Shading
from render.native_renderer import NativeRenderer
from render.scene import RenderScene, SurfaceNode
from render.texture import AS_IT_IS, Texture, TextureFilter, TextureWrap
from tests.render_scenes import LENS, UNLIT, pinhole, wall

CORNERS = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]], np.float32)
FACES = np.array([[0, 1, 2], [0, 2, 3]])


def gltf(path, primitive, arrays, **more):
    """Write a .gltf whose accessors are `arrays` by name, and whose one mesh has one primitive."""
    data, views, accessors = b"", [], []
    kinds = {"f4": 5126, "u2": 5123, "u1": 5121}
    widths = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
    for array in arrays:
        data += bytes(-len(data) % 4)
        told = {"bufferView": len(views), "componentType": kinds[array.dtype.str[1:]], "count": len(array)}
        accessors.append(told | {"type": widths[array[0].size]})
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": array.nbytes})
        data += array.tobytes()
    uri = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    made = {
        "asset": {"version": "2.0"},
        "buffers": [{"uri": uri, "byteLength": len(data)}],
        "bufferViews": views,
        "accessors": accessors,
        "meshes": [{"primitives": [primitive]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
    }
    path.write_text(json.dumps(made | more))
    return path


def test_a_textured_mesh_of_trimesh_keeps_places_texture_and_material(tmp_path):
    pixels = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=Image.fromarray(pixels),
        metallicFactor=0.25,
        roughnessFactor=0.75,
        alphaMode="MASK",
        alphaCutoff=0.4,
        doubleSided=True,
    )
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])  # trimesh counts from the lower left corner
    mesh = trimesh.Trimesh(CORNERS, FACES, process=False)
    mesh.visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
    place = trimesh.transformations.rotation_matrix(0.5, [1, 2, 3])
    place[:3, 3] = [4, 5, 6]
    scene = trimesh.Scene()
    scene.add_geometry(mesh, transform=place)
    path = tmp_path / "a.glb"
    path.write_bytes(scene.export(file_type="glb"))

    (node,) = read_gltf(path)
    wanted = CORNERS @ place[:3, :3].T + place[:3, 3]
    np.testing.assert_allclose(NativeRenderer().world_vertices(node), wanted, atol=1e-5)
    np.testing.assert_array_equal(node.mesh.triangles, FACES)
    np.testing.assert_allclose(node.mesh.uv, uv * [1, -1] + [0, 1], atol=1e-6)
    found = node.material
    np.testing.assert_array_equal(found.base_colour_texture.pixels[..., :3], pixels)
    assert (found.metallic, found.roughness, found.alpha_mode) == (0.25, 0.75, AlphaMode.MASK)
    assert (found.alpha_cutoff, found.double_sided, found.flat) == (0.4, True, True)


def test_a_skin_and_morph_targets_move_the_vertices(tmp_path):
    joints = np.zeros((4, 4), np.uint8)
    joints[2:, 0] = 1
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (4, 1))
    rest = np.stack([np.eye(4), np.eye(4)]).astype(np.float32)
    rest[1, :3, 3] = [0, -1, 0]
    lift = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    arrays = [CORNERS, joints, weights, rest.transpose(0, 2, 1).reshape(2, 16).copy(), lift]
    primitive = {
        "attributes": {"POSITION": 0, "JOINTS_0": 1, "WEIGHTS_0": 2},
        "targets": [{"POSITION": 4}],
        "mode": 6,
    }
    quarter = [0, 0, np.sqrt(0.5), np.sqrt(0.5)]
    nodes = [
        {"mesh": 0, "skin": 0, "weights": [0.5], "translation": [9, 9, 9]},
        {"children": [2]},
        {"translation": [0, 1, 0], "rotation": quarter},
    ]
    path = gltf(
        tmp_path / "a.gltf",
        primitive,
        arrays,
        nodes=nodes,
        scenes=[{"nodes": [0, 1]}],
        skins=[{"joints": [1, 2], "inverseBindMatrices": 3}],
    )
    (node,) = read_gltf(path)
    wanted = [[0, 0, 0.5], [2, 0, 0.5], [0, 3, 0.5], [0, 1, 0.5]]
    np.testing.assert_allclose(NativeRenderer().world_vertices(node), wanted, atol=1e-6)
    np.testing.assert_array_equal(node.mesh.triangles, FACES)


def test_materials_with_extensions(tmp_path):
    png = base64.b64encode(_png()).decode()
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    colours = np.array([[0, 65535, 0]] * 4, np.uint16)
    material = {
        "pbrMetallicRoughness": {
            "baseColorTexture": {
                "index": 0,
                "extensions": {"KHR_texture_transform": {"offset": [0.5, 0], "scale": [2, 3]}},
            }
        },
        "extensions": {
            "VRMC_materials_mtoon": {
                "shadeColorFactor": [0.1, 0.2, 0.3],
                "outlineWidthMode": "worldCoordinates",
            }
            | {"outlineWidthFactor": 0.01}
        },
    }
    path = gltf(
        tmp_path / "a.gltf",
        {"attributes": {"POSITION": 0, "TEXCOORD_0": 1, "COLOR_0": 2}, "material": 0, "mode": 5},
        [CORNERS, uv, colours],
        materials=[material],
        textures=[{"source": 0, "sampler": 0}],
        samplers=[{"wrapS": 33071, "wrapT": 33648, "minFilter": 9729}],
        images=[{"uri": f"data:image/png;base64,{png}"}],
    )
    told = json.loads(path.read_text())
    told["accessors"] = json.loads(gltf(tmp_path / "b.gltf", {}, [CORNERS, uv, colours]).read_text())[
        "accessors"
    ]
    told["accessors"][2]["normalized"] = True
    path.write_text(json.dumps(told))
    (node,) = read_gltf(path)
    np.testing.assert_array_equal(node.mesh.uv, uv)
    np.testing.assert_array_equal(node.mesh.colours, [[0, 1, 0, 1]] * 4)
    np.testing.assert_array_equal(node.mesh.triangles, [[0, 1, 2], [2, 1, 3]])
    texture = node.material.base_colour_texture
    assert (texture.wrap_u, texture.wrap_v) == (TextureWrap.CLAMP, TextureWrap.MIRROR)
    assert (texture.uv_set, texture.uv_map) == (0, (2, 0, 0.5, 0, 3, 0))
    assert texture.filter is TextureFilter.LINEAR
    np.testing.assert_array_equal(texture.pixels, [[[255, 0, 0, 255], [0, 0, 255, 128]]])
    assert node.material.shading is Shading.TOON
    assert (node.material.toon.shade_colour, node.material.toon.outline_width) == ((0.1, 0.2, 0.3), 0.01)


def _png() -> bytes:
    import io

    stream = io.BytesIO()
    Image.fromarray(np.array([[[255, 0, 0, 255], [0, 0, 255, 128]]], np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def test_an_extension_that_is_not_understood_is_named(tmp_path):
    path = gltf(
        tmp_path / "a.gltf",
        {"attributes": {"POSITION": 0}},
        [CORNERS],
        extensionsRequired=["KHR_draco_mesh_compression"],
    )
    with pytest.raises(BadInput, match="KHR_draco_mesh_compression"):
        read_gltf(path)


@pytest.mark.parametrize(
    "change",
    [
        {"nodes": [{"mesh": 0, "children": [0]}]},
        {"scenes": [{"nodes": [7]}]},
        {"buffers": [{"uri": "../../etc/passwd", "byteLength": 4}]},
        {"buffers": [{"uri": "https://host/a.bin", "byteLength": 4}]},
        {"buffers": [{"byteLength": 4}]},
        {"bufferViews": [{"buffer": 0, "byteOffset": 1000, "byteLength": 48}]},
        {"accessors": [{"bufferView": 0, "componentType": 5126, "count": 1 << 40, "type": "VEC3"}]},
        {"asset": {"version": "1.0"}},
        {"nodes": [{}]},
    ],
)
def test_damage_is_one_sentence_that_names_the_file(tmp_path, change):
    path = gltf(tmp_path / "damaged.gltf", {"attributes": {"POSITION": 0}}, [CORNERS], **change)
    with pytest.raises(BadInput, match="damaged"):
        read_gltf(path)


@pytest.mark.parametrize("data", [b"", b"glTF", b"glTF" + struct.pack("<II", 2, 12), b"{}", b"[" * 100_000])
def test_no_gltf_at_all_is_refused(tmp_path, data):
    path = tmp_path / "damaged.glb"
    path.write_bytes(data)
    with pytest.raises(BadInput, match="damaged"):
        read_gltf(path)


def test_every_texture_lies_on_its_own_coordinates(tmp_path):
    """The colour on the second set as it is, the glow on the first, turned by a right angle."""
    png = base64.b64encode(_png()).decode()
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    turned = {"rotation": np.pi / 2, "texCoord": 0, "offset": [0.25, 0]}
    material = {
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0, "texCoord": 1}},
        "emissiveTexture": {"index": 0, "extensions": {"KHR_texture_transform": turned}},
    }
    path = gltf(
        tmp_path / "a.gltf",
        {"attributes": {"POSITION": 0, "TEXCOORD_0": 1, "TEXCOORD_1": 2}, "material": 0, "mode": 5},
        [CORNERS, uv, 1 - uv],
        materials=[material],
        textures=[{"source": 0}],
        images=[{"uri": f"data:image/png;base64,{png}"}],
    )
    (node,) = read_gltf(path)
    np.testing.assert_array_equal(node.mesh.uv, 1 - uv)
    np.testing.assert_array_equal(node.mesh.second_uv, uv)
    base, glow = node.material.base_colour_texture, node.material.emissive_texture
    assert (base.uv_set, glow.uv_set) == (0, 1)
    np.testing.assert_allclose(glow.uv_map, (0, 1, 0.25, -1, 0, 0), atol=1e-12)
    assert base.pixels is glow.pixels


def test_a_map_of_coordinates_does_what_mapped_coordinates_do():
    rng = np.random.default_rng(5)
    texture = Texture(rng.integers(0, 255, (32, 32, 4), np.uint8))
    uv = rng.uniform(0, 1, (4, 2)).astype(np.float32)
    uv_map = (2.0, 0.5, -0.3, -0.25, 1.5, 0.75)
    turn = np.array(uv_map).reshape(2, 3)
    mapped = (uv @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    camera = pinhole(distortion=LENS)
    shown = []
    for corners, texture_map, uv_set in ((mapped, AS_IT_IS, 0), (uv, uv_map, 0), (uv, uv_map, 1)):
        laid = replace(texture, uv_map=texture_map, uv_set=uv_set)
        mesh = wall(1.6, 1.2, 2.0, uv=corners)
        if uv_set:
            mesh = replace(mesh, uv=None, second_uv=mesh.uv)
        node = SurfaceNode(mesh, replace(UNLIT, base_colour_texture=laid))
        shown.append(NativeRenderer().render(RenderScene((node,)), camera).picture.astype(int))
    assert shown[0][..., :3].std() > 20
    assert np.abs(shown[1] - shown[0]).max() <= 2
    np.testing.assert_array_equal(shown[2], shown[1])
