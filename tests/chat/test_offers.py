"""What the chat does for the other apps: it says things in rooms, with something attached."""

import json
import uuid
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from chat import actions, history
from chat.models import Kind, Message, Room
from project.accounts.actions import create_user
from project.accounts.models import User
from project.between import attachments
from project.between.attachments import AttachmentType
from project.between.rooms import Posted, rooms
from tests.chat.conftest import Listener
from tests.chat.talk import kept, refused, say

CHART = {"type": "chart", "board": "chart-1", "title": "Load", "seconds": 3600}
OTHER = CHART | {"title": "Load of db-2"}


@pytest.fixture
def bot(db: None) -> User:
    return create_user("alerts", bot=True)


def post(author: User, room: Room, body: str = "Load is high", **more: Any) -> Posted:
    given: dict[str, Any] = {"attachments": [CHART], "client_id": uuid.uuid4()} | more
    return rooms().post(room.pk, author, body, given["attachments"], given["client_id"])


def read(message_id: int) -> dict[str, Any]:
    return history.payload(Message.objects.select_related("author").get(pk=message_id))


def test_what_is_posted_has_its_attachments_in_the_event_and_when_read(room: Room, bot: User) -> None:
    posted = post(bot, room)
    event = kept(room.stream)[-1]
    assert (event["type"], event["seq"]) == ("message.created", posted.seq)
    assert event["data"] == read(posted.message)
    assert event["data"]["attachments"] == [CHART]
    assert event["data"]["author"]["id"] == bot.pk
    assert posted.url == f"{reverse('room', args=[room.pk])}?at={posted.seq}"


def test_a_message_of_a_person_has_none(message: dict[str, Any]) -> None:
    assert message["attachments"] == []


def test_an_author_is_brought_in_once_even_where_nobody_may_join(
    closed: Room, bot: User, listener: Listener
) -> None:
    listener.follow(closed.stream)
    post(bot, closed)
    post(bot, closed, "Again")
    assert [type for type, _ in listener.news(closed.stream)] == [
        "member.joined",
        "message.created",
        "message.created",
    ]


def test_nothing_is_posted_into_a_direct_room_of_others_or_an_archived_one(
    direct: Room, room: Room, alice: User, bot: User
) -> None:
    with refused("forbidden"):
        post(bot, direct)
    post(bot, room)
    actions.archive_room(alice, room.pk)
    with refused("conflict"):
        post(bot, room)
    with refused("not_found"):
        rooms().post(999_999, bot, "Hello", [], uuid.uuid4())


def test_the_same_client_id_says_nothing_again(room: Room, bot: User, listener: Listener) -> None:
    again = uuid.uuid4()
    first = post(bot, room, client_id=again)
    listener.follow(room.stream)
    assert post(bot, room, "Something else", client_id=again) == first
    assert listener.news(room.stream) == []


def test_what_is_posted_has_no_pace(room: Room, bot: User, settings: Settings) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 2
    assert len({post(bot, room).seq for _ in range(5)}) == 5


def test_a_posted_message_can_say_something_else(room: Room, bot: User, listener: Listener) -> None:
    posted = post(bot, room)
    listener.follow(room.stream)
    rooms().change(posted.message, "Load is **fine** again", [OTHER])
    ((type, data),) = listener.news(room.stream)
    assert type == "message.edited"
    assert data == read(posted.message)
    assert (data["html"], data["attachments"]) == ("<p>Load is <strong>fine</strong> again</p>", [OTHER])
    rooms().change(posted.message, "Load is **fine** again", [OTHER])
    assert listener.news(room.stream) == []


def test_a_deleted_message_or_one_in_an_archived_room_stays_as_it_is(
    room: Room, alice: User, bot: User, listener: Listener
) -> None:
    deleted, archived = post(bot, room), post(bot, room)
    actions.delete_message(alice, deleted.message)
    actions.archive_room(alice, room.pk)
    listener.follow(room.stream)
    for posted in (deleted, archived):
        rooms().change(posted.message, "Fine again", [OTHER])
    assert listener.news(room.stream) == []
    with refused("not_found"):
        rooms().change(999_999, "Fine again", [])


def test_who_is_no_more_mentioned_forgets_it(room: Room, bob: User, bot: User, listener: Listener) -> None:
    inbox = f"inbox.{bob.pk}"
    posted = post(bot, room, "@bob look")
    listener.follow(inbox)
    rooms().change(posted.message, "Fine again", [])
    assert [(type, data["body"]) for type, data in listener.all(inbox)] == [("notification.updated", "")]


def test_editing_keeps_what_is_attached(room: Room, bot: User) -> None:
    posted = post(bot, room)
    edited = actions.edit_message(bot, posted.message, "Load is very high")
    assert edited["attachments"] == [CHART]


def test_deleting_takes_it_out_of_the_message_and_of_older_events(room: Room, bot: User) -> None:
    posted = post(bot, room)
    rooms().change(posted.message, "Fine again", [OTHER])
    gone = actions.delete_message(bot, posted.message)
    assert gone["attachments"] == []
    about = [event for event in kept(room.stream) if event["data"].get("id") == posted.message]
    assert len(about) == 3
    assert all(event["data"]["attachments"] == [] for event in about)


def test_somebody_may_choose_among_the_rooms_they_are_in(
    room: Room, closed: Room, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    old = actions.create_room(bob, "old", Kind.OPEN)
    actions.archive_room(bob, old.pk)
    assert [place.name for place in rooms().places(bob)] == ["ops", "secrets"]
    assert rooms().places(charlie) == []
    say(alice, closed)
    assert rooms().may_read(bob, closed.pk)
    assert not rooms().may_read(charlie, room.pk)


def test_a_page_keeps_the_place_of_what_hangs_below_messages_and_has_what_draws_it(
    client: Client, room: Room, bob: User, bot: User
) -> None:
    post(bot, room)
    client.force_login(bob)
    page = client.get(reverse("room", args=[room.pk]))
    (entry,) = page.context["entries"]
    assert json.loads(entry["attachments_json"]) == [CHART]
    assert page.context["page_data"]["attachments"] == {
        kind.name: static(kind.module) for kind in attachments.registered()
    }
    html = page.content.decode()
    assert html.count('<div class="attachment" data-type="chart"></div>') == 1
    for kind in attachments.registered():
        assert f'<template id="attachment-{kind.name}">' in html
        assert all(f'href="{static(path)}"' in html for path in kind.styles)


def test_a_type_of_attachment_is_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "_types", {})
    kind = AttachmentType("lab", "lab/lab.js", "lab.html", ("lab/a.css", "lab/b.css"))
    attachments.register(kind)
    attachments.register(AttachmentType("other", "lab/other.js", "lab.html", ("lab/b.css", "lab/c.css")))
    assert attachments.styles() == ["lab/a.css", "lab/b.css", "lab/c.css"]
    with pytest.raises(ValueError, match="registered already"):
        attachments.register(kind)
