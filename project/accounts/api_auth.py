"""Who is asking the HTTP API: `auth=[BearerAuth(), SessionAuth()]`. Sets `request.user`, returns an Identity."""

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from project.realtime.errors import CommandError

from .authentication import Identity, authenticate, bearer_secret, session_identity
from .models import User


class BearerAuth(HttpBearer):
    """An API token."""

    def authenticate(self, request: HttpRequest, token: str) -> Identity | None:
        found = authenticate({"authorization": f"Bearer {token}"})
        if found is None:
            return None
        identity, request.user = found
        return identity


class SessionAuth(APIKeyCookie):
    """The session of a signed-in browser; a change needs the CSRF token in `X-CSRFToken`.

    A request with a bearer token is not looked at: a token that is not good must not fall back to the cookie.
    """

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Identity | None:
        if (
            bearer_secret(request.headers.get("Authorization", "")) is not None
            or not request.user.is_authenticated
        ):
            return None
        identity: Identity | None = super().__call__(request)
        return identity

    def authenticate(self, request: HttpRequest, key: str | None) -> Identity | None:
        if not key or not isinstance(request.user, User):
            return None
        return session_identity(request.user, key)


def require_scope(identity: Identity, scope: str) -> None:
    """Raises CommandError `forbidden` unless this identity may do what `scope` stands for."""
    if scope not in identity.scopes:
        raise CommandError("forbidden", f"This token may not do that: it lacks the scope {scope!r}.")
