"""Where the features are gathered: the contributions of the built-in packages and of third parties."""

import importlib
from functools import cache
from importlib import metadata

from core.command import Contribution, Registry

_BUILT_IN = (
    "app.contribution",
    "capture.contribution",
    "imaging.contribution",
    "models.contribution",
    "reconstruction.contribution",
    "render.contribution",
    "viewers.contribution",
)


@cache
def registry() -> Registry:
    """Give the registry of everything that is installed; a duplicate id or a wrong declaration raises."""
    contributions: list[Contribution] = [importlib.import_module(name).CONTRIBUTION for name in _BUILT_IN]
    contributions += [point.load() for point in metadata.entry_points(group="sense.contributions")]
    return Registry(contributions)
