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

from . import links
from .models import ApiToken, Session, User
from .scopes import ALL_SCOPES
from .secrets import digest

LAST_USED_PRECISION = timedelta(minutes=1)
"""How old `last_used` of a token may get before it is written again: a busy token must not cost a write a request."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has proved who they are, and by what: a session (its digest) or a token (its id).

    Or nobody that we know (the user 0), with a link (its digest) to the stream `only`, good until that moment.
    """

    user_id: int
    name: str
    scopes: frozenset[str]
    session: str = ""
    token_id: int = 0
    link: str = ""
    only: str = ""
    until: datetime | None = None


Found = tuple[Identity, User]


def identify(headers: Mapping[str, str]) -> Identity | None:
    """Who sent these headers (names in lower case), or None.

    A bearer token wins over the cookie: when it is not good, nobody is identified. Two queries at most. Keys in
    SECRET_KEY_FALLBACKS count. Writes nothing but a token's `last_used`, at most once a minute.
    """
    return identify_many([headers])[0]


def identify_many(requests: Sequence[Mapping[str, str]]) -> list[Identity | None]:
    """The same for many at once, with no more queries."""
    return [found[0] if found else None for found in _authenticate_many(requests)]


def recognize_many(requests: Sequence[Mapping[str, str]]) -> list[Identity | None]:
    """The same, and those who come with a link. Only for what serves streams: it must look at `only`."""
    secrets = [bearer_secret(headers.get("authorization", "")) for headers in requests]
    marks = [digest(secret) if secret is not None and links.is_link(secret) else "" for secret in secrets]
    found = links.good({mark for mark in marks if mark})
    visitors = {mark: _visitor(mark, link) for mark, link in found.items()}
    return [visitors.get(mark, known) for mark, known in zip(marks, identify_many(requests), strict=True)]


def authenticate(headers: Mapping[str, str]) -> Found | None:
    """The same as `identify`, with the user."""
    return _authenticate_many([headers])[0]


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

    Knows about deactivation, a changed password, an ended or expired session, a revoked or expired token or link, and
    one that lost a scope. A name that changed, or a scope that was added, makes nothing invalid.
    """
    now = timezone.now()
    linked = links.good({identity.link for identity in identities if identity.link})
    users = User.objects.filter(is_active=True).in_bulk({identity.user_id for identity in identities})
    digests = {identity.session for identity in identities if identity.session}
    sessions = {row.digest: row for row in Session.objects.filter(digest__in=digests, expire_date__gt=now)}
    token_ids = {identity.token_id for identity in identities if identity.token_id}
    rows = _usable_tokens(now).filter(pk__in=token_ids).values_list("pk", "user_id", "scopes")
    tokens = {(pk, user_id): frozenset(scopes) for pk, user_id, scopes in rows}

    def valid(identity: Identity) -> bool:
        if identity.link:
            return identity.link in linked
        user = users.get(identity.user_id)
        if user is None:
            return False
        if identity.token_id:
            held = tokens.get((identity.token_id, user.pk))
            return held is not None and identity.scopes <= held
        session = sessions.get(identity.session)
        return session is not None and signed_in(session, user)

    return [valid(identity) for identity in identities]


def _visitor(mark: str, link: links.Link) -> Identity:
    return Identity(0, "", frozenset(), link=mark, only=link.stream, until=link.until)


def _authenticate_many(requests: Sequence[Mapping[str, str]]) -> list[Found | None]:
    secrets = [bearer_secret(headers.get("authorization", "")) for headers in requests]
    cookies = [
        None
        if secret is not None
        else parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
        for secret, headers in zip(secrets, requests, strict=True)
    ]
    by_token = _by_tokens({digest(secret) for secret in secrets if secret is not None})
    # Keys are letters and digits; PostgreSQL takes no NUL.
    by_session = _by_sessions({cookie for cookie in cookies if cookie and cookie.isalnum()})
    return [
        by_session.get(cookie or "") if secret is None else by_token.get(digest(secret))
        for secret, cookie in zip(secrets, cookies, strict=True)
    ]


def _by_sessions(keys: set[str]) -> dict[str, Found]:
    if not keys:
        return {}
    rows = Session.objects.select_related("user").filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {
        row.session_key: (session_identity(row.user, row.session_key), row.user)
        for row in rows
        if row.user is not None and signed_in(row, row.user)
    }


def _by_tokens(digests: set[str]) -> dict[str, Found]:
    if not digests:
        return {}
    now = timezone.now()
    tokens = list(_usable_tokens(now).select_related("user").filter(digest__in=digests, user__is_active=True))
    used = [t.pk for t in tokens if t.last_used is None or t.last_used < now - LAST_USED_PRECISION]
    if used:
        # Past save(): this is not news for open connections.
        ApiToken.objects.filter(pk__in=used).update(last_used=now)
    return {
        token.digest: (
            Identity(token.user.pk, token.user.name, frozenset(token.scopes) & ALL_SCOPES, token_id=token.pk),
            token.user,
        )
        for token in tokens
    }


def _usable_tokens(now: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(revoked_at=None).filter(Q(expires=None) | Q(expires__gt=now))
