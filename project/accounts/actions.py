"""Everything that changes people, their sessions, tokens and invitations.

What must reach open connections is announced by announce.py in the same transaction.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from .models import ApiToken, Invitation, Session, User
from .queries import open_invitations
from .scopes import ALL_SCOPES
from .secrets import digest, new_secret

TOKEN_MARK = "wr_"  # noqa: S105  lets people and secret scanners tell what it is
SHOWN_CHARACTERS = 9
"""How much of a token is kept to recognise it by: the mark and 36 of its 256 bits."""

INVITATION_LIFE = timedelta(days=7)
"""Long enough for a holiday weekend, short enough that a forgotten mail is no open door."""


class InvitationSpent(Exception):
    """The invitation has been used, withdrawn, or has run out."""


def create_user(
    username: str,
    *,
    password: str | None = None,
    email: str = "",
    display_name: str = "",
    staff: bool = False,
    bot: bool = False,
) -> User:
    """A new person or bot. Without a password they cannot sign in, only use tokens.

    Staff may use the admin, all of it. The password's strength is the caller's business. Raises ValidationError.
    """
    user = User(
        username=username,
        email=email,
        display_name=display_name,
        is_staff=staff,
        is_superuser=staff,
        is_bot=bot,
    )
    user.set_password(password)
    user.full_clean()
    user.save()
    return user


def set_active(user: User, active: bool) -> None:
    """Deactivates a user, which ends their connections everywhere and leaves what they wrote; or takes it back."""
    user.is_active = active
    user.save(update_fields=["is_active"])


def change_profile(user: User, *, display_name: str, time_zone: str) -> None:
    """Changes what a person says about themselves. Raises ValidationError."""
    user.display_name, user.time_zone = display_name, time_zone
    user.clean_fields(exclude={field.name for field in User._meta.fields} - {"display_name", "time_zone"})
    user.save(update_fields=["display_name", "time_zone"])


def set_avatar(user: User, picture: bytes | None) -> None:
    """Gives a user this WebP picture (see avatars.square), or none. The old one is deleted after the commit."""
    old, storage = user.avatar.name, user.avatar.storage
    name = f"{user.pk}/{hashlib.sha256(picture).hexdigest()[:20]}.webp" if picture else ""
    if picture and old and old.endswith(f"/{name}"):
        return
    with transaction.atomic():
        if picture:
            user.avatar.save(name, ContentFile(picture), save=False)
        else:
            user.avatar = ""
        user.save(update_fields=["avatar"])
        if old:
            transaction.on_commit(lambda: storage.delete(old))


def end_session(session: Session) -> None:
    """Signs one browser out: its connections end within a second."""
    session.delete()


def end_other_sessions(user: User, current_key: str) -> None:
    """Signs this user out everywhere but in the session with this key."""
    user.sessions.exclude(session_key=current_key).delete()


def end_all_sessions(user: User) -> None:
    """Signs this user out everywhere. Tokens stay."""
    user.sessions.all().delete()


def issue_token(
    user: User, name: str, *, scopes: Iterable[str] = ALL_SCOPES, expires: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token, and its secret, which is known only now. Raises ValidationError."""
    secret = new_secret(TOKEN_MARK)
    token = ApiToken(
        user=user,
        name=name,
        digest=digest(secret),
        prefix=secret[:SHOWN_CHARACTERS],
        scopes=sorted(set(scopes)),
        expires=expires,
    )
    token.full_clean()
    token.save()
    return token, secret


def revoke_token(token: ApiToken) -> None:
    """Ends a token and its connections. Once revoked, a token stays revoked since the first time."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def invite(inviter: User, email: str = "") -> tuple[Invitation, str]:
    """A new invitation, and the secret for its link, which is known only now. Raises ValidationError."""
    secret = new_secret()
    invitation = Invitation(
        inviter=inviter, email=email, digest=digest(secret), expires=timezone.now() + INVITATION_LIFE
    )
    invitation.full_clean()
    invitation.save()
    return invitation, secret


def withdraw_invitation(invitation: Invitation) -> None:
    """Makes the link useless."""
    invitation.delete()


def use_invitation(invitation_id: int, user: User) -> None:
    """Marks the invitation as used by this user. Raises InvitationSpent; the caller's transaction must then end."""
    mine = open_invitations().filter(pk=invitation_id)
    if mine.update(used_at=timezone.now(), used_by=user) == 0:
        # Somebody else was quicker with the same link.
        raise InvitationSpent
