"""How the volumes of series were last seen in 3D, kept in the library's settings."""

from typing import Any

from core.series import Series
from core.settings import Settings
from render.camera import Camera, Vector
from render.clip_plane import ClipPlane
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from viewers.volume_scene import Background, Fusion, VolumeScene

_SETTING = "viewer.volume-scenes"
_MOST_REMEMBERED = 50


class VolumeMemory:
    """The scenes of the series that were seen last, the newest 50.

    Parameters
    ----------
    settings : Settings
        Where they are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def remember(self, series: Series, scene: VolumeScene) -> None:
        """Keep how a series of the library is seen."""
        if series.series_uid:
            others = self._others(series)
            stored = {"series": series.series_uid, "part": series.part, **scene_json(scene)}
            self._settings.set(_SETTING, [*others, stored][-_MOST_REMEMBERED:])

    def forget(self, series: Series) -> None:
        """Show a series as if it never had been, the next time."""
        others = self._others(series)
        if len(others) != len(self._entries()):
            self._settings.set(_SETTING, others)

    def recall(self, series: Series) -> VolumeScene | None:
        """Give how a series was last seen; None where it was not, or what is stored is not understood."""
        found = [one for one in self._entries() if _is_of(one, series)]
        return read_scene(found[-1]) if found else None

    def _entries(self) -> list[Any]:
        stored: Any = self._settings.get(_SETTING, [])
        return list(stored) if isinstance(stored, list) else []

    def _others(self, series: Series) -> list[Any]:
        return [one for one in self._entries() if not _is_of(one, series)]


def _is_of(entry: Any, series: Series) -> bool:
    key = (entry.get("series"), entry.get("part")) if isinstance(entry, dict) else None
    return key == (series.series_uid, series.part)


def scene_json(scene: VolumeScene) -> dict[str, Any]:
    """Give a scene as JSON's types."""
    look, camera, fusion = scene.look, scene.camera, scene.fusion
    return {
        "camera": [
            camera.position_lps_mm,
            camera.focal_point_lps_mm,
            camera.view_up,
            camera.view_angle_deg,
            camera.parallel_height_mm,
        ],
        "look": {
            "points": [[p.value, p.red, p.green, p.blue, p.opacity] for p in look.transfer.points],
            "gradient_opacity": look.transfer.gradient_opacity,
            "unit_mm": look.transfer.unit_mm,
            "mode": look.mode.value,
            "shaded": look.shaded,
            "light": [look.ambient, look.diffuse, look.specular, look.specular_power],
            "crop": look.crop,
            "window": look.window,
            "surface_value": look.surface_value,
            "clip_planes": [[plane.point_lps_mm, plane.normal] for plane in look.clip_planes],
        },
        "preset": scene.preset,
        "background": scene.background.value,
        "fusion": None
        if fusion is None
        else [fusion.series_uid, fusion.part, fusion.strength, fusion.threshold],
        "surfaces": scene.surfaces,
    }


def read_scene(data: Any) -> VolumeScene | None:
    """Read what `scene_json` gave; None for anything else, which an edited settings file may hold."""
    try:
        position, focal, up, angle, height = data["camera"]
        camera = Camera(_vector(position), _vector(focal), _vector(up), float(angle), _optional(height))
        fusion = data["fusion"]
        return VolumeScene(
            camera,
            _look(data["look"]),
            str(data["preset"]),
            Background(data["background"]),
            None if fusion is None else Fusion(str(fusion[0]), str(fusion[1]), *map(float, fusion[2:4])),
            tuple(map(str, data["surfaces"])),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return None


def _look(data: Any) -> VolumeLook:
    gradients = tuple((float(magnitude), float(factor)) for magnitude, factor in data["gradient_opacity"])
    points = tuple(ControlPoint(*map(float, point)) for point in data["points"])
    ambient, diffuse, specular, power = map(float, data["light"])
    crop, window = data["crop"], data["window"]
    return VolumeLook(
        TransferFunction(points, gradients, float(data["unit_mm"])),
        VolumeMode(data["mode"]),
        bool(data["shaded"]),
        ambient,
        diffuse,
        specular,
        power,
        None if crop is None else (_vector(crop[0]), _vector(crop[1])),
        None if window is None else (float(window[0]), float(window[1])),
        _optional(data["surface_value"]),
        tuple(ClipPlane(_vector(point), _vector(normal)) for point, normal in data["clip_planes"]),
    )


def _vector(values: Any) -> Vector:
    x, y, z = values
    return float(x), float(y), float(z)


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)
