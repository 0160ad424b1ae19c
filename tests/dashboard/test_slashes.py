"""`/metric` in a room: what it asks for, and what is said where it asks for nothing there is."""

import pytest

from dashboard.models import Board, Kind, Metric
from dashboard.panels import BY_MAX
from dashboard.slashes import attach, parse
from dashboard.suggesting import suggest
from project.realtime.errors import CommandError
from tests.dashboard.conftest import Push


@pytest.fixture(autouse=True)
def measured(push: Push) -> None:
    push(
        *({"name": "load", "value": 1, "labels": {"host": host, "zone": zone}} for host, zone in HOSTS),
        {"name": "load_of_all", "value": 1},
        {"name": "requests", "kind": "counter", "value": 1},
    )
    Metric.objects.create(name="seconds", kind=Kind.HISTOGRAM)


HOSTS = [("db-1", "eu"), ("db-2", "us"), ("web 1", "eu")]


def refusal(text: str) -> str:
    with pytest.raises(CommandError) as caught:
        parse(text)
    assert caught.value.code == "invalid"
    assert caught.value.fields == {"body": caught.value.message}
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "where", "fn", "seconds"),
    [
        ("load", {}, "avg", 3600),
        ("requests", {}, "rate", 3600),
        ("seconds", {}, "p95", 3600),
        ("LOAD 15m", {}, "avg", 900),
        ("load host=db-1 max 7d", {"host": "db-1"}, "max", 7 * 86_400),
        ('load 10s p99 host="web 1" zone=eu', {"host": "web 1", "zone": "eu"}, "p99", 10),
    ],
)
def test_what_a_command_asks_for(text: str, where: dict[str, str], fn: str, seconds: int) -> None:
    asked = parse(text)
    assert (asked.where, asked.fn, asked.seconds) == (where, fn, seconds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Say what to show: /metric NAME"),
        ("laod", "There is no metric “laod”. Did you mean load?"),
        ("of_all", "There is no metric “of_all”. Did you mean load_of_all?"),
        ("nothing_like_it", "There is no metric “nothing_like_it”."),
        ("a\x00b", "There is no metric"),
        ("load hots=db-1", "load has no label “hots”. Did you mean host?"),
        ("load rack=1", "load has no label “rack”. There is host, zone."),
        ("load host=db-3", "Nothing of load has host=db-3. Did you mean db-"),
        ("load host=db-1 zone=us", "Nothing of load has host=db-1 and zone=us together."),
        ("load host=db-1 host=db-2", "A label can have one value only."),
        ("requests host=db-1", "requests has no labels."),
        ("load avrg", "nor a function such as avg, nor a time such as 1h. Did you mean avg"),
        ("load rate", "rate says nothing of load, which is a gauge. There is avg, sum"),
        ("requests p95", "p95 says nothing of requests, which is a counter."),
        ("load max min", "One function only: max or min."),
        ("load 1h 2h", "One time only: 1h or 2h."),
        ("load 5s", "5s cannot be shown"),
        ("load 2000d", "2000d cannot be shown"),
        ('load host="db', "A quotation mark is not closed."),
    ],
)  # fmt: skip
def test_what_it_cannot_use_is_named(text: str, said: str) -> None:
    assert said in refusal(text)


def test_more_labels_than_a_chart_can_be_of_are_refused(push: Push) -> None:
    labels = {f"l{n}": "x" for n in range(BY_MAX + 1)}
    push({"name": "wide", "value": 1, "labels": labels})
    said = refusal(" ".join(["wide", *(f"{name}={value}" for name, value in labels.items())]))
    assert said == "A chart can be of 10 labels at most, of 200 characters each."


def test_it_attaches_the_chart_of_what_it_asks_for() -> None:
    (attached,) = attach(1, "load host=db-1 max 15m")
    board = Board.objects.get(slug=attached["board"])
    assert board.hidden
    assert board.panels[0]["queries"] == [{"metric": "load", "where": {"host": "db-1"}, "fn": "max"}]
    assert attached == {
        "type": "chart",
        "board": board.slug,
        "title": "load max (host=db-1)",
        "seconds": 900,
    }
    assert list(attach(2, "load 15m max host=db-1")) == [attached]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["load", "load_of_all", "requests", "seconds"]),
        ("lo", ["load", "load_of_all"]),
        ("all", ["load_of_all"]),
        ("load h", ["host="]),
        ("load host=", ["host=db-1", "host=db-2", "host='web 1'"]),
        ("load host=db-1 z", ["zone="]),
        ("load host=db-1 m", ["min", "max", "moving_avg"]),
        ("load max m", []),
        ("load max 1", ["15m", "1h"]),
        ("load 1h max 1", []),
        ("requests p", []),
        ("nothing h", []),
    ],
)
def test_what_a_word_may_become(text: str, words: list[str]) -> None:
    assert [one.word for one in suggest(text)] == words
