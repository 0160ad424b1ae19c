"""Telling: once, together, and to whom."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from notifications import actions
from notifications.models import Notification, Occurrence
from project.accounts.models import User
from project.jobs.models import Job
from project.realtime.log import NotInTransaction
from tests.notifications.told import kept, notice, only, tell


def test_a_notification_is_the_same_in_the_table_and_in_its_event(alice: User, bob: User) -> None:
    reached = tell(bob, title="Build failed", body="main", link="/x", actor_id=alice.pk, source="topic.ci")
    row = only(bob)
    (event,) = kept(bob)
    assert reached == {bob.pk: row.pk}
    assert event["type"] == "notification.created"
    assert event["data"]["id"] == row.pk
    assert event["data"]["seq"] == event["seq"] == row.seq
    assert event["data"]["title"] == row.title == "Build failed"
    assert event["data"]["actor"] == {"id": alice.pk, "name": "Alice A.", "avatar": None}
    assert event["data"]["unread"] == 1


def test_outside_a_transaction_nobody_is_told_anything(alice: User) -> None:
    with transaction.atomic():
        pass
    with pytest.raises(NotInTransaction):
        # pytest's own transaction is one too
        _outside(lambda: actions.notify(notice(), [alice.pk]))


def _outside(work: object) -> None:
    from django.db import connection

    before, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        work()  # type: ignore[operator]
    finally:
        connection.in_atomic_block = before


def test_the_same_key_is_told_once_however_often_it_is_said(alice: User, bob: User) -> None:
    first = tell(alice, dedupe_key="disk")
    assert tell(alice, bob, dedupe_key="disk", title="Again")[alice.pk] == first[alice.pk]
    assert only(alice).title == "Disk full"
    assert only(bob).title == "Again"
    assert len(kept(alice)) == 1


def test_the_same_key_is_told_once_even_within_one_call(alice: User) -> None:
    with transaction.atomic():
        reached = actions.notify_all([(notice("One", dedupe_key="k"), [alice.pk])] * 2)
    assert reached[0] == reached[1]
    assert len(kept(alice)) == 1


def test_what_belongs_together_is_one_notification_while_it_is_unread(alice: User) -> None:
    for number in range(3):
        tell(alice, title=f"Mention {number}", collapse_key="ops", many="{count} mentions")
    row = only(alice)
    assert (row.count, row.revision, row.title) == (3, 3, "3 mentions")
    assert [event["type"] for event in kept(alice)] == ["notification.created", *["notification.updated"] * 2]
    actions.read(alice.pk, [row.pk])
    tell(alice, title="Mention 3", collapse_key="ops", many="{count} mentions")
    assert Notification.objects.filter(recipient=alice).count() == 2


def test_things_told_together_that_belong_together_are_one_event(alice: User) -> None:
    with transaction.atomic():
        actions.notify_all(
            [(notice(f"M{n}", collapse_key="ops", many="{count} new"), [alice.pk]) for n in range(5)]
        )
    (event,) = kept(alice)
    assert (event["data"]["count"], event["data"]["title"]) == (5, "5 new")
    assert Occurrence.objects.count() == 5


def test_bots_those_who_left_the_actor_and_whoever_muted_it_are_left_out(
    alice: User, bob: User, charlie: User, robot: User, gone: User
) -> None:
    actions.mute(charlie, "topic.ops")
    reached = tell(alice, bob, charlie, robot, gone, actor_id=alice.pk, source="topic.ops")
    assert set(reached) == {bob.pk}
    actions.unmute(charlie, "topic.ops")
    assert set(tell(charlie, source="topic.ops")) == {charlie.pk}


def test_what_was_over_before_its_turn_came_is_told_to_nobody(alice: User, bob: User) -> None:
    assert tell(alice, expires_at=timezone.now()) == {}
    assert tell(bob, expires_at=timezone.now() + timedelta(minutes=1)).keys() == {bob.pk}
    assert kept(alice) == []


def test_what_may_be_pushed_gets_a_ladder_and_what_is_quiet_gets_none(alice: User) -> None:
    quiet = tell(alice, priority=2)
    urgent = tell(alice, priority=5)
    keys = set(Job.objects.filter(name="ladder").values_list("key", flat=True))
    assert keys == {f"ladder.{urgent[alice.pk]}"}
    assert f"ladder.{quiet[alice.pk]}" not in keys


@pytest.mark.django_db
def test_a_hundred_people_cost_no_more_queries_than_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    User.objects.bulk_create(User(username=f"p{n}", password="!") for n in range(101))
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    # SQLite takes so few values in a statement that Django cuts some inserts of a hundred rows into pieces.
    pieces = 0 if connection.vendor == "postgresql" else 3
    for some, queries in ((people[:1], 10), (people[1:], 10 + pieces)):
        with transaction.atomic(), django_assert_num_queries(queries):
            actions.notify(notice(dedupe_key="x", collapse_key="y", source="topic.a"), some)


def test_a_text_that_is_too_long_is_clipped(alice: User) -> None:
    tell(alice, title="x" * 300, body="y" * 3000)
    row = only(alice)
    assert (len(row.title), len(row.body), row.title[-1]) == (200, 2000, "…")
