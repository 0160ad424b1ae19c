"""What is older than its tier keeps is forgotten, and nothing else; partitions are there before they are needed."""

import json
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from dashboard import actions, partitions, retention, stock, store
from dashboard.lifecycle import Own
from dashboard.models import Board, BoardVersion, Metric, Series
from dashboard.panels import parsed
from dashboard.rollups import Key, Rollup
from dashboard.ticker import Clock
from dashboard.tiers import TIERS, Tier
from project.accounts.models import User
from tests.dashboard.conftest import WINDOWS, Push


@pytest.fixture(params=TIERS, ids=lambda tier: tier.name)
def tier(request: pytest.FixtureRequest) -> Tier:
    found: Tier = request.param
    return found


@pytest.fixture
def series(transactional_db: None) -> Series:
    metric = Metric.objects.create(name="old")
    return Series.objects.create(metric=metric, labels="{}", digest="old", last_at=time.time())


def keep(tier: Tier, series: Series, *moments: float) -> None:
    partitions.ensure(moments)
    windows = {Key(series.pk, tier.window(at)): Rollup.of(1.0, at, sketched=True) for at in moments}
    with transaction.atomic():
        store.merge(tier, windows)


def test_windows_past_their_time_go_and_others_stay(tier: Tier, series: Series) -> None:
    now = time.time()
    old = now - tier.keep_seconds - tier.span - 2 * tier.step
    kept = now - tier.keep_seconds + tier.step
    keep(tier, series, old, kept, now)
    retention.tend(now)
    starts = sorted(WINDOWS[tier.name].objects.values_list("start", flat=True))
    assert starts == sorted({tier.window(kept), tier.window(now)})


def test_whole_partitions_are_dropped(tier: Tier, series: Series) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no partitions")
    old = time.time() - tier.keep_seconds - 3 * tier.span
    keep(tier, series, old)
    name = partitions.name_of(tier, int(old // tier.span))
    assert name in partitions.existing(tier)
    retention.tend(time.time())
    assert name not in partitions.existing(tier)
    assert len(partitions.existing(tier)) > partitions.AHEAD


def test_partitions_are_made_as_far_ahead_as_those_of_their_tier_are_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[Tier, int]] = []
    monkeypatch.setattr(store, "on_postgres", lambda: True)
    monkeypatch.setattr(partitions, "_known", set())
    monkeypatch.setattr(partitions, "_make", made.extend)
    partitions.ensure_ahead()
    assert [tier for tier, _ in made] == [tier for tier in TIERS for _ in range(partitions.AHEAD + 1)]
    now = time.time()
    assert all(number <= now // tier.span + partitions.AHEAD for tier, number in made)


def test_a_series_of_which_nothing_is_left_goes(push: Push) -> None:
    push({"name": "load", "value": 1})
    Series.objects.update(last_at=1.0)
    retention.tend(time.time())
    assert not Series.objects.exists()


def test_the_site_measures_itself_from_the_first_start(transactional_db: None) -> None:
    stock.make()
    own = Own(Clock())
    Board.objects.update(followed_until=time.time() + 60)
    own._beat(time.time())
    names = set(Metric.objects.values_list("name", flat=True))
    asked = {
        query.metric
        for board in Board.objects.all()
        for panel in parsed(board.panels)
        for query in panel.queries
    }
    only_later = {
        "host_network_received_bytes_per_second",  # from the second time on
        "host_network_sent_bytes_per_second",
        "redis_latency_seconds",
        "team_people_online",  # by the leader
        "team_people_active",
        "team_people_active_day",
        "team_notifications_unread",
        "watchroom_commands_total",  # once there was any
    }
    assert asked - names <= only_later
    assert {"host_cpu_percent", "process_memory_bytes", "watchroom_connections"} <= names


def test_stock_boards_are_what_they_come_as_until_somebody_changes_them(
    alice: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def boards() -> dict[str, tuple[str, int]]:
        return {row.slug: (row.title, row.version) for row in Board.objects.filter(deleted_at=None)}

    def come(title: str) -> None:
        for slug in (stock.THIS_SERVER, stock.THE_TEAM):
            (tmp_path / f"{slug}.json").write_text(json.dumps({"title": title, "panels": []}))
        stock.make()

    monkeypatch.setattr(stock, "BOARDS", tmp_path)
    come("Old")
    actions.update(alice, stock.THE_TEAM, "Ours", None, None)
    come("New")
    assert boards() == {stock.THIS_SERVER: ("New", 1), stock.THE_TEAM: ("Ours", 2)}
    assert set(BoardVersion.objects.filter(board__slug=stock.THIS_SERVER).values_list("title")) == {("New",)}
    actions.delete(alice, stock.THIS_SERVER)
    come("Newer")
    assert boards() == {stock.THE_TEAM: ("Ours", 2)}
    Board.objects.all().delete()
    actions.create(alice, "Own", [], stock.THE_TEAM)
    come("Newest")
    assert boards() == {stock.THIS_SERVER: ("Newest", 1), stock.THE_TEAM: ("Own", 1)}
