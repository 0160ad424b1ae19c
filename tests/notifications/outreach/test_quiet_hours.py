"""Quiet hours, by the clocks where the person is."""

from datetime import UTC, datetime, time

import pytest

from notifications.models import Settings
from notifications.outreach.attention import awake_since, quiet_until
from project.accounts.models import User


def asleep(moment: str, begin: time | None, end: time | None, zone: str = "UTC") -> str | None:
    """When quiet hours end that hold at this moment in UTC, in UTC."""
    own = Settings(quiet_from=begin, quiet_until=end)
    found = quiet_until(User(time_zone=zone), own, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    return found.astimezone(UTC).strftime("%m-%d %H:%M") if found else None


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-06-01 21:59", None),
        ("2026-06-01 22:00", "06-02 07:00"),
        ("2026-06-02 03:00", "06-02 07:00"),
        ("2026-06-02 06:59", "06-02 07:00"),
        ("2026-06-02 07:00", None),
    ],
)
def test_a_night_goes_over_midnight(moment: str, end: str | None) -> None:
    assert asleep(moment, time(22), time(7)) == end


@pytest.mark.parametrize(("moment", "end"), [("2026-06-01 12:30", "06-01 13:00"), ("2026-06-01 13:30", None)])
def test_a_rest_at_noon_does_not(moment: str, end: str | None) -> None:
    assert asleep(moment, time(12), time(13)) == end


@pytest.mark.parametrize(
    ("begin", "end"), [(None, None), (time(22), None), (None, time(7)), (time(8), time(8))]
)
def test_without_a_beginning_and_an_end_there_are_none(begin: time | None, end: time | None) -> None:
    assert asleep("2026-06-01 23:00", begin, end) is None


def test_they_are_those_of_the_persons_time_zone() -> None:
    assert asleep("2026-06-01 14:00", time(22), time(7), "Asia/Tokyo") == "06-01 22:00"
    assert asleep("2026-06-01 14:00", time(22), time(7), "Europe/Vienna") is None


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is() -> None:
    """29 March 2026: at two it is three in Vienna, and seven comes an hour sooner."""
    assert asleep("2026-03-28 22:00", time(22), time(7), "Europe/Vienna") == "03-29 05:00"
    assert asleep("2026-10-24 22:00", time(22), time(7), "Europe/Vienna") == "10-25 06:00"


def test_the_last_end_of_quiet_hours_is_known() -> None:
    own = Settings(quiet_from=time(22), quiet_until=time(7))
    user = User(time_zone="UTC")
    assert awake_since(user, own, datetime(2026, 6, 2, 6, tzinfo=UTC)) == datetime(2026, 6, 1, 7, tzinfo=UTC)
    assert awake_since(user, own, datetime(2026, 6, 2, 8, tzinfo=UTC)) == datetime(2026, 6, 2, 7, tzinfo=UTC)
