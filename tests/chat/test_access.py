"""Who may do what: every command, for alice who owns the room, bob who is in it, and charlie who is not."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.access import members_of, streams_of, verdicts
from chat.models import Room
from project.accounts.models import User
from project.realtime import commands
from project.realtime.commands import Request
from project.realtime.errors import CommandError
from project.realtime.streams import Verdict
from tests.chat.talk import say

OK = ("ok", "ok", "ok")
MEMBERS_OPEN = ("ok", "ok", "forbidden")
MEMBERS_CLOSED = ("ok", "ok", "not_found")
OWNER_OPEN = ("ok", "forbidden", "forbidden")
OWNER_CLOSED = ("ok", "forbidden", "not_found")

# command: what alice, bob and charlie get in an open room, in a closed one, in a direct one of alice and bob
MATRIX: dict[str, tuple[tuple[str, str, str], ...]] = {
    "room.join": (OK, MEMBERS_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.leave": (MEMBERS_OPEN, MEMBERS_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.invite": (MEMBERS_OPEN, MEMBERS_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.remove": (OWNER_OPEN, OWNER_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.rename": (OWNER_OPEN, OWNER_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.archive": (OWNER_OPEN, OWNER_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.unarchive": (OWNER_OPEN, OWNER_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.role": (OWNER_OPEN, OWNER_CLOSED, ("forbidden", "forbidden", "not_found")),
    "room.involvement": (MEMBERS_OPEN, MEMBERS_CLOSED, MEMBERS_CLOSED),
    "room.read": (MEMBERS_OPEN, MEMBERS_CLOSED, MEMBERS_CLOSED),
    "message.send": (MEMBERS_OPEN, MEMBERS_CLOSED, MEMBERS_CLOSED),
    "message.edit": (("forbidden", "ok", "not_found"),) * 3,
    "message.delete": (MEMBERS_CLOSED, MEMBERS_CLOSED, ("forbidden", "ok", "not_found")),
    "message.pin": (MEMBERS_CLOSED,) * 3,
    "message.unpin": (MEMBERS_CLOSED,) * 3,
    "reaction.add": (MEMBERS_CLOSED,) * 3,
    "reaction.remove": (MEMBERS_CLOSED,) * 3,
    "typing.start": (MEMBERS_OPEN, MEMBERS_CLOSED, MEMBERS_CLOSED),
    "typing.stop": (MEMBERS_OPEN, MEMBERS_CLOSED, MEMBERS_CLOSED),
}
KINDS = ("room", "closed", "direct")


@pytest.fixture
def people(alice: User, bob: User, charlie: User) -> dict[str, User]:
    return {"alice": alice, "bob": bob, "charlie": charlie}


def data_for(name: str, room: Room, bob: User) -> dict[str, Any]:
    """What each command is asked with: about bob, or about what bob said."""
    of_message = name.startswith(("message.", "reaction.")) and name != "message.send"
    about: dict[str, Any] = {"message": say(bob, room)["id"]} if of_message else {"room": room.pk}
    fields: dict[str, dict[str, Any]] = {
        "room.invite": {"user": bob.pk},
        "room.remove": {"user": bob.pk},
        "room.rename": {"name": "another"},
        "room.role": {"user": bob.pk, "role": "moderator"},
        "room.involvement": {"involvement": "nothing"},
        "room.read": {"seq": 1},
        "message.send": {"body": "Hello", "client_id": str(uuid.uuid4())},
        "message.edit": {"body": "Changed"},
        "reaction.add": {"emoji": "👍"},
        "reaction.remove": {"emoji": "👍"},
    }
    return about | fields.get(name, {})


def run(name: str, actor: User, data: dict[str, Any]) -> str:
    """Runs a command as the transports do, and tells how it ended."""
    command = commands.find(name)
    parsed = command.schema.model_validate(data)
    try:
        if command.batch:
            (outcome,) = command.batch([Request(actor.pk, parsed)])
            if isinstance(outcome, CommandError):
                raise outcome
        elif command.handler:
            command.handler(actor, parsed)
    except CommandError as refusal:
        return refusal.code
    return "ok"


@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MATRIX)
def test_each_command_does_for_each_person_what_the_matrix_says(
    name: str, kind: str, who: str, people: dict[str, User], request: pytest.FixtureRequest
) -> None:
    room = request.getfixturevalue(kind)
    expected = MATRIX[name][KINDS.index(kind)][list(people).index(who)]
    assert run(name, people[who], data_for(name, room, people["bob"])) == expected


def test_the_matrix_has_every_command_about_a_room_or_a_message() -> None:
    ours = {
        c.name
        for c in commands.registered()
        if c.name.startswith(("room.", "message.", "reaction.", "typing."))
    }
    assert ours - {"room.create"} == set(MATRIX)


def test_only_members_may_follow_a_room(
    people: dict[str, User], room: Room, closed: Room, direct: Room
) -> None:
    keys = [str(room.pk), str(closed.pk), str(direct.pk), "987654", f"0{room.pk}", "x", "²", "9" * 30]
    bob, charlie = people["bob"].pk, people["charlie"].pk
    with CaptureQueriesContext(connection) as queries:
        answers = verdicts([(user, key) for user in (bob, charlie) for key in keys])
    assert len(queries) == 2
    assert [answers[bob, key] for key in keys] == [Verdict.OK] * 3 + [Verdict.NOT_FOUND] * 5
    assert [answers[charlie, key] for key in keys] == [Verdict.FORBIDDEN] + [Verdict.NOT_FOUND] * 7


def test_presence_goes_to_the_rooms_of_a_person_and_shows_the_people_of_a_room(
    people: dict[str, User], room: Room, closed: Room
) -> None:
    alice, bob = people["alice"].pk, people["bob"].pk
    assert sorted(streams_of([bob])) == sorted([room.stream, closed.stream])
    assert {name: sorted(ids) for name, ids in members_of([room.stream]).items()} == {
        room.stream: [alice, bob]
    }
