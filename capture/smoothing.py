"""Landmarks smoothed over time, each thing by itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from capture.found import Body, Face, Found, Hand
from capture.one_euro import OneEuroFilter
from capture.region import Floats

Thing = TypeVar("Thing", Face, Hand, Body)
Jointed = TypeVar("Jointed", Hand, Body)


class Smoother:
    """Smooths what is found in the pictures of a film, in their order."""

    def __init__(self) -> None:
        self._faces: list[_Track] = []
        self._hands: list[_Track] = []
        self._bodies: list[_Track] = []

    def smooth(self, found: Found, time_s: float) -> Found:
        """Give the same with smoothed landmarks."""
        faces, self._faces = _follow(found.faces, self._faces, time_s, _smooth_face)
        hands, self._hands = _follow(found.hands, self._hands, time_s, _smooth_joints)
        bodies, self._bodies = _follow(found.bodies, self._bodies, time_s, _smooth_joints)
        return replace(found, faces=faces, hands=hands, bodies=bodies)

    def smooth_expressions(self, found: Found, measured: Sequence[Floats], time_s: float) -> Found:
        """Give the same with smoothed coefficients; `measured` those of its faces, as `smooth` left them."""
        faces = zip(found.faces, self._faces, measured, strict=True)
        return replace(
            found,
            faces=tuple(
                replace(face, coefficients=track.values.smooth(values, time_s))
                for face, track, values in faces
            ),
        )


class _Track:
    """The filters of one thing, and where it was last."""

    def __init__(self, points: Floats) -> None:
        self.pixels, self.world, self.values = OneEuroFilter(), OneEuroFilter(), OneEuroFilter(1.0, 2.0)
        self.middle, self.size = _place(points)


def _follow(
    things: tuple[Thing, ...],
    tracks: list[_Track],
    time_s: float,
    smooth: "Callable[[Thing, _Track, float], Thing]",
) -> tuple[tuple[Thing, ...], list[_Track]]:
    left, smoothed, used = list(tracks), list[Thing](), list[_Track]()
    for thing in things:
        middle, size = _place(thing.points)
        near = [track for track in left if np.linalg.norm(track.middle - middle) < size / 2]
        track = min(near, key=lambda one: float(np.linalg.norm(one.middle - middle)), default=None)
        if track is None:
            track = _Track(thing.points)
        else:
            left.remove(track)
        smoothed.append(smooth(thing, track, time_s))
        track.middle, track.size = middle, size
        used.append(track)
    return tuple(smoothed), used


def _place(points: Floats) -> tuple[Floats, float]:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return (low + high) / 2, max(float(np.linalg.norm(high - low)), 1.0)


def _smooth_face(face: Face, track: _Track, time_s: float) -> Face:
    coefficients = face.coefficients
    if coefficients is not None:
        coefficients = track.values.smooth(coefficients, time_s)
    points = track.pixels.smooth(face.points, time_s, track.size)
    return replace(face, points=points, coefficients=coefficients)


def _smooth_joints(thing: Jointed, track: _Track, time_s: float) -> Jointed:
    size = _place(thing.world)[1]
    return replace(
        thing,
        points=track.pixels.smooth(thing.points, time_s, track.size),
        world=track.world.smooth(thing.world, time_s, size),
    )
