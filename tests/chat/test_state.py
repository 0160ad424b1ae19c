"""State before, and its events, make state after: for every action, and any sequence of them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from chat import actions
from chat.models import Involvement, Kind, Message, Role, Room
from project.accounts.models import User
from project.realtime.errors import CommandError
from tests.chat.mirror import Mirror
from tests.chat.talk import draft

TEXTS = ("Hello", "*Look*, @alice", "@room `@bob`", "Yes @bob and @charlie")
EMOJIS = ("👍", "🎉")
MOMENTS = (None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))

Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("create", "direct", "join", "leave", "invite", "remove", "rename", "archive", "unarchive"),
                *("role", "involvement", "read", "send", "send", "send", "reply", "edit", "delete"),
                *("react", "react", "unreact", "pin", "unpin"),
            ]
        ),
        st.integers(0, 2),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=20,
)


class Play:
    """Turns drawn numbers into actions of the cast. A refused one must change nothing, and so must fit too."""

    def __init__(self, cast: list[User]) -> None:
        self.cast = cast

    def room(self, number: int) -> int:
        rooms = list(Room.objects.order_by("pk").values_list("pk", flat=True))
        return rooms[number % len(rooms)]

    def message(self, number: int) -> int:
        messages = list(Message.objects.order_by("-pk").values_list("pk", flat=True))
        return messages[number % len(messages)] if messages else 0

    def step(self, name: str, who: int, a: int, b: int) -> None:
        user, other = self.cast[who], self.cast[b % len(self.cast)]
        do: dict[str, Callable[[], Any]] = {
            "create": lambda: actions.create_room(
                user, f"room {a}", (Kind.OPEN, Kind.CLOSED)[a % 2], [other.pk]
            ),
            "direct": lambda: actions.create_room(user, "", Kind.DIRECT, [other.pk]),
            "join": lambda: actions.join(user, self.room(a)),
            "leave": lambda: actions.leave(user, self.room(a)),
            "invite": lambda: actions.invite(user, self.room(a), other.pk),
            "remove": lambda: actions.remove(user, self.room(a), other.pk),
            "rename": lambda: actions.rename_room(user, self.room(a), f"name {b}"),
            "archive": lambda: actions.archive_room(user, self.room(a)),
            "unarchive": lambda: actions.unarchive_room(user, self.room(a)),
            "role": lambda: actions.set_role(user, self.room(a), other.pk, list(Role)[a % 3]),
            "involvement": lambda: actions.set_involvement(user, self.room(a), list(Involvement)[b % 3]),
            "read": lambda: actions.mark_read(user, self.room(a), self.seq(b)),
            "send": lambda: actions.send_messages(self.room(a), [draft(user, TEXTS[b % 4]), draft(other)]),
            "reply": lambda: actions.send_messages(self.room(a), [draft(user, reply_to=self.message(b))]),
            "edit": lambda: actions.edit_message(user, self.message(a), TEXTS[b % 4]),
            "delete": lambda: actions.delete_message(user, self.message(a)),
            "react": lambda: actions.add_reaction(user, self.message(a), EMOJIS[b % 2]),
            "pin": lambda: actions.pin_message(user, self.message(a), MOMENTS[b % 3]),
            "unpin": lambda: actions.unpin_message(user, self.message(a)),
            "unreact": lambda: actions.remove_reaction(user, self.message(a), EMOJIS[b % 2]),
        }
        do[name]()

    def seq(self, number: int) -> int:
        newest = Message.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        return max(0, newest - number + 2)  # past the newest too


@settings(max_examples=40)
@given(steps=steps)
def test_a_snapshot_and_the_events_after_it_make_the_next_snapshot(
    steps: list[Step], room: Room, alice: User, bob: User, charlie: User
) -> None:
    cast = [alice, bob, charlie]
    play = Play(cast)
    with transaction.atomic():
        mirrors = [Mirror(user) for user in cast]
        for step in steps:
            with suppress(CommandError):
                play.step(*step)
            for mirror in mirrors:
                mirror.catch_up()
                assert mirror.shown() == Mirror(mirror.user).shown(), step
        transaction.set_rollback(True)
