"""Sending: alone and together, again, too fast, and where one may not."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from time_machine import TimeMachineFixture

from chat import actions, history
from chat.models import Message, Room
from project.accounts.models import User
from project.realtime.errors import CommandError
from tests.chat.conftest import Listener
from tests.chat.talk import draft, kept, refused, say


def codes(outcomes: list[object]) -> list[str]:
    return [outcome.code if isinstance(outcome, CommandError) else "ok" for outcome in outcomes]


def test_a_message_is_the_same_in_the_reply_in_its_event_and_when_read(room: Room, bob: User) -> None:
    sent = say(bob, room, "Hi **all**")
    event = kept(room.stream)[-1]
    assert event["type"] == "message.created"
    assert event["seq"] == sent["seq"]
    assert event["data"] == sent == history.payloads(history.newest(room.pk).messages)[-1]
    assert sent["html"] == "<p>Hi <strong>all</strong></p>"
    assert sent["author"] == {"id": bob.pk, "name": "Bob B.", "avatar": None}


def test_messages_sent_together_each_get_their_own_result(
    room: Room, alice: User, bob: User, charlie: User
) -> None:
    drafts = [
        draft(alice, "one"),
        draft(charlie, "not a member"),
        draft(bob, "two"),
        draft(bob, "to nothing", reply_to=999_999),
        draft(alice, "three"),
    ]
    outcomes = actions.send_messages(room.pk, drafts)
    assert codes(outcomes) == ["ok", "forbidden", "ok", "invalid", "ok"]
    assert [m.body for m in Message.objects.order_by("seq")] == ["one", "two", "three"]
    sent = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert [m["seq"] for m in sent] == [event["seq"] for event in kept(room.stream)[-3:]]
    assert outcomes[3].fields == {"reply_to": "There is no such message in this room."}


def test_somebody_deactivated_while_they_send_is_refused_and_the_others_are_not(
    room: Room, alice: User, bob: User
) -> None:
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    outcomes = actions.send_messages(room.pk, [draft(alice, "one"), draft(bob, "two")])
    assert codes(outcomes) == ["ok", "unauthenticated"]
    assert codes(actions.import_messages(room.pk, [draft(bob, "of old", at=timezone.now())])) == ["ok"]


def test_a_batch_costs_a_fixed_number_of_queries(
    room: Room,
    alice: User,
    bob: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    settings: Settings,
) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 1000
    first = say(alice, room)
    for most, text, reply_to in ((8, "Look", None), (24, "Look, @alice", first["id"])):
        drafts = [draft(user, text, reply_to=reply_to) for user in (alice, bob) * 16]
        with django_assert_max_num_queries(most):  # two of them the savepoint that a test puts around
            assert codes(actions.send_messages(room.pk, drafts)) == ["ok"] * 32


def test_sending_a_client_id_again_returns_the_first_result(
    room: Room, bob: User, listener: Listener
) -> None:
    again = uuid.uuid4()
    first = say(bob, room, "Hello", client_id=again)
    listener.follow(room.stream)
    assert say(bob, room, "Something else", client_id=again) == first
    assert listener.news(room.stream) == []


def test_a_client_id_twice_in_one_batch_is_one_message(room: Room, bob: User) -> None:
    again = uuid.uuid4()
    first, other, second = actions.send_messages(
        room.pk, [draft(bob, "a", client_id=again), draft(bob, "b"), draft(bob, "a", client_id=again)]
    )
    assert first == second != other
    assert Message.objects.count() == 2


def test_two_people_may_use_the_same_client_id(room: Room, alice: User, bob: User) -> None:
    same = uuid.uuid4()
    assert say(alice, room, client_id=same)["id"] != say(bob, room, client_id=same)["id"]


def test_a_repeated_send_still_gets_its_message_after_the_room_was_archived(
    room: Room, alice: User, bob: User
) -> None:
    again = uuid.uuid4()
    first = say(bob, room, client_id=again)
    actions.archive_room(alice, room.pk)
    assert say(bob, room, client_id=again) == first
    with refused("conflict"):
        say(bob, room)


def test_a_reply_names_its_message(room: Room, alice: User, bob: User) -> None:
    first = say(bob, room, "A question")
    answer = say(alice, room, "An answer", reply_to=first["id"])
    assert answer["reply_to"] == first["id"]


def test_a_reply_to_a_message_of_another_room_is_refused(room: Room, closed: Room, bob: User) -> None:
    elsewhere = say(bob, closed)
    with refused("invalid"):
        say(bob, room, reply_to=elsewhere["id"])


def test_a_room_that_is_not_there_is_not_found(bob: User) -> None:
    (outcome,) = actions.send_messages(987_654, [draft(bob)])
    assert codes([outcome]) == ["not_found"]


def test_the_eleventh_message_in_ten_seconds_is_refused_with_the_time_to_wait(
    room: Room, bob: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    assert (
        codes(actions.send_messages(room.pk, [draft(bob) for _ in range(12)]))
        == ["ok"] * 10 + ["rate_limited"] * 2
    )
    with refused("rate_limited") as caught:
        say(bob, room)
    assert caught.value.retry_after == 10


def test_the_pace_is_counted_over_a_sliding_window(
    room: Room, bob: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    for ago in (10.5, 9.5, 8, 7, 6, 5, 4, 3, 2, 1):
        at = timezone.now() - timedelta(seconds=ago)
        actions.import_messages(room.pk, [draft(bob, at=at)])
    say(bob, room)
    with refused("rate_limited") as caught:
        say(bob, room)
    assert caught.value.retry_after == pytest.approx(0.5, abs=0.001)


def test_the_pace_is_counted_for_each_person_and_room_alone(
    room: Room, closed: Room, alice: User, bob: User
) -> None:
    actions.send_messages(room.pk, [draft(bob) for _ in range(10)])
    say(alice, room)
    say(bob, closed)


def test_no_limit_means_no_limit(room: Room, bob: User, settings: Settings) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 0
    assert codes(actions.send_messages(room.pk, [draft(bob) for _ in range(50)])) == ["ok"] * 50


@pytest.mark.django_db(transaction=True)
def test_the_same_send_from_several_processes_at_once_is_one_message(room: Room, bob: User) -> None:
    again = uuid.uuid4()
    results = _at_once(4, lambda: say(bob, room, client_id=again))
    assert all(result == results[0] for result in results)
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_pace_holds_for_sends_from_several_processes_at_once(room: Room, bob: User) -> None:
    results = _at_once(4, lambda: codes(actions.send_messages(room.pk, [draft(bob) for _ in range(5)])))
    assert sum(result.count("ok") for result in results) == 10


def _at_once(count: int, work):
    """Runs `work` in threads, each with a database connection of its own, all starting together."""
    start = threading.Barrier(count)
    results = []

    def run() -> None:
        start.wait()
        try:
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
