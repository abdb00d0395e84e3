"""`sense render`."""

import re
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from render.backend import Backend, backend_of

_LARGEST = 8192
_MOST_TURNS = 3600


class Background(StrEnum):
    """What is behind."""

    BLACK = "black"
    WHITE = "white"
    NONE = "transparent"


@dataclass(frozen=True)
class PictureSize:
    """Width and height in pixels, 1 to 8192."""

    width: int
    height: int

    def __str__(self) -> str:
        """Give it as it is written."""
        return f"{self.width}x{self.height}"

    @staticmethod
    def parse(text: str) -> "PictureSize":
        """Read WIDTHxHEIGHT; `ValueError` says what is wrong."""
        found = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text)
        if found is None:
            raise ValueError("WIDTHxHEIGHT, as 800x600")
        size = PictureSize(int(found[1]), int(found[2]))
        if not (1 <= size.width <= _LARGEST and 1 <= size.height <= _LARGEST):
            raise ValueError(f"a size of 1x1 to {_LARGEST}x{_LARGEST}")
        return size


@dataclass(frozen=True)
class PictureOptions:
    """What to draw, and how.

    Parameters
    ----------
    input : str
        Series UID, DICOM folder or file, volume file, file of surfaces, segmentation or structure set.
    output : Path
        A PNG file.
    preset : str, optional
        Look of a volume.
    camera : Path, optional
        Camera file; the front of everything by default.
    renderer : Backend, optional
        What draws; the one of the settings by default.
    size : PictureSize
        Of the picture.
    background : Background
        What is behind.
    labels : Path, optional
        Label map or segmentation object drawn in the volume.
    mesh : tuple of Path
        Files of surfaces drawn in the volume, LPS millimetres.
    mode : str, optional
        What becomes of the samples along a ray; that of the preset by default.
    clip : tuple of str
        Planes that cut a volume open; see `render.look_options.clip_plane`.
    fuse : str, optional
        Another volume of the same patient.
    turntable : int
        Pictures of one turn; 0 for a single picture.
    reference : str, optional
        Images of a structure set; those that it names, where the library has them, by default.
    part : str, optional
        Which volume of a series that holds several.
    force : bool
        Replace an existing output.
    """

    input: str = field(
        metadata={
            "help": "series UID, DICOM folder, SEG, RTSTRUCT, .nii.gz, .nrrd, .mha, .stl, .obj, .ply, .glb …",
            "positional": True,
            "metavar": "INPUT",
        }
    )
    output: Path = field(metadata={"help": "NAME.png", "flag": "-o", "metavar": "OUT"})
    preset: str | None = field(
        default=None, metadata={"help": "look of a volume: ct-bone, ct-vessel, mr-head, …", "metavar": "NAME"}
    )
    camera: Path | None = field(
        default=None,
        metadata={
            "help": "JSON with position, focal_point, view_up, view_angle_deg in the input's frame",
            "metavar": "FILE",
        },
    )
    renderer: Backend | None = field(
        default=None, metadata={"help": "what draws; by default what the settings say"}
    )
    size: PictureSize = field(
        default=PictureSize(1024, 768),
        metadata={"help": "width and height in pixels", "metavar": "WxH", "parse": PictureSize.parse},
    )
    background: Background = field(default=Background.BLACK, metadata={"help": "what is behind"})
    labels: Path | None = field(
        default=None, metadata={"help": "label map or SEG to draw in the volume", "metavar": "FILE"}
    )
    mesh: tuple[Path, ...] = field(
        default=(),
        metadata={
            "help": "surfaces to draw in the volume: .stl, .obj, .ply (LPS millimetres), .glb or .gltf",
            "metavar": "FILE",
        },
    )
    mode: str | None = field(
        default=None,
        metadata={
            "help": "composite, mip, minip, mean or isosurface instead of what the preset says",
            "choices": ("composite", "mip", "minip", "mean", "isosurface"),
        },
    )
    clip: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "cut a volume open: coronal, sagittal, axial, or x,y,z,nx,ny,nz in the input's frame",
            "metavar": "PLANE",
        },
    )
    fuse: str | None = field(
        default=None, metadata={"help": "another volume of the same patient, PET on CT", "metavar": "INPUT"}
    )
    turntable: int = field(
        default=0,
        metadata={
            "help": "pictures of one turn: NAME-0001.png and so on, or NAME.mp4 or .avi",
            "metavar": "N",
        },
    )
    reference: str | None = field(
        default=None,
        metadata={"help": "images that the contours of a structure set lie on", "metavar": "SERIES_UID|DIR"},
    )
    part: str | None = field(
        default=None, metadata={"help": "which volume of a series that holds several", "metavar": "P"}
    )
    force: bool = field(default=False, metadata={"help": "replace an existing output"})


@dataclass(frozen=True)
class RenderReport:
    """What `sense render` prints.

    Parameters
    ----------
    output : Path
        What was written.
    facts : dict
        Size, renderer, preset, camera and seconds in JSON's types.
    notes : tuple of Message
        What is odd about the input.
    """

    output: Path
    facts: dict[str, Any]
    notes: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {"output": str(self.output), **self.facts, "warnings": [str(note) for note in self.notes]}

    def __str__(self) -> str:
        """Give the output."""
        return str(self.output)


def render_command(context: Context, options: PictureOptions) -> RenderReport:
    """Draw one picture and note it in the audit trail."""
    from core.atomic_write import refuse_existing
    from imaging.png import write_png
    from render.camera_file import camera_json
    from render.drawing import Drawing
    from render.subject_reading import with_bodies

    output = _checked(options).absolute()
    refuse_existing(output, force=options.force)
    subject, preset, look = _subject(context, options)
    bodies, fused = _bodies(options, look), _fused(context, options, look)
    subject = with_bodies(subject, bodies)
    size = options.size.width, options.size.height
    camera = _camera(subject, options, size)
    backend = options.renderer or backend_of(context.library.settings)
    drawing = Drawing(subject, look, backend, _labels(options, look), bodies, fused)
    started = time.perf_counter()
    if not options.turntable:
        picture = _on(drawing.picture(camera, size), options.background)
        write_png(output, picture, texts={"Software": "Sense Workstation"})
    else:
        output = _turned(drawing, camera, output, context, options)
    seconds = time.perf_counter() - started
    context.library.audit.append("render.picture", (subject.series_uid,) if subject.series_uid else ())
    facts = {
        "size": list(size),
        "renderer": drawing.backend.value,
        "preset": preset,
        "camera": camera_json(camera, subject.frame_from_world),
        "seconds": round(seconds, 4),
    }
    return RenderReport(output, facts, subject.notes + drawing.notes)


def _turned(drawing: Any, camera: Any, output: Path, context: Context, options: PictureOptions) -> Path:
    """Write one turn as a film or as numbered pictures; give the first file."""
    from core.atomic_write import refuse_existing
    from imaging.png import write_png
    from render.turntable import FILM_SUFFIXES, Turntable, write_turntable

    count = options.turntable
    behind = (255, 255, 255) if options.background is Background.WHITE else (0, 0, 0)
    size = options.size.width, options.size.height
    if output.suffix.lower() in FILM_SUFFIXES:
        turn = Turntable(camera, size, count, background=behind)
        write_turntable(output, drawing, turn, progress=context.progress)
        return output
    files = [output.with_name(f"{output.stem}-{number:04d}.png") for number in range(1, count + 1)]
    for file in files:
        refuse_existing(file, force=options.force)
    for number, file in enumerate(files):
        context.progress.report(number / count)
        picture = drawing.picture(camera.orbit(360.0 * number / count, 0.0), size)
        write_png(file, _on(picture, options.background))
    return files[0]


def _checked(options: PictureOptions) -> Path:
    """Give the output; `UsageError` where its name or the number of pictures makes no sense."""
    from render.turntable import FILM_SUFFIXES

    path, film = options.output, options.turntable > 0 and options.background is not Background.NONE
    if path.suffix.lower() not in (".png", *(FILM_SUFFIXES if film else ())):
        text = QT_TRANSLATE_NOOP("Message", "{path}: a picture is written as NAME.png.")
        raise UsageError(message(text, path=str(path)))
    if not 0 <= options.turntable <= _MOST_TURNS:
        text = QT_TRANSLATE_NOOP("Message", "A turntable has 1 to {most} pictures.")
        raise UsageError(message(text, most=_MOST_TURNS))
    return path


def _subject(context: Context, options: PictureOptions) -> tuple[Any, str | None, Any]:
    from render.drawing import look_of
    from render.subject_reading import read_subject

    subject = read_subject(
        context.library,
        options.input,
        part=options.part,
        reference=options.reference,
        progress=context.progress,
    )
    if subject.volume is None:
        if options.preset is not None or options.mode is not None or options.clip:
            text = QT_TRANSLATE_NOOP(
                "Message", "{path} is no volume: preset, mode and clip planes are the look of a volume."
            )
            raise UsageError(message(text, path=options.input))
        return subject, None, None
    preset, look = look_of(subject.volume, subject.modality, options.preset)
    return subject, preset, _seen(options, look, subject)


def _seen(options: PictureOptions, look: Any, subject: Any) -> Any:
    """Give the look in the mode and with the planes that were asked for."""
    from render.look_options import clip_plane, in_mode
    from render.volume_look import VolumeMode

    planes = [clip_plane(text, subject.volume, subject.frame_from_world) for text in options.clip]
    look = look if options.mode is None else in_mode(look, VolumeMode(options.mode))
    return replace(look, clip_planes=tuple(planes))


def _fused(context: Context, options: PictureOptions, look: Any) -> Any:
    from render.look_options import read_fused

    if options.fuse is None:
        return None
    if look is None:
        text = QT_TRANSLATE_NOOP("Message", "Only volumes can be fused.")
        raise UsageError(message(text))
    if options.renderer is Backend.VTK:
        text = QT_TRANSLATE_NOOP("Message", "Volumes are fused by the native renderer alone.")
        raise UsageError(message(text))
    return read_fused(context.library, options.fuse, context.progress)


def _labels(options: PictureOptions, look: Any) -> Any:
    from render.label_overlay import read_overlay
    from render.volume_look import VolumeMode

    if options.labels is None:
        return None
    if look is None or look.mode is not VolumeMode.COMPOSITE or options.renderer is Backend.VTK:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "Labels are drawn in a volume by the native renderer, with a preset that is no projection.",
        )
        raise UsageError(message(text))
    return read_overlay(options.labels.expanduser())


def _bodies(options: PictureOptions, look: Any) -> Any:
    from render.mesh_overlay import read_bodies

    if not options.mesh:
        return ()
    if look is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} is no volume: surfaces are drawn in a volume.")
        raise UsageError(message(text, path=options.input))
    if options.renderer is Backend.VTK:
        text = QT_TRANSLATE_NOOP("Message", "Surfaces are drawn in a volume by the native renderer alone.")
        raise UsageError(message(text))
    return read_bodies([path.expanduser() for path in options.mesh])


def _camera(subject: Any, options: PictureOptions, size: tuple[int, int]) -> Any:
    import numpy as np

    from render.camera_file import read_camera

    if options.camera is None:
        return subject.camera(size)
    return read_camera(options.camera, np.linalg.inv(subject.frame_from_world))


def _on(picture: Any, background: Background) -> Any:
    from render.drawing import over

    if background is Background.NONE:
        return picture
    return over(picture, (255, 255, 255) if background is Background.WHITE else (0, 0, 0))
