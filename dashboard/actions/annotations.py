"""What was said at a time, and is shown on charts: the dashboard keeps none of it, and tells that it is different."""

from dashboard.rules.events import ALL
from project.realtime import log


def tell() -> None:
    """Has pages read annotations again. In the transaction of the change."""
    log.append(ALL, "annotation.changed", {})
