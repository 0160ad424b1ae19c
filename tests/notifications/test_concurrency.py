"""Many at once: each thing is told once, nobody waits for ever, and what the events say is what there is."""

import threading
from collections.abc import Callable
from random import Random

import pytest
from django.db import connection, transaction

from notifications import actions
from notifications.models import Notification, Occurrence
from project.accounts.models import User
from tests.notifications.mirror import Mirror
from tests.notifications.test_state import DOINGS, Play
from tests.notifications.told import kept, notice

THREADS, EACH = 6, 40


def side_by_side(work: Callable[[int], None]) -> None:
    """Runs `work(number)` in threads that start together; raises what any of them raises."""
    failures: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_the_same_things_told_from_everywhere_at_once_are_told_once(
    alice: User, bob: User, charlie: User
) -> None:
    people = [alice.pk, bob.pk, charlie.pk]

    def tell(number: int) -> None:
        order = people[number % 3 :] + people[: number % 3]
        for thing in range(30):
            with transaction.atomic():
                actions.notify(notice(f"T{thing}", dedupe_key=f"k{thing}"), order)

    side_by_side(tell)
    for user in (alice, bob, charlie):
        assert Notification.objects.filter(recipient=user).count() == 30
        assert [event["seq"] for event in kept(user)] == list(range(1, 31))


@pytest.mark.django_db(transaction=True)
def test_what_belongs_together_is_counted_exactly(alice: User) -> None:
    def tell(number: int) -> None:
        for thing in range(20):
            with transaction.atomic():
                actions.notify(notice(dedupe_key=f"{number} {thing}", collapse_key="c"), [alice.pk])

    side_by_side(tell)
    row = Notification.objects.get(recipient=alice)
    assert row.count == row.revision == Occurrence.objects.count() == THREADS * 20


@pytest.mark.django_db(transaction=True)
def test_all_actions_side_by_side_neither_block_each_other_nor_lose_an_event(
    alice: User, bob: User, charlie: User
) -> None:
    cast = [alice, bob, charlie]
    mirrors = [Mirror(user) for user in cast]

    def act(seed: int) -> None:
        chance, play = Random(seed), Play(cast)
        for _ in range(EACH):
            with transaction.atomic():
                play.step(
                    chance.choice(DOINGS), chance.randrange(3), chance.randrange(6), chance.randrange(6)
                )

    side_by_side(act)
    for mirror in mirrors:
        mirror.catch_up()
        assert mirror.shown() == Mirror(mirror.user).shown()
