"""What the application itself offers."""

from core.command import Contribution

CONTRIBUTION = Contribution()
