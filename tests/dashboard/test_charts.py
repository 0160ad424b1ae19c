"""Charts of messages: boards that nobody finds, changes, or makes twice."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard import retention
from dashboard.actions.charts import chart_of
from dashboard.models import Board, Metric
from dashboard.panels import Query, Selection
from tests.dashboard.conftest import Push
from tests.dashboard.test_boards import Api, api

__all__ = ["api"]


def chart(fn: str = "avg", metric: str = "load", seconds: int = 3600, title: str = "Load") -> Board:
    return chart_of(title, Query(metric=metric, fn=fn), seconds)


def test_a_chart_is_read_and_followed_like_a_board(api: Api, push: Push) -> None:
    push({"name": "load", "value": 3})
    made = chart()
    assert api.get(f"boards/{made.slug}")["board"]["panels"] == made.panels
    shown = api.get(f"boards/{made.slug}/data", **{"from": time.time() - 60, "to": time.time() + 60})
    assert list(shown["panels"]) == ["chart"]
    assert shown["cursor"].endswith(f"/{made.stream}:0")


def test_the_same_query_over_the_same_time_is_the_same_chart(api: Api) -> None:
    first = chart(title="Load")
    assert chart(title="Something else") == first
    assert chart_of("Load", Query.model_validate({"metric": "load", "where": {}}), 3600) == first
    others = [chart(seconds=60), chart(fn="max"), chart(metric="cpu")]
    assert len({board.slug for board in [first, *others]}) == 4


def test_it_is_in_no_list_and_nobody_changes_it(api: Api) -> None:
    made = chart()
    assert api.get("boards")["boards"] == []
    for command in ("update", "delete", "restore"):
        refusal = api.command(f"board.{command}", board=made.slug)["error"]
        assert (refusal["code"], "belongs to messages" in refusal["message"]) == ("forbidden", True)


def test_nobody_else_takes_its_address(api: Api) -> None:
    slug = chart().slug
    chart().delete()
    assert api.command("board.create", title="Mine", slug=slug)["error"]["code"] == "conflict"
    assert api.command("board.create", title=slug)["error"]["code"] == "conflict"


@pytest.mark.parametrize(
    ("fn", "unit"), [("avg", "bytes"), ("p95", "bytes"), ("rate", "bytes/s"), ("count", "")]
)
def test_its_unit_is_that_of_what_it_shows(transactional_db: None, fn: str, unit: str) -> None:
    Metric.objects.create(name="load", unit="bytes")
    assert chart(fn).panels[0]["unit"] == unit


def test_a_ratio_has_no_unit_of_either(transactional_db: None) -> None:
    query = Query(metric="used", ratio_to=Selection(metric="size"))
    assert chart_of("Used", query, 60).panels[0]["unit"] == "ratio"


def test_it_is_forgotten_when_nobody_has_asked_for_it_for_long(transactional_db: None) -> None:
    long_ago = timezone.now() - retention.CHARTS_KEPT - timedelta(days=1)
    old, followed, asked, board = chart(), chart("max"), chart("min"), Board.objects.create(slug="b")
    Board.objects.update(updated_at=long_ago)
    Board.objects.filter(pk=followed.pk).update(followed_until=time.time())
    chart("min")
    retention.tend(time.time())
    assert set(Board.objects.all()) == {followed, asked, board}
    assert chart() != old
