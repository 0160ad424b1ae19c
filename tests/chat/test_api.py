"""Reads over HTTP, the cursors they carry, and the description of it all."""

import json
from typing import Any

import pytest
from django.test import Client

from chat import actions
from chat.models import Room
from project.accounts.actions import issue_token
from project.accounts.models import User
from project.realtime import log
from tests.chat.talk import say


@pytest.fixture
def as_bob(bob: User) -> Client:
    _, secret = issue_token(bob, "test", scopes=["read", "write"])
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    _, secret = issue_token(charlie, "test", scopes=["read"])
    return Client(headers={"authorization": f"Bearer {secret}"})


def get(client: Client, path: str, expected: int = 200) -> Any:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == expected, response.content
    return response.json()


def head(stream: str) -> int:
    return log.heads([stream])[stream].head


def test_me_is_who_the_token_belongs_to(as_charlie: Client, charlie: User) -> None:
    me = get(as_charlie, "me")
    assert (me["id"], me["username"], me["scopes"]) == (charlie.pk, "charlie", ["read"])
    assert me["stream"] == f"inbox.{charlie.pk}"


def test_my_rooms_come_with_the_cursor_to_follow_them_all(
    as_bob: Client, room: Room, closed: Room, bob: User
) -> None:
    found = get(as_bob, "rooms")
    assert {room["id"] for room in found["rooms"]} == {room.pk, closed.pk}
    epoch, _, positions = found["cursor"].partition("/")
    assert epoch == log.current_epoch()
    streams = [f"inbox.{bob.pk}", room.stream, closed.stream]
    assert set(positions.split(",")) == {f"{stream}:{head(stream)}" for stream in streams}


def test_a_room_is_what_the_protocol_says(as_bob: Client, room: Room, alice: User, bob: User) -> None:
    say(alice, room, "@bob")
    assert get(as_bob, f"rooms/{room.pk}")["room"] == {
        "id": room.pk,
        "name": "ops",
        "kind": "open",
        "archived": False,
        "members": [alice.pk, bob.pk],
        "role": "member",
        "involvement": "everything",
        "read_seq": 0,
        "unread": 1,
        "mentions": 1,
        "head": head(room.stream),
        "stream": room.stream,
    }


@pytest.mark.parametrize("path", ["rooms/{}", "rooms/{}/messages", "rooms/{}/people"])
def test_rooms_of_others_are_refused_or_unknown(
    as_charlie: Client, room: Room, closed: Room, path: str
) -> None:
    assert get(as_charlie, path.format(room.pk), 403)["error"]["code"] == "forbidden"
    for hidden in (closed.pk, 987_654):
        assert get(as_charlie, path.format(hidden), 404)["error"]["code"] == "not_found"


def test_messages_come_in_pages_with_quotes_and_a_cursor(
    as_bob: Client, room: Room, alice: User, bob: User
) -> None:
    first = say(alice, room, "A question?")
    sent = [first, *(say(bob, room, f"answer {n}", reply_to=first["id"]) for n in range(3))]
    page = get(as_bob, f"rooms/{room.pk}/messages?limit=2")
    assert [m["id"] for m in page["messages"]] == [m["id"] for m in sent[2:]]
    assert page["messages"][0] == {**sent[2], "quote": page["messages"][0]["quote"]}
    assert page["messages"][0]["quote"]["excerpt"] == "A question?"
    assert (page["has_more"], page["has_after"]) == (True, False)
    assert page["cursor"] == f"{log.current_epoch()}/{room.stream}:{head(room.stream)}"
    earlier = get(as_bob, f"rooms/{room.pk}/messages?before={sent[2]['seq']}")
    assert [m["id"] for m in earlier["messages"]] == [m["id"] for m in sent[:2]]
    assert earlier["has_more"] is False
    later = get(as_bob, f"rooms/{room.pk}/messages?after={sent[0]['seq']}&limit=1")
    assert [m["id"] for m in later["messages"]] == [sent[1]["id"]]
    assert later["has_more"] is True
    around = get(as_bob, f"rooms/{room.pk}/messages?around={sent[1]['seq']}&limit=2")
    assert [m["id"] for m in around["messages"]] == [m["id"] for m in sent[:2]]


@pytest.mark.parametrize(
    "query", ["before=1&after=2", "limit=0", "limit=201", "before=-1", "before=x", f"after={2**63}"]
)
def test_a_page_that_cannot_be_is_invalid(as_bob: Client, room: Room, query: str) -> None:
    error = get(as_bob, f"rooms/{room.pk}/messages?{query}", 422)["error"]
    assert error["code"] == "invalid"
    assert error["fields"]


def test_one_message_is_read_by_its_id(
    as_bob: Client, as_charlie: Client, room: Room, message: dict[str, Any]
) -> None:
    assert get(as_bob, f"messages/{message['id']}")["message"] == {**message, "quote": None}
    get(as_charlie, f"messages/{message['id']}", 404)
    get(as_bob, "messages/987654", 404)


def test_people_are_found_by_name_and_in_rooms(
    as_bob: Client, room: Room, alice: User, charlie: User
) -> None:
    assert [p["username"] for p in get(as_bob, "people")["people"]] == ["alice", "bob", "charlie"]
    assert [p["id"] for p in get(as_bob, "people?q=ALICE")["people"]] == [alice.pk]
    assert [p["username"] for p in get(as_bob, "people?q=b")["people"]] == ["bob"]
    assert [p["username"] for p in get(as_bob, "people?q=l&limit=2")["people"]] == ["alice", "charlie"]
    assert [p["username"] for p in get(as_bob, "people?q=c")["people"]] == ["charlie", "alice"]
    assert [get(as_bob, f"people?limit={most}")["has_more"] for most in (2, 3)] == [True, False]
    only = f"people?id={charlie.pk}&id={alice.pk}&id=987654"
    assert [p["id"] for p in get(as_bob, only)["people"]] == [alice.pk, charlie.pk]
    people = get(as_bob, f"rooms/{room.pk}/people")["people"]
    assert [(p["name"], p["role"], p["online"]) for p in people] == [
        ("Alice A.", "owner", False),
        ("Bob B.", "member", False),
    ]


@pytest.mark.parametrize("read", ["people?q=", "rooms/find?q="])
def test_a_search_that_no_name_can_match_finds_nothing(as_bob: Client, room: Room, read: str) -> None:
    assert not any(get(as_bob, f"{read}a%00b").values())


def test_open_rooms_are_found(as_charlie: Client, room: Room, closed: Room) -> None:
    (found,) = get(as_charlie, "rooms/find?q=o")["rooms"]
    assert found == {"id": room.pk, "name": "ops", "kind": "open", "people": 2, "joined": False}


def test_nobody_reads_without_signing_in(db: None) -> None:
    assert get(Client(), "rooms", 401)["error"]["code"] == "unauthenticated"


def test_a_direct_room_is_named_after_the_other(as_bob: Client, direct: Room) -> None:
    assert [room["name"] for room in get(as_bob, "rooms")["rooms"]] == ["Alice A."]


@pytest.mark.django_db(transaction=True)
def test_a_command_over_http_answers_like_any_other(as_bob: Client, room: Room) -> None:
    def post(name: str, data: dict[str, Any]) -> Any:
        return as_bob.post(f"/api/v1/commands/{name}", data, content_type="application/json")

    sent = {"room": room.pk, "body": "Over *HTTP*", "client_id": "8f14e45f-ceea-467f-a1f0-0d4f1e7a1c11"}
    first, again = post("message.send", sent), post("message.send", sent)
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json()["data"]["html"] == "<p>Over <em>HTTP</em></p>"
    refused = post("message.send", {**sent, "body": ""})
    assert refused.status_code == 422
    assert list(refused.json()["error"]["fields"]) == ["body"]


def test_the_description_has_every_read_with_its_answer_and_its_refusals(as_bob: Client) -> None:
    paths = json.loads(as_bob.get("/api/v1/openapi.json").content)["paths"]
    for path in (
        "me",
        "rooms",
        "rooms/find",
        "rooms/{room}",
        "rooms/{room}/messages",
        "messages/{message}",
        "people",
    ):
        responses = paths[f"/api/v1/{path}"]["get"]["responses"]
        for status in ("200", "401", "403", "404", "422", "429", "500", "503"):
            assert "$ref" in responses[status]["content"]["application/json"]["schema"], (path, status)


def test_an_action_moves_the_cursor(as_bob: Client, room: Room, alice: User) -> None:
    before = get(as_bob, f"rooms/{room.pk}")["cursor"]
    actions.rename_room(alice, room.pk, "renamed")
    assert get(as_bob, f"rooms/{room.pk}")["cursor"] != before


@pytest.mark.parametrize("path", ["", "/people", "/messages"])
def test_a_room_with_an_id_beyond_all_ids_is_not_found(as_bob: Client, path: str) -> None:
    assert get(as_bob, f"rooms/{2**63}{path}", 404)["error"]["code"] == "not_found"


def test_a_body_nested_without_end_is_invalid(as_bob: Client) -> None:
    response = as_bob.post("/api/v1/commands/room.join", "[" * 30_000, content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid")
