"""What the site answers besides: health, metrics, commands by POST, reads that carry cursors, the API description."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from project.realtime import commands
from project.realtime.errors import HTTP_STATUS
from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import PATIENCE
from tests.support.daemon import wait_until


def post(place: Place, name: str, body: Any = None, content: bytes | None = None) -> httpx.Response:
    with place.alice.http(place.url) as http:
        return http.post(f"/api/v1/commands/{name}", json=body, content=content)


def test_healthz_answers(place: Place) -> None:
    answer = httpx.get(f"{place.url}/healthz", timeout=PATIENCE, trust_env=False)
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_readyz_names_what_it_needs(place: Place) -> None:
    answers: list[httpx.Response] = []

    def ready() -> bool:
        answers.append(httpx.get(f"{place.url}/readyz", timeout=PATIENCE, trust_env=False))
        return answers[-1].status_code == 200

    wait_until(ready, PATIENCE, "being ready")  # a process that stood still is not, for a moment
    assert answers[-1].json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "layer": "ok",
        "server": "ok",
    }


METRICS = [
    'watchroom_connections{transport="websocket"}',
    'watchroom_connections{transport="sse"}',
    'watchroom_connections{transport="longpoll"}',
    "watchroom_events_appended_total",
    "watchroom_events_announced_total",
    'watchroom_events_delivered_total{transport="sse"}',
    'watchroom_events_replayed_total{source="ring"}',
    'watchroom_events_replayed_total{source="log"}',
    "watchroom_holes_filled_total",
    'watchroom_resets_total{reason="truncated"}',
    'watchroom_resets_total{reason="epoch"}',
    'watchroom_resets_total{reason="ahead"}',
    'watchroom_dropped_total{what="ephemeral"}',
    'watchroom_dropped_total{what="connection"}',
    "watchroom_unacked_bytes",
    'watchroom_delivery_lag_seconds_bucket{le="0.01"}',
    "watchroom_layer_up",
    "watchroom_streams_followed",
]


@pytest.mark.parametrize("name", METRICS)
def test_metrics_count(embedded: Place, name: str) -> None:
    assert name in embedded.installation.sites[0].metrics()


async def test_metrics_follow_what_happens(embedded: Place, listen: Listen) -> None:
    [site] = embedded.installation.sites
    room = embedded.room()
    before = await asyncio.to_thread(site.metrics)
    async with listen(embedded.url, embedded.bob, embedded.cursor(room, embedded.head(room))) as client:
        if client.transport != "longpoll":
            await client.first("subscribed")
        [message] = await asyncio.to_thread(embedded.say, room, "counted")
        await client.seq(f"room.{room}", message["seq"])
        during = await asyncio.to_thread(site.metrics)
    delivered = f'watchroom_events_delivered_total{{transport="{client.transport}"}}'
    assert during[delivered] > before[delivered]  # the client of another test may be hearing its last
    said = 'watchroom_events_by_type_total{type="message.created"}'
    assert during[said] == before[said] + 1
    assert during["watchroom_events_appended_total"] > before["watchroom_events_appended_total"]
    assert during['watchroom_commands_total{code="ok"}'] > before.get(
        'watchroom_commands_total{code="ok"}', 0
    )


def test_a_command_by_post_answers_like_a_reply(embedded: Place) -> None:
    answer = post(embedded, "room.create", {"name": "By post", "kind": "closed"})
    assert answer.status_code == 200
    assert (answer.json()["ok"], answer.json()["data"]["name"]) == (True, "By post")


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("room.explode", {}, "unknown_command"),
        ("message.send", {"room": 1}, "invalid"),
        ("message.send", ["room"], "invalid"),
        ("room.join", {"room": 999_999}, "not_found"),
        ("message.send", {"room": 999_999, "body": "x", "client_id": str(uuid.uuid4())}, "not_found"),
        ("message.send", {"room": 1, "body": "x" * 70_000, "client_id": str(uuid.uuid4())}, "too_large"),
    ],
)
def test_a_refused_command_has_the_status_and_the_error_of_its_code(
    embedded: Place, name: str, body: Any, code: str
) -> None:
    answer = post(embedded, name, body)
    assert answer.status_code == HTTP_STATUS[code]
    assert answer.json()["ok"] is False
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"]
    assert isinstance(answer.json()["error"]["fields"], dict)


def test_a_body_that_is_no_json_is_invalid(embedded: Place) -> None:
    answer = post(embedded, "room.create", content=b"{")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


def test_a_stranger_is_unauthenticated(embedded: Place) -> None:
    address = f"{embedded.url}/api/v1/commands/room.create"
    answer = httpx.post(address, json={}, timeout=PATIENCE, trust_env=False)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


def test_too_many_messages_in_one_room_are_told_when_to_come_back(narrow: Place) -> None:
    room = narrow.room(narrow.people[2])
    body = {"room": room, "body": "again"}
    with narrow.people[2].http(narrow.url) as http:
        answers = [
            http.post("/api/v1/commands/message.send", json=body | {"client_id": str(uuid.uuid4())})
            for _ in range(4)
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    error = answers[-1].json()["error"]
    assert error["code"] == "rate_limited"
    assert 0 < error["retry_after"] <= 10
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_too_many_commands_by_post_are_told_when_to_come_back(narrow: Place) -> None:
    with narrow.people[3].http(narrow.url) as http:
        answers = [http.post("/api/v1/commands/room.explode", json={})]
        while answers[-1].status_code == 404 and len(answers) < 500:  # the slower, the more are allowed
            answers.append(http.post("/api/v1/commands/room.explode", json={}))
    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]["retry_after"] > 0


def test_a_command_sent_again_has_the_first_result(place: Place) -> None:
    room = place.room()
    body = {"room": room, "body": "once", "client_id": str(uuid.uuid4())}
    first, second = (post(place, "message.send", body).json()["data"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("path", ["rooms", "rooms/{room}", "rooms/{room}/messages"])
async def test_a_read_carries_a_cursor_that_goes_on_without_loss(
    embedded: Place, listen: Listen, path: str
) -> None:
    room = embedded.room()
    embedded.say(room, "before")
    with embedded.bob.http(embedded.url) as http:
        cursor = http.get(f"/api/v1/{path.format(room=room)}").json()["cursor"]
    head = embedded.head(room)
    [message] = embedded.say(room, "after")
    streams = [part for part in cursor.partition("/")[2].split(",") if part.startswith(f"room.{room}:")]
    async with listen(embedded.url, embedded.bob, f"{cursor.partition('/')[0]}/{streams[0]}") as client:
        await client.seq(f"room.{room}", message["seq"])
    assert client.seqs(f"room.{room}") == [head + 1]


def test_a_streams_log_can_be_read_in_pages_with_the_same_items(embedded: Place) -> None:
    room = embedded.room()
    embedded.say(room, *"abc")
    head = embedded.head(room)
    with embedded.bob.http(embedded.url) as http:
        first = http.get(f"/api/v1/streams/room.{room}/events", params={"limit": 2}).json()
        rest = http.get(f"/api/v1/streams/room.{room}/events", params={"after": 2}).json()
    assert [event["seq"] for event in first["events"] + rest["events"]] == list(range(1, head + 1))
    assert (first["cursor"], rest["cursor"]) == (embedded.cursor(room, 2), embedded.cursor(room, head))
    assert (first["head"], first["oldest"]) == (head, 1)


def test_a_streams_log_before_what_is_kept_is_a_conflict_never_a_part(embedded: Place) -> None:
    room = embedded.room()
    embedded.say(room, *"abc")
    embedded.sql("UPDATE realtime_stream SET oldest = 4 WHERE name = ?", f"room.{room}")
    with embedded.bob.http(embedded.url) as http:
        answer = http.get(f"/api/v1/streams/room.{room}/events", params={"after": 1})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_a_stream_of_others_cannot_be_read(embedded: Place) -> None:
    room = embedded.room(embedded.people[2])
    with embedded.bob.http(embedded.url) as http:
        assert http.get(f"/api/v1/streams/room.{room}/events").status_code == 404
        assert http.get(f"/api/v1/streams/inbox.{embedded.alice.id}/events").status_code == 403
        assert http.get("/api/v1/streams/control/events").status_code == 404


def test_the_api_description_lists_every_command_with_its_errors(embedded: Place) -> None:
    with embedded.alice.http(embedded.url) as http:
        paths = http.get("/api/v1/openapi.json").json()["paths"]
    described = {path.rpartition("/")[2]: doc["post"] for path, doc in paths.items() if "/commands/" in path}
    assert set(described) == {command.name for command in commands.registered()}
    statuses = {"200", *map(str, HTTP_STATUS.values())}
    for name, operation in described.items():
        assert set(operation["responses"]) == statuses, name
        assert operation["description"], name
        assert operation["requestBody"]["content"]["application/json"]["schema"]["properties"] is not None


def test_every_read_describes_its_errors(embedded: Place) -> None:
    with embedded.alice.http(embedded.url) as http:
        paths = http.get("/api/v1/openapi.json").json()["paths"]
    reads = {path: doc["get"] for path, doc in paths.items() if "get" in doc}
    assert "/api/v1/streams/{stream}/events" in reads
    assert all({"401", "403", "404", "422"} <= set(doc["responses"]) for doc in reads.values())
