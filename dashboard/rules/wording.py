"""What people read of alerts, in notifications and rooms."""

import re
from collections.abc import Sequence

from dashboard.models import Alert, PostedIncident

from . import events
from .explaining import length

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
    return _listed("alerts", [f"**{plain(headline(row))}**: {plain(why(row))}" for row in rows])


def over(told: Sequence[PostedIncident]) -> str:
    """The same message when all that it tells of is over."""
    lines = [f"~~{plain(headline(one.alert))}~~ is over, after {_lasted(one)}." for one in told]
    return _listed("alerts, all over", lines)


def plain(text: str) -> str:
    """Text of rules and labels, as Markdown that shows it as it is and mentions nobody."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())).replace("@", "@\N{WORD JOINER}")


def _listed(what: str, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    listed = [f"{len(lines)} {what}:", *(f"- {line}" for line in lines[:LISTED_MAX])]
    if len(lines) > LISTED_MAX:
        listed.append(f"- and {len(lines) - LISTED_MAX} more")
    return "\n".join(listed)


def _lasted(one: PostedIncident) -> str:
    seconds = max((one.ended or one.fired) - one.fired, 0)
    return length(seconds if seconds < 120 else round(seconds / 60) * 60)
