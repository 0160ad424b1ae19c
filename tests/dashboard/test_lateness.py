"""A source that was away goes on where it had stopped; what is behind its own time is too late, whenever it comes."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from dashboard.ingest import sources
from dashboard.ingest.points import Result, Sender
from dashboard.models import DeadLetter, Source
from dashboard.tiers import DAY, HOUR, TIERS
from project.accounts.actions import issue_token
from project.accounts.models import User
from tests.dashboard.conftest import WINDOWS, Push

AGENT = Sender(own="agent")


@pytest.fixture
def now(transactional_db: None) -> float:
    return float(int(time.time()))


def seen(at: float, sender: Sender = AGENT) -> None:
    """This source has sent everything up to that moment."""
    Source.objects.create(key=sender.key, newest_at=at, received_at=at)


def samples(moments: Iterable[float]) -> list[dict[str, Any]]:
    return [{"name": "load", "value": 1.0, "at": at} for at in moments]


def refused(result: Result) -> list[str]:
    return [one.reason for one in result.rejected]


def test_what_was_kept_for_five_hours_is_taken_in_whatever_order_it_comes(push: Push, now: float) -> None:
    seen(now - 5 * HOUR)
    kept = [now - age for age in range(0, 5 * HOUR, 60)]
    first = push(*samples(kept[150:]), sender=AGENT)
    second = push(*samples(kept[:150]), sender=AGENT)
    assert (first.accepted, second.accepted, DeadLetter.objects.count()) == (150, 150, 0)
    for tier in TIERS:
        assert sum(WINDOWS[tier.name].objects.values_list("count", flat=True)) == 300


def test_a_source_that_has_come_further_cannot_go_back(push: Push, now: float) -> None:
    seen(now - 5 * HOUR)
    push(*samples([now]), sender=AGENT)
    result = push(*samples([now - 4 * HOUR, now - 60]), sender=AGENT)
    assert (result.accepted, refused(result)) == (1, ["too_late"])
    assert DeadLetter.objects.get().measured_at == now - 4 * HOUR


def test_how_late_a_sample_may_be_counts_from_its_source(push: Push, now: float, settings: Settings) -> None:
    settings.METRICS_LATE_SECONDS = 600
    seen(now - 5 * HOUR)
    result = push(*samples([now - 5 * HOUR - 590, now - 5 * HOUR - 610]), sender=AGENT)
    assert (result.accepted, refused(result)) == (1, ["too_late"])


@pytest.mark.parametrize("other", [AGENT, Sender(own="other")])
def test_who_was_never_seen_is_judged_by_the_clock_however_often(
    push: Push, now: float, other: Sender
) -> None:
    seen(now - 5 * HOUR, Sender(own="third"))
    for _ in range(2):
        assert refused(push(*samples([now - 4 * HOUR]), sender=other)) == ["too_late"]


def test_agents_that_share_a_token_have_times_of_their_own(push: Push, now: float, alice: User) -> None:
    row, _ = issue_token(alice, "shared", scopes=("metrics",))
    token = Sender(alice.pk, row.pk)
    Source.objects.create(
        key=sources.key_of(token.key, "west"), agent="west", newest_at=now - 5 * HOUR, received_at=now
    )
    push(*samples([now]), sender=token, agent="east")
    push(*samples([now]), sender=token)
    kept = samples([now - 4 * HOUR, now])
    assert refused(push(*kept[:1], sender=token, agent="west")) == []
    assert refused(push(*kept, sender=token, agent="east")) == ["too_late"]
    assert refused(push(*kept, sender=token)) == ["too_late"]


def test_nothing_is_written_into_windows_that_are_about_to_go(push: Push, now: float) -> None:
    seen(now - 3 * DAY)
    result = push(*samples([now - DAY - 10, now - DAY + 10, now - DAY + 120]), sender=AGENT)
    assert (result.accepted, refused(result)) == (1, ["too_late"] * 2)


def test_side_by_side_every_sample_is_either_kept_or_a_dead_letter(push: Push, now: float) -> None:
    seen(now - 5 * HOUR)
    away = [samples(now - 5 * HOUR + 600 * n + age for age in range(60)) for n in range(12)]
    live = [samples([now - n]) for n in range(4)]

    def send(some: list[dict[str, Any]]) -> Result:
        try:
            return push(*some, sender=AGENT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(send, [*away[:6], *live, *away[6:]]))
    kept = sum(WINDOWS["1s"].objects.values_list("count", flat=True))
    assert kept == sum(result.accepted for result in results)
    assert kept + DeadLetter.objects.count() == 12 * 60 + 4
    assert Source.objects.get().newest_at == now
