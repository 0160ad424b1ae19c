"""Who may follow an inbox: its owner, nobody else."""

from collections.abc import Mapping, Sequence

from project.realtime import streams
from project.realtime.streams import Question, Retention, StreamKind, Verdict

# An inbox carries news for open tabs and returning devices; whoever was away longer reloads the page.
RETENTION = Retention(days=30, count=2_000)


def stream_of(user_id: int) -> str:
    """The name of a person's own inbox stream."""
    return f"inbox.{user_id}"


def verdicts(questions: Sequence[Question]) -> Mapping[Question, Verdict]:
    """Own inbox: ok. Every other is `forbidden`, whether that person exists or not, so nothing leaks."""
    return {(user, key): Verdict.OK if key == str(user) else Verdict.FORBIDDEN for user, key in questions}


def register() -> None:
    """Makes `inbox.<user id>` a stream people can follow."""
    redacting = frozenset({"notification.updated"})
    streams.register(StreamKind(prefix="inbox", verdicts=verdicts, retention=RETENTION, redacting=redacting))
