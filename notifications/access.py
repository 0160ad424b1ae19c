"""Who may follow an inbox: its owner, nobody else."""

from collections.abc import Mapping, Sequence

from project.realtime import streams
from project.realtime.streams import Retention, StreamKind, Verdict

# An inbox carries news for open tabs and returning devices; whoever was away longer reloads the page.
RETENTION = Retention(days=30, count=2_000)


def stream_of(user_id: int) -> str:
    """The name of a person's own inbox stream."""
    return f"inbox.{user_id}"


def verdicts(user_id: int, keys: Sequence[str]) -> Mapping[str, Verdict]:
    """Own inbox: ok. Every other is `forbidden`, whether that person exists or not, so nothing leaks."""
    own = str(user_id)
    return {key: Verdict.OK if key == own else Verdict.FORBIDDEN for key in keys}


def register() -> None:
    """Makes `inbox.<user id>` a stream people can follow."""
    streams.register(StreamKind(prefix="inbox", verdicts=verdicts, retention=RETENTION))
