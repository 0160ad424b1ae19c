"""The command rate of HTTP callers: a bucket for each session or token, since there is no connection to hold one."""

from collections import OrderedDict
from threading import Lock

from django.conf import settings

from project.accounts.authentication import Identity
from project.realtime.limits import Bucket
from project.realtime.protocol import COMMAND_BURST_SECONDS

MAX_CALLERS = 10_000
"""Buckets kept; the caller longest silent is forgotten first, and its bucket would be full again anyway."""

_buckets: OrderedDict[str, Bucket] = OrderedDict()
_lock = Lock()


def take_or_refuse(identity: Identity) -> None:
    """Counts one command of this caller in this process.

    Raises CommandError `rate_limited` with the time to wait.
    """
    take_or_refuse_for(identity.session or f"token {identity.token_id}")


def take_or_refuse_for(key: str) -> None:
    """The same for whoever is known by this key."""
    rate = settings.LIMIT_COMMANDS_PER_SECOND
    _take_or_refuse(key, rate, rate * COMMAND_BURST_SECONDS)


def take_or_refuse_costly(key: str, rate: float, burst: float) -> None:
    """The same for what costs more than a command: `burst` at once, `rate` a second after that, for each key, which
    nothing else may count by. Off together with the limit of commands."""
    _take_or_refuse(key, rate if settings.LIMIT_COMMANDS_PER_SECOND else 0, burst)


def _take_or_refuse(key: str, rate: float, burst: float) -> None:
    with _lock:
        bucket = _buckets.pop(key, None) or Bucket(rate, burst)
        _buckets[key] = bucket
        if len(_buckets) > MAX_CALLERS:
            _buckets.popitem(last=False)
        bucket.take_or_refuse()
