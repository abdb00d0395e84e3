"""Textured meshes as USDZ packages (OpenUSD), for AR Quick Look and other viewers.

A package holds one crate file and the pictures it shows, stored without compression at multiples of 64 bytes.
The surface is a `UsdPreviewSurface`, rough and not metallic: photographs hold their light already.
"""

import importlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from formats.linear_colour import linear_colours
from formats.mesh_normals import smooth_normals
from formats.mesh_parts import MeshPart, mesh_parts
from formats.texture_page import PageFormat, encoded_page


def write_usdz(
    path: Path,
    mesh: TexturedMesh,
    *,
    name: str,
    unit_known: bool,
    provenance: Provenance,
    pictures: PageFormat = PageFormat.JPEG,
    progress: Progress = SILENT,
) -> None:
    """Write a mesh with its texture, or its colours at the vertices, atomically.

    Parameters
    ----------
    path : Path
        The file.
    mesh : TexturedMesh
        With one triangle at least.
    name : str
        Of the mesh in the file.
    unit_known : bool
        Whether the unit is the metre; the file says it where it is not (`customLayerData`).
    provenance : Provenance
        Kept in `customLayerData`.
    pictures : PageFormat
        How the pages are stored.

    Raises
    ------
    SenseError
        When the file cannot be written.
    ValueError
        When the mesh has no triangle.
    """
    # The folder inside the file's block: a disk that is full is told of in the same words.
    with atomic_file(path) as partial, tempfile.TemporaryDirectory(prefix="sense-usdz-") as folder:
        stage = _Stage(Path(folder), name, unit_known, provenance)
        normals = smooth_normals(mesh.positions, mesh.triangles)
        for part in mesh_parts(mesh):
            progress.check()
            stage.add(mesh, part, normals, pictures)
        if not stage.save() or not _packed(stage.files, partial):
            text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: OpenUSD does not say why.")
            raise SenseError(message(text, path=str(path)))


def _packed(files: list[Path], package: Path) -> bool:
    writer = _openusd().Sdf.ZipFileWriter.CreateNew(str(package))
    return bool(writer) and all(writer.AddFile(str(file), file.name) for file in files) and writer.Save()


class _Stage:
    """The crate file of a package, and its pictures, in a folder."""

    def __init__(self, folder: Path, name: str, unit_known: bool, provenance: Provenance) -> None:
        usd = _openusd()
        self._usd = usd
        self._folder = folder
        self._pictures: list[Path] = []
        self._file = folder / "model.usdc"
        self._stage = usd.Usd.Stage.CreateNew(str(self._file))
        usd.UsdGeom.SetStageUpAxis(self._stage, usd.UsdGeom.Tokens.y)
        usd.UsdGeom.SetStageMetersPerUnit(self._stage, 1.0)
        self._stage.GetRootLayer().customLayerData = {
            "creator": f"Sense Workstation {provenance.version}",
            "scale": "metre" if unit_known else "none",
            "provenance": json.dumps(provenance.to_json()),
        }
        root = usd.UsdGeom.Xform.Define(self._stage, f"/{usd.Tf.MakeValidIdentifier(name)}")
        root.GetPrim().SetDisplayName(name)
        usd.Usd.ModelAPI(root).SetKind("component")
        self._stage.SetDefaultPrim(root.GetPrim())
        self._root = str(root.GetPath())

    def add(
        self, mesh: TexturedMesh, part: MeshPart, normals: NDArray[np.float32], pictures: PageFormat
    ) -> None:
        """Add what has one material."""
        usd = self._usd
        number = part.page or 0
        surface = usd.UsdGeom.Mesh.Define(self._stage, f"{self._root}/surface_{number}")
        positions = mesh.positions[part.vertices]
        surface.CreatePointsAttr(usd.Vt.Vec3fArray.FromNumpy(positions))
        surface.CreateExtentAttr(usd.Vt.Vec3fArray.FromNumpy(np.stack([positions.min(0), positions.max(0)])))
        surface.CreateFaceVertexCountsAttr(
            usd.Vt.IntArray.FromNumpy(np.full(len(part.triangles), 3, np.int32))
        )
        surface.CreateFaceVertexIndicesAttr(usd.Vt.IntArray.FromNumpy(part.triangles.reshape(-1)))
        surface.CreateNormalsAttr(usd.Vt.Vec3fArray.FromNumpy(normals[part.vertices]))
        surface.SetNormalsInterpolation(usd.UsdGeom.Tokens.vertex)
        surface.CreateSubdivisionSchemeAttr(usd.UsdGeom.Tokens.none)
        surface.CreateDoubleSidedAttr(True)
        material = usd.UsdShade.Material.Define(self._stage, f"{self._root}/material_{number}")
        if part.page is not None and mesh.uv is not None:
            self._give_texture(surface, material, mesh.uv[part.vertices], mesh.pages[part.page], pictures)
        else:
            self._give_colours(surface, material, mesh.colours, part.vertices)
        usd.UsdShade.MaterialBindingAPI.Apply(surface.GetPrim()).Bind(material)

    def _give_texture(
        self,
        surface: Any,
        material: Any,
        uv: NDArray[np.float32],
        page: NDArray[np.uint8],
        pictures: PageFormat,
    ) -> None:
        usd = self._usd
        types = self._usd.Sdf.ValueTypeNames
        # USD counts from the lower left corner of a picture.
        places = np.ascontiguousarray(np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1), dtype=np.float32)
        usd.UsdGeom.PrimvarsAPI(surface).CreatePrimvar(
            "st", types.TexCoord2fArray, usd.UsdGeom.Tokens.vertex
        ).Set(usd.Vt.Vec2fArray.FromNumpy(places))
        picture = self._folder / f"texture_{len(self._pictures)}{pictures.suffix}"
        picture.write_bytes(encoded_page(page, pictures))
        self._pictures.append(picture)
        reader = self._shader(material, "st", "UsdPrimvarReader_float2", varname=(types.String, "st"))
        texture = self._shader(
            material,
            "texture",
            "UsdUVTexture",
            file=(types.Asset, usd.Sdf.AssetPath(picture.name)),
            sourceColorSpace=(types.Token, "sRGB"),
            wrapS=(types.Token, "clamp"),
            wrapT=(types.Token, "clamp"),
            st=(types.Float2, reader.CreateOutput("result", types.Float2)),
        )
        self._give_preview(material, texture.CreateOutput("rgb", types.Float3))

    def _give_colours(
        self, surface: Any, material: Any, colours: NDArray[np.uint8] | None, vertices: NDArray[np.int64]
    ) -> None:
        usd = self._usd
        types = self._usd.Sdf.ValueTypeNames
        if colours is None:
            self._give_preview(material, None)
            return
        shown = surface.CreateDisplayColorPrimvar(usd.UsdGeom.Tokens.vertex)
        shown.Set(usd.Vt.Vec3fArray.FromNumpy(linear_colours(colours[vertices]).astype(np.float32)))
        reader = self._shader(
            material, "colours", "UsdPrimvarReader_float3", varname=(types.String, "displayColor")
        )
        self._give_preview(material, reader.CreateOutput("result", types.Float3))

    def _give_preview(self, material: Any, colour: Any) -> None:
        types = self._usd.Sdf.ValueTypeNames
        given = {"roughness": (types.Float, 1.0), "metallic": (types.Float, 0.0)}
        if colour is not None:
            given["diffuseColor"] = (types.Color3f, colour)
        preview = self._shader(material, "preview", "UsdPreviewSurface", **given)
        material.CreateSurfaceOutput().ConnectToSource(preview.CreateOutput("surface", types.Token))

    def _shader(self, material: Any, name: str, kind: str, **inputs: tuple[Any, Any]) -> Any:
        """Define a shader with values, or the outputs of others, as its inputs."""
        usd = self._usd
        shader = usd.UsdShade.Shader.Define(self._stage, material.GetPath().AppendChild(name))
        shader.CreateIdAttr(kind)
        for key, (type_name, value) in inputs.items():
            made = shader.CreateInput(key, type_name)
            if isinstance(value, usd.UsdShade.Output):
                made.ConnectToSource(value)
            else:
                made.Set(value)
        return shader

    def save(self) -> bool:
        """Write the crate; whether that worked."""
        return bool(self._stage.GetRootLayer().Save())

    @property
    def files(self) -> list[Path]:
        """Give the files of the package, the crate first as the format asks."""
        return [self._file, *self._pictures]


def _openusd() -> Any:
    """Give OpenUSD's modules when they are used; its wheel has no types."""
    for name in ("Sdf", "Tf", "Usd", "UsdGeom", "UsdShade", "Vt"):
        importlib.import_module(f"pxr.{name}")
    return importlib.import_module("pxr")
