"""MediaPipe's Tasks (Google) behind the interface of our tracker, for comparison and where it is faster."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from capture.found import Body, Face, Found, Hand
from capture.intrinsics import Intrinsics
from capture.region import Floats, Picture
from capture.shot import Shot
from capture.tracker import Part, TrackerOptions, placed
from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message

_FILES = {
    Part.FACE: "face_landmarker.task",
    Part.HANDS: "hand_landmarker.task",
    Part.BODY: "pose_landmarker_full.task",
    Part.MASK: "selfie_segmenter.tflite",
}


class MediaPipeBackend:
    """Finds things in pictures with MediaPipe's own landmarkers.

    Parameters
    ----------
    folder : Path
        Holds the `.task` files.
    options : TrackerOptions
        What is looked for; MediaPipe smooths by itself.

    Raises
    ------
    BadInput
        When a file is not there or cannot be loaded.
    SenseError
        When MediaPipe is not installed.
    """

    name = "mediapipe"

    def __init__(self, folder: Path, options: TrackerOptions | None = None) -> None:
        self._folder, self._options = folder, options or TrackerOptions()
        self._tasks: dict[tuple[Part, bool], Any] = {}
        self._time_ms = -1
        for part in self._options.parts:
            self._task(part, following=False)

    def __enter__(self) -> "MediaPipeBackend":
        """Give the backend itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let the landmarkers go."""
        for task in self._tasks.values():
            task.close()
        self._tasks.clear()

    def find(self, picture: Picture) -> Found:
        """Find everything in a picture by itself, (height, width, 3) RGB."""
        return self._found(picture, None)

    def follow(self, picture: Picture, time_s: float) -> Found:
        """Find everything in the next picture of a camera."""
        self._time_ms = max(self._time_ms + 1, round(time_s * 1000))
        return self._found(picture, self._time_ms)

    def film(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, Found]]:
        """Find everything in the pictures of a film, in their order."""
        for shot in shots:
            yield shot, self.follow(shot.picture, shot.time_s)

    def _found(self, picture: Picture, time_ms: int | None) -> Found:
        import mediapipe

        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(picture))
        found = Found((picture.shape[1], picture.shape[0]))
        for part in self._options.parts:
            task = self._task(part, following=time_ms is not None)
            run = task.segment if part is Part.MASK else task.detect
            film = task.segment_for_video if part is Part.MASK else task.detect_for_video
            result = run(image) if time_ms is None else film(image, time_ms)
            found = _READERS[part](found, result)
        if not self._options.poses:
            return found
        lens = self._options.intrinsics
        return placed(found, Intrinsics.guess(found.size) if lens is None else lens.scaled_to(found.size))

    def _task(self, part: Part, *, following: bool) -> Any:
        if (part, following) not in self._tasks:
            self._tasks[part, following] = self._opened(part, following)
        return self._tasks[part, following]

    def _opened(self, part: Part, following: bool) -> Any:
        path = self._folder / _FILES[part]
        if not path.is_file():
            text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
            raise BadInput(message(text, path=str(path)))
        try:
            from mediapipe.tasks.python import BaseOptions, vision
        except ImportError as error:
            raise SenseError(message(QT_TRANSLATE_NOOP("Message", "MediaPipe is not installed."))) from error
        # As bytes: MediaPipe opens no file whose name is outside of ASCII on Windows.
        base = BaseOptions(model_asset_buffer=path.read_bytes())
        mode = vision.RunningMode.VIDEO if following else vision.RunningMode.IMAGE
        try:
            return _OPENERS[part](vision, base, mode, self._options)
        except (RuntimeError, ValueError) as error:
            text = QT_TRANSLATE_NOOP("Message", "{path} cannot be loaded by MediaPipe.")
            raise BadInput(message(text, path=str(path))) from error
        except OSError as error:
            text = QT_TRANSLATE_NOOP("Message", "MediaPipe cannot start: {reason}.")
            hint = QT_TRANSLATE_NOOP("Message", "On Debian and Ubuntu it needs the package libgles2.")
            raise SenseError(message(text, reason=str(error)), message(hint)) from error


def _open_face(vision: Any, base: Any, mode: Any, options: TrackerOptions) -> Any:
    return vision.FaceLandmarker.create_from_options(
        vision.FaceLandmarkerOptions(
            base_options=base,
            running_mode=mode,
            num_faces=options.faces,
            output_face_blendshapes=options.expressions,
        )
    )


def _open_hands(vision: Any, base: Any, mode: Any, options: TrackerOptions) -> Any:
    return vision.HandLandmarker.create_from_options(
        vision.HandLandmarkerOptions(base_options=base, running_mode=mode, num_hands=options.hands)
    )


def _open_body(vision: Any, base: Any, mode: Any, options: TrackerOptions) -> Any:
    return vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(base_options=base, running_mode=mode, num_poses=options.bodies)
    )


def _open_mask(vision: Any, base: Any, mode: Any, options: TrackerOptions) -> Any:
    return vision.ImageSegmenter.create_from_options(
        vision.ImageSegmenterOptions(base_options=base, running_mode=mode, output_confidence_masks=True)
    )


def _read_faces(found: Found, result: Any) -> Found:
    scores: list[Any] = result.face_blendshapes or [None] * len(result.face_landmarks)
    faces = tuple(
        # The landmarker tells no probability; what it gives has passed its own threshold.
        Face(1.0, _pixels(points, found.size), None if one is None else np.array([c.score for c in one]))
        for points, one in zip(result.face_landmarks, scores, strict=True)
    )
    return replace(found, faces=faces)


def _read_hands(found: Found, result: Any) -> Found:
    hands = tuple(
        Hand(1.0, side[0].category_name.lower(), side[0].score, _pixels(points, found.size), _metres(world))
        for points, world, side in zip(
            result.hand_landmarks, result.hand_world_landmarks, result.handedness, strict=True
        )
    )
    return replace(found, hands=hands)


def _read_bodies(found: Found, result: Any) -> Found:
    bodies = tuple(
        Body(
            1.0,
            _pixels(points, found.size),
            _metres(world),
            np.array([point.visibility for point in points]),
            np.array([point.presence for point in points]),
        )
        for points, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    )
    return replace(found, bodies=bodies)


def _read_mask(found: Found, result: Any) -> Found:
    mask = np.asarray(result.confidence_masks[-1].numpy_view(), np.float32)
    return replace(found, mask=mask.reshape(found.size[1], found.size[0]).copy())


def _pixels(points: Any, size: tuple[int, int]) -> Floats:
    width, height = size
    return np.array([(point.x * width, point.y * height, point.z * width) for point in points])


def _metres(points: Any) -> Floats:
    return np.array([(point.x, point.y, point.z) for point in points])


_OPENERS = {
    Part.FACE: _open_face,
    Part.HANDS: _open_hands,
    Part.BODY: _open_body,
    Part.MASK: _open_mask,
}
_READERS = {
    Part.FACE: _read_faces,
    Part.HANDS: _read_hands,
    Part.BODY: _read_bodies,
    Part.MASK: _read_mask,
}
