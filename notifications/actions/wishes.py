"""What people want to hear of, and where."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from project.accounts.models import User
from project.realtime.errors import CommandError

from .. import kinds
from ..models import Mute, Preference, Settings, Subscription, Topic
from ..outreach import digest


def mute(user: User, source: str, source_name: str = "") -> None:
    """Tells this person nothing more from a source. What they were told stays."""
    Mute.objects.get_or_create(user=user, source=source, defaults={"source_name": source_name})


def unmute(user: User, source: str) -> None:
    """Tells this person of what comes from a source, from now on."""
    Mute.objects.filter(user=user, source=source).delete()


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
    subscription, _ = Subscription.objects.get_or_create(topic=topic_named(name), user=user)
    return subscription


def unfollow(user: User, name: str) -> None:
    """Tells this person nothing more of a topic. Raises CommandError `not_found`."""
    Subscription.objects.filter(topic=topic_named(name), user=user).delete()


def topic_named(name: str) -> Topic:
    """The topic of this name, in whatever case. Raises CommandError `not_found`."""
    topic = Topic.objects.filter(name=name.lower()).first()
    if topic is None:
        message = f"There is no topic {name[:80]!r}. Staff can make it in the admin."
        raise CommandError("not_found", message, fields={"topic": "There is no such topic."})
    return topic


@transaction.atomic
def save_settings(user: User, wishes: Mapping[str, Any]) -> Settings:
    """Keeps these of a person's settings: `quiet_from`, `quiet_until`, `digest`, `digest_at`, `sound`."""
    own, _ = Settings.objects.update_or_create(user=user, defaults=dict(wishes))
    digest.schedule(own)
    return own


def set_preference(user: User, kind: str, channel: str, wanted: bool) -> None:
    """Says whether one kind of notification may use one channel. Raises CommandError `invalid`."""
    if kind not in {known.name for known in kinds.registered()}:
        raise CommandError("invalid", "There is no such kind.", fields={"kind": "Not known here."})
    Preference.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"wanted": wanted})
