"""What is particular to Server-Sent Events and long-polling: ids, bounds, waiting."""

import asyncio
import time

import httpx
import pytest

from tests.realtime.wire.conftest import Place
from tests.realtime.wire.talk import LONG_WAIT, PATIENCE, LongPollListener, SseListener


def poll(place: Place, cursor: str, wait: int = 0) -> httpx.Response:
    """Raises ReadTimeout where the answer takes longer than PATIENCE, which is less than LONG_WAIT."""
    with place.alice.http(place.url) as http:
        return http.get("/poll/", params={"cursor": cursor, "wait": wait}, timeout=PATIENCE)


def inbox_cursor(place: Place) -> str:
    """At the head of alice's inbox, where nothing ephemeral is told."""
    stream = f"inbox.{place.alice.id}"
    return f"{place.epoch}/{stream}:{place.head_of(stream)}"


async def test_every_sse_event_has_the_whole_cursor_up_to_itself_as_its_id(embedded: Place) -> None:
    one, two = embedded.room(), embedded.room()
    embedded.say(one, "a", "b")
    heads = embedded.head(one), embedded.head(two)
    start = f"room.{one}:0,room.{two}:0"
    wanted = [
        start,
        *(f"room.{one}:{seq},room.{two}:0" for seq in range(1, heads[0] + 1)),
        *(f"room.{one}:{heads[0]},room.{two}:{seq}" for seq in range(1, heads[1] + 1)),
    ]
    text = ""
    with (
        embedded.alice.http(embedded.url) as http,
        http.stream("GET", "/events/", params={"cursor": start}) as response,
    ):
        assert response.headers["content-type"] == "text/event-stream"
        for part in response.iter_text():
            text += part
            if f"id: {embedded.epoch}/{wanted[-1]}\n" in text:
                break
    ids = [line[4:] for line in text.splitlines() if line.startswith("id: ")]
    assert ids[:3] == [f"{embedded.epoch}/{start}"] * 3
    # What is ephemeral, such as who is there, comes in between and moves nothing.
    assert list(dict.fromkeys(ids)) == [f"{embedded.epoch}/{cursor}" for cursor in wanted]
    assert ids == sorted(ids, key=lambda cursor: wanted.index(cursor.partition("/")[2]))


async def test_last_event_id_wins_over_the_query(embedded: Place) -> None:
    room = embedded.room()
    embedded.say(room, *"abc")
    head = embedded.head(room)
    headers = embedded.alice.bearer | {"Last-Event-ID": embedded.cursor(room, head - 1)}
    async with SseListener(embedded.url, headers, f"room.{room}:0") as client:
        await client.seq(f"room.{room}", head)
    assert client.seqs(f"room.{room}") == [head]


async def test_an_sse_response_ends_after_its_bytes_and_resumes_without_a_gap(narrow: Place) -> None:
    room = narrow.room()
    head = narrow.fill(room, 120, size=2000)
    async with SseListener(narrow.url, narrow.alice.bearer, f"room.{room}:0") as client:
        await client.seq(f"room.{room}", head)
    assert client.seqs(f"room.{room}") == list(range(1, head + 1))
    assert len(client.all("hello")) >= 3


async def test_an_idle_sse_response_shows_that_it_lives(narrow: Place) -> None:
    room = narrow.room()
    query = {"cursor": f"room.{room}"}
    with (
        narrow.alice.http(narrow.url) as http,
        http.stream("GET", "/events/", params=query, timeout=PATIENCE) as response,
    ):
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith(":")) == ":"


def test_first_contact_is_answered_at_once(embedded: Place) -> None:
    room = embedded.room()
    head = embedded.head(room)
    answer = poll(embedded, f"room.{room}", wait=LONG_WAIT)
    assert [item["type"] for item in answer.json()["items"]][:2] == ["hello", "subscribed"]
    assert answer.json()["cursor"] == embedded.cursor(room, head)


def test_a_quiet_poll_waits_and_returns_the_same_cursor(embedded: Place) -> None:
    cursor = inbox_cursor(embedded)
    started = time.monotonic()
    answer = poll(embedded, cursor, wait=1)
    assert 0.9 < time.monotonic() - started < 20  # less than a poll waits that does not say how long
    assert (answer.status_code, answer.json()["cursor"]) == (200, cursor)
    assert [item["type"] for item in answer.json()["items"]] == ["hello", "subscribed"]


async def test_a_waiting_poll_ends_with_the_first_event(embedded: Place) -> None:
    cursor = inbox_cursor(embedded)
    waiting = asyncio.create_task(asyncio.to_thread(poll, embedded, cursor, LONG_WAIT))
    await _connected(embedded, "longpoll")
    await asyncio.to_thread(embedded.room, embedded.bob, embedded.alice)
    answer = (await waiting).json()
    assert [item["type"] for item in answer["items"][:3]] == ["hello", "subscribed", "room.joined"]
    # What else the invitation tells may come with it, or with the next answer.
    last = answer["items"][-1]
    assert answer["cursor"] == f"{embedded.epoch}/{last['stream']}:{last['seq']}" != cursor


async def _connected(place: Place, transport: str) -> None:
    async with asyncio.timeout(PATIENCE):
        name = f'watchroom_connections{{transport="{transport}"}}'
        while not (await asyncio.to_thread(place.installation.sites[0].metrics))[name]:
            pass


def test_what_is_denied_or_reset_ends_the_wait_and_leaves_the_cursor(embedded: Place) -> None:
    good, ahead = embedded.room(), embedded.room()
    seq = embedded.head(good)
    answer = poll(
        embedded, f"{embedded.epoch}/room.{good}:{seq},room.99999:0,room.{ahead}:999", wait=LONG_WAIT
    ).json()
    assert {item["type"] for item in answer["items"]} >= {"hello", "subscribed", "denied", "reset"}
    assert answer["cursor"] == embedded.cursor(good, seq)


def test_a_large_answer_is_bounded_and_the_rest_comes_next(embedded: Place) -> None:
    room = embedded.room()
    head = embedded.fill(room, 100, size=5000)
    cursor, seqs, answers = f"room.{room}:0", list[int](), 0
    while len(seqs) < head:
        answer = poll(embedded, cursor)
        assert len(answer.content) < 400_000
        seqs += [item["seq"] for item in answer.json()["items"] if "seq" in item]
        cursor = answer.json()["cursor"]
        answers += 1
    assert seqs == list(range(1, head + 1))
    assert answers > 1


@pytest.mark.parametrize("wait", ["56", "-1", "x", "1.5", "٣"])
def test_a_wait_that_makes_no_sense_is_refused(embedded: Place, wait: str) -> None:
    with embedded.alice.http(embedded.url) as http:
        answer = http.get("/poll/", params={"wait": wait})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["wait"])


@pytest.mark.parametrize("path", ["/events/", "/poll/"])
def test_only_get_is_possible(embedded: Place, path: str) -> None:
    with embedded.alice.http(embedded.url) as http:
        assert http.post(path).status_code == 422


@pytest.mark.parametrize("kind", [SseListener, LongPollListener])
async def test_streams_past_the_limit_are_denied(
    narrow: Place, kind: type[SseListener | LongPollListener]
) -> None:
    rooms = [narrow.room() for _ in range(3)]
    async with kind(narrow.url, narrow.bob.bearer, ",".join(f"room.{room}" for room in rooms)) as client:
        denied = await client.first("denied")
    assert denied == {"type": "denied", "stream": f"room.{rooms[2]}", "reason": "limit"}
    assert len(client.all("subscribed")) == 2
