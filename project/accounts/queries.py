"""What the settings page shows."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from .authentication import signed_in
from .devices import describe
from .models import Invitation, User
from .secrets import digest


@dataclass(frozen=True)
class SignIn:
    """One browser that is signed in."""

    id: str
    device: str
    address: str | None
    since: datetime | None
    last_active: datetime | None
    is_this_one: bool


def sign_ins(user: User, current_key: str | None) -> list[SignIn]:
    """The browsers where this user is signed in now, this one first, then the most recent."""
    current = digest(current_key or "")
    rows = user.sessions.filter(expire_date__gt=timezone.now()).order_by("-last_active")
    found = [
        SignIn(
            row.digest,
            describe(row.device),
            row.address,
            row.signed_in,
            row.last_active,
            row.digest == current,
        )
        for row in rows
        if signed_in(row, user)
    ]
    return sorted(found, key=lambda one: not one.is_this_one)


def open_invitation(secret: str) -> Invitation | None:
    """The invitation behind a link, as long as it can be used."""
    return open_invitations().filter(digest=digest(secret)).first()


def open_invitations() -> QuerySet[Invitation]:
    """Those that can still be used."""
    return Invitation.objects.filter(used_at=None, expires__gt=timezone.now())
