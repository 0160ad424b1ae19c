"""The pages: what they show, and what they hand to the browser."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import actions, queries
from chat.models import Kind, Room
from project.accounts.actions import create_user
from project.accounts.models import User
from project.realtime import log
from tests.chat.talk import draft, say


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def data_of(page: Any) -> dict[str, Any]:
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    return json.loads(found[1])


def test_nobody_sees_a_page_without_signing_in(db: None) -> None:
    for path in ("/", "/rooms/", "/rooms/1/", "/rooms/find/"):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_home_is_the_room_with_the_newest_talk(as_bob: Client, room: Room, closed: Room, bob: User) -> None:
    say(bob, room)
    assert as_bob.get("/")["Location"] == f"/rooms/{room.pk}/"


def test_home_without_any_room_is_the_list(as_bob: Client) -> None:
    assert as_bob.get("/")["Location"] == "/rooms/"
    assert as_bob.get("/rooms/").status_code == 200


def test_a_room_shows_its_messages_and_hands_over_where_to_go_on(
    as_bob: Client, room: Room, alice: User, bob: User
) -> None:
    first = say(alice, room, "Hello <b>")
    say(bob, room, "Hi", reply_to=first["id"])
    page = as_bob.get(f"/rooms/{room.pk}/")
    html = page.content.decode()
    assert "Hello &lt;b&gt;" in html
    assert [m["quote"] and m["quote"]["author"]["name"] for m in page.context["entries"]] == [
        None,
        "Alice A.",
    ]
    data = data_of(page)
    assert data["room"] == queries.room_of(bob.pk, room.pk)
    assert data["epoch"] == log.current_epoch()
    assert data["positions"][room.stream] == log.heads([room.stream])[room.stream].head
    assert f"inbox.{bob.pk}" in data["positions"]
    assert data["me"]["id"] == bob.pk
    assert data["first_unread_seq"] == first["seq"]


def test_a_bot_is_in_a_room_and_not_away(as_bob: Client, room: Room) -> None:
    bot = create_user("deploys", display_name="Deploys", bot=True)
    actions.bring_in(room.pk, bot)
    page = as_bob.get(f"/rooms/{room.pk}/").content.decode()
    listed = dict(re.findall(r'<ul class="people-list" id="(\w+)-list".*?>(.*?)</ul>', page, re.DOTALL))
    assert [name for name, people in listed.items() if "Deploys" in people] == ["bots"]
    assert 'class="person is-bot"' in listed["bots"]
    assert '<span id="people-count">2</span> people' in page


def test_a_room_opens_at_the_first_unread_message_or_where_the_link_says(
    as_bob: Client, room: Room, alice: User
) -> None:
    now = timezone.now()
    drafts = [draft(alice, f"number {n}", at=now - timedelta(minutes=200 - n)) for n in range(130)]
    sent = actions.import_messages(room.pk, drafts)
    page = as_bob.get(f"/rooms/{room.pk}/")
    assert page.context["entries"][0]["body"] == "number 0"
    assert page.context["has_more_after"]
    page = as_bob.get(f"/rooms/{room.pk}/?at={sent[60]['seq']}")
    bodies = [message["body"] for message in page.context["entries"]]
    assert "number 60" in bodies[10:-10]
    assert page.context["has_more_before"]
    actions.mark_read(User.objects.get(username="bob"), room.pk, 10**9)
    page = as_bob.get(f"/rooms/{room.pk}/?at=nonsense")
    assert page.context["entries"][-1]["body"] == "number 129"
    assert page.context["first_unread_seq"] is None


def test_days_start_where_the_reader_is_and_close_messages_go_together(
    as_bob: Client, room: Room, alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Kolkata")
    at = datetime(2026, 3, 1, 18, 20, tzinfo=UTC)  # 23:50 in Kolkata
    drafts = [draft(alice, at=at + timedelta(minutes=later)) for later in (0, 3, 12, 13)]
    actions.import_messages(room.pk, [*drafts, draft(bob, at=at + timedelta(minutes=14))])
    shown = as_bob.get(f"/rooms/{room.pk}/").context["entries"]
    assert [message["starts_day"] for message in shown] == [True, False, True, False, False]
    assert [message["continued"] for message in shown] == [False, True, False, True, False]
    assert shown[0]["day"].startswith("Sunday, 1 March")
    assert shown[2]["day"].startswith("Monday, 2 March")


def test_a_room_to_join_first_leads_to_where_one_can(as_bob: Client, alice: User) -> None:
    other = actions.create_room(alice, "elsewhere", Kind.OPEN)
    assert as_bob.get(f"/rooms/{other.pk}/")["Location"] == "/rooms/find/"
    page = as_bob.get("/rooms/find/")
    assert [(found["name"], found["joined"]) for found in page.context["open_rooms"]] == [
        ("elsewhere", False)
    ]


def test_a_hidden_room_is_not_found(as_bob: Client, alice: User) -> None:
    hidden = actions.create_room(alice, "hidden", Kind.CLOSED)
    assert as_bob.get(f"/rooms/{hidden.pk}/").status_code == 404
    assert as_bob.get("/rooms/987654/").status_code == 404


def test_the_page_of_open_rooms_finds_nothing_by_a_name_that_cannot_be(as_bob: Client, room: Room) -> None:
    page = as_bob.get("/rooms/find/?q=a%00b")
    assert page.status_code == 200
    assert list(page.context["open_rooms"]) == []


def test_what_the_server_has_to_say_is_a_toast_and_what_people_said_is_not(
    as_bob: Client, room: Room, bob: User
) -> None:
    say(bob, room, "hello")
    assert 'class="toast"' not in as_bob.get(f"/rooms/{room.pk}/").content.decode()
    as_bob.post("/settings/profile/", {"display_name": "Bob", "time_zone": "UTC"})
    toasts = re.findall(r'<p class="toast">(.*?)</p>', as_bob.get(f"/rooms/{room.pk}/").content.decode())
    assert len(toasts) == 1
    assert "hello" not in toasts[0]
