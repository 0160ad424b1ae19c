"""Browsers that take push. Each takes it for the sign-in it was turned on in: who is signed out there is told nothing
there."""

import hashlib

from django.db import transaction
from django.utils import timezone

from project.accounts.authentication import Identity
from project.accounts.models import User
from project.realtime.errors import CommandError

from ..models import Device

DEVICES_MAX = 20  # browsers of one person that take push; the one unused for longest makes room


@transaction.atomic
def add_device(
    user: User, identity: Identity, *, endpoint: str, p256dh: str, auth: str, name: str = ""
) -> Device:
    """Keeps a browser's push subscription, for as long as it is signed in as it is now. The same endpoint is the same
    device, now this person's."""
    device, _ = Device.objects.update_or_create(
        endpoint_digest=endpoint_digest(endpoint),
        defaults={"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "user": user, "name": name}
        | _here_by(identity),
    )
    kept = user.devices.order_by("-last_seen", "-pk").values_list("pk", flat=True)[:DEVICES_MAX]
    user.devices.exclude(pk__in=list(kept)).delete()
    return device


def renew_device(user: User, identity: Identity, endpoint: str) -> Device:
    """Goes on pushing to a browser of theirs that has signed in anew, with what was kept of its subscription.

    Raises CommandError `not_found` for one that is not theirs, or that they have removed.
    """
    found = user.devices.filter(endpoint_digest=endpoint_digest(endpoint))
    if not found.update(**_here_by(identity)):
        raise CommandError("not_found", "This browser takes no push for you.")
    return found.get()


def remove_device(user: User, endpoint: str) -> None:
    """Pushes nothing more to this browser."""
    user.devices.filter(endpoint_digest=endpoint_digest(endpoint)).delete()


def _here_by(identity: Identity) -> dict[str, object]:
    return {"session": identity.session, "token": identity.token_id, "last_seen": timezone.now()}


def endpoint_digest(endpoint: str) -> str:
    """Finds a subscription again: endpoints are too long for an index."""
    return hashlib.sha256(endpoint.encode()).hexdigest()
