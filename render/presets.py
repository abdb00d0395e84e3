"""Ready-made looks."""

from collections.abc import Callable
from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode

ValueRange = tuple[float, float]


@dataclass(frozen=True)
class Preset:
    """A named look.

    Parameters
    ----------
    name : str
        As on the command line.
    title : str
        English title, marked for translation in the context "Preset".
    modality : str
        "CT" (values in HU) or "MR" (the look is fitted to the value range).
    make : callable
        Makes the look for the range of a volume's values; for MR without the few extreme ones (0.2 % to
        99.8 %), as vessels may be several times as bright as all else.
    """

    name: str
    title: str
    modality: str
    make: Callable[[ValueRange], VolumeLook]


def _points(*rows: tuple[float, float, float, float, float]) -> tuple[ControlPoint, ...]:
    return tuple(ControlPoint(*row) for row in rows)


def _ct(look: VolumeLook) -> Callable[[ValueRange], VolumeLook]:
    return lambda value_range: look


def _scaled(look: VolumeLook) -> Callable[[ValueRange], VolumeLook]:
    """Fit a look for values 0 to 1 to a value range."""

    def make(value_range: ValueRange) -> VolumeLook:
        low, high = value_range
        scale = high - low if high > low else 1.0
        return VolumeLook(
            transfer=look.transfer.mapped(scale, low),
            mode=look.mode,
            shaded=look.shaded,
            ambient=look.ambient,
            diffuse=look.diffuse,
            specular=look.specular,
            specular_power=look.specular_power,
            window=None if look.window is None else (low + look.window[0] * scale, look.window[1] * scale),
        )

    return make


_CT_BONE = VolumeLook(
    TransferFunction(
        _points(
            (140, 0.60, 0.32, 0.20, 0.0),
            (220, 0.80, 0.58, 0.42, 0.15),
            (350, 0.94, 0.86, 0.73, 0.60),
            (700, 0.98, 0.95, 0.88, 0.85),
            (1500, 1.0, 1.0, 0.97, 0.95),
        )
    ),
    specular=0.25,
    specular_power=30,
)

_CT_VESSEL = VolumeLook(
    TransferFunction(
        _points(
            (130, 0.45, 0.05, 0.03, 0.0),
            (190, 0.75, 0.12, 0.08, 0.22),
            (280, 0.90, 0.30, 0.18, 0.55),
            (420, 0.96, 0.72, 0.52, 0.65),
            (800, 1.0, 0.95, 0.88, 0.85),
        )
    ),
    specular=0.35,
    specular_power=40,
)

_CT_LUNG = VolumeLook(
    TransferFunction(
        _points(
            (-920, 0.30, 0.45, 0.60, 0.0),
            (-860, 0.45, 0.62, 0.78, 0.03),
            (-700, 0.70, 0.78, 0.85, 0.05),
            (-600, 0.92, 0.62, 0.52, 0.12),
            (-450, 0.95, 0.45, 0.38, 0.10),
            (-300, 0.90, 0.35, 0.30, 0.0),
        ),
        gradient_opacity=((0, 1.0), (100, 0.8), (250, 0.15)),
    ),
    specular=0.1,
)

_CT_SKIN = VolumeLook(
    TransferFunction(
        _points(
            (-500, 0.85, 0.62, 0.50, 0.0),
            (-400, 0.88, 0.66, 0.54, 0.30),
            (-200, 0.92, 0.72, 0.60, 0.75),
            (300, 0.96, 0.82, 0.72, 0.95),
        )
    ),
    specular=0.15,
    specular_power=16,
)

_CT_MUSCLE = VolumeLook(
    TransferFunction(
        _points(
            (-20, 0.45, 0.12, 0.08, 0.0),
            (30, 0.62, 0.20, 0.14, 0.10),
            (80, 0.78, 0.34, 0.25, 0.30),
            (160, 0.85, 0.50, 0.38, 0.30),
            (260, 0.95, 0.85, 0.72, 0.60),
            (700, 1.0, 0.97, 0.90, 0.90),
        )
    ),
)

_CT_MIP = VolumeLook(_CT_BONE.transfer, VolumeMode.MIP, window=(300.0, 1000.0))

_MR_HEAD = VolumeLook(
    TransferFunction(
        _points(
            (0.06, 0.30, 0.18, 0.14, 0.0),
            (0.14, 0.72, 0.52, 0.43, 0.25),
            (0.30, 0.86, 0.70, 0.60, 0.60),
            (0.60, 0.96, 0.88, 0.80, 0.85),
            (1.00, 1.0, 0.98, 0.95, 0.95),
        )
    ),
    specular=0.15,
)

_MR_VESSEL = VolumeLook(
    TransferFunction(
        _points(
            (1.00, 0.55, 0.08, 0.06, 0.0),
            (1.20, 0.75, 0.15, 0.10, 0.20),
            (1.60, 0.92, 0.40, 0.28, 0.65),
            (2.60, 1.0, 0.90, 0.78, 0.90),
        )
    ),
    specular=0.3,
    specular_power=40,
)

_MR_MIP = VolumeLook(_MR_HEAD.transfer, VolumeMode.MIP, window=(0.9, 1.6))

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("ct-bone", QT_TRANSLATE_NOOP("Preset", "CT bone"), "CT", _ct(_CT_BONE)),
        Preset("ct-vessel", QT_TRANSLATE_NOOP("Preset", "CT vessels"), "CT", _ct(_CT_VESSEL)),
        Preset("ct-lung", QT_TRANSLATE_NOOP("Preset", "CT lung"), "CT", _ct(_CT_LUNG)),
        Preset("ct-skin", QT_TRANSLATE_NOOP("Preset", "CT skin"), "CT", _ct(_CT_SKIN)),
        Preset("ct-muscle", QT_TRANSLATE_NOOP("Preset", "CT muscle"), "CT", _ct(_CT_MUSCLE)),
        Preset("ct-mip", QT_TRANSLATE_NOOP("Preset", "CT MIP"), "CT", _ct(_CT_MIP)),
        Preset("mr-head", QT_TRANSLATE_NOOP("Preset", "MR head"), "MR", _scaled(_MR_HEAD)),
        Preset("mr-vessel", QT_TRANSLATE_NOOP("Preset", "MR vessels"), "MR", _scaled(_MR_VESSEL)),
        Preset("mr-mip", QT_TRANSLATE_NOOP("Preset", "MR MIP"), "MR", _scaled(_MR_MIP)),
    )
}


def default_preset(modality: str, value_range: ValueRange) -> Preset:
    """Choose a look for a series.

    Parameters
    ----------
    modality : str
        As in DICOM.
    value_range : tuple of float
        As for `Preset.make`: a "CT" without air and bone is no CT in HU, and is shown as an MR.
    """
    low, high = value_range
    return PRESETS["ct-bone" if modality == "CT" and low < -200 and high > 300 else "mr-head"]
