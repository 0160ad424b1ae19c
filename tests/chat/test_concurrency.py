"""Many people at once: nobody waits for ever, and what they did is what the events say."""

import threading
from contextlib import suppress
from random import Random

import pytest
from django.db import connection
from pytest_django import Settings

from chat.models import Room
from project.accounts.models import User
from project.realtime import log
from project.realtime.errors import CommandError
from tests.chat.mirror import Mirror
from tests.chat.test_state import Play

STEPS = (
    *("send", "send", "send", "send", "reply", "edit", "delete", "react", "react", "unreact", "read", "read"),
    *("join", "leave", "invite", "remove", "role", "involvement", "rename", "direct", "create"),
)
THREADS, EACH = 6, 40


@pytest.mark.django_db(transaction=True)
def test_actions_side_by_side_neither_block_each_other_nor_lose_an_event(
    room: Room, closed: Room, alice: User, bob: User, charlie: User, settings: Settings
) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 0
    cast = [alice, bob, charlie]
    mirrors = [Mirror(user) for user in cast]
    failures: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def act(seed: int) -> None:
        chance, play = Random(seed), Play(cast)
        start.wait()
        try:
            for _ in range(EACH):
                with suppress(CommandError):
                    play.step(
                        chance.choice(STEPS), chance.randrange(3), chance.randrange(6), chance.randrange(6)
                    )
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for mirror in mirrors:
        mirror.catch_up()
        assert mirror.shown() == Mirror(mirror.user).shown()
    for stream in Room.objects.all():
        seqs = [event.seq for event in log.read(stream.stream, 0, 10_000)]
        assert seqs == list(range(1, len(seqs) + 1))
