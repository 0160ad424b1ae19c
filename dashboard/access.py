"""Who may follow a board, and what is said of alerts: everyone here."""

from collections.abc import Mapping, Sequence

from project.realtime import streams
from project.realtime.streams import Question, Retention, StreamKind, Verdict

from .models import Board

RETENTION = Retention(days=2, count=7_200)
"""Two hours of ticks: who was away for longer loads the board anew, which is quicker."""


ALERTS = Retention(days=30, count=10_000)


PUBLIC = frozenset({"board.tick", "board.revised", "board.changed"})
"""What those see of it who have a link to the board, and no account: no alerts, which name people and rooms."""


def stream_of(slug: str) -> str:
    """The name of a board's stream."""
    return f"board.{slug}"


def verdicts(questions: Sequence[Question]) -> Mapping[Question, Verdict]:
    """Every board that was not deleted: ok."""
    wanted = {key for _, key in questions}
    found = set(Board.objects.filter(slug__in=wanted, deleted_at=None).values_list("slug", flat=True))
    return {(user, key): Verdict.OK if key in found else Verdict.NOT_FOUND for user, key in questions}


def alert_verdicts(questions: Sequence[Question]) -> Mapping[Question, Verdict]:
    """There is one stream of alerts, `all`: ok."""
    return {(user, key): Verdict.OK if key == "all" else Verdict.NOT_FOUND for user, key in questions}


def register() -> None:
    """Makes `board.<slug>` and `alerts.all` streams people can follow."""
    streams.register(StreamKind(prefix="board", verdicts=verdicts, retention=RETENTION, public=PUBLIC))
    streams.register(StreamKind(prefix="alerts", verdicts=alert_verdicts, retention=ALERTS))
