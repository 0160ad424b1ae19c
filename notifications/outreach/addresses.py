"""Addresses in mail: whole ones, since mail is read elsewhere."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "notifications.unsubscribe"
DIGEST = "digest"
"""What somebody is unsubscribed from, where it is not a kind."""


def site() -> str:
    """Where people find this site: the first of ORIGINS."""
    return settings.ORIGINS[0] if settings.ORIGINS else "http://localhost:8000"


def domain() -> str:
    """The site's name in addresses and message ids."""
    return urlsplit(site()).hostname or "localhost"


def whole(path: str) -> str:
    """The address of a page of this site."""
    return urljoin(site() + "/", path)


def unsubscribe(user_id: int, what: str) -> str:
    """Ends mail about one kind, or the digest, without signing in. Works for ever, for this person and this alone."""
    token = signing.dumps([user_id, what], salt=SALT)
    return whole(reverse("unsubscribe", args=[token]))


def unsubscribed(token: str) -> tuple[int, str]:
    """Whom an address by `unsubscribe` is for, and from what.

    Raises signing.BadSignature for one that was not made here.
    """
    user_id, what = signing.loads(token, salt=SALT)
    return int(user_id), str(what)
