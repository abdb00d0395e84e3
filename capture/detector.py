"""A detector of the pack: finds one kind of thing anywhere in a picture."""

from dataclasses import dataclass

from capture.detection import Detection, anchors, decode
from capture.networks import CaptureNetworks
from capture.region import Picture, Region


@dataclass(frozen=True)
class Detector:
    """A network with boxes and key points, and how its input and its anchors are made.

    Parameters
    ----------
    network : str
        Id of the model.
    size : int
        Side of its input in pixels.
    strides : tuple of int
        Of the layers that have anchors.
    low : float
        What black becomes; white becomes 1.
    least_score, most_overlap : float
        Probability from which a box counts; overlap above which boxes are of the same thing.
    """

    network: str
    size: int
    strides: tuple[int, ...]
    low: float = 0.0
    least_score: float = 0.5
    most_overlap: float = 0.5

    def find(self, networks: CaptureNetworks, picture: Picture) -> list[Detection]:
        """Give what is in a picture, (height, width, 3) RGB, the surest first."""
        region = Region.whole(picture.shape[1], picture.shape[0])
        boxes, scores = networks.run_on(
            self.network, picture, region, size=self.size, low=self.low, black_border=True
        )
        return decode(
            boxes,
            scores,
            centres=anchors(self.size, self.strides),
            size=self.size,
            region=region,
            least_score=self.least_score,
            most_overlap=self.most_overlap,
        )
