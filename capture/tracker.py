"""Faces, hands, bodies and person masks in single pictures and in films."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from capture.alternating import in_turns
from capture.expressions import coefficients_beside, coefficients_of
from capture.found import Face, Found, Hand
from capture.head_pose import gaze_of, head_pose, points_in_metres
from capture.intrinsics import Intrinsics
from capture.networks import CaptureNetworks
from capture.pace import Pace
from capture.person_mask import person_mask
from capture.region import Floats, Picture, Region
from capture.shot import Shot
from capture.smoothing import Smoother
from capture.tracking import body_follower, face_follower, hand_follower

# Looking for a further hand takes longer than following one: it is done in every tenth picture.
_SEARCH_EVERY = 10
_WORKERS = 2


class Part(StrEnum):
    """What is looked for."""

    FACE = "face"
    HANDS = "hands"
    BODY = "body"
    MASK = "mask"


@dataclass(frozen=True)
class TrackerOptions:
    """What is looked for, and how.

    Parameters
    ----------
    parts : tuple of Part
        What is looked for.
    expressions, poses : bool
        Whether faces get coefficients, and faces and hands their places in metres.
    smooth : bool
        Whether landmarks of films are smoothed over time.
    intrinsics : Intrinsics, optional
        Of the camera; a usual one is assumed where it is not known.
    faces, hands, bodies : int
        How many there may be.
    """

    parts: tuple[Part, ...] = (Part.FACE, Part.HANDS, Part.BODY)
    expressions: bool = True
    poses: bool = True
    smooth: bool = True
    intrinsics: Intrinsics | None = None
    faces: int = 1
    hands: int = 2
    bodies: int = 1


Regions = dict[Part, tuple[Region, ...]]


class Tracker:
    """Finds things in pictures with the networks of the capture pack.

    Parameters
    ----------
    networks : CaptureNetworks
        What finds them.
    options : TrackerOptions
        What is looked for.
    """

    name = "sense"

    def __init__(self, networks: CaptureNetworks, options: TrackerOptions | None = None) -> None:
        self._networks, self._options = networks, options or TrackerOptions()
        self._followers = {
            Part.FACE: face_follower(self._options.faces),
            Part.HANDS: hand_follower(self._options.hands),
            Part.BODY: body_follower(self._options.bodies),
        }
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="capture")
        self._regions: Regions = {}
        self._smoother = Smoother()
        self._pace = Pace()
        self._count = 0

    def __enter__(self) -> "Tracker":
        """Give the tracker itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End its threads."""
        self.close()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def find(self, picture: Picture) -> Found:
        """Find everything in a picture by itself, (height, width, 3) RGB.

        Raises
        ------
        BadInput
            When the capture pack is not in the store.
        """
        return self._finished(_gather(picture, self._submit(picture, {}, search=True))[0])

    def follow(self, picture: Picture, time_s: float) -> Found:
        """Find everything in the next picture of a camera, without waiting for the one after it.

        Raises
        ------
        BadInput
            When the capture pack is not in the store.
        """
        search = self._count % _SEARCH_EVERY == 0
        self._count += 1
        if self._options.parts == (Part.FACE,) and self._options.expressions:
            return self._follow_faces(picture, time_s, search)
        if len(self._options.parts) == 1:  # nothing runs beside it
            found, self._regions = self._hurry(picture, search)
        else:
            found, self._regions = _gather(picture, self._submit(picture, self._regions, search=search))
        return self._finished(self._smoothed(found, time_s))

    def _follow_faces(self, picture: Picture, time_s: float, search: bool) -> Found:
        """Measure the expressions while the heads are placed."""
        found, self._regions = self._hurry(picture, search)
        waiting = [coefficients_beside(self._networks, face.points) for face in found.faces]
        found = self._finished(self._smoothed(found, time_s))
        measured = [wait() for wait in waiting]
        if self._options.smooth:
            return self._smoother.smooth_expressions(found, measured, time_s)
        faces = zip(found.faces, measured, strict=True)
        return replace(found, faces=tuple(replace(face, coefficients=values) for face, values in faces))

    def _hurry(self, picture: Picture, search: bool) -> tuple[Found, Regions]:
        """Look for the only part, on as many cores as have been faster lately."""
        (part,) = self._options.parts
        several = self._pace.choose()
        networks = self._networks.hurried() if several else self._networks
        begin = time.perf_counter()
        regions = self._regions.get(part, ())
        result = self._work(part, picture, regions, search, networks, expressions=False)
        self._pace.note(several, time.perf_counter() - begin)
        return _gathered(picture, {part: result})

    def film(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, Found]]:
        """Find everything in the pictures of a film, in their order.

        Two threads take turns with the pictures, so that all cores have work; each picture is searched where
        things were two pictures before.

        Parameters
        ----------
        shots : iterable of Shot
            Pictures of one size.

        Raises
        ------
        BadInput
            When the capture pack is not in the store.
        """

        def work(shot: Shot, number: int, regions: Regions) -> tuple[Found, Regions]:
            search = number % _SEARCH_EVERY < _WORKERS
            return self._look(shot.picture, regions, search=search)

        for shot, found in in_turns(shots, work, Regions(), workers=_WORKERS):
            yield shot, self._finished(self._smoothed(found, shot.time_s))

    def _look(self, picture: Picture, regions: Regions, *, search: bool) -> tuple[Found, Regions]:
        """Look for all parts, one after another."""
        results = {
            part: self._work(part, picture, regions.get(part, ()), search, self._networks)
            for part in self._options.parts
        }
        return _gathered(picture, results)

    def _submit(self, picture: Picture, regions: Regions, *, search: bool) -> "dict[Part, Future[Any]]":
        return {
            part: self._pool.submit(self._work, part, picture, regions.get(part, ()), search, self._networks)
            for part in self._options.parts
        }

    def _work(
        self,
        part: Part,
        picture: Picture,
        regions: tuple[Region, ...],
        search: bool,
        networks: CaptureNetworks,
        *,
        expressions: bool = True,
    ) -> Any:
        if part is Part.MASK:
            return person_mask(networks, picture)
        things, following = self._followers[part].follow(networks, picture, regions, search=search)
        if part is Part.FACE and self._options.expressions and expressions:
            things = tuple(
                replace(face, coefficients=coefficients_of(networks, face.points))
                for face in things
                if isinstance(face, Face)
            )
        return things, following

    def _smoothed(self, found: Found, time_s: float) -> Found:
        return self._smoother.smooth(found, time_s) if self._options.smooth else found

    def _finished(self, found: Found) -> Found:
        if not self._options.poses:
            return found
        lens = self._options.intrinsics
        return placed(found, Intrinsics.guess(found.size) if lens is None else lens.scaled_to(found.size))


def placed(found: Found, lens: Intrinsics) -> Found:
    """Add where faces and hands are in the camera's frame."""
    return replace(
        found,
        faces=tuple(_placed_face(face, lens) for face in found.faces),
        hands=tuple(_placed_hand(hand, lens) for hand in found.hands),
    )


def _gather(picture: Picture, futures: "dict[Part, Future[Any]]") -> tuple[Found, Regions]:
    """Wait for all parts of a picture."""
    return _gathered(picture, {part: future.result() for part, future in futures.items()})


def _gathered(picture: Picture, results: dict[Part, Any]) -> tuple[Found, Regions]:
    """Put all parts of a picture together, and the regions for one shortly after."""
    found, regions = Found((picture.shape[1], picture.shape[0])), Regions()
    if Part.MASK in results:
        found = replace(found, mask=results.pop(Part.MASK))
    names = {Part.FACE: "faces", Part.HANDS: "hands", Part.BODY: "bodies"}
    for part, (things, following) in results.items():
        found = replace(found, **{names[part]: things})
        regions[part] = following
    return found, regions


def _placed_face(face: Face, lens: Intrinsics) -> Face:
    pose = head_pose(face.points, lens)
    if pose is None:
        return face
    return replace(
        face,
        pose=pose,
        gaze=gaze_of(face.points, pose, lens),
        points_m=points_in_metres(face.points, pose, lens),
    )


def _placed_hand(hand: Hand, lens: Intrinsics) -> Hand:
    """Find where the hand's centre must be for its joints in metres to be seen at their pixels.

    Two linear equations a joint (its ray must pass through it) give the shift by least squares.
    """
    rays = lens.rays(hand.points[:, :2])
    rows: Floats = np.zeros((2 * len(rays), 3))
    rows[0::2, 0], rows[0::2, 2] = 1.0, -rays[:, 0]
    rows[1::2, 1], rows[1::2, 2] = 1.0, -rays[:, 1]
    goals = (rays[:, :2] * hand.world[:, 2:] - hand.world[:, :2]).ravel()
    position = np.linalg.lstsq(rows, goals, rcond=None)[0]
    return replace(hand, position=position) if position[2] > 0 else hand
