"""What image and depth sensors do to what reaches them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ImageSensor:
    """A camera's chip and its exposure.

    Parameters
    ----------
    exposure_s : float
        How long the shutter is open: motion blurs the picture. 0 freezes it.
    blur_steps : int
        Moments that are averaged for the blur.
    electrons_at_white : float
        Of a pixel: few of them make much shot noise. 0 for a chip without noise.
    read_electrons : float
        Standard deviation of what reading adds.
    gain : float
        How bright a picture is: 1 shows radiance 1 as white.
    exposure_stops : float
        How far (standard deviation, in factors of two) an automatic exposure strays, slowly.
    vignetting : float
        Share of the light that is missing in the corners.
    samples : int
        Of the renderer in each pixel.
    """

    exposure_s: float = 0.0
    blur_steps: int = 8
    electrons_at_white: float = 0.0
    read_electrons: float = 0.0
    gain: float = 1.0
    exposure_stops: float = 0.0
    vignetting: float = 0.0
    samples: int = 4

    @staticmethod
    def handheld() -> "ImageSensor":
        """A phone indoors: 8 ms, visible noise, a wandering exposure."""
        return ImageSensor(0.008, 6, 6000, 12, exposure_stops=0.25, vignetting=0.25)

    def moments(self, time_s: float) -> NDArray[np.float64]:
        """When the shutter lets light in; the time stamp is the middle."""
        if self.exposure_s == 0 or self.blur_steps == 1:
            return np.array([time_s])
        shares = (np.arange(self.blur_steps) + 0.5) / self.blur_steps - 0.5
        return time_s + shares * self.exposure_s

    def gains(self, count: int, seed: int) -> NDArray[np.float64]:
        """Gain of each of `count` frames."""
        rng = np.random.default_rng([seed, 31])
        frames = np.arange(count)[:, None]
        periods, phases = rng.uniform(20, 90, 3), rng.uniform(0, 2 * np.pi, 3)
        stops = np.sin(2 * np.pi * frames / periods + phases).sum(1) * self.exposure_stops / np.sqrt(1.5)
        return self.gain * 2.0**stops

    def develop(self, radiance: Floats, gain: float, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Turn linear radiance (h, w, 3) into an sRGB picture (h, w, 3)."""
        light = radiance * np.float32(gain) * self._fall_off(radiance.shape[:2])
        if self.electrons_at_white > 0:
            electrons = light * np.float32(self.electrons_at_white)
            spread = np.sqrt(np.maximum(electrons, 0) + np.float32(self.read_electrons**2))
            electrons += rng.standard_normal(light.shape, np.float32) * spread
            light = electrons / np.float32(self.electrons_at_white)
        return srgb(light)

    def _fall_off(self, size: tuple[int, int]) -> Floats:
        y, x = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]), indexing="ij")
        return (1 - self.vignetting * ((x * x + y * y) / 2) ** 2)[..., None].astype(np.float32)


def srgb(light: Floats) -> NDArray[np.uint8]:
    """Encode linear light, 0 to 1, as IEC 61966-2-1."""
    light = np.clip(light, 0, 1)
    curve = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (curve * 255 + 0.5).astype(np.uint8)


@dataclass(frozen=True)
class DepthSensor:
    """A depth camera of structured light, in the place of the picture's camera.

    Parameters
    ----------
    range_m : tuple of float
        Nothing nearer or farther is measured.
    disparity_noise_px : float
        Standard deviation; depth errors grow with the square of the depth (Khoshelham, Sensors 12, 2012).
    baseline_m : float
        Between projector and camera.
    """

    range_m: tuple[float, float] = (0.05, 60.0)
    disparity_noise_px: float = 0.0
    baseline_m: float = 0.075

    @staticmethod
    def indoor() -> "DepthSensor":
        """As sensors of 2010 to 2020: 0.4 to 8 m, about 5 mm at 2 m."""
        return DepthSensor((0.4, 8.0), 0.1)

    def measure(self, depth: Floats, focal_px: float, rng: np.random.Generator) -> NDArray[np.uint16]:
        """Depth (h, w) in metres as millimetres, 0 where nothing is measured."""
        spread = depth**2 / (focal_px * self.baseline_m) * self.disparity_noise_px
        noisy = depth + rng.standard_normal(depth.shape, np.float32) * spread
        seen = (noisy >= self.range_m[0]) & (noisy <= min(self.range_m[1], 65.534))
        return np.where(seen, np.round(np.where(seen, noisy, 0) * 1000), 0).astype(np.uint16)
