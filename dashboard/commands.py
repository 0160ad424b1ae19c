"""What a client may ask for: each a schema and a call into `ingest` or `actions`."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from project.accounts.models import User
from project.realtime.commands import Outcome, Request, batch_command, command
from project.realtime.errors import CommandError

from . import actions, events, panels, requests, schemas
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
    return push_of(sender, samples, request.data.batch, now, request.data.source)


@command("board.create", requests.CreateBoard, reply=schemas.BoardOut)
def create(actor: User, data: requests.CreateBoard) -> Mapping[str, Any]:
    """Makes a board."""
    return events.board(actions.create(actor, data.title, panels.stored(data.panels), data.slug))


@command("board.update", requests.UpdateBoard, reply=schemas.BoardOut)
def update(actor: User, data: requests.UpdateBoard) -> Mapping[str, Any]:
    """Changes a board's title or panels. Every version is kept."""
    wanted = None if data.panels is None else panels.stored(data.panels)
    return events.board(actions.update(actor, data.board, data.title, wanted, data.version))


@command("board.delete", requests.OneBoard, reply=schemas.BoardOut)
def delete(actor: User, data: requests.OneBoard) -> Mapping[str, Any]:
    """Takes a board away; it can be restored."""
    return events.board(actions.delete(actor, data.board))


@command("board.restore", requests.RestoreBoard, reply=schemas.BoardOut)
def restore(actor: User, data: requests.RestoreBoard) -> Mapping[str, Any]:
    """Brings back a deleted board, or what a board was with a version."""
    return events.board(actions.restore(actor, data.board, data.version))
