"""Materials and textures of glTF, with the extensions that change how they look."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.gltf_file import GltfFile
from render.material import AlphaMode, Material, Shading
from render.texture import Texture, TextureFilter, TextureWrap
from render.toon_look import OutlineUnit, ToonLook

_WRAPS = {33071: TextureWrap.CLAMP, 33648: TextureWrap.MIRROR, 10497: TextureWrap.REPEAT}
_FILTERS = {9728: TextureFilter.NEAREST, 9729: TextureFilter.LINEAR}
_MTOON = "VRMC_materials_mtoon"


class GltfMaterials:
    """Makes materials, each once, and so the textures.

    Parameters
    ----------
    file : GltfFile
        Where they are.
    """

    def __init__(self, file: GltfFile) -> None:
        self._file = file
        self._materials: dict[int, Material] = {}
        self._textures: dict[int, Texture] = {}

    def material(self, number: int | None) -> Material:
        """Give a material; the one of the standard where a surface has none."""
        if number is None:
            return Material(metallic=1.0, roughness=1.0)
        if number not in self._materials:
            self._materials[number] = self._made(self._file.items("materials")[number])
        return self._materials[number]

    def uv_of(self, number: int | None) -> tuple[int, NDArray[np.float64]]:
        """Give the set of texture coordinates that a material uses, and the (3, 3) map of them.

        All textures of a material are taken to lie like its first one.
        """
        told = {} if number is None else self._file.items("materials")[number]
        surface = told.get("pbrMetallicRoughness", {})
        places = (
            surface.get("baseColorTexture"),
            surface.get("metallicRoughnessTexture"),
            *(told.get(name) for name in ("normalTexture", "occlusionTexture", "emissiveTexture")),
        )
        place = next((one for one in places if one is not None), {})
        moved = place.get("extensions", {}).get("KHR_texture_transform", {})
        return int(moved.get("texCoord", place.get("texCoord", 0))), _transform(moved)

    def _made(self, told: dict[str, Any]) -> Material:
        surface = told.get("pbrMetallicRoughness", {})
        extensions = told.get("extensions", {})
        strength = extensions.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1.0)
        normal, occlusion = told.get("normalTexture", {}), told.get("occlusionTexture", {})
        toon = extensions.get(_MTOON)
        shading = Shading.UNLIT if "KHR_materials_unlit" in extensions else Shading.PHYSICAL
        return Material(
            base_colour=_numbers(surface.get("baseColorFactor", (1, 1, 1, 1)), 4),
            metallic=float(surface.get("metallicFactor", 1)),
            roughness=float(surface.get("roughnessFactor", 1)),
            emissive=_numbers([float(strength) * part for part in told.get("emissiveFactor", (0, 0, 0))], 3),
            base_colour_texture=self._texture(surface.get("baseColorTexture")),
            metallic_roughness_texture=self._texture(surface.get("metallicRoughnessTexture")),
            normal_texture=self._texture(told.get("normalTexture")),
            occlusion_texture=self._texture(told.get("occlusionTexture")),
            emissive_texture=self._texture(told.get("emissiveTexture")),
            normal_scale=float(normal.get("scale", 1)),
            occlusion_strength=float(occlusion.get("strength", 1)),
            shading=shading if toon is None else Shading.TOON,
            alpha_mode=AlphaMode(str(told.get("alphaMode", "OPAQUE")).lower()),
            alpha_cutoff=min(1.0, float(told.get("alphaCutoff", 0.5))),
            double_sided=bool(told.get("doubleSided", False)),
            toon=ToonLook() if toon is None else self._toon(toon),
        )

    def _toon(self, told: dict[str, Any]) -> ToonLook:
        """Read MToon 1.0."""
        mode = told.get("outlineWidthMode", "none")
        return ToonLook(
            shade_colour=_numbers(told.get("shadeColorFactor", (0, 0, 0)), 3),
            shade_texture=self._texture(told.get("shadeMultiplyTexture")),
            shift=float(told.get("shadingShiftFactor", 0)),
            shift_texture=self._texture(told.get("shadingShiftTexture")),
            shift_scale=float(told.get("shadingShiftTexture", {}).get("scale", 1)),
            toony=float(told.get("shadingToonyFactor", 0.9)),
            equalised=float(told.get("giEqualizationFactor", 0.9)),
            rim_colour=_numbers(told.get("parametricRimColorFactor", (0, 0, 0)), 3),
            rim_power=float(told.get("parametricRimFresnelPowerFactor", 5)),
            rim_lift=float(told.get("parametricRimLiftFactor", 0)),
            rim_lighting=float(told.get("rimLightingMixFactor", 1)),
            rim_texture=self._texture(told.get("rimMultiplyTexture")),
            matcap_colour=_numbers(told.get("matcapFactor", (1, 1, 1)), 3),
            matcap_texture=self._texture(told.get("matcapTexture")),
            outline_width=0.0 if mode == "none" else float(told.get("outlineWidthFactor", 0)),
            outline_unit=OutlineUnit.SCREEN if mode == "screenCoordinates" else OutlineUnit.WORLD,
            outline_colour=_numbers(told.get("outlineColorFactor", (0, 0, 0)), 3),
            outline_lighting=float(told.get("outlineLightingMixFactor", 1)),
        )

    def _texture(self, place: dict[str, Any] | None) -> Texture | None:
        if place is None:
            return None
        number = int(place["index"])
        if number not in self._textures:
            told = self._file.items("textures")[number]
            webp = told.get("extensions", {}).get("EXT_texture_webp", {})
            source = int(webp["source"] if "source" in webp else told["source"])
            samplers = self._file.items("samplers")
            sampler = samplers[told["sampler"]] if "sampler" in told else {}
            self._textures[number] = Texture(
                self._file.picture(source),
                _WRAPS[sampler.get("wrapS", 10497)],
                _WRAPS[sampler.get("wrapT", 10497)],
                _FILTERS.get(sampler.get("minFilter", 9987), TextureFilter.MIPMAPPED),
            )
        return self._textures[number]


def _numbers(values: Any, count: int) -> Any:
    found = tuple(float(value) for value in values)
    if len(found) != count:
        raise ValueError(f"{count} numbers")
    return found


def _transform(told: dict[str, Any]) -> NDArray[np.float64]:
    """Give the map of KHR_texture_transform."""
    turn = float(told.get("rotation", 0))
    cosine, sine = np.cos(turn), np.sin(turn)
    made = np.eye(3)
    made[:2, :2] = np.array([[cosine, sine], [-sine, cosine]]) * told.get("scale", (1, 1))
    made[:2, 2] = told.get("offset", (0, 0))
    return made
