"""Who is speaking: the session cookie, or `Authorization: Bearer <token>`.

The one place that decides it, for pages' connections and for the HTTP API alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q, QuerySet
from django.http.cookie import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .models import ApiToken, Session, User
from .scopes import ALL_SCOPES
from .secrets import digest

LAST_USED_PRECISION = timedelta(minutes=1)
"""How old `last_used` of a token may get before it is written again: a busy token must not cost a write a request."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has proved who they are, and by what: a session (its digest) or a token (its id)."""

    user_id: int
    name: str
    scopes: frozenset[str]
    session: str = ""
    token_id: int = 0


def identify(headers: Mapping[str, str]) -> Identity | None:
    """Who sent these headers (names in lower case), or None.

    A bearer token wins over the cookie: when it is not good, nobody is identified. Two queries at most. Keys in
    SECRET_KEY_FALLBACKS count. Writes nothing but a token's `last_used`, at most once a minute.
    """
    found = authenticate(headers)
    return found[0] if found else None


def authenticate(headers: Mapping[str, str]) -> tuple[Identity, User] | None:
    """The same as `identify`, with the user."""
    secret = bearer_secret(headers.get("authorization", ""))
    if secret is not None:
        return _by_token(secret)
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    return _by_session(key) if key else None


def bearer_secret(authorization: str) -> str | None:
    """The token in an Authorization header, or None where it holds something else."""
    scheme, _, secret = authorization.strip().partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def session_identity(user: User, session_key: str) -> Identity:
    """The identity of somebody who has signed in with this session."""
    return Identity(user.pk, user.name, ALL_SCOPES, session=digest(session_key))


def signed_in(session: Session, user: User) -> bool:
    """Whether this session still signs in this user: both would end with a changed password."""
    data = session.get_decoded()
    if not user.is_active or data.get(SESSION_KEY) != str(user.pk):
        return False
    proof = data.get(HASH_SESSION_KEY, "")
    if constant_time_compare(proof, user.get_session_auth_hash()):
        return True
    return any(constant_time_compare(proof, old) for old in user.get_session_auth_fallback_hash())


def still_valid(identities: Sequence[Identity]) -> list[bool]:
    """For each identity, whether it would be identified again now. Two or three queries, however many there are.

    Knows about deactivation, a changed password, an ended or expired session, a revoked or expired token. A name
    or scopes that changed meanwhile make nothing invalid.
    """
    now = timezone.now()
    users = User.objects.filter(is_active=True).in_bulk({identity.user_id for identity in identities})
    digests = {identity.session for identity in identities if identity.session}
    sessions = {row.digest: row for row in Session.objects.filter(digest__in=digests, expire_date__gt=now)}
    token_ids = {identity.token_id for identity in identities if identity.token_id}
    tokens = set(_usable_tokens(now).filter(pk__in=token_ids).values_list("pk", "user_id"))

    def valid(identity: Identity) -> bool:
        user = users.get(identity.user_id)
        if user is None:
            return False
        if identity.token_id:
            return (identity.token_id, user.pk) in tokens
        session = sessions.get(identity.session)
        return session is not None and signed_in(session, user)

    return [valid(identity) for identity in identities]


def _by_session(key: str) -> tuple[Identity, User] | None:
    now = timezone.now()
    session = Session.objects.select_related("user").filter(session_key=key, expire_date__gt=now).first()
    if session is None or session.user is None or not signed_in(session, session.user):
        return None
    return session_identity(session.user, key), session.user


def _by_token(secret: str) -> tuple[Identity, User] | None:
    now = timezone.now()
    token = (
        _usable_tokens(now).select_related("user").filter(digest=digest(secret), user__is_active=True).first()
    )
    if token is None:
        return None
    if token.last_used is None or token.last_used < now - LAST_USED_PRECISION:
        # Past save(): this is not news for open connections.
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    user = token.user
    return Identity(user.pk, user.name, frozenset(token.scopes) & ALL_SCOPES, token_id=token.pk), user


def _usable_tokens(now: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(revoked_at=None).filter(Q(expires=None) | Q(expires__gt=now))
