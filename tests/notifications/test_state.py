"""State before, and its events, make state after: for every action, and any sequence of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import actions
from notifications.actions import inboxes, reading
from notifications.models import Notification
from project.accounts.models import User
from tests.notifications.mirror import Mirror
from tests.notifications.told import notice

Step = tuple[str, int, int, int]
DOINGS = (
    *("notify", "notify", "notify", "notify", "both", "withdraw", "withdraw_one", "withdraw_source", "amend"),
    *("read", "read_all", "read_up_to", "read_source", "unread", "snooze", "end_snooze", "wake"),
    *("acknowledge", "expire", "mute", "unmute", "seen", "unread_all"),
)
steps = st.lists(
    st.tuples(st.sampled_from(DOINGS), st.integers(0, 2), st.integers(0, 5), st.integers(0, 5)), max_size=25
)


class Play:
    """Turns drawn numbers into actions of the cast."""

    def __init__(self, cast: list[User]) -> None:
        self.cast = cast
        self.ids = [user.pk for user in cast]

    def some(self, number: int) -> list[int]:
        """Three notifications in a row, of whomever."""
        ids = list(Notification.objects.order_by("-pk").values_list("pk", flat=True))
        return ids[number : number + 3]

    def notice(self, who: int, a: int, b: int) -> tuple[actions.Notice, list[int]]:
        fields: dict[str, Any] = {
            "body": f"body {a} {b}",
            "actor_id": self.ids[who],
            "dedupe_key": f"key {a}" if b % 3 else "",
            "collapse_key": f"together {b % 2}" if a % 3 else "",
            "many": "{count} things" if a % 2 else "",
            "source": f"topic.{'ab'[b % 2]}",
            "position": a,
            "priority": a % 5 + 1,
            "expires_at": timezone.now() - timedelta(seconds=1) if a == 5 else None,
        }
        return notice(f"title {a}", **fields), self.ids[: b % 3 + 1]

    def step(self, name: str, who: int, a: int, b: int) -> None:
        user, key, source = self.ids[who], f"key {a}", f"topic.{'ab'[b % 2]}"
        soon = timezone.now() + timedelta(hours=1)
        do: dict[str, Callable[[], Any]] = {
            "notify": lambda: actions.notify(*self.notice(who, a, b)),
            "both": lambda: actions.notify_all([self.notice(who, a, b), self.notice(a % 3, b, a)]),
            "withdraw": lambda: actions.withdraw(key),
            "withdraw_one": lambda: actions.withdraw(key, [user]),
            "withdraw_source": lambda: actions.withdraw_source(source, self.ids[: a % 3]),
            "amend": lambda: actions.amend(key, self.ids, body=f"amended {b}"),
            "read": lambda: actions.read(user, self.some(a)),
            "read_all": lambda: actions.read_all(user),
            "read_up_to": lambda: actions.read_all(user, a * 2),
            "read_source": lambda: actions.read_source(user, source, a),
            "unread": lambda: actions.unread(user, self.some(a)),
            "unread_all": lambda: self.unread_all(user, a),
            "snooze": lambda: actions.snooze(user, self.some(a), soon),
            "end_snooze": lambda: actions.snooze(user, self.some(a), None),
            "wake": lambda: self.wake(a),
            "acknowledge": lambda: actions.acknowledge(user, self.some(a)),
            "expire": lambda: actions.expire(self.some(a)),
            "mute": lambda: actions.mute(self.cast[who], source),
            "unmute": lambda: actions.unmute(self.cast[who], source),
            "seen": lambda: actions.seen(user, a),
        }
        do[name]()

    def unread_all(self, user_id: int, number: int) -> None:
        """Takes back whatever was read when one that is read was."""
        read = Notification.objects.filter(recipient=user_id, read_at__isnull=False).order_by("-pk")
        for at in read.values_list("read_at", flat=True)[number : number + 1]:
            actions.unread_all(user_id, at)

    def wake(self, number: int) -> None:
        """Lets the time of some snoozes come."""
        ids = self.some(number)
        # One job wakes one; who does it to several in a transaction takes their inboxes in order first.
        inboxes.hold(Notification.objects.filter(pk__in=ids).values_list("recipient", flat=True))
        snoozed = Notification.objects.filter(pk__in=ids, snoozed_until__isnull=False)
        snoozed.update(snoozed_until=timezone.now())
        for pk in ids:
            reading.wake(pk)


@settings(max_examples=60)
@given(steps=steps)
def test_a_read_and_the_events_after_it_make_the_next_read(
    steps: list[Step], alice: User, bob: User, charlie: User
) -> None:
    cast = [alice, bob, charlie]
    play = Play(cast)
    with transaction.atomic():
        mirrors = [Mirror(user) for user in cast]
        for step in steps:
            play.step(*step)
            for mirror in mirrors:
                mirror.catch_up()
                assert mirror.shown() == Mirror(mirror.user).shown(), step
        transaction.set_rollback(True)
