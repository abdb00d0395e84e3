"""A hand painted with a few thick lines, alike enough for the networks, whose joints are known."""

import cv2
import numpy as np

# Joints in the network's order, of an open left hand that shows its palm, fingers up; 1 is the picture.
_JOINTS = np.array(
    [
        *[(0.52, 0.80)],
        *[(0.43, 0.73), (0.36, 0.64), (0.30, 0.57), (0.25, 0.51)],
        *[(0.43, 0.48), (0.40, 0.36), (0.39, 0.28), (0.38, 0.21)],
        *[(0.51, 0.46), (0.51, 0.32), (0.51, 0.23), (0.51, 0.15)],
        *[(0.58, 0.48), (0.61, 0.36), (0.62, 0.27), (0.63, 0.20)],
        *[(0.65, 0.53), (0.70, 0.43), (0.72, 0.37), (0.74, 0.31)],
    ]
)


def painted_hand(size: tuple[int, int], *, right: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Give a picture, (height, width, 3) RGB, and the 21 joints in pixels."""
    width, height = size
    side = min(size)
    joints = _JOINTS * side + [(width - side) / 2, (height - side) / 2]
    if right:
        joints[:, 0] = width - 1 - joints[:, 0]
    skin = np.zeros((height, width), np.float32)
    palm = joints[[0, 1, 5, 9, 13, 17]].astype(np.int32)
    cv2.fillConvexPoly(skin, cv2.convexHull(palm), 1.0)
    cv2.polylines(skin, [cv2.convexHull(palm)], True, 1.0, round(side * 0.07))
    for finger in range(5):
        chain = joints[[1 + 4 * finger + k for k in range(4)]].astype(np.int32)
        cv2.polylines(skin, [chain], False, 1.0, round(side * (0.085 if finger == 0 else 0.07)))
    arm = np.array([joints[0], joints[0] + [0.01 * side, 0.3 * side]], np.int32)
    cv2.polylines(skin, [arm], False, 1.0, round(side * 0.17))
    # Round limbs are darker at their edges.
    depth = cv2.distanceTransform((skin > 0).astype(np.uint8), cv2.DIST_L2, 5) / (side * 0.04)
    shade = (0.62 + 0.38 * np.clip(depth, 0, 1) ** 0.5)[..., None]
    colour = np.array([224, 172, 140], np.float32) * shade
    picture = np.where(skin[..., None] > 0, colour, np.float32([70, 90, 110]))
    return cv2.GaussianBlur(picture, (0, 0), side / 350).astype(np.uint8), joints
