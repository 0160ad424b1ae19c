"""Live charts and pins: the same on every transport, and with who reads the state instead."""

import asyncio
import json
import uuid
from typing import Any

from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import LISTENERS
from tests.support.people import Person

AT = "2026-01-01T10:00:00.000Z"


def metric(place: Place) -> str:
    """Something that is measured, under a name of its own."""
    name = f"wire.{uuid.uuid4().hex}"
    taken = place.alice.command(place.url, "metrics.push", samples=[{"name": name, "value": 3}])
    assert taken["accepted"] == 1
    return name


def read(place: Place, person: Person, path: str, **query: Any) -> Any:
    with person.http(place.url) as http:
        return http.get(f"/api/v1/{path}", params=query).raise_for_status().json()


async def test_a_command_posts_a_chart_that_everybody_can_read_and_follow(
    place: Place, listen: Listen
) -> None:
    room, name = place.room(), metric(place)
    head = place.head(room)
    async with listen(place.other_url, place.bob, f"room.{room}:{head}") as client:
        await client.first("subscribed")
        (said,) = place.say(room, f"/metric {name} 15m")
        event = await client.seq(f"room.{room}", head + 1)
    (chart,) = event["data"]["attachments"]
    assert (chart["type"], chart["seconds"]) == ("chart", 900)
    assert event["data"] == said
    board = read(place, place.bob, f"boards/{chart['board']}")
    async with listen(place.other_url, place.bob, board["cursor"]) as client:
        await client.first("subscribed")
        place.alice.command(place.url, "metrics.push", samples=[{"name": name, "value": 4}])
        tick = await client.first("board.tick")
    assert tick["stream"] == f"board.{chart['board']}"


async def test_what_a_command_cannot_use_is_refused_with_the_reason(place: Place) -> None:
    room, name = place.room(), metric(place)
    with place.alice.http(place.url) as http:
        body = {"room": room, "body": f"/metric {name[:-1]} 1h", "client_id": str(uuid.uuid4())}
        answer = http.post("/api/v1/commands/message.send", json=body)
    assert answer.status_code == 422
    assert f"Did you mean {name}" in answer.json()["error"]["fields"]["body"]


async def test_pins_come_in_order_and_pages_hear_that_annotations_are_different(
    place: Place, listen: Listen
) -> None:
    room = place.room()
    (said,) = place.say(room, "Deployed")
    head, told = place.head(room), place.head_of("alerts.all")
    cursor = f"{place.epoch}/room.{room}:{head},alerts.all:{told}"
    async with listen(place.other_url, place.bob, cursor) as client:
        pinned = place.alice.command(place.url, "message.pin", message=said["id"], at=AT)
        unpinned = place.alice.command(place.url, "message.unpin", message=said["id"])
        await client.seq(f"room.{room}", head + 2)
        await client.until(lambda: len(client.all("annotation.changed")) >= 2)
    events = [item for item in client.items if item.get("stream") == f"room.{room}" and "seq" in item]
    assert [(item["type"], item["data"]) for item in events] == [
        ("message.pinned", pinned),
        ("message.unpinned", unpinned),
    ]
    assert pinned["pin"]["at"] == AT
    assert {json.dumps(item["data"]) for item in client.all("annotation.changed")} == {"{}"}


async def test_what_was_pinned_is_read_by_those_in_the_room_alone(place: Place) -> None:
    room = place.room()
    (said,) = place.say(room, "Deployed *again*")
    place.bob.command(place.url, "message.pin", message=said["id"], at=AT)
    around = {"from": 1767261600 - 1, "to": 1767261600 + 1}
    ours = [
        one
        for one in read(place, place.alice, "annotations", **around)["annotations"]
        if one["id"] == f"message.{said['id']}"
    ]
    assert ours == [
        {
            "id": f"message.{said['id']}",
            "at": AT,
            "text": "Deployed again",
            "author": place.alice.name.title(),
            "url": f"/rooms/{room}/?at={said['seq']}",
        }
    ]
    others = read(place, place.people[2], "annotations", **around)["annotations"]
    assert f"message.{said['id']}" not in {one["id"] for one in others}
    assert read(place, place.alice, f"messages/{said['id']}")["message"]["pin"]["at"] == AT


async def test_a_deleted_message_says_nothing_of_its_chart_on_any_transport(place: Place) -> None:
    room, name = place.room(), metric(place)
    (said,) = place.say(room, f"/metric {name}")
    place.alice.command(place.url, "message.pin", message=said["id"])
    place.alice.command(place.url, "message.delete", message=said["id"])
    head = place.head(room)
    async with asyncio.TaskGroup() as group:
        for kind in LISTENERS.values():
            group.create_task(
                _hears_nothing_of(
                    kind(place.other_url, place.bob.bearer, f"room.{room}:{said['seq'] - 1}"), room, head
                )
            )


async def _hears_nothing_of(client: Any, room: int, head: int) -> None:
    async with client:
        await client.seq(f"room.{room}", head)
    messages = [
        item["data"] for item in client.items if item["type"] in ("message.created", "message.deleted")
    ]
    assert [(message["body"], message["attachments"], message["pin"]) for message in messages] == [
        ("", [], None)
    ] * 2
