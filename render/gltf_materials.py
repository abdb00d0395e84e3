"""Materials and textures of glTF, with the extensions that change how they look."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.gltf_file import GltfFile
from render.material import AlphaMode, Material, Shading
from render.texture import AS_IT_IS, Texture, TextureFilter, TextureWrap
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
        self._textures: dict[tuple[Any, ...], Texture] = {}
        self._pictures: dict[int, NDArray[np.uint8]] = {}

    def material(self, number: int | None) -> Material:
        """Give a material; the one of the standard where a surface has none."""
        if number is None:
            return Material(metallic=1.0, roughness=1.0)
        if number not in self._materials:
            self._materials[number] = self._made(self._file.items("materials")[number])
        return self._materials[number]

    def uv_sets(self, number: int | None) -> tuple[int, ...]:
        """Give the one or two sets of texture coordinates that a material uses.

        Textures on a third one, which nothing is known to write, are laid on the first.
        """
        told = {} if number is None else self._file.items("materials")[number]
        return _uv_sets(told)

    def texture_map(self, number: int | None, slot: str) -> Texture | None:
        """Give a texture of a material where its coordinates are not the first ones as they are."""
        texture: Texture | None = getattr(self.material(number), slot)
        plain = texture is None or (texture.uv_set == 0 and texture.uv_map == AS_IT_IS)
        return None if plain else texture

    def _made(self, told: dict[str, Any]) -> Material:
        surface = told.get("pbrMetallicRoughness", {})
        extensions = told.get("extensions", {})
        sets = _uv_sets(told)

        def texture(place: dict[str, Any] | None) -> Texture | None:
            return self._texture(place, sets)

        strength = extensions.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1.0)
        normal, occlusion = told.get("normalTexture", {}), told.get("occlusionTexture", {})
        toon = extensions.get(_MTOON)
        shading = Shading.UNLIT if "KHR_materials_unlit" in extensions else Shading.PHYSICAL
        return Material(
            base_colour=_numbers(surface.get("baseColorFactor", (1, 1, 1, 1)), 4),
            metallic=float(surface.get("metallicFactor", 1)),
            roughness=float(surface.get("roughnessFactor", 1)),
            emissive=_numbers([float(strength) * part for part in told.get("emissiveFactor", (0, 0, 0))], 3),
            base_colour_texture=texture(surface.get("baseColorTexture")),
            metallic_roughness_texture=texture(surface.get("metallicRoughnessTexture")),
            normal_texture=texture(told.get("normalTexture")),
            occlusion_texture=texture(told.get("occlusionTexture")),
            emissive_texture=texture(told.get("emissiveTexture")),
            normal_scale=float(normal.get("scale", 1)),
            occlusion_strength=float(occlusion.get("strength", 1)),
            shading=shading if toon is None else Shading.TOON,
            alpha_mode=AlphaMode(str(told.get("alphaMode", "OPAQUE")).lower()),
            alpha_cutoff=min(1.0, float(told.get("alphaCutoff", 0.5))),
            double_sided=bool(told.get("doubleSided", False)),
            toon=ToonLook() if toon is None else _toon(toon, texture),
        )

    def _texture(self, place: dict[str, Any] | None, sets: tuple[int, ...]) -> Texture | None:
        if place is None:
            return None
        number, uv_set = int(place["index"]), _uv_set(place)
        moved = _extension(place).items()
        key = (number, uv_set, *sorted((name, str(value)) for name, value in moved))
        if key not in self._textures:
            told = self._file.items("textures")[number]
            webp = told.get("extensions", {}).get("EXT_texture_webp", {})
            source = int(webp["source"] if "source" in webp else told["source"])
            samplers = self._file.items("samplers")
            sampler = samplers[told["sampler"]] if "sampler" in told else {}
            self._textures[key] = Texture(
                self._picture(source),
                _WRAPS[sampler.get("wrapS", 10497)],
                _WRAPS[sampler.get("wrapT", 10497)],
                _FILTERS.get(sampler.get("minFilter", 9987), TextureFilter.MIPMAPPED),
                sets.index(uv_set) if uv_set in sets else 0,
                _transform(_extension(place)),
            )
        return self._textures[key]

    def _picture(self, source: int) -> NDArray[np.uint8]:
        if source not in self._pictures:
            self._pictures[source] = self._file.picture(source)
        return self._pictures[source]


def _toon(told: dict[str, Any], texture: Callable[[dict[str, Any] | None], Texture | None]) -> ToonLook:
    """Read MToon 1.0."""
    mode = told.get("outlineWidthMode", "none")
    return ToonLook(
        shade_colour=_numbers(told.get("shadeColorFactor", (0, 0, 0)), 3),
        shade_texture=texture(told.get("shadeMultiplyTexture")),
        shift=float(told.get("shadingShiftFactor", 0)),
        shift_texture=texture(told.get("shadingShiftTexture")),
        shift_scale=float(told.get("shadingShiftTexture", {}).get("scale", 1)),
        toony=float(told.get("shadingToonyFactor", 0.9)),
        equalised=float(told.get("giEqualizationFactor", 0.9)),
        rim_colour=_numbers(told.get("parametricRimColorFactor", (0, 0, 0)), 3),
        rim_power=float(told.get("parametricRimFresnelPowerFactor", 5)),
        rim_lift=float(told.get("parametricRimLiftFactor", 0)),
        rim_lighting=float(told.get("rimLightingMixFactor", 1)),
        rim_texture=texture(told.get("rimMultiplyTexture")),
        matcap_colour=_numbers(told.get("matcapFactor", (1, 1, 1)), 3),
        matcap_texture=texture(told.get("matcapTexture")),
        outline_width=0.0 if mode == "none" else float(told.get("outlineWidthFactor", 0)),
        outline_unit=OutlineUnit.SCREEN if mode == "screenCoordinates" else OutlineUnit.WORLD,
        outline_colour=_numbers(told.get("outlineColorFactor", (0, 0, 0)), 3),
        outline_lighting=float(told.get("outlineLightingMixFactor", 1)),
    )


def _places(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Give what a material says of where its textures lie."""
    surface = told.get("pbrMetallicRoughness", {})
    toon = told.get("extensions", {}).get(_MTOON, {})
    places = (
        surface.get("baseColorTexture"),
        surface.get("metallicRoughnessTexture"),
        *(told.get(name) for name in ("normalTexture", "occlusionTexture", "emissiveTexture")),
        *(toon.get(name) for name in ("shadeMultiplyTexture", "shadingShiftTexture", "rimMultiplyTexture")),
    )
    return [place for place in places if place is not None]


def _uv_sets(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_uv_set(place) for place in _places(told)))[:2] or (0,)


def _extension(place: dict[str, Any]) -> dict[str, Any]:
    return place.get("extensions", {}).get("KHR_texture_transform", {})


def _uv_set(place: dict[str, Any]) -> int:
    return int(_extension(place).get("texCoord", place.get("texCoord", 0)))


def _numbers(values: Any, count: int) -> Any:
    found = tuple(float(value) for value in values)
    if len(found) != count:
        raise ValueError(f"{count} numbers")
    return found


def _transform(told: dict[str, Any]) -> tuple[float, float, float, float, float, float]:
    """Give the map of KHR_texture_transform: scaled, then turned, then moved."""
    turn = float(told.get("rotation", 0))
    cosine, sine = float(np.cos(turn)), float(np.sin(turn))
    along, across = _numbers(told.get("scale", (1, 1)), 2)
    right, down = _numbers(told.get("offset", (0, 0)), 2)
    return cosine * along, sine * across, right, -sine * along, cosine * across, down
