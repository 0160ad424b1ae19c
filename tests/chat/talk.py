"""Ways to talk that tests share."""

import json
import uuid
from contextlib import contextmanager
from typing import Any

import pytest

from chat import actions
from chat.actions import Draft
from chat.models import Room
from project.accounts.models import User
from project.realtime import log
from project.realtime.errors import CommandError


def draft(author: User, body: str = "Hello", **more: Any) -> Draft:
    return Draft(author.pk, body, **{"client_id": uuid.uuid4()} | more)


def say(author: User, room: Room, body: str = "Hello", **more: Any) -> dict[str, Any]:
    """Sends a message and returns it; raises what it was refused with."""
    (outcome,) = actions.send_messages(room.pk, [draft(author, body, **more)])
    if isinstance(outcome, CommandError):
        raise outcome
    return outcome


def kept(stream: str) -> list[dict[str, Any]]:
    """All events of a stream, as the wire has them."""
    return [json.loads(event.item) for event in log.read(stream, 0, 10_000)]


@contextmanager
def refused(code: str):
    """Holds when the block is refused with this code."""
    with pytest.raises(CommandError) as caught:
        yield caught
    assert caught.value.code == code
