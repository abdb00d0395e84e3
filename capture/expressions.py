"""The 52 coefficients of an expression, and the landmarks that they are measured from."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from capture.networks import CaptureNetworks
from capture.region import Floats
from models.capture_outputs import BLENDSHAPES

# In the network's order. The first stands for none; ARKit's tongueOut is not among them.
EXPRESSIONS: tuple[str, ...] = tuple(label.name for label in BLENDSHAPES[0].labels)

_TEXT = """
0 1 4 5 6 7 8 10 13 14 17 21 33 37 39 40 46 52 53 54 55 58 61 63 65 66 67 70 78 80 81 82 84 87 88 91 93 95
103 105 107 109 127 132 133 136 144 145 146 148 149 150 152 153 154 155 157 158 159 160 161 162 163 168 172
173 176 178 181 185 191 195 197 234 246 249 251 263 267 269 270 276 282 283 284 285 288 291 293 295 296 297
300 308 310 311 312 314 317 318 321 323 324 332 334 336 338 356 361 362 365 373 374 375 377 378 379 380 381
382 384 385 386 387 388 389 390 397 398 400 402 405 409 415 454 466 468 469 470 471 472 473 474 475 476 477
"""
_NETWORK = "face-blendshapes"
_LANDMARKS = np.array(_TEXT.split(), int)


def coefficients_of(networks: CaptureNetworks, points: Floats) -> Floats:
    """Measure the expression, (52,) from 0 to 1, of landmarks (478, 2 or more) in pixels."""
    return networks.run(_NETWORK, _given(points))[0].astype(np.float64).ravel()


def coefficients_beside(networks: CaptureNetworks, points: Floats) -> Callable[[], Floats]:
    """Measure them while the caller does something else; what is given waits for them."""
    wait = networks.start(_NETWORK, _given(points))
    return lambda: wait()[0].astype(np.float64).ravel()


def _given(points: Floats) -> NDArray[np.float32]:
    return np.ascontiguousarray(points[None, _LANDMARKS, :2], np.float32)
