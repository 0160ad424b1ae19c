"""What is measured, in which windows it is kept, and the boards that show it. State changes only through `actions`."""

from .boards import SLUG_MAX, TITLE_MAX, Board, BoardVersion, Ticker
from .measured import (
    LABELS_MAX,
    NAME_MAX,
    Batch,
    DeadLetter,
    Kind,
    Metric,
    Revision,
    Rollup1d,
    Rollup1h,
    Rollup1m,
    Rollup1s,
    Rollup10s,
    RollupBase,
    Series,
    Target,
)

__all__ = [
    "LABELS_MAX",
    "NAME_MAX",
    "SLUG_MAX",
    "TITLE_MAX",
    "Batch",
    "Board",
    "BoardVersion",
    "DeadLetter",
    "Kind",
    "Metric",
    "Revision",
    "Rollup1d",
    "Rollup1h",
    "Rollup1m",
    "Rollup1s",
    "Rollup10s",
    "RollupBase",
    "Series",
    "Target",
    "Ticker",
]
