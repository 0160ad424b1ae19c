"""The four states: every way from one to another, and what holds whatever is seen."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.models import State
from dashboard.rules.machine import FIRES, OK, Seen, Status, Timing, step

BAD, BETWEEN, GOOD, NO_DATA, ERROR = Seen.BAD, Seen.BETWEEN, Seen.GOOD, Seen.NO_DATA, Seen.ERROR


def course(timing: Timing, *seen: Seen, start: int = 100) -> list[str]:
    """The states after each of these looks, one every ten seconds."""
    status, before, states = OK, 0, []
    for place, one in enumerate(seen):
        at = start + place * timing.every
        status = step(status, one, at, before, timing)
        before = at
        states.append(str(status.state))
    return states


def test_what_is_beyond_fires_at_once_and_is_over_at_once() -> None:
    assert course(Timing(), GOOD, BAD, BAD, GOOD) == ["ok", "firing", "firing", "ok"]


def test_it_fires_when_it_was_beyond_for_long_enough() -> None:
    assert course(Timing(holds_for=20), BAD, BAD, BAD, BAD) == ["pending", "pending", "firing", "firing"]


@pytest.mark.parametrize("back", [GOOD, BETWEEN])
def test_what_is_back_before_that_never_fired(back: Seen) -> None:
    assert course(Timing(holds_for=20), BAD, BAD, back, BAD, BAD) == [
        "pending",
        "pending",
        "ok",
        "pending",
        "pending",
    ]


def test_between_the_bound_and_where_it_recovers_nothing_changes() -> None:
    assert course(Timing(), BETWEEN, BAD, BETWEEN, BETWEEN, GOOD) == [
        "ok",
        "firing",
        "firing",
        "firing",
        "ok",
    ]


def test_flapping_around_the_bound_is_one_alert() -> None:
    assert set(course(Timing(), BAD, *[BETWEEN, BAD] * 50)) == {"firing"}


def test_it_goes_on_firing_until_it_was_back_for_long_enough() -> None:
    timing = Timing(keep_firing=20)
    assert course(timing, BAD, GOOD, GOOD, GOOD) == ["firing", "recovering", "recovering", "ok"]


@pytest.mark.parametrize("again", [BAD, BETWEEN])
def test_what_is_not_back_any_more_while_it_recovers_is_firing(again: Seen) -> None:
    assert course(Timing(keep_firing=20), BAD, GOOD, again, GOOD, GOOD, GOOD) == [
        *("firing", "recovering", "firing", "recovering", "recovering", "ok"),
    ]


def test_what_comes_back_while_it_recovers_has_not_to_last_again() -> None:
    timing = Timing(holds_for=20, keep_firing=30)
    assert course(timing, BAD, BAD, BAD, GOOD, BAD)[2:] == ["firing", "recovering", "firing"]


@pytest.mark.parametrize("seen", [NO_DATA, ERROR])
class TestSilentLooks:
    """The policies for no data and for errors do the same, each for its own."""

    def timing(self, seen: Seen, policy: str, **more: int) -> Timing:
        name = "no_data" if seen is NO_DATA else "on_error"
        other = {"on_error": "alert", "no_data": "alert"} | {name: policy}
        return Timing(**more, **other)  # type: ignore[arg-type]

    def test_may_be_taken_for_good(self, seen: Seen) -> None:
        assert course(self.timing(seen, "ok"), seen, BAD, seen) == ["ok", "firing", "ok"]

    def test_may_be_taken_for_bad(self, seen: Seen) -> None:
        assert course(self.timing(seen, "alert", holds_for=10), seen, seen, GOOD) == [
            "pending",
            "firing",
            "ok",
        ]

    def test_may_leave_everything_as_it_is(self, seen: Seen) -> None:
        assert course(self.timing(seen, "keep"), seen, BAD, seen, seen) == [
            "ok",
            "firing",
            "firing",
            "firing",
        ]

    def test_do_not_count_for_what_has_to_last(self, seen: Seen) -> None:
        timing = self.timing(seen, "keep", holds_for=20, keep_firing=20)
        looks = (BAD, seen, seen, BAD, BAD, GOOD, seen, seen, GOOD, GOOD)
        assert course(timing, *looks) == [
            *("pending", "pending", "pending", "pending", "firing"),
            *("recovering", "recovering", "recovering", "recovering", "ok"),
        ]


def test_time_that_nobody_watched_does_not_count() -> None:
    timing = Timing(holds_for=60)
    status = step(OK, BAD, 100, 90, timing)
    status = step(status, BAD, 1_000, 100, timing)
    assert status == Status(State.PENDING, 100, 990)
    assert step(status, BAD, 1_050, 1_040, timing).state == State.FIRING


def test_a_state_says_since_when_it_is() -> None:
    timing = Timing(holds_for=20)
    status = OK
    for at in (100, 110, 120, 130):
        status = step(status, BAD, at, at - 10, timing)
    assert status == Status(State.FIRING, 120, 120)


TIMINGS = st.builds(
    Timing,
    every=st.just(10),
    holds_for=st.integers(0, 6).map(lambda n: n * 10),
    keep_firing=st.integers(0, 6).map(lambda n: n * 10),
    no_data=st.sampled_from(["ok", "keep", "alert"]),
    on_error=st.sampled_from(["ok", "keep", "alert"]),
)
LOOKS = st.lists(st.sampled_from(Seen), max_size=60)

MAY_FOLLOW = {
    "ok": {"ok", "pending", "firing"},
    "pending": {"pending", "firing", "ok"},
    "firing": {"firing", "recovering", "ok"},
    "recovering": {"recovering", "firing", "ok"},
}


@given(TIMINGS, LOOKS)
def test_states_follow_one_another_as_they_may(timing: Timing, looks: list[Seen]) -> None:
    states = ["ok", *course(timing, *looks)]
    for before, after in pairwise(states):
        assert after in MAY_FOLLOW[before]
        assert not (timing.holds_for == 0 and after == "pending")
        assert not (timing.keep_firing == 0 and after == "recovering")


@given(TIMINGS, LOOKS)
def test_nothing_fires_that_was_not_beyond_for_as_long_as_it_has_to(
    timing: Timing, looks: list[Seen]
) -> None:
    states = course(timing, *looks)
    for place, state in enumerate(states):
        if state == "firing" and (place == 0 or states[place - 1] in ("ok", "pending")):
            run = looks[: place + 1]
            lasted = 0
            while run and _bad(run[-1], timing) is not False:
                lasted += _bad(run.pop(), timing) is True
            assert (lasted - 1) * timing.every >= timing.holds_for


@given(TIMINGS, LOOKS)
def test_nothing_is_over_that_is_between(timing: Timing, looks: list[Seen]) -> None:
    states = ["ok", *course(timing, *looks)]
    for place, look in enumerate(looks):
        if look is BETWEEN and State(states[place]) in FIRES:
            assert states[place + 1] == "firing"


@given(TIMINGS, LOOKS, st.lists(st.integers(0, 3), min_size=60, max_size=60))
def test_looks_that_say_nothing_change_nothing(timing: Timing, looks: list[Seen], gaps: list[int]) -> None:
    timing = timing._replace(no_data="keep")
    looks = [look for look in looks if look is not NO_DATA]
    silent = [one for look, gap in zip(looks, gaps, strict=False) for one in (*[NO_DATA] * gap, look)]
    states = course(timing, *silent)
    assert [state for state, look in zip(states, silent, strict=True) if look is not NO_DATA] == course(
        timing, *looks
    )


def _bad(seen: Seen, timing: Timing) -> bool | None:
    """Whether a look is taken for bad; None: for nothing."""
    policy = {NO_DATA: timing.no_data, ERROR: timing.on_error}.get(seen)
    if policy is None:
        return seen is BAD
    return {"ok": False, "alert": True, "keep": None}[policy]
