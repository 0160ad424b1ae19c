"""What is measured, in which windows it is kept, the boards that show it, the rules that watch it.

State changes only through `actions`.
"""

from .alerts import (
    COMMENT_MAX,
    WHY_MAX,
    Alert,
    AlertChange,
    Post,
    Rule,
    RuleVersion,
    Severity,
    Silence,
    State,
)
from .boards import SLUG_MAX, TITLE_MAX, Board, BoardVersion, Ticker
from .measured import (
    LABELS_MAX,
    LAST_AT_SECONDS,
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
    Source,
    Target,
)
from .shares import Share

__all__ = [
    "COMMENT_MAX",
    "LABELS_MAX",
    "LAST_AT_SECONDS",
    "NAME_MAX",
    "SLUG_MAX",
    "TITLE_MAX",
    "WHY_MAX",
    "Alert",
    "AlertChange",
    "Batch",
    "Board",
    "BoardVersion",
    "DeadLetter",
    "Kind",
    "Metric",
    "Post",
    "Revision",
    "Rollup1d",
    "Rollup1h",
    "Rollup1m",
    "Rollup1s",
    "Rollup10s",
    "RollupBase",
    "Rule",
    "RuleVersion",
    "Series",
    "Severity",
    "Share",
    "Silence",
    "Source",
    "State",
    "Target",
    "Ticker",
]
