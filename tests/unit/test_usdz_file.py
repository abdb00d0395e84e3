"""USDZ packages: what is written is read back by OpenUSD, and its validators find nothing."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pxr import Sdf, Usd, UsdGeom, UsdShade, UsdValidation

from core.textured_mesh import TexturedMesh
from formats.texture_page import PageFormat
from formats.usdz_file import write_usdz
from tests.textured_meshes import PROVENANCE, coloured_cube, textured_cube


def write(path: Path, mesh: TexturedMesh, *, pictures: PageFormat = PageFormat.PNG) -> Path:
    write_usdz(path, mesh, name="Würfel 1", unit_known=False, provenance=PROVENANCE, pictures=pictures)
    return path


def surfaces(stage: Usd.Stage) -> list[UsdGeom.Mesh]:
    return [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]


def issues(path: Path) -> list[str]:
    registry = UsdValidation.ValidationRegistry()
    validators = registry.GetOrLoadAllValidators()
    assert len(validators) >= 25
    found = UsdValidation.ValidationContext(validators).Validate(Usd.Stage.Open(str(path)))
    return [f"{one.GetName()}: {one.GetMessage()}" for one in found]


@pytest.mark.parametrize("pictures", PageFormat)
@pytest.mark.parametrize("mesh", [coloured_cube(), textured_cube()], ids=["colours", "pages"])
def test_the_validators_find_nothing(tmp_path: Path, mesh: TexturedMesh, pictures: PageFormat) -> None:
    assert issues(write(tmp_path / "cube.usdz", mesh, pictures=pictures)) == []


def test_the_validators_would_find_something(tmp_path: Path) -> None:
    path = tmp_path / "loose.usda"
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.Mesh.Define(stage, "/cube/inner")
    stage.Save()
    assert issues(path)


def test_pages_are_read_back(tmp_path: Path) -> None:
    mesh = textured_cube()
    path = write(tmp_path / "cube.usdz", mesh)
    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert stage.GetDefaultPrim().GetDisplayName() == "Würfel 1"
    assert mesh.uv is not None
    for surface, page, first in zip(surfaces(stage), mesh.pages, (0, 12), strict=True):
        np.testing.assert_array_equal(surface.GetPointsAttr().Get(), mesh.positions[first : first + 12])
        assert len(surface.GetFaceVertexCountsAttr().Get()) == 6
        st = np.array(UsdGeom.PrimvarsAPI(surface).GetPrimvar("st").Get())
        np.testing.assert_allclose(st, mesh.uv[first : first + 12] * (1, -1) + (0, 1))
        material, _ = UsdShade.MaterialBindingAPI(surface.GetPrim()).ComputeBoundMaterial()
        texture = UsdShade.Shader(material.GetPrim().GetChild("texture"))
        with zipfile.ZipFile(path) as package:
            data = package.read(texture.GetInput("file").Get().path)
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), page)


def test_colours_at_vertices_are_linear(tmp_path: Path) -> None:
    mesh = coloured_cube()
    stage = Usd.Stage.Open(str(write(tmp_path / "cube.usdz", mesh)))
    (surface,) = surfaces(stage)
    level = np.array(UsdGeom.Gprim(surface).GetDisplayColorAttr().Get())
    srgb = np.where(level <= 0.0031308, level * 12.92, 1.055 * level ** (1 / 2.4) - 0.055)
    np.testing.assert_array_equal(np.rint(srgb * 255).astype(np.uint8), mesh.colours)


def test_the_file_says_what_it_is_of_and_that_it_has_no_scale(tmp_path: Path) -> None:
    layer = Sdf.Layer.FindOrOpen(str(write(tmp_path / "cube.usdz", coloured_cube())))
    assert layer.customLayerData["scale"] == "none"
    assert json.loads(layer.customLayerData["provenance"])["inputs"] == ["a.jpg"]


def test_files_are_stored_at_multiples_of_64_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "cube.usdz", textured_cube(), pictures=PageFormat.JPEG)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        for one in package.infolist():
            assert one.compress_type == zipfile.ZIP_STORED
            lengths = data[one.header_offset + 26 : one.header_offset + 30]
            start = one.header_offset + 30 + int.from_bytes(lengths[:2], "little")
            assert (start + int.from_bytes(lengths[2:], "little")) % 64 == 0
    assert names[0].endswith(".usdc")
    assert [Path(name).suffix for name in names[1:]] == [".jpg", ".jpg"]


def test_a_mesh_without_triangles_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    nothing = TexturedMesh(np.zeros((3, 3), np.float32), np.zeros((0, 3), np.int32))
    with pytest.raises(ValueError, match="triangles"):
        write(tmp_path / "none.usdz", nothing)
    assert not list(tmp_path.iterdir())
