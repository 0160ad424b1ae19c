"""People, and the three ways they prove who they are: a session, a token, an invitation."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from .scopes import ALL_SCOPES

AVATAR_FOLDER = "avatars"


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones this machine knows, as in "Europe/Vienna"."""
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    """Raises ValidationError unless `value` is the name of a known time zone."""
    if value not in time_zones():
        raise ValidationError(
            "%(value)s is not a time zone. Use a name like Europe/Vienna.", params={"value": value}
        )


def validate_scopes(value: Iterable[str]) -> None:
    """Raises ValidationError unless `value` is a list of known scopes."""
    if not isinstance(value, list) or not value or not ALL_SCOPES.issuperset(value):
        raise ValidationError(f"Choose at least one of: {', '.join(sorted(ALL_SCOPES))}.")


class SavedAtomically(models.Model):
    """What a save announces to open connections (see announce.py) is committed together with it."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)


class User(SavedAtomically, AbstractUser):
    """A person, or a bot."""

    display_name = models.CharField(max_length=80, blank=True)
    avatar = models.FileField(upload_to=AVATAR_FOLDER, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    is_bot = models.BooleanField("bot", default=False)
    _was: tuple[bool, str] | None = None  # what announce.py found before a save

    class Meta(AbstractUser.Meta):
        constraints = (
            models.UniqueConstraint(
                Lower("username"),
                name="username_unique_in_any_case",
                violation_error_message="Somebody has this username already.",
            ),
        )

    def __str__(self) -> str:
        return self.username

    @property
    def name(self) -> str:
        """What others see."""
        return self.display_name or self.username

    @property
    def avatar_url(self) -> str | None:
        """Where the picture is served. A new picture gets a new address, so it may be cached for ever."""
        if not self.avatar.name:
            return None
        name = self.avatar.name.rpartition("/")[2].removesuffix(".webp")
        return reverse("avatar", args=[self.pk, name])


class Session(AbstractBaseSession):
    """A browser session. The columns beside the data are copies out of it, to find sessions by."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    signed_in = models.DateTimeField(null=True)
    last_active = models.DateTimeField(null=True)
    device = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        from .sessions import SessionStore

        return SessionStore


class ApiToken(SavedAtomically):
    """A key for programs. Only its digest is kept; the first characters are shown to recognise it by."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=16, editable=False)
    scopes = models.JSONField(validators=[validate_scopes])
    created = models.DateTimeField(default=timezone.now, editable=False)
    last_used = models.DateTimeField(null=True, editable=False)
    expires = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "API token"
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def usable(self) -> bool:
        """Whether it opens anything now, as long as its user is active."""
        return self.revoked_at is None and (self.expires is None or self.expires > timezone.now())


class Invitation(models.Model):
    """A link that lets one person sign up, once."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(blank=True)
    inviter = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True, editable=False)
    used_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"Invitation for {self.email or 'whoever has the link'}"
