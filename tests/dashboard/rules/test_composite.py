"""Rules that are made of other rules."""

from collections.abc import Callable

import pytest

from dashboard.models import Alert, Rule
from tests.dashboard.rules.conftest import Watchman, states

Make = Callable[..., Rule]


class TestComposite:
    """A and not B, over what other rules say."""

    @pytest.fixture
    def both(self, make: Make) -> tuple[Rule, Rule]:
        load = {"metric": "load", "where": {"of": "a"}}
        first = make(
            {"kind": "threshold", "query": load, "over": 10, "above": 5}, title="A", group_by=["host"]
        )
        other = {"metric": "load", "where": {"of": "b"}}
        second = make({"kind": "threshold", "query": other, "over": 10, "above": 5}, title="B")
        return first, second

    def test_fires_while_one_does_and_another_does_not(
        self, make: Make, watch: Watchman, both: tuple[Rule, Rule]
    ) -> None:
        rule = make({"kind": "composite", "all": [both[0].pk], "none": [both[1].pk]}, title="A and not B")
        watch.load(9, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {"": "firing"}
        watch.load(9, of="a", host="x")
        watch.passes(value=9, of="b")
        assert states(rule) == {"": "ok"}
        watch.load(9, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {"": "firing"}
        watch.load(1, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {"": "ok"}

    def test_is_asked_of_each_label_set(self, make: Make, watch: Watchman, both: tuple[Rule, Rule]) -> None:
        condition = {"kind": "composite", "all": [both[0].pk], "none": [both[1].pk]}
        rule = make(condition, title="A and not B", group_by=["host"])
        watch.load(9, of="a", host="x")
        watch.load(9, of="a", host="y")
        watch.passes(value=1, of="b")
        assert states(rule) == {"host=x": "firing", "host=y": "firing"}
        watch.load(9, of="a", host="x")
        watch.load(1, of="a", host="y")
        watch.passes(value=1, of="b")
        assert states(rule) == {"host=x": "firing", "host=y": "ok"}
        watch.load(9, of="a", host="x")
        watch.passes(value=9, of="b")
        assert states(rule) == {"host=x": "ok", "host=y": "ok"}

    def test_any_of_several(self, make: Make, watch: Watchman, both: tuple[Rule, Rule]) -> None:
        rule = make({"kind": "composite", "any": [one.pk for one in both]}, title="A or B")
        watch.load(1, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {}
        watch.passes(value=9, of="b")
        assert states(rule) == {"": "firing"}
        assert Alert.objects.get(rule=rule).why == "“B” fires."

    def test_cannot_be_answered_without_a_rule_that_it_is_made_of(
        self, make: Make, watch: Watchman, both: tuple[Rule, Rule]
    ) -> None:
        rule = make({"kind": "composite", "all": [both[0].pk]}, title="A", on_error="alert")
        Rule.objects.filter(pk=both[0].pk).update(enabled=False)
        watch.passes()
        rule.refresh_from_db()
        assert rule.error == "“A” is not judged: it may be turned off."
        assert states(rule) == {"": "firing"}
