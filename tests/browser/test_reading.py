"""How far somebody has read, where they are in a long room, and the ways through it."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse, Cast
from tests.browser.pages import Rooms
from tests.support.people import Person

LONG = 300


def say(person: Person, url: str, room: int, *texts: str) -> list[int]:
    """Messages sent without a browser; returns their seqs."""
    with person.http(url) as http:
        messages = ({"room": room, "body": text, "client_id": str(uuid4())} for text in texts)
        replies = [http.post("/api/v1/commands/message.send", json=message).json() for message in messages]
    return [reply["data"]["seq"] for reply in replies]


@pytest.fixture
def long_room(cast: Cast, room: int, url: str) -> tuple[int, list[int]]:
    """A room where alice has said `message 1` to `message 300`, and bob has read nothing; with their seqs."""
    return room, say(cast.alice, url, room, *(f"message {n}." for n in range(1, LONG + 1)))


def near(page: Rooms, text: str) -> None:
    page.see_message(text, in_view=True)


def test_unread_messages_are_counted_and_read_on_every_device(
    browse: Browse, cast: Cast, room: int, url: str
) -> None:
    laptop, phone = browse(cast.bob), browse(cast.bob)
    for device in (laptop, phone):
        device.open("/rooms/")
        device.be_ready()
        device.see_unread(room, 0)

    say(cast.alice, url, room, "one", "two", f"@{cast.bob.name} three")
    for device in (laptop, phone):
        device.see_unread(room, 3)
        expect(device.page.locator(f'.room-item[data-room="{room}"] .badge-at')).to_be_visible()
    expect(laptop.page).to_have_title(re.compile(r"^\(\d+\) "))

    laptop.choose_room(room)
    laptop.see_message("three", in_view=True)
    expect(laptop.page.locator(".starts-unread")).to_contain_text("one")
    for device in (laptop, phone):
        device.see_unread(room, 0)


def test_a_long_room_opens_at_the_first_unread_message(
    browse: Browse, cast: Cast, long_room: tuple[int, list[int]], url: str
) -> None:
    room, seqs = long_room
    cast.bob.command(url, "room.read", room=room, seq=seqs[49])
    bob = browse(cast.bob)
    bob.open_room(room)
    near(bob, "message 51.")
    expect(bob.page.locator(".starts-unread")).to_contain_text("message 51.")

    bob.page.locator("#jump-newest .jump-button").click()
    near(bob, f"message {LONG}.")
    bob.see_unread(room, 0)


def numbers(page: Rooms) -> list[int]:
    """Which of the messages are loaded, in the order in which they stand there."""
    return [
        int(re.sub(r"\D", "", text)) for text in page.page.locator("#entries .message-body").all_inner_texts()
    ]


def test_history_loads_both_ways_without_moving_what_is_read(
    browse: Browse, cast: Cast, long_room: tuple[int, list[int]]
) -> None:
    room, seqs = long_room
    bob = browse(cast.bob)
    bob.open_room(room, at=seqs[149])
    near(bob, "message 150.")
    expect(bob.message("message 150.")).to_have_class(re.compile("is-target"))

    timeline = bob.page.locator("#timeline")
    seq, here = timeline.evaluate(
        """(element) => {
            element.scrollTop = 60;
            const row = element.querySelector(".entry");
            return [row.dataset.seq, row.getBoundingClientRect().top];
        }"""
    )
    expect(bob.messages.first).not_to_have_attribute("data-seq", seq)
    box = timeline.locator(f'.entry[data-seq="{seq}"]').bounding_box()
    assert box
    assert abs(box["y"] - here) <= 1

    while not bob.message(f"message {LONG}.").count():
        timeline.evaluate("(element) => { element.scrollTop = element.scrollHeight }")
        expect(bob.page.locator("#loading-after")).not_to_be_in_viewport()
    expect(bob.page.locator("#loading-after")).to_be_hidden()
    loaded = numbers(bob)
    assert loaded == list(range(loaded[0], LONG + 1))


def test_a_reader_further_up_stays_there_and_is_told_what_is_new(
    browse: Browse, cast: Cast, long_room: tuple[int, list[int]], url: str
) -> None:
    room, seqs = long_room
    bob = browse(cast.bob)
    bob.open_room(room, at=seqs[LONG - 30])
    middle = bob.message(f"message {LONG - 29}.")
    expect(middle).to_be_in_viewport()
    before = middle.bounding_box()
    assert before

    say(cast.alice, url, room, "brand new", "and another")

    newest = bob.page.locator("#jump-newest .jump-button")
    expect(newest).to_contain_text("2 new")
    assert middle.bounding_box() == pytest.approx(before, abs=1)  # a place is kept to the pixel
    newest.click()
    near(bob, "and another")
    expect(newest).to_be_hidden()


def test_a_permalink_opens_its_message_and_can_be_copied(
    browse: Browse, cast: Cast, long_room: tuple[int, list[int]], url: str
) -> None:
    room, seqs = long_room
    bob = browse(cast.bob, permissions=["clipboard-read", "clipboard-write"])
    bob.open_room(room, at=seqs[9])
    near(bob, "message 10.")

    bob.act("message 10.", "copy")
    bob.see_toast("Link copied")
    copied = bob.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{url}/rooms/{room}/?at={seqs[9]}"


def test_the_line_above_what_is_new_stays_until_one_answers(
    browse: Browse, cast: Cast, room: int, url: str
) -> None:
    say(cast.alice, url, room, "first", "second")
    bob = browse(cast.bob)
    bob.open_room(room)
    expect(bob.page.locator(".starts-unread")).to_contain_text("first")
    bob.see_unread(room, 0)
    expect(bob.page.locator(".starts-unread")).to_have_count(1)
    bob.send_message("answered")
    bob.see_message("answered")
    expect(bob.page.locator(".starts-unread")).to_have_count(0)
