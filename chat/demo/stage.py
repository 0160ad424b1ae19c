"""Puts the story into the database, through the same actions that people use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from chat import actions
from chat.actions import Draft
from chat.models import Membership, Message
from project.accounts.actions import change_profile, create_user
from project.accounts.models import User
from project.realtime.errors import CommandError

from .cast import CAST, Actor, Setting
from .notices import tell_notices
from .scenes import Said
from .story import WEEKS, tell

BATCH = 100
REACTED = 0.4  # of the lines that the scenes have reactions for: they come again and again
UNREAD_MAX = 12  # messages somebody finds unread in a room
TOLD = timedelta(days=3)  # how far back their notifications go

Users = Mapping[str, User]


def stage(count: int, now: datetime, chance: Random, password: str) -> Users:
    """Makes the team, its rooms, and `count` messages up to `now`. Inside the caller's transaction."""
    users = {actor.username: _hire(actor, password) for actor in CAST}
    for setting, lines in tell(count, now, chance).items():
        room_id = _open(setting, users, now)
        sent = _say(room_id, lines, users, chance, now - TOLD)
        _afterwards(zip(sent, lines, strict=True), room_id, users, chance)
        _read(room_id, sent, chance)
    tell_notices(users, now)
    return users


def _hire(actor: Actor, password: str) -> User:
    secret = None if actor.is_bot else password
    user = create_user(actor.username, password=secret, staff=actor is CAST[0], bot=actor.is_bot)
    change_profile(user, display_name=actor.name, time_zone=actor.time_zone)
    return user


def _open(setting: Setting, users: Users, now: datetime) -> int:
    people = [users[username] for username in setting.usernames]
    at = now - timedelta(weeks=WEEKS, days=3)
    return actions.create_room(
        people[0], setting.name, setting.kind, [user.pk for user in people[1:]], at=at
    ).pk


def _say(
    room_id: int, lines: Sequence[Said], users: Users, chance: Random, tell_since: datetime
) -> list[int]:
    """Sends the lines in batches and returns their ids. A reply needs the id of the line before: a new batch."""
    sent: list[int] = []
    batch: list[Draft] = []
    for said in lines:
        if len(batch) >= BATCH or said.answers:
            sent += _send(room_id, batch, tell_since)
            batch = []
        answered = sent[-1] if said.answers and sent else None
        client_id = UUID(int=chance.getrandbits(128), version=4)
        author = users[said.actor.username]
        batch.append(Draft(author.pk, said.first or said.text, client_id, answered, said.at))
    return sent + _send(room_id, batch, tell_since)


def _send(room_id: int, drafts: Sequence[Draft], tell_since: datetime) -> list[int]:
    ids: list[int] = []
    for outcome in actions.import_messages(room_id, drafts, tell_since=tell_since) if drafts else []:
        if isinstance(outcome, CommandError):
            raise outcome
        ids.append(outcome["id"])
    return ids


def _afterwards(story: Iterable[tuple[int, Said]], room_id: int, users: Users, chance: Random) -> None:
    """Corrects, takes back, and reacts, some moments after each line."""
    people = [
        m.user for m in Membership.objects.filter(room=room_id, user__is_bot=False).select_related("user")
    ]
    for message_id, said in story:
        author = users[said.actor.username]
        later = said.at + timedelta(seconds=chance.randint(9, 70))
        if said.first:
            actions.edit_message(author, message_id, said.text, at=later)
        if said.withdrawn:
            actions.delete_message(author, message_id, at=later)
        others = [user for user in people if user != author]
        count = min(said.reactions, len(others)) if chance.random() < REACTED else 0
        for user in chance.sample(others, count):
            actions.add_reaction(user, message_id, said.emoji, quietly=True)


def _read(room_id: int, sent: Sequence[int], chance: Random) -> None:
    """Lets everyone have read all but some of the newest messages."""
    for membership in Membership.objects.filter(room=room_id).select_related("user").order_by("pk"):
        newest = sent[-1 - chance.randrange(min(UNREAD_MAX, len(sent)))]
        seq = Message.objects.values_list("seq", flat=True).get(pk=newest)
        actions.mark_read(membership.user, room_id, seq)
