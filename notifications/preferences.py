"""What somebody wants to hear of, as the preferences page shows it."""

from typing import Any

from project.accounts.models import User

from . import kinds, queries
from .events import Payload
from .models import Channel, Digest, Priority, Settings, Topic
from .outreach import keys


def page(user: User, this_browser: str) -> dict[str, Any]:
    """Everything the preferences page shows. `this_browser` is what the one that asks is called."""
    own = Settings.objects.filter(user=user).first() or Settings(user=user)
    return {
        "kinds": _kinds(user),
        "channels": Channel.choices,
        "own": queries.shown(own),
        "digests": Digest.choices,
        "devices": queries.signed_in(list(user.devices.order_by("-last_seen", "-pk"))),
        "topics": _topics(user),
        "mutes": user.mutes.order_by("source_name", "source"),
        "this_browser": this_browser,
        "push_key": keys.public_key(),
    }


def _kinds(user: User) -> list[Payload]:
    """Every kind, with whether each channel may be used for it: by the person's wish, else as the kind has it. What is
    told quietly stays in the inbox and the digest, so there is nothing to wish for."""
    wishes = {(one.kind, one.channel): one.wanted for one in user.preferences.all()}
    return [
        {
            "name": kind.name,
            "title": kind.title,
            "description": kind.description,
            "wishes": [
                {
                    "channel": channel,
                    "name": name,
                    "wanted": wishes.get((kind.name, channel), getattr(kind, channel)),
                }
                for channel, name in Channel.choices
                if kind.priority >= Priority.NORMAL
            ],
        }
        for kind in kinds.registered()
    ]


def _topics(user: User) -> list[Payload]:
    turns = {one.topic_id: one.turn for one in user.topic_subscriptions.all()}
    return [
        {
            "name": topic.name,
            "description": topic.description,
            "follows": topic.pk in turns,
            "turn": turns.get(topic.pk),
        }
        for topic in Topic.objects.order_by("name")
    ]
