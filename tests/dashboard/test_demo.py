"""The demo team's shop: what it measures, the board for it, and more of it while it runs."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from dashboard.demo import board, history, shop
from dashboard.management.commands import demo_metrics
from dashboard.models import Board, BoardVersion, Metric, Rule
from dashboard.panels import Panel
from dashboard.queries import boards
from dashboard.rules.schemas import parsed
from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.site import ROOT

DAY = 86_400


def test_the_same_second_has_the_same_values() -> None:
    assert list(shop.samples(1_700_000_000)) == list(shop.samples(1_700_000_000))
    assert list(shop.samples(1_700_000_000)) != list(shop.samples(1_700_000_001))


def test_each_day_has_incidents_in_which_what_is_watched_is_out_of_bounds() -> None:
    found = {shop.incident_of(second) for second in range(0, DAY, 60)}
    assert len(found) == 5
    for region, start, end in found:
        assert 240 <= end - start < 600
        middle = [one for one in shop.samples((start + end) // 2) if one.labels.get("region") == region]
        slow = [one.value for one in middle if one.name == shop.DURATION]
        assert max(slow) > board.SLOW
        before = [one for one in shop.samples(start - 1) if one.labels.get("region") == region]
        assert max(one.value for one in before if one.name == shop.DURATION) < board.SLOW


def test_what_is_shown_and_watched_is_what_is_measured() -> None:
    measured = {one.name for one in shop.samples(1_700_000_000)}
    assert measured == set(shop.METRICS)
    panels = [Panel.model_validate(panel) for panel in board.PANELS]
    assert {query.metric for panel in panels for query in panel.queries} == measured
    for definition in board.rules(None, "alerts"):
        parsed(definition)


def test_its_past_has_no_hole_and_tells_nothing_twice() -> None:
    now = 1_700_000_003
    moments = list(history._moments(now))
    assert moments[0][0] <= now - 3 * 86_400
    assert all(second + step == after for (second, step), (after, _) in pairwise(moments))
    assert moments[-1] == (now - 1, 1)


@pytest.mark.django_db(transaction=True)
def test_it_is_made_once_with_some_days_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SPACING", ((3_600, 60), (60, 1)))
    with pytest.raises(CommandError, match="no demo team"):
        call_command("demo_metrics")
    call_command("demo", messages=50)
    call_command("demo_metrics")
    assert set(shop.METRICS) <= set(Metric.objects.values_list("name", flat=True))
    made = Board.objects.get(slug=board.SLUG)
    newest = max(Metric.objects.get(name=shop.REQUESTS).series.values_list("last_at", flat=True))
    shown = boards.snapshot(made, newest - 50, newest, 500)["panels"]
    assert all(shown[panel["id"]][0]["points"] for panel in board.PANELS)
    assert Rule.objects.filter(board=made).count() == 3
    assert all(rule.definition["room"] and rule.evaluated for rule in Rule.objects.filter(board=made))

    call_command("demo_metrics")
    assert Rule.objects.filter(board=made).count() == 3
    assert BoardVersion.objects.filter(board=made).count() == 1


def test_a_site_that_is_away_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 4:
            raise KeyboardInterrupt

    def away(*args: object, **more: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(demo_metrics.time, "sleep", sleep)
    monkeypatch.setattr(demo_metrics.urllib.request, "urlopen", away)
    with pytest.raises(KeyboardInterrupt):
        demo_metrics._send("http://site/", "", 0, None)
    assert slept == [0.0, demo_metrics.AGAIN_SECONDS] * 2


@pytest.fixture
def site() -> Iterator[Installation]:
    installation = Installation(1)
    installation.start()
    yield installation
    installation.remove()


A_SHORT_PAST = """
import os, django
from django.core.management import execute_from_command_line
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
django.setup()
from dashboard.demo import history
history.SPACING = ((60, 60), (10, 1))
"""


@pytest.mark.heavy
def test_more_is_sent_for_as_long_as_it_runs(site: Installation) -> None:
    site.shell.manage("demo", "--messages", "50")
    send = (
        f"{A_SHORT_PAST}\nexecute_from_command_line(['manage.py', 'demo_metrics', '--to', '{site.urls[0]}'])"
    )
    sending = subprocess.Popen([sys.executable, "-c", send], cwd=ROOT, env=site.environment)
    try:
        count = (
            "from dashboard.models import Batch; print(Batch.objects.filter(key__startswith='demo ').count())"
        )
        wait_until(lambda: site.shell.tell(count) >= 2, 60, "two seconds of measurements")
    finally:
        sending.terminate()
    assert sending.wait(60) == 0
