"""The mesh of a scene's nodes, to be written."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.textured_mesh import TexturedMesh
from reconstruction.result_views import positions_of
from render.scene import SceneNode, SurfaceNode


def mesh_of_nodes(nodes: Sequence[SceneNode]) -> TexturedMesh | None:
    """Put surfaces together, in the world; vertices without a triangle are left out.

    Textures are kept where all surfaces have one, else colours at vertices. None where there is no triangle.
    """
    surfaces = [node for node in nodes if isinstance(node, SurfaceNode) and len(node.mesh.triangles)]
    if not surfaces:
        return None
    textured = all(node.mesh.uv is not None and _page(node) is not None for node in surfaces)
    coloured = not textured and all(node.mesh.colours is not None for node in surfaces)
    positions: list[NDArray[np.float32]] = []
    triangles: list[NDArray[np.int32]] = []
    colours: list[NDArray[np.uint8]] = []
    uv: list[NDArray[np.float32]] = []
    first = 0
    for node in surfaces:
        used, numbers = np.unique(node.mesh.triangles, return_inverse=True)
        positions.append(positions_of(node)[used].astype(np.float32))
        triangles.append(numbers.reshape(-1, 3).astype(np.int32) + np.int32(first))
        first += len(used)
        if textured and node.mesh.uv is not None:
            uv.append(node.mesh.uv[used])
        if coloured and node.mesh.colours is not None:
            colours.append(_srgb(node.mesh.colours[used, :3]))
    pages = [page for node in surfaces if (page := _page(node)) is not None] if textured else []
    of_triangle = np.repeat(np.arange(len(surfaces), dtype=np.int32), [len(one) for one in triangles])
    return TexturedMesh(
        np.concatenate(positions),
        np.concatenate(triangles),
        colours=np.concatenate(colours) if coloured else None,
        uv=np.concatenate(uv) if textured else None,
        pages=tuple(pages),
        page_of_triangle=of_triangle if textured else None,
    )


def _page(node: SurfaceNode) -> NDArray[np.uint8] | None:
    texture = node.material.base_colour_texture
    return None if texture is None else np.ascontiguousarray(texture.pixels[..., :3])


def _srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn linear colours into sRGB (IEC 61966-2-1)."""
    bent = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )
    return np.clip(np.rint(255 * bent), 0, 255).astype(np.uint8)
