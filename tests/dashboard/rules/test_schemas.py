"""What a rule may say, and when nobody is told."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.rules.explaining import explanation
from dashboard.rules.muting import is_muted
from dashboard.rules.schemas import Definition, MuteTime, parsed
from tests.dashboard.rules.conftest import THRESHOLD


def rule(condition: dict[str, Any] | None = None, **more: Any) -> Definition:
    return Definition.model_validate({"title": " Load  is high ", "condition": condition or THRESHOLD} | more)


def test_a_rule_is_kept_as_it_was_meant() -> None:
    night = {"days": ["sat"], "from": "22:00", "until": "06:00", "zone": "Europe/Vienna"}
    more: dict[str, Any] = {"for": 60, "mute_times": [night], "followers": {"topics": ["ops"], "people": [1]}}
    given = rule(**more)
    assert parsed(given.stored()) == given
    assert given.stored()["for"] == 60
    assert given.stored()["mute_times"] == [night]
    assert given.title == "Load is high"


@pytest.mark.parametrize(
    "condition",
    [
        {"above": None},
        {"below": 1},
        {"recover": 6},
        {"above": float("nan")},
        {"over": 15},
        {"over": 7_200},
        {"query": {"metric": "load", "by": ["host"]}},
        {"kind": "nothing"},
        {"kind": "composite", "all": [], "none": [1]},
        {"surprise": 1},
    ],
)
def test_what_means_nothing_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(THRESHOLD | condition)


@pytest.mark.parametrize(
    "more",
    [
        {"title": " "},
        {"every": 5},
        {"severity": "fatal"},
        {"group_by": ["a", "a"]},
        {"mute_times": [{"days": [], "from": "22:00", "until": "06:00"}]},
        {"mute_times": [{"days": ["sat"], "from": "24:00", "until": "06:00"}]},
        {"mute_times": [{"days": ["sat"], "from": "22:00", "until": "06:00", "zone": "Mars/North"}]},
        {"version": 1},
        {"title": "\ud800"},
        {"group_by": ["\x00"]},
        {"followers": {"people": [2**63]}},
    ],
)
def test_so_is_what_no_rule_has(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**more)


@pytest.mark.parametrize(
    ("condition", "more", "words"),
    [
        (
            THRESHOLD | {"recover": 3},
            {"for": 300, "keep_firing": 60, "group_by": ["host"]},
            "Fires when the average of load over 10 s is above 5, for 5 min at least, for each host. Recovers at 3."
            " Goes on until that has been so for 1 min.",
        ),
        (
            {
                "kind": "threshold",
                "query": {"metric": "errors", "fn": "rate", "ratio_to": {"metric": "requests", "fn": "rate"}},
                "above": 0.1,
            },
            {},
            "Fires when the rate of errors in relation to the rate of requests over 1 min is above 0.1.",
        ),
        (
            {"kind": "change", "query": {"metric": "load"}, "window": 3_600, "below": -20, "percent": True},
            {},
            "Fires when the change of the average of load over 1 min within 1 h is below -20 %.",
        ),
        (
            {"kind": "no_data", "query": {"metric": "load", "where": {"zone": "eu"}}, "over": 120},
            {},
            "Fires when nothing has come in of load (zone eu) for 2 min.",
        ),
        (
            {"kind": "composite", "all": [1, 2], "any": [3], "none": [4]},
            {},
            "Fires when “Load” and “Errors” fire together and “Rule 3” fires and “Rule 4” does not.",
        ),
    ],
)
def test_a_rule_is_said_in_words(condition: dict[str, Any], more: dict[str, Any], words: str) -> None:
    assert explanation(rule(condition, **more), {1: "Load", 2: "Errors"}) == words


def test_an_anomaly_says_how_it_works() -> None:
    said = explanation(rule({"kind": "anomaly", "query": {"metric": "load"}, "least": 3}), {})
    for part in (
        "median of the same hour of the same weekday in the past 4 weeks",
        "1.4826 times",
        "by 3 at least",
        "two such weeks",
    ):
        assert part in said


NIGHT = MuteTime.model_validate(
    {"days": ["fri", "sat"], "from": "22:00", "until": "06:00", "zone": "Europe/Vienna"}
)
NOON = MuteTime.model_validate({"days": ["sun"], "from": "12:00", "until": "13:00"})


@pytest.mark.parametrize(
    ("moment", "muted"),
    [
        ("2026-11-20T20:59:59Z", False),  # Friday, 21:59 in Vienna
        ("2026-11-20T21:00:00Z", True),
        ("2026-11-21T04:59:59Z", True),  # Saturday morning
        ("2026-11-21T05:00:00Z", False),
        ("2026-11-22T04:00:00Z", True),  # Sunday morning is Saturday's night
        ("2026-11-22T21:30:00Z", False),
        ("2026-11-22T12:30:00Z", True),
        ("2026-07-17T20:30:00Z", True),  # in summer, an hour earlier
    ],
)
def test_mute_times_are_weekly_windows_in_their_time_zone(moment: str, muted: bool) -> None:
    assert is_muted([NIGHT, NOON], datetime.fromisoformat(moment)) is muted
