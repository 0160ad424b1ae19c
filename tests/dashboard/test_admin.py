"""Staff merge and drop series, and see what comes in, what does not, and what keeping it costs."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard import costs
from dashboard.actions import series as actions
from dashboard.models import Metric, Series, Target
from dashboard.tiers import TIERS
from project.accounts.models import User
from tests.dashboard.conftest import WINDOWS, Push
from tests.support.jobs import run_due

NOW = int(time.time()) - 30


@pytest.fixture
def staff(alice: User) -> Client:
    User.objects.update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get())
    return client


def level(host: str, at: float, value: float, name: str = "load") -> dict[str, Any]:
    return {"name": name, "value": value, "at": at, "labels": {"host": host}}


def series(host: str) -> Series:
    return Series.objects.get(labels=f'{{"host":"{host}"}}')


def choose(client: Client, model: str, action: str, *rows: Any, sure: bool = True) -> Any:
    """Does it to these rows in their list, having said that one is sure."""
    form = {"action": action, "_selected_action": [row.pk for row in rows]} | ({"_sure": "1"} if sure else {})
    return client.post(f"/admin/dashboard/{model}/", form, follow=True)


def test_merged_series_are_one_in_every_tier(push: Push, staff: Client) -> None:
    push(
        level("old", NOW - 9, 1.0), level("old", NOW, 2.0), level("new", NOW, 5.0), level("new", NOW + 1, 6.0)
    )
    kept = series("new").pk
    choose(staff, "series", "merge", series("old"), series("new"))
    assert run_due(only="merge_series") == 1
    assert [row.pk for row in Series.objects.all()] == [kept]
    rows = WINDOWS["1s"].objects.order_by("start")
    assert [(row.series_id, row.start, row.count, row.sum) for row in rows] == [
        (kept, NOW - 9, 1, 1.0),
        (kept, NOW, 2, 7.0),
        (kept, NOW + 1, 1, 6.0),
    ]
    for tier in TIERS:
        assert sum(row.sum for row in WINDOWS[tier.name].objects.all()) == 14.0


def test_a_merge_goes_on_where_it_was_broken_off(
    push: Push, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    push(*[level("old", NOW - n, 1.0) for n in range(10)], *[level("new", NOW - n, 1.0) for n in range(10)])
    keep, gone = series("new").pk, series("old").pk
    actions._move(TIERS[0], keep, gone)  # as far as it had come
    actions.merge_later(keep, [gone])
    run_due(only="merge_series")
    for tier in TIERS:
        assert sum(row.count for row in WINDOWS[tier.name].objects.all()) == 20


def test_series_of_different_metrics_are_not_merged(push: Push, staff: Client) -> None:
    push(level("a", NOW, 1.0), level("b", NOW, 1.0, name="other"))
    answer = choose(staff, "series", "merge", *Series.objects.all())
    assert b"two or more series of one metric" in answer.content
    assert Series.objects.count() == 2


def test_a_series_is_dropped_once_somebody_is_sure(push: Push, staff: Client) -> None:
    push(level("a", NOW, 1.0), level("b", NOW, 2.0))
    assert b"cannot be undone" in choose(staff, "series", "drop", series("a"), sure=False).content
    assert Series.objects.count() == 2
    choose(staff, "series", "drop", series("a"))
    assert [row.labels for row in Series.objects.all()] == ['{"host":"b"}']
    for tier in TIERS:
        assert [row.sum for row in WINDOWS[tier.name].objects.all()] == [2.0]


def test_a_series_is_held_before_its_windows_go(push: Push) -> None:
    push(level("a", NOW, 1.0))
    dropped = series("a").pk
    with CaptureQueriesContext(connection) as told:
        actions.drop([dropped])
    said = [one["sql"] for one in told]
    held = next(n for n, sql in enumerate(said) if sql.startswith("SELECT") and '"dashboard_series"' in sql)
    assert held < next(n for n, sql in enumerate(said) if sql.startswith("DELETE FROM dashboard_rollup"))


def test_a_metric_is_dropped_with_everything_and_can_be_measured_anew(push: Push, staff: Client) -> None:
    push(level("a", NOW, 1.0), level("a", NOW, 1.0, name="other"))
    choose(staff, "metric", "drop", Metric.objects.get(name="load"))
    assert [row.name for row in Metric.objects.all()] == ["other"]
    assert WINDOWS["1d"].objects.count() == 1
    assert push(level("a", NOW, 3.0)).accepted == 1


def test_staff_see_what_tells_series_apart_and_what_came_too_late(push: Push, staff: Client) -> None:
    push(level("a", NOW, 1.0), level("b", NOW, 1.0), level("a", NOW - 10_000, 1.0))
    metric = staff.get(f"/admin/dashboard/metric/{Metric.objects.get().pk}/change/")
    assert b"<td>host</td><td>2</td><td>a, b</td>" in metric.content
    assert b"host=b" in staff.get("/admin/dashboard/series/").content
    assert b"too far behind" in staff.get("/admin/dashboard/deadletter/").content


def test_a_target_is_not_fetched_without_a_pause(staff: Client) -> None:
    wanted = {"name": "shop", "url": "http://127.0.0.1:9/metrics", "enabled": "on"}
    answer = staff.post("/admin/dashboard/target/add/", wanted | {"interval": "0"})
    assert b"greater than or equal to 1" in answer.content
    staff.post("/admin/dashboard/target/add/", wanted | {"interval": "1"})
    assert Target.objects.get().interval == 1


def test_what_keeping_costs_is_told_to_staff(push: Push, staff: Client, alice: User) -> None:
    push(level("a", NOW, 1.0))
    page = staff.get("/admin/dashboard/metric/costs/").content.decode()
    assert "METRICS_KEEP_1S" in page
    assert "86,400" in page
    User.objects.update(is_staff=False, is_superuser=False)
    assert staff.get("/admin/dashboard/metric/costs/").status_code == 302


def test_costs_grow_with_what_a_window_keeps(push: Push) -> None:
    push(*[level("a", NOW - n, float(n)) for n in range(20)])
    for tier, cost in zip(TIERS, costs.of_all_tiers(), strict=True):
        assert cost.windows >= WINDOWS[tier.name].objects.count()
        assert cost.bytes_each > costs.bytes_each(tier, 0) - 1
    assert costs.bytes_each(TIERS[-1], 600) > costs.bytes_each(TIERS[-1], 60) + 500
