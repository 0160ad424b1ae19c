"""What people read of alerts, in notifications and rooms."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from dashboard.models import Alert

from . import events
from .explaining import length
from .machine import FIRES

LISTED_MAX = 10  # alerts in one message; the page has all of them
_MARKS = re.compile(r"([\\`*_~\[\]<>&|#!-])")


def headline(row: Alert) -> str:
    """The rule and the label set."""
    labels = ", ".join(events.labels_of(row).values())
    return f"{row.rule.title}: {labels}" if labels else row.rule.title


def why(row: Alert) -> str:
    """What was seen of it, as a sentence."""
    return row.why if row.why.endswith(".") else f"{row.why}."


def firing(rows: Sequence[Alert]) -> str:
    """A message that tells of these alerts, in Markdown."""
    return _listed(rows, "alerts", lambda row: f"**{plain(headline(row))}**: {plain(why(row))}")


def over(rows: Sequence[Alert], at: datetime) -> str:
    """The same message when all of them are over."""

    def line(row: Alert) -> str:
        return f"~~{plain(headline(row))}~~ is over, after {_lasted(row, at)}."

    return _listed(rows, "alerts, all over", line)


def plain(text: str) -> str:
    """Text of rules and labels, as Markdown that shows it as it is and mentions nobody."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())).replace("@", "@\N{WORD JOINER}")


def _listed(rows: Sequence[Alert], what: str, line: Callable[[Alert], str]) -> str:
    if len(rows) == 1:
        return line(rows[0])
    lines = [f"{len(rows)} {what}:", *(f"- {line(row)}" for row in rows[:LISTED_MAX])]
    if len(rows) > LISTED_MAX:
        lines.append(f"- and {len(rows) - LISTED_MAX} more")
    return "\n".join(lines)


def _lasted(row: Alert, at: datetime) -> str:
    end = at if row.state in FIRES else datetime.fromtimestamp(row.since, UTC)
    seconds = max(int(end.timestamp()) - row.fired, 0)
    return length(seconds if seconds < 120 else round(seconds / 60) * 60)
