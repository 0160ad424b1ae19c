"""Somebody with a link to a board, and no account: on each transport, what is served, and when it ends."""

import time
from typing import Any

import httpx
import pytest

from tests.realtime.wire.conftest import Place
from tests.realtime.wire.talk import (
    PATIENCE,
    Listener,
    LongPollListener,
    SseListener,
    WebSocketListener,
)

HTTP = (SseListener, LongPollListener)


@pytest.fixture
def board(place: Place) -> str:
    panel = {"id": "p1", "type": "line", "title": "Load", "w": 6, "h": 4, "queries": [{"metric": "load"}]}
    return str(place.alice.command(place.url, "board.create", title="Shared", panels=[panel])["slug"])


def share(place: Place, slug: str, **more: Any) -> tuple[int, dict[str, str]]:
    made = place.alice.command(place.url, "board.share", board=slug, **more)
    return made["id"], {"Authorization": f"Bearer {made['path'].split('/')[-2]}"}


@pytest.mark.parametrize("transport", HTTP, ids=lambda kind: kind.transport)
async def test_a_link_follows_its_board_and_no_other_stream(
    place: Place, board: str, transport: type[Listener]
) -> None:
    other = place.alice.command(place.url, "board.create", title="Other", panels=[])["slug"]
    room = place.room()
    _, headers = share(place, board)
    wanted = [f"board.{other}", f"room.{room}", f"inbox.{place.alice.id}", "alerts.all", "control.all"]
    cursor = ",".join(f"{name}:0" for name in [f"board.{board}", *wanted])
    async with transport(place.url, headers, cursor) as visitor:
        assert (await visitor.first("hello"))["user"] is None
        await visitor.first("subscribed", f"board.{board}")
        for name in wanted:
            assert (await visitor.first("denied", name))["reason"] == "forbidden"
        place.alice.command(place.url, "board.update", board=board, title="Seen")
        await visitor.until(lambda: "Seen" in [one["data"]["title"] for one in visitor.all("board.changed")])
        assert not any(visitor.seqs(name) for name in wanted)


@pytest.mark.parametrize("transport", HTTP, ids=lambda kind: kind.transport)
async def test_what_is_said_of_alerts_on_a_board_is_withheld(
    place: Place, board: str, transport: type[Listener]
) -> None:
    _, headers = share(place, board)
    [(stream, head)] = place.sql("SELECT id, head FROM realtime_stream WHERE name = ?", f"board.{board}")
    place.sql(
        "INSERT INTO realtime_event (stream_id, seq, type, data, at, subject) VALUES (?, ?, ?, ?, ?, '')",
        *(stream, head + 1, "alert.changed", '{"title": "secret"}', "2026-01-01 10:00:00+00:00"),
    )
    place.sql("UPDATE realtime_stream SET head = ? WHERE id = ?", head + 1, stream)
    place.alice.command(place.url, "board.update", board=board, title="After")
    async with transport(place.url, headers, f"board.{board}:0") as visitor:
        last = await visitor.seq(f"board.{board}", head + 2)
        assert last["type"] == "board.changed"
        withheld = await visitor.seq(f"board.{board}", head + 1)
        assert (withheld["type"], withheld["data"]) == ("withheld", {})
        assert visitor.seqs(f"board.{board}")[: head + 2] == list(range(1, head + 3))  # then it ticks
        assert not any(b"secret" in raw for raw in visitor.raw)


@pytest.mark.parametrize("transport", HTTP, ids=lambda kind: kind.transport)
@pytest.mark.parametrize("how", ["ended", "deleted"])
async def test_a_link_that_ends_is_shut(
    place: Place, board: str, transport: type[Listener], how: str
) -> None:
    pk, headers = share(place, board)
    async with transport(place.url, headers, f"board.{board}") as visitor:
        await visitor.first("subscribed")
        if how == "ended":
            place.alice.command(place.url, "board.unshare", share=pk)
        if how == "deleted":
            place.alice.command(place.url, "board.delete", board=board)
        await visitor.end()
    assert was_told(visitor)
    async with transport(place.url, headers, f"board.{board}") as again:
        await again.end()
        assert again.status == 401


@pytest.mark.parametrize("transport", HTTP, ids=lambda kind: kind.transport)
async def test_a_link_that_expires_is_shut(place: Place, board: str, transport: type[Listener]) -> None:
    pk, headers = share(place, board)
    for seconds in (2, 6, 20):  # a slow machine is not connected before the first is over, and gets another
        soon = time.strftime("%Y-%m-%d %H:%M:%S+00:00", time.gmtime(time.time() + seconds))
        place.sql("UPDATE dashboard_share SET expires_at = ? WHERE id = ?", soon, pk)
        async with transport(place.url, headers, f"board.{board}") as visitor:
            await visitor.end(seconds + PATIENCE)
        if visitor.all("subscribed"):
            break
    assert was_told(visitor)
    async with transport(place.url, headers, f"board.{board}") as again:
        await again.end()
        assert again.status == 401


def was_told(visitor: Listener) -> bool:
    """Whether it was told that it is over. A poll may be answered with a tick just then: the next one is refused."""
    asked_again = isinstance(visitor, LongPollListener) and visitor.status == 401
    return bool(visitor.all("subscribed") and (visitor.all("bye") or asked_again))


async def test_a_link_opens_no_websocket(place: Place, board: str) -> None:
    _, headers = share(place, board)
    async with WebSocketListener(place.url, headers, f"board.{board}") as visitor:
        await visitor.end()
        assert visitor.code == 4501
        assert not visitor.all("hello")


async def test_a_link_says_nothing_of_the_people_who_are_here(place: Place, board: str) -> None:
    """Neither does a visitor count as somebody: there is no user for whom to be present."""
    _, headers = share(place, board)
    async with SseListener(place.url, headers, f"board.{board}") as visitor:
        await visitor.first("subscribed")
        async with httpx.AsyncClient(
            base_url=place.url, headers=headers, timeout=PATIENCE, trust_env=False
        ) as http:
            for path in ("me", "people", "rooms", f"streams/board.{board}/events", "boards"):
                assert (await http.get(f"/api/v1/{path}")).status_code == 401
        assert place.sql("SELECT count(*) FROM realtime_presence WHERE user_id = 0") == [(0,)]
