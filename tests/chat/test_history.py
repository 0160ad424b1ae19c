"""Pages of messages, in both directions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import actions, history
from chat.history import Page
from chat.models import Room
from project.accounts.models import User
from tests.chat.talk import draft, say


@pytest.fixture
def seqs(room: Room, alice: User, bob: User) -> list[int]:
    """Nine messages with gaps between their seqs, since other things happen in a room too."""
    sent = []
    for number in range(9):
        message = say((alice, bob)[number % 2], room, f"message {number}")
        actions.add_reaction(bob, message["id"], "👍")
        sent.append(message["seq"])
    return sent


def shown(page: Page) -> tuple[list[int], bool, bool]:
    return [message.seq for message in page.messages], page.has_before, page.has_after


def test_the_newest_page_is_the_end(room: Room, seqs: list[int]) -> None:
    assert shown(history.newest(room.pk, 4)) == (seqs[5:], True, False)
    assert shown(history.newest(room.pk, 9)) == (seqs, False, False)


def test_pages_go_back_to_the_beginning(room: Room, seqs: list[int]) -> None:
    assert shown(history.before(room.pk, seqs[5], 4)) == (seqs[1:5], True, True)
    assert shown(history.before(room.pk, seqs[1], 4)) == (seqs[:1], False, True)
    assert shown(history.before(room.pk, seqs[0], 4)) == ([], False, True)
    assert shown(history.before(room.pk, 10**9, 4)) == (seqs[5:], True, False)


def test_pages_go_forward_to_the_end(room: Room, seqs: list[int]) -> None:
    assert shown(history.after(room.pk, seqs[3], 4)) == (seqs[4:8], True, True)
    assert shown(history.after(room.pk, seqs[7], 4)) == (seqs[8:], True, False)
    assert shown(history.after(room.pk, 0, 4)) == (seqs[:4], False, True)


def test_a_page_around_a_message_has_both_sides(room: Room, seqs: list[int]) -> None:
    assert shown(history.around(room.pk, seqs[4], 4)) == (seqs[2:6], True, True)
    assert shown(history.around(room.pk, seqs[4] + 1, 4)) == (seqs[3:7], True, True)
    assert shown(history.around(room.pk, seqs[0], 4)) == (seqs[:2], False, True)


def test_an_empty_room_has_an_empty_page(room: Room) -> None:
    assert shown(history.newest(room.pk)) == ([], False, False)


def test_a_page_costs_a_fixed_number_of_queries(room: Room, alice: User, bob: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = history.newest(room.pk)
            history.with_quotes(history.payloads(page.messages))
        return len(queries)

    first = say(alice, room)["id"]
    say(bob, room, "@alice", reply_to=first)
    few = cost()
    actions.import_messages(room.pk, [draft(alice, "@bob", reply_to=first) for _ in range(20)])
    assert cost() == few <= 5
