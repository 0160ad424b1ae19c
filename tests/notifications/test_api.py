"""The HTTP API: reading an inbox, and telling people from a program."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from notifications import actions, queries
from notifications.models import Broadcast, Notification
from project.accounts.actions import issue_token
from project.accounts.models import User
from project.jobs.models import Job
from tests.notifications.told import only, tell

Post = Callable[..., Any]


@pytest.fixture
def secret(robot: User) -> str:
    """A bot's token that may do everything."""
    return issue_token(robot, "test")[1]


@pytest.fixture
def post(client: Client, secret: str) -> Post:
    """Sends a text or JSON to /api/v1/notify, with headers as keywords."""

    def send(target: str, said: Any, status: int = 200, **headers: str) -> Any:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = f"Bearer {secret}"
        if target:
            form = "application/x-www-form-urlencoded"  # what curl -d says
            answer = client.post(f"/api/v1/notify/{target}", said, form, headers=headers)
        else:
            answer = client.post("/api/v1/notify", json.dumps(said), "application/json", headers=headers)
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


@pytest.fixture
def ops(alice: User, bob: User) -> str:
    """A topic that alice follows."""
    actions.make_topic("ops")
    actions.follow(alice, "OPS")
    return "ops"


def get(client: Client, user: User, path: str, **query: Any) -> Any:
    client.force_login(user)
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_text_tells_those_who_follow_a_topic(post: Post, ops: str, alice: User, bob: User) -> None:
    assert post("ops", "disk full") == {"ok": True, "people": 1, "notification": None, "broadcast": None}
    row = only(alice)
    assert (row.title, row.body, row.source, row.source_name, row.kind) == (
        *("disk full", "", "topic.ops", "ops", "notice"),
    )
    assert queries.unread(bob.pk) == 0


def test_headers_say_what_the_text_does_not(post: Post, ops: str, alice: User) -> None:
    post(
        "ops",
        "db-2 has 3 % left\nin /var",
        Title="Größe".encode().decode("latin-1"),
        Priority="urgent",
        Link="https://example.org/x",
        Dedupe_Key="d",
        Collapse_Key="c",
        Expires="2h",
        Actions="Open it, https://example.org/a; Log https://example.org/b",
    )
    row = only(alice)
    assert (row.title, row.body, row.priority, row.link) == (
        *("Größe", "db-2 has 3 % left\nin /var", 5, "https://example.org/x"),
    )
    assert [(action["label"], action["url"]) for action in row.actions] == [
        ("Open it", "https://example.org/a"),
        ("Log", "https://example.org/b"),
    ]
    assert row.expires_at is not None
    assert timedelta(hours=1.9) < row.expires_at - timezone.now() < timedelta(hours=2)
    assert Job.objects.filter(name="expire").exists()


def test_json_for_a_topic_says_the_same(client: Client, secret: str, ops: str, alice: User) -> None:
    headers = {"Authorization": f"Bearer {secret}"}

    def send(said: str) -> int:
        return client.post("/api/v1/notify/ops", said, "application/json", headers=headers).status_code

    assert send('{"title": "Disk full", "body": "db-2", "priority": "high"}') == 200
    assert (only(alice).title, only(alice).body, only(alice).priority) == ("Disk full", "db-2", 4)
    assert [send(said) for said in ("{", "[]", '"x"', "[" * 9999, '{"body": ""}')] == [422] * 5


def test_a_long_text_is_told_in_part_rather_than_not_at_all(post: Post, ops: str, alice: User) -> None:
    post("ops", "first line\n" + "x" * 5000)
    assert (only(alice).title, len(only(alice).body)) == ("first line", 2000)


def test_somebody_is_told_by_their_username_in_any_case(post: Post, bob: User) -> None:
    assert post("@BOB", "Done")["notification"] == only(bob).pk
    assert only(bob).actor is not None
    assert only(bob).actor.username == "robot"


def test_people_are_told_by_their_own_programs_too(client: Client, alice: User) -> None:
    _, secret = issue_token(alice, "mine", scopes=["notify"])
    headers = {"Authorization": f"Bearer {secret}"}
    client.post("/api/v1/notify/@alice", "Done", "text/plain", headers=headers)
    assert only(alice).actor is None


def test_json_says_all_of_it_to_several_people(post: Post, alice: User, bob: User) -> None:
    said = {"people": ["alice", "bob"], "title": "T", "body": "B", "priority": 4, "many": "{count} T"}
    assert post("", said | {"collapse_key": "t"})["people"] == 2
    post("", said | {"collapse_key": "t"})
    assert {row.title for row in Notification.objects.all()} == {"2 T"}


def test_the_same_key_tells_nobody_twice_and_can_be_taken_back(
    client: Client, post: Post, secret: str, ops: str, alice: User
) -> None:
    for _ in range(2):
        post("ops", "disk full", Dedupe_Key="disk")
    assert queries.unread(alice.pk) == 1
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.delete("/api/v1/notify/ops?dedupe_key=disk", headers=headers)
    assert answer.json()["people"] == 1
    assert queries.unread(alice.pk) == 0


def test_a_key_from_outside_cannot_take_the_place_of_one_of_ours(post: Post, alice: User) -> None:
    tell(alice, dedupe_key="message.1", collapse_key="mention.room.1")
    post("", {"person": "alice", "title": "T", "dedupe_key": "message.1", "collapse_key": "mention.room.1"})
    assert queries.unread(alice.pk) == 2


def test_a_delayed_notice_waits_in_the_queue(post: Post, ops: str, alice: User) -> None:
    answer = post("ops", "later", Delay="10m")
    row = Broadcast.objects.get(pk=answer["broadcast"])
    assert timedelta(minutes=9) < Job.objects.get(name="broadcast").due_at - timezone.now()
    assert row.audience == "topic"
    assert queries.unread(alice.pk) == 0


def test_what_waits_for_its_time_is_taken_back_from_whom_it_was_for(
    client: Client, post: Post, secret: str, alice: User, bob: User
) -> None:
    post("", {"people": ["alice", "bob"], "title": "T", "dedupe_key": "d", "delay": "10m"})
    headers = {"Authorization": f"Bearer {secret}"}
    client.delete("/api/v1/notify/@alice?dedupe_key=d", headers=headers)
    assert Broadcast.objects.get().people == [bob.pk]
    client.delete("/api/v1/notify/@bob?dedupe_key=d", headers=headers)
    assert "T" not in str(Broadcast.objects.get().notice)


@pytest.mark.parametrize(
    ("target", "said", "status", "code"),
    [
        ("nowhere", "x", 404, "not_found"),
        ("@nobody", "x", 404, "not_found"),
        ("@robot", "a bot", 404, "not_found"),
        ("@alice", " ", 422, "invalid"),
        ("", {"title": "T"}, 422, "invalid"),
        ("", {"topic": "ops", "person": "alice", "title": "T"}, 422, "invalid"),
        ("", {"person": "alice"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "link": "javascript:alert(1)"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "link": "//evil.example"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "priority": 6}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "delay": "soon"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "delay": "400d"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T\x00"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "actions": [{"label": "x"}]}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "actions": [{"label": "x", "url": "/"}] * 4}, 422, "invalid"),
        (
            "",
            {"person": "alice", "title": "T", "actions": [{"label": "x", "post": "http://10.0.0.1/"}]},
            422,
            "invalid",
        ),
        ("", {"person": "alice", "title": "T", "delay": "10m", "expires": "5m"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "link": "https://e xample.org/"}, 422, "invalid"),
        ("", {"person": "alice", "title": "T", "link": "/\t/evil.example"}, 422, "invalid"),
        ("@alice", "x" * 70_000, 413, "too_large"),
        ("@alice", "x" * 3_000_000, 413, "too_large"),
        ("", {"person": "alice", "title": "x" * 3_000_000}, 413, "too_large"),
    ],
)
def test_what_cannot_be_told_is_refused_and_says_why(
    target: str, said: Any, status: int, code: str, post: Post, alice: User
) -> None:
    assert post(target, said, status)["error"]["code"] == code
    assert not Notification.objects.exists()


def test_a_token_needs_the_scope_to_notify(client: Client, alice: User) -> None:
    _, secret = issue_token(alice, "reader", scopes=["read", "write"])
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.post("/api/v1/notify/@alice", "x", "text/plain", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert client.post("/api/v1/notify/@alice", "x", "text/plain").status_code == 401


def test_a_form_is_refused(client: Client, secret: str, alice: User) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.post("/api/v1/notify/@alice", {"a": "b"}, headers=headers)
    assert answer.status_code == 422
    assert not Notification.objects.exists()


def test_a_button_that_posts_shows_its_person_neither_where_nor_what(
    post: Post, alice: User, client: Client, settings: Settings, secret: str
) -> None:
    settings.ACTION_HOSTS = ["ops.example.org"]
    button = {"label": "Clean up", "post": "https://ops.example.org/hook", "data": "db-2"}
    post("", {"person": "alice", "title": "T", "actions": [button]})
    (shown,) = get(client, alice, "notifications")["notifications"]
    assert shown["actions"] == [
        {"label": "Clean up", "command": "notification.act", "action": 0, "url": None}
    ]
    assert hashlib.sha256(secret.encode()).hexdigest() not in str(shown)


def test_an_inbox_is_read_in_pages_with_the_cursor_to_go_on_from(client: Client, alice: User) -> None:
    for number in range(5):
        tell(alice, title=f"T{number}")
    first = get(client, alice, "notifications", limit=3)
    assert [one["title"] for one in first["notifications"]] == ["T4", "T3", "T2"]
    assert (first["has_more"], first["unread"]) == (True, 5)
    assert first["cursor"].endswith(f"/inbox.{alice.pk}:5")
    rest = get(client, alice, "notifications", limit=3, before=first["notifications"][-1]["id"])
    assert ([one["title"] for one in rest["notifications"]], rest["has_more"]) == (["T1", "T0"], False)


def test_an_inbox_can_be_narrowed_down(client: Client, alice: User) -> None:
    one = tell(alice, title="Disk full", source="topic.ops", priority=4)[alice.pk]
    two = tell(alice, title="Build done", body="on main", kind="system", priority=2)[alice.pk]
    three = tell(alice, title="Later")[alice.pk]
    actions.read(alice.pk, [two])
    actions.snooze(alice.pk, [three], timezone.now() + timedelta(hours=1))

    def found(**query: Any) -> set[int]:
        return {row["id"] for row in get(client, alice, "notifications", **query)["notifications"]}

    assert found() == {one, two}
    assert found(unread=1) == found(priority=3) == found(source="topic.ops") == found(q="disk FULL") == {one}
    assert found(kind="system") == found(q="main") == {two}
    assert found(snoozed=1) == {three}


def test_nobody_reads_the_notifications_of_others(client: Client, alice: User, bob: User) -> None:
    pk = tell(bob)[bob.pk]
    client.force_login(alice)
    assert client.get(f"/api/v1/notifications/{pk}").status_code == 404
    assert client.get(f"/api/v1/notifications/{2**70}").status_code == 404
    assert get(client, bob, f"notifications/{pk}")["notification"]["id"] == pk
