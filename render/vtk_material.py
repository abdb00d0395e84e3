"""Materials in the form that VTK takes them, with shaders that light them as the native renderer does."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.identity_cache import IdentityCache
from render.material import AlphaMode, Material, Shading
from render.renderer import ToneMapping
from render.scene import PointNode, SceneNode, SurfaceNode
from render.texture import AS_IT_IS, Texture, TextureFilter, TextureWrap
from render.vtk_surface import COLOURS, has_colours

_WRAPS = {TextureWrap.CLAMP: 0, TextureWrap.REPEAT: 1, TextureWrap.MIRROR: 2}  # vtkTexture's numbers
_FUNCTIONS = """
vec3 senseTone(vec3 colour) {
  float offset = min(colour.r, min(colour.g, colour.b));
  colour -= offset < 0.08 ? offset - 6.25 * offset * offset : 0.04;
  float peak = max(colour.r, max(colour.g, colour.b));
  if (peak < 0.76) return colour;
  float mapped = 1.0 - 0.24 * 0.24 / (peak + 0.24 - 0.76);
  colour *= mapped / peak;
  return mix(colour, vec3(mapped), 1.0 - 1.0 / (0.15 * (peak - mapped) + 1.0));
}
vec3 senseSrgb(vec3 colour) {
  colour = clamp(colour, 0.0, 1.0);
  return mix(colour * 12.92, 1.055 * pow(colour, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, colour));
}
float senseLost(float r, float NdV) {
  float w = sqrt(NdV);
  vec3 rows = vec3(1.0, w, w * w) * mat3(2.022, -1.226, -1.926, -5.957, 10.314, -0.363, 3.923, -8.144, 2.058);
  return clamp(dot(rows, vec3(r * r, r * r * r, r * r * r * r)), 0.0, 0.75);
}
vec3 senseScatter(vec3 reflectance, vec2 brdf, out vec3 many) {
  vec3 once = reflectance * brdf.r + brdf.g;
  float lost = 1.0 - brdf.r - brdf.g;
  vec3 mean = reflectance + (1.0 - reflectance) / 21.0;
  many = once * mean / (1.0 - lost * mean) * lost;
  return once;
}
void main()"""
# What microfacets lose (a fit to native/mirror_albedo.cc, within 0.06), by Turquin's compensation.
_KEPT = "float lost = senseLost(roughness, NdV);\n  vec3 senseKept = 1.0 + F0 * lost / (1.0 - lost);"
# What VTK's shader says, and what it is to say: light of the surroundings alone is hidden by occlusion, rough
# mirrors keep their light, what is between plastic and metal is a mixture of both, and mirrored textures and
# parallel cameras are known.
_CORRECTIONS = (
    ("void main()", _FUNCTIONS),
    ("  gl_FragData[0].rgb = pow(gl_FragData[0].rgb, vec3(1.0/2.2));", ""),
    (
        "Lo += radiance * (diffuse + specular) * NdL;",
        "Lo += radiance * (diffuse + specular * senseKept) * NdL;",
    ),
    ("vec3 L, H, radiance", f"{_KEPT}\n  vec3 L, H, radiance"),
    ("(1.0 - F) * DiffuseLambert", "(1.0 - mix(baseF0Uniform, 1.0, pow(1.0 - HdL, 5.0))) * DiffuseLambert"),
    ("reflect(-V, N)", "mix(reflect(-V, N), N, roughness * roughness * roughness * roughness)"),
    (
        "vec3 iblSpecular = FssEss * prefilteredSpecularColor;",
        "vec3 plasticMany, metalMany;\n"
        "  vec3 plastic = senseScatter(vec3(baseF0Uniform), brdf, plasticMany);\n"
        "  vec3 metal = senseScatter(albedo, brdf, metalMany);\n"
        "  vec3 iblSpecular = mix(plastic, metal, metallic) * prefilteredSpecularColor;",
    ),
    (
        "vec3 iblDiffuse = (FmsEms + k_D) * irradiance;",
        "vec3 iblDiffuse = (mix(plasticMany, metalMany, metallic) + (1.0 - metallic) * albedo\n"
        "    * (1.0 - plastic - plasticMany)) * irradiance;",
    ),
    ("opacity = opacityUniform * albedoSample.a", "opacity = opacity * albedoSample.a"),
    (
        "cross(normalVCVSOutput, tangentVC)",
        "cross(normalVCVSOutput, tangentVC) * (length(tangentVCVSOutput) > 2.0 ? -1.0 : 1.0)",
    ),
    (
        "vec3 V = normalize(-vertexVC.xyz);",
        "vec3 V = cameraParallel != 0 ? vec3(0.0, 0.0, 1.0) : normalize(-vertexVC.xyz);",
    ),
)
_OCCLUDED = "  color = mix(color, color * ao, aoStrengthUniform);"
_OCCLUDED_FIRST = "  color *= mix(1.0, ao, aoStrengthUniform);"
_DIRECT_LIGHT = "  color += Lo;"
# Colours of vertices, linear and not rounded; those that VTK knows of are neither.
_COLOURED_VERTICES = (
    ("//VTK::PositionVC::Dec", f"in vec4 {COLOURS};\nout vec4 senseColourVS;"),
    ("//VTK::PositionVC::Impl", f"senseColourVS = {COLOURS};"),
)
_COLOURED = (
    ("uniform int PrimitiveIDOffset;", "uniform int PrimitiveIDOffset;\nin vec4 senseColourVS;"),
    ("diffuseIntensity * diffuseColorUniform", "diffuseIntensity * diffuseColorUniform * senseColourVS.rgb"),
    ("float opacity = opacityUniform;", "float opacity = opacityUniform * senseColourVS.a;"),
)
_LEAST_ROUGHNESS = 0.045  # as natively
_WHITE = Texture(np.full((1, 1, 4), 255, np.uint8))


class VtkMaterials:
    """Gives actors their materials, and makes every texture once; for the graphics thread."""

    def __init__(self) -> None:
        self._textures = IdentityCache()

    def prune(self) -> None:
        """Let go textures that are no more."""
        self._textures.prune()

    def paint(self, actor: Any, node: SceneNode, exposure: float, tone_mapping: ToneMapping) -> None:
        """Give an actor of a node its material."""
        material = node.material
        made = actor.GetProperty()
        made.SetInterpolationToPBR()
        made.SetBackfaceCulling(not material.double_sided and isinstance(node, SurfaceNode))
        made.SetColor(*material.base_colour[:3])
        made.SetOpacity(material.base_colour[3])
        made.SetMetallic(material.metallic)
        made.SetRoughness(max(material.roughness, _LEAST_ROUGHNESS))
        blended = material.alpha_mode is AlphaMode.BLEND
        actor.SetForceTranslucent(blended)
        actor.SetForceOpaque(not blended)
        textured = isinstance(node, SurfaceNode) and node.mesh.uv is not None
        if textured:
            self._add_textures(made, material)
        self._add_emission(made, material, textured=textured)
        shader = actor.GetShaderProperty()
        for old, new in (*_CORRECTIONS, *_written(node, exposure, tone_mapping)):
            shader.AddFragmentShaderReplacement(old, False, new, True)
        if has_colours(node):
            for old, new in _COLOURED_VERTICES:
                shader.AddVertexShaderReplacement(old, True, f"{new}\n{old}", False)
            for old, new in _COLOURED:
                shader.AddFragmentShaderReplacement(old, False, new, True)

    def _add_textures(self, made: Any, material: Material) -> None:
        base, normal = material.base_colour_texture, material.normal_texture
        if base is not None:
            made.SetBaseColorTexture(self._texture(base, srgb=True))
        if normal is not None:
            made.SetNormalTexture(self._texture(normal, srgb=False))
            made.SetNormalScale(material.normal_scale)
        surface, occlusion = material.metallic_roughness_texture, material.occlusion_texture
        if surface is not None or occlusion is not None:
            made.SetORMTexture(self._joined(surface, occlusion))
            made.SetOcclusionStrength(0.0 if occlusion is None else material.occlusion_strength)

    def _add_emission(self, made: Any, material: Material, *, textured: bool) -> None:
        """VTK knows no emission without a texture: a white one stands for it."""
        if not any(material.emissive):
            return
        texture = material.emissive_texture if textured else None
        made.SetEmissiveTexture(self._texture(texture or _WHITE, srgb=True))
        made.SetEmissiveFactor(*material.emissive)

    def _texture(self, texture: Texture, *, srgb: bool) -> Any:
        return self._textures.get((texture,), srgb, lambda: _made(texture.pixels, texture, srgb=srgb))

    def _joined(self, surface: Texture | None, occlusion: Texture | None) -> Any:
        """Give occlusion in red beside roughness in green and metal in blue."""
        given = tuple(one for one in (surface, occlusion) if one is not None)

        def make() -> Any:
            if surface is None or occlusion is None or surface is occlusion:
                pixels = given[0].pixels.copy()
                pixels[..., 1:] = pixels[..., 1:] if surface is not None else 255
            else:
                pixels = surface.pixels.copy()
                pixels[..., 0] = _resized(occlusion.pixels[..., 0], pixels.shape[1], pixels.shape[0])
            return _made(pixels, given[0], srgb=False)

        return self._textures.get(given, surface is None, make)


def _written(node: SceneNode, exposure: float, tone_mapping: ToneMapping) -> list[tuple[str, str]]:
    """Give the changes of the shader that depend on the material and on the picture."""
    material = node.material
    lines: list[str] = []
    if isinstance(node, PointNode):
        lines.append("if (distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;")
    if material.alpha_mode is AlphaMode.MASK:
        lines.append(f"if (opacity < {material.alpha_cutoff:.6f}) discard;")
    if material.alpha_mode is not AlphaMode.BLEND:
        lines.append("opacity = 1.0;")
    shown = "albedo" if material.shading is Shading.UNLIT else "color"
    shown = f"{shown} * {exposure:.6f}"
    shown = f"senseTone({shown})" if tone_mapping is ToneMapping.NEUTRAL else shown
    lines.append(f"gl_FragData[0] = vec4(senseSrgb({shown}), opacity);")
    changes = [("gl_FragData[0] = vec4(color, opacity);", "\n  ".join(lines))]
    if isinstance(node, PointNode):  # without light there
        lines.insert(0, "vec3 albedo = diffuseColor;")
        changes = [("gl_FragData[0] = vec4(ambientColor + diffuseColor, opacity);", "\n  ".join(lines))]
    changes += [
        (f"texture({sampler}, tcoordVCVSOutput)", f"texture({sampler}, {_coordinates(texture.uv_map)})")
        for sampler, texture in _laid(material)
        if texture is not None and texture.uv_map != AS_IT_IS
    ]
    if material.metallic_roughness_texture is not None or material.occlusion_texture is not None:
        changes += [(_OCCLUDED, ""), (_DIRECT_LIGHT, f"{_OCCLUDED_FIRST}\n{_DIRECT_LIGHT}")]
    return changes


def _laid(material: Material) -> tuple[tuple[str, Texture | None], ...]:
    """Give the textures by the names that they have in VTK's shader."""
    return (
        ("albedoTex", material.base_colour_texture),
        ("emissiveTex", material.emissive_texture),
        ("materialTex", material.metallic_roughness_texture or material.occlusion_texture),
        ("normalTex", material.normal_texture),
    )


def _coordinates(uv_map: tuple[float, ...]) -> str:
    a, b, c, d, e, f = (f"{value:.9g}" for value in uv_map)
    columns = ", ".join(f"vec2({x}, {y})" for x, y in ((a, d), (b, e), (c, f)))
    return f"mat3x2({columns}) * vec3(tcoordVCVSOutput, 1.0)"


def _made(pixels: NDArray[np.uint8], like: Texture, *, srgb: bool) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkRenderingCore import vtkTexture

    image = vtkImageData()
    image.SetDimensions(pixels.shape[1], pixels.shape[0], 1)
    image.GetPointData().SetScalars(numpy_to_vtk(pixels.reshape(-1, 4), deep=True))
    made = vtkTexture()
    made.SetInputDataObject(image)
    made.SetColorModeToDirectScalars()
    made.SetUseSRGBColorSpace(srgb)
    made.SetInterpolate(like.filter is not TextureFilter.NEAREST)
    made.SetMipmap(like.filter is TextureFilter.MIPMAPPED)
    made.SetMaximumAnisotropicFiltering(1)
    made.SetWrap(_WRAPS[like.wrap_u])
    return made


def _resized(rows: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    import cv2

    if rows.shape == (height, width):
        return rows
    size = width, height
    return np.asarray(cv2.resize(np.ascontiguousarray(rows), size, interpolation=cv2.INTER_AREA), np.uint8)
