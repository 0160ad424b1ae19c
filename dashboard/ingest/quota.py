"""How many samples a second a sender may send to this process."""

from collections import OrderedDict
from threading import Lock

from django.conf import settings

from project.realtime.errors import CommandError
from project.realtime.limits import Bucket

from .points import Sender

BURST_SECONDS = 10
"""An agent that could not reach us for a while sends what it has kept in one go."""
MAX_SENDERS = 10_000
"""Buckets kept; who was silent for longest is forgotten first, and has a full one by then."""

_buckets: OrderedDict[tuple[str, int], Bucket] = OrderedDict()
_lock = Lock()


def take_or_refuse(sender: Sender, samples: int) -> None:
    """Counts these samples.

    Raises CommandError `rate_limited` with the time to wait, or `too_large` for more than may ever come at once.
    """
    rate = settings.LIMIT_SAMPLES_PER_SECOND
    if rate and samples > rate * BURST_SECONDS:
        raise CommandError("too_large", f"At most {rate * BURST_SECONDS} samples may come at once.")
    with _lock:
        bucket = _buckets.pop((sender.key, rate), None) or Bucket(rate, rate * BURST_SECONDS)
        _buckets[sender.key, rate] = bucket
        if len(_buckets) > MAX_SENDERS:
            _buckets.popitem(last=False)
        wait = bucket.take(samples)
    if wait:
        raise CommandError(
            "rate_limited",
            f"More than {rate} samples a second. Nothing was taken; send it again.",
            retry_after=wait,
        )
