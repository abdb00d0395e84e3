"""One kind of thing, found once and then followed from picture to picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from capture.body import find_bodies, read_body
from capture.face import find_faces, next_face_region, read_face
from capture.found import Body, Face, Hand
from capture.hands import find_hands, next_hand_region, read_hand
from capture.networks import CaptureNetworks
from capture.region import Picture, Region

Thing = TypeVar("Thing", Face, Hand, Body)
_SAME = 0.5


@dataclass(frozen=True)
class Follower(Generic[Thing]):
    """How things of one kind are found, read and followed.

    Parameters
    ----------
    find : callable
        Gives regions anywhere in a picture, the surest first.
    read : callable
        Gives what is in a region and where it will be next, None where nothing is.
    most : int
        How many are followed.
    """

    find: Callable[[CaptureNetworks, Picture], list[Region]]
    read: Callable[[CaptureNetworks, Picture, Region], tuple[Thing, Region] | None]
    most: int

    def follow(
        self, networks: CaptureNetworks, picture: Picture, regions: tuple[Region, ...], *, search: bool
    ) -> tuple[tuple[Thing, ...], tuple[Region, ...]]:
        """Read what is in the regions, and look for more.

        Parameters
        ----------
        networks : CaptureNetworks
        picture : ndarray of uint8, (height, width, 3)
        regions : tuple of Region
            From a picture shortly before.
        search : bool
            Look for more where some are followed, but not all; where none is, more are always looked for.

        Returns
        -------
        tuple
            What there is, and the regions for a picture shortly after.
        """
        found = self._read_all(networks, picture, list(regions), [])
        if not found or (search and len(found) < self.most):
            found = self._read_all(networks, picture, self.find(networks, picture), found)
        return tuple(thing for thing, _ in found), tuple(region for _, region in found)

    def _read_all(
        self,
        networks: CaptureNetworks,
        picture: Picture,
        regions: list[Region],
        found: list[tuple[Thing, Region]],
    ) -> list[tuple[Thing, Region]]:
        found = list(found)
        for region in regions:
            if len(found) >= self.most:
                break
            read = self.read(networks, picture, region)
            # Two regions can close in on one thing.
            if read is not None and all(read[1].overlap(other) < _SAME for _, other in found):
                found.append(read)
        return found


def face_follower(most: int) -> Follower[Face]:
    """Give what follows faces."""

    def read(networks: CaptureNetworks, picture: Picture, region: Region) -> tuple[Face, Region] | None:
        face = read_face(networks, picture, region)
        return None if face is None else (face, next_face_region(face.points))

    return Follower(find_faces, read, most)


def hand_follower(most: int) -> Follower[Hand]:
    """Give what follows hands."""

    def read(networks: CaptureNetworks, picture: Picture, region: Region) -> tuple[Hand, Region] | None:
        hand = read_hand(networks, picture, region)
        return None if hand is None else (hand, next_hand_region(hand.points))

    return Follower(find_hands, read, most)


def body_follower(most: int) -> Follower[Body]:
    """Give what follows persons."""
    return Follower(find_bodies, read_body, most)
