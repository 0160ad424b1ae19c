"""What people want to hear of, and where."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from project.accounts.models import User
from project.realtime.errors import CommandError
from project.realtime.log import Entry

from .. import events, kinds, queries
from ..models import Mute, Preference, Settings, Subscription, Topic
from ..outreach import digest
from . import inboxes


def _change(user: User, change: Callable[[], Entry | None]) -> None:
    """Makes a change with the person's inbox locked, and tells their other pages of it by the event it returns."""

    def build(_: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        entry = change()
        return {user.pk: [entry]} if entry else {}

    with transaction.atomic():
        inboxes.write({user.pk: 1}, build)


def mute(user: User, source: str, source_name: str = "") -> None:
    """Tells this person nothing more from a source. What they were told stays."""

    def change() -> Entry | None:
        name = {"source_name": source_name}
        row, is_new = Mute.objects.get_or_create(user=user, source=source, defaults=name)
        return events.mute_changed(source, row.source_name, muted=True) if is_new else None

    _change(user, change)


def unmute(user: User, source: str) -> None:
    """Tells this person of what comes from a source, from now on."""

    def change() -> Entry | None:
        gone, _ = Mute.objects.filter(user=user, source=source).delete()
        return events.mute_changed(source, "", muted=False) if gone else None

    _change(user, change)


def make_topic(name: str, description: str = "") -> Topic:
    """A topic that people can follow and programs tell of. Made once."""
    topic, _ = Topic.objects.get_or_create(name=name, defaults={"description": description})
    return topic


def describe_topic(topic_id: int, description: str) -> None:
    """Says what a topic is about."""
    Topic.objects.filter(pk=topic_id).update(description=description)


def set_turn(subscription_id: int, turn: int | None) -> None:
    """When this follower is called if something urgent of the topic is not acknowledged; None: never."""
    Subscription.objects.filter(pk=subscription_id).update(turn=turn)


def follow(user: User, name: str) -> Subscription:
    """Lets this person hear of a topic. Following again changes nothing.

    Raises CommandError `not_found` for a topic that is not there.
    """
    topic = topic_named(name)

    def change() -> Entry | None:
        _, is_new = Subscription.objects.get_or_create(topic=topic, user=user)
        return events.subscription_changed(topic.name, follows=True) if is_new else None

    _change(user, change)
    return Subscription.objects.get(topic=topic, user=user)


def unfollow(user: User, name: str) -> None:
    """Tells this person nothing more of a topic. Raises CommandError `not_found`."""
    topic = topic_named(name)

    def change() -> Entry | None:
        gone, _ = Subscription.objects.filter(topic=topic, user=user).delete()
        return events.subscription_changed(topic.name, follows=False) if gone else None

    _change(user, change)


def topic_named(name: str) -> Topic:
    """The topic of this name, in whatever case. Raises CommandError `not_found`."""
    topic = Topic.objects.filter(name=name.lower()).first()
    if topic is None:
        message = f"There is no topic {name[:80]!r}. Staff can make it in the admin."
        raise CommandError("not_found", message, fields={"topic": "There is no such topic."})
    return topic


def save_settings(user: User, wishes: Mapping[str, Any]) -> Settings:
    """Keeps these of a person's settings: `quiet_from`, `quiet_until`, `digest`, `digest_at`, `sound`."""

    def change() -> Entry | None:
        before = queries.shown(Settings.objects.filter(user=user).first() or Settings(user=user))
        own, _ = Settings.objects.update_or_create(user=user, defaults=dict(wishes))
        digest.schedule(own)
        shown = queries.shown(own)
        return events.settings_changed(shown) if shown != before else None

    _change(user, change)
    return Settings.objects.get(user=user)


def set_preference(user: User, kind: str, channel: str, wanted: bool) -> None:
    """Says whether one kind of notification may use one channel. Raises CommandError `invalid`."""
    if kind not in {known.name for known in kinds.registered()}:
        raise CommandError("invalid", "There is no such kind.", fields={"kind": "Not known here."})

    def change() -> Entry | None:
        mine = Preference.objects.filter(user=user, kind=kind, channel=channel)
        if mine.filter(wanted=wanted).exists():
            return None
        Preference.objects.update_or_create(
            user=user, kind=kind, channel=channel, defaults={"wanted": wanted}
        )
        return events.preference_changed(kind, channel, wanted)

    _change(user, change)
