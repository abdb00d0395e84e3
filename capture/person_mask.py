"""Which pixels are of a person."""

import numpy as np
from numpy.typing import NDArray

from capture.networks import CaptureNetworks
from capture.region import Picture, Region

_SIZE = 256


def person_mask(networks: CaptureNetworks, picture: Picture) -> NDArray[np.float32]:
    """Give the probability of a person for every pixel, (height, width)."""
    import cv2

    height, width = picture.shape[:2]
    region = Region(width / 2, height / 2, width, height)
    mask = networks.run_on("person-mask", picture, region, size=_SIZE)[0].reshape(_SIZE, _SIZE)
    whole = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.asarray(whole, np.float32), 0.0, 1.0)
