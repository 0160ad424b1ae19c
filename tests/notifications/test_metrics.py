"""What /metrics says of notifications: each counted once, and by the right name."""

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from notifications import actions
from notifications.models import Notification
from project.accounts.models import User
from tests.notifications.told import only, tell


@pytest.fixture
def counted(django_capture_on_commit_callbacks: Any) -> Callable[..., float]:
    """By how much a counter grows while something is done, and committed."""

    def measure(name: str, deed: Callable[[], object], **labels: str) -> float:
        before = REGISTRY.get_sample_value(f"watchroom_{name}", labels) or 0
        with django_capture_on_commit_callbacks(execute=True):
            deed()
        return (REGISTRY.get_sample_value(f"watchroom_{name}", labels) or 0) - before

    return measure


@pytest.fixture
def told(alice: User) -> Notification:
    tell(alice)
    return only(alice)


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (lambda told: actions.read(told.recipient_id, [told.pk]), 1),
        (lambda told: actions.seen(told.recipient_id, told.seq), 1),
        (lambda told: actions.acknowledge(told.recipient_id, [told.pk]), 1),
        (lambda told: actions.acknowledge(told.recipient_id, [told.pk], elsewhere=True), 0),
        (lambda told: actions.withdraw_notifications([told.pk]), 0),
    ],
)
def test_what_came_before_somebodys_eyes_is_counted_once(
    counted: Callable[..., float], told: Notification, deed: Callable[[Notification], object], expected: int
) -> None:
    assert counted("notification_seen_seconds_count", lambda: deed(told)) == expected
    assert counted("notifications_seen_total", lambda: actions.read(told.recipient_id, [told.pk])) == 0


def test_what_is_made_and_taken_back_is_counted(
    counted: Callable[..., float], alice: User, bob: User
) -> None:
    def say() -> None:
        tell(alice, bob, dedupe_key="d", collapse_key="c")
        tell(alice, dedupe_key="d", collapse_key="c")

    assert counted("notifications_created_total", say, kind="notice") == 2
    assert counted("notifications_withdrawn_total", lambda: actions.withdraw("d")) == 2
