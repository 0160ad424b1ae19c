"""Who is there: as many connections as there are, gone with their process, told to whom it concerns."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from project.accounts.models import User
from project.realtime import presence, streams
from project.realtime.models import Presence as Row
from project.realtime.models import Process
from project.realtime.streams import Presence, Retention, StreamKind
from tests.realtime.conftest import lab_verdicts

Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def bob(transactional_db: None) -> User:
    return User.objects.create(username="bob")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, alice: User, bob: User, announced: list[dict[str, Any]]) -> Told:
    """alice and bob share lab.1; returns what its followers were told since the last call."""

    def streams_of(users: Sequence[int]) -> list[str]:
        return ["lab.1"] if {alice.pk, bob.pk}.intersection(users) else []

    def members_of(names: Sequence[str]) -> Mapping[str, Sequence[int]]:
        return {name: [alice.pk, bob.pk] for name in names}

    kind = StreamKind("lab", lab_verdicts, Retention(1, 1), presence=Presence(streams_of, members_of))
    monkeypatch.setattr(streams, "_kinds", {"lab": kind})

    def told() -> list[dict[str, Any]]:
        items = [json.loads(item) for message in announced for item in message["items"].values()]
        announced.clear()
        assert all((item["stream"], item["type"]) == ("lab.1", "presence.changed") for item in items)
        return [item["data"] for item in items]

    return told


def die(process: int) -> None:
    Process.objects.filter(pk=process).update(alive_until=timezone.now() - timedelta(seconds=1))


def test_coming_and_going_is_told_with_everybody_who_is_there(told: Told, alice: User, bob: User) -> None:
    process = presence.keep_alive("p")
    presence.record(process, {alice.pk: 1})
    presence.record(process, {bob.pk: 2})
    presence.record(process, {alice.pk: 0})
    assert told() == [
        {"online": [alice.pk], "count": 1},
        {"online": [alice.pk, bob.pk], "count": 2},
        {"online": [bob.pk], "count": 1},
    ]
    assert presence.online([alice.pk, bob.pk]) == {bob.pk}


def test_somebody_is_there_as_long_as_any_process_has_them(told: Told, alice: User) -> None:
    first, second = presence.keep_alive("first"), presence.keep_alive("second")
    presence.record(first, {alice.pk: 1})
    presence.record(second, {alice.pk: 1})
    presence.record(first, {alice.pk: 0})
    assert presence.online([alice.pk]) == {alice.pk}
    presence.record(second, {alice.pk: 0})
    assert presence.online([alice.pk]) == set()


def test_the_people_of_a_process_that_died_are_gone_at_once(told: Told, alice: User) -> None:
    process = presence.keep_alive("p")
    presence.record(process, {alice.pk: 1})
    die(process)
    assert presence.online([alice.pk]) == set()


def test_whoever_buries_a_dead_process_tells_who_went_with_it(told: Told, alice: User, bob: User) -> None:
    dead, living = presence.keep_alive("dead"), presence.keep_alive("living")
    presence.record(dead, {alice.pk: 1})
    presence.record(living, {bob.pk: 1})
    die(dead)
    told()
    presence.bury_the_dead()
    presence.bury_the_dead()
    assert told() == [{"online": [bob.pk], "count": 1}]
    assert not Row.objects.filter(user=alice).exists()


def test_a_living_process_is_not_buried(told: Told, alice: User) -> None:
    presence.record(presence.keep_alive("p"), {alice.pk: 1})
    presence.bury_the_dead()
    assert presence.online([alice.pk]) == {alice.pk}


def test_a_process_that_goes_on_living_keeps_its_row_and_its_people(told: Told, alice: User) -> None:
    process = presence.keep_alive("p")
    presence.record(process, {alice.pk: 1})
    assert presence.keep_alive("p") == process
    assert presence.online([alice.pk]) == {alice.pk}


def test_connections_elsewhere_are_those_of_other_living_processes(told: Told, alice: User) -> None:
    here, there, dead = (presence.keep_alive(token) for token in ("here", "there", "dead"))
    for process, count in ((here, 1), (there, 2), (dead, 4)):
        presence.record(process, {alice.pk: count})
    die(dead)
    assert presence.connections_elsewhere([alice.pk], "here") == {alice.pk: 2}


def test_in_a_large_room_presence_is_a_count(
    told: Told, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "PRESENCE_LIST_MEMBERS", 1)
    presence.record(presence.keep_alive("p"), {alice.pk: 1})
    assert told() == [{"count": 1}]


def test_many_users_cost_one_query(django_assert_num_queries: Any, told: Told, alice: User) -> None:
    with django_assert_num_queries(1):
        presence.online(range(1000))
