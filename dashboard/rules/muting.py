"""When nobody is told of an alert: silences, and mute times each week."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from dashboard.models import Silence

from .schemas import DAYS, MuteTime


def is_quiet(
    rule_id: int,
    labels: dict[str, str],
    mute_times: Iterable[MuteTime],
    silences: Sequence[Silence],
    moment: datetime,
) -> bool:
    """Whether nobody is to be told of this alert at this moment. `silences` hold then."""
    return any(silence.matches(rule_id, labels) for silence in silences) or is_muted(mute_times, moment)


def is_muted(mute_times: Iterable[MuteTime], moment: datetime) -> bool:
    """Whether the moment falls into one of these windows. They go by the clock on the wall: where it is put forward or
    back, a window is an hour shorter or longer."""
    return any(_within(one, moment.astimezone(ZoneInfo(one.zone))) for one in mute_times)


def _within(one: MuteTime, local: datetime) -> bool:
    start, until = clock.fromisoformat(one.start), clock.fromisoformat(one.until)
    now = local.time()
    if start < until:
        return start <= now < until and DAYS[local.weekday()] in one.days
    if now >= start:
        return DAYS[local.weekday()] in one.days
    return now < until and DAYS[(local - timedelta(days=1)).weekday()] in one.days
