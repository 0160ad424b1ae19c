"""What the dashboard offers to rooms, see project/between: `/metric`."""

from project.between import slashes
from project.between.slashes import Slash

from .slashes import USAGE, attach
from .suggesting import suggest


def register() -> None:
    """Makes it known."""
    slashes.register(Slash("metric", USAGE, "Shows a live chart of what is measured", attach, suggest))
