"""Commands in messages: they attach what another app makes of them, or are refused with its reason."""

import uuid
from collections.abc import Sequence

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from chat import actions
from chat.models import Message, Room
from project.accounts.models import User
from project.between import slashes
from project.between.attachments import Attachment
from project.between.slashes import Slash, Suggestion
from project.realtime.errors import CommandError
from tests.chat.conftest import Listener
from tests.chat.talk import draft, refused, say


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """A command that attaches what stands behind it, and refuses "no"; -> what it was asked."""
    asked: list[tuple[int, str]] = []

    def handle(author_id: int, text: str) -> Sequence[Attachment]:
        asked.append((author_id, text))
        if text == "no":
            raise CommandError("invalid", "Not that.", fields={"body": "Not that."})
        return [{"type": "echo", "text": text}]

    def suggest(text: str) -> Sequence[Suggestion]:
        return [Suggestion(f"{text}!", "louder")]

    monkeypatch.setattr(slashes, "_slashes", {})
    slashes.register(Slash("echo", "/echo TEXT", "Says it again", handle, suggest))
    return asked


def attached(text: str) -> list[Attachment]:
    return [{"type": "echo", "text": text}]


def test_a_command_attaches_what_it_makes_and_the_text_is_said_as_well(
    room: Room, bob: User, echo: list[tuple[int, str]]
) -> None:
    sent = say(bob, room, "/echo  one two ")
    assert sent["attachments"] == attached("one two")
    assert sent["body"] == "/echo  one two "
    assert echo == [(bob.pk, "one two")]


@pytest.mark.parametrize("text", ["/ echo one", "//echo one", "/ECHO one", "/nothing one", " /echo one", "/"])
def test_what_is_no_command_is_simply_text(room: Room, bob: User, text: str) -> None:
    assert say(bob, room, text)["attachments"] == []


def test_a_command_that_can_do_nothing_says_why_and_nothing_is_said(
    room: Room, alice: User, bob: User, charlie: User, settings: Settings
) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 1
    drafts = [
        draft(bob, "/echo no"),
        draft(alice, "Hello"),
        draft(bob, "/echo yes"),
        draft(charlie, "/echo no"),
    ]
    first, second, third, fourth = actions.send_messages(room.pk, drafts)
    assert isinstance(first, CommandError)
    assert (first.code, first.fields) == ("invalid", {"body": "Not that."})
    assert isinstance(second, dict)
    assert isinstance(third, dict)  # what was refused is not counted
    assert isinstance(fourth, CommandError)
    assert fourth.code == "forbidden"  # who may not write here is not told more
    assert Message.objects.count() == 2


def test_sending_again_returns_the_first_result_whatever_the_command_says_by_then(
    room: Room, bob: User, echo: list[tuple[int, str]]
) -> None:
    again = uuid.uuid4()
    first = say(bob, room, "/echo yes", client_id=again)
    assert say(bob, room, "/echo no", client_id=again) == first


def test_an_edit_does_what_its_text_says(room: Room, bob: User, listener: Listener) -> None:
    sent = say(bob, room, "/echo one")
    assert actions.edit_message(bob, sent["id"], "/echo two")["attachments"] == attached("two")
    with refused("invalid"):
        actions.edit_message(bob, sent["id"], "/echo no")
    assert actions.edit_message(bob, sent["id"], "two")["attachments"] == []
    assert actions.edit_message(bob, sent["id"], "/echo three")["attachments"] == attached("three")


def test_a_command_does_nothing_for_those_who_may_not_say_it(
    room: Room, alice: User, bob: User, charlie: User, echo: list[tuple[int, str]], settings: Settings
) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 1
    said = say(bob, room, "Hello")
    for person, code in ((charlie, "forbidden"), (bob, "rate_limited")):
        with refused(code):
            say(person, room, "/echo one")
    for person, code in ((alice, "forbidden"), (bob, "rate_limited")):
        with refused(code):
            actions.edit_message(person, said["id"], "/echo one")
    assert echo == []


def test_what_was_said_long_ago_does_nothing_when_it_is_imported(
    room: Room, bob: User, echo: list[tuple[int, str]]
) -> None:
    (sent,) = actions.import_messages(room.pk, [draft(bob, "/echo one")])
    assert isinstance(sent, dict)
    assert (sent["attachments"], echo) == ([], [])


def test_a_message_without_a_command_costs_no_query_more(
    room: Room, bob: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for text in ("Hello", "/nothing"):
        with django_assert_max_num_queries(8):  # as in test_sending.py
            say(bob, room, text)


def test_what_may_stand_behind_a_command_is_asked_over_http(client: Client, bob: User) -> None:
    client.force_login(bob)
    answer = client.get("/api/v1/slashes/echo", {"text": "one"})
    assert answer.json() == {"suggestions": [{"word": "one!", "note": "louder"}]}
    assert client.get("/api/v1/slashes/nothing").status_code == 404


def test_the_page_knows_the_commands(client: Client, room: Room, bob: User) -> None:
    client.force_login(bob)
    page = client.get(f"/rooms/{room.pk}/")
    assert page.context["page_data"]["slashes"] == [
        {"name": "echo", "usage": "/echo TEXT", "description": "Says it again"}
    ]
