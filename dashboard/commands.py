"""What a client may ask for: each a schema and a call into `ingest` or `actions`."""

import time
from collections.abc import Sequence

from project.realtime.commands import Outcome, Request, batch_command
from project.realtime.errors import CommandError

from . import requests, schemas
from .ingest import quota
from .ingest.points import Push, Sender
from .ingest.samples import push_of
from .ingest.writing import write


@batch_command(
    "metrics.push", requests.Push, stream=lambda data: "metrics", scope="metrics", reply=schemas.Pushed
)
def push(batch: Sequence[Request]) -> Sequence[Outcome]:
    """Takes in measurements. A sample that cannot be taken is rejected with a reason, and the others are taken."""
    now = time.time()
    prepared = [_prepared(request, now) for request in batch]
    results = iter(write([one for one in prepared if isinstance(one, Push)]))
    return [one if isinstance(one, CommandError) else next(results).payload() for one in prepared]


def _prepared(request: Request, now: float) -> Push | CommandError:
    sender = Sender(request.actor_id, request.token_id)
    samples = request.data.samples
    try:
        quota.take_or_refuse(sender, len(samples))
    except CommandError as refusal:
        return refusal
    return push_of(sender, samples, request.data.batch, now)
