"""What a person has seen, and whether they want to be reached now, and where."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from project.accounts.models import User

from .. import kinds
from ..models import Channel, Mute, Notification, Preference, Settings
from .turns import Duty


def settings_of(user_id: int) -> Settings:
    """A person's settings, or what holds without any."""
    return Settings.objects.filter(user=user_id).first() or Settings(user_id=user_id)


def is_over(row: Notification, own: Settings, duty: Duty) -> bool:
    """Whether there is nothing more to reach this person for.

    Who is called goes on being called until somebody acknowledges it; for everybody else it is enough to see it.
    """
    if _has_ended(row, duty):
        return True
    if duty.repeats:
        return False
    return row.read_at is not None or own.seen_seq >= row.news_seq > 0


def unseen_since(row: Notification, own: Settings) -> datetime:
    """When the first happened of what this person has not seen of it. What comes on top of that puts nothing off."""
    unseen = row.occurrences.filter(seq__gt=own.seen_seq).order_by("pk")
    return unseen.values_list("at", flat=True).first() or row.created_at


def is_gone(row: Notification, duty: Duty) -> bool:
    """Whether no screen should show it any more: it is not enough that its person has seen it in another place."""
    return row.read_at is not None or _has_ended(row, duty)


def _has_ended(row: Notification, duty: Duty) -> bool:
    now = timezone.now()
    if row.acknowledged_at or row.withdrawn_at or duty.taken or (row.expires_at and row.expires_at <= now):
        return True
    if row.snoozed_until and row.snoozed_until > now:
        return True  # it comes back as news then
    return not row.recipient.is_active or _is_muted(row)


def _is_muted(row: Notification) -> bool:
    return bool(row.source) and Mute.objects.filter(user=row.recipient_id, source=row.source).exists()


def wants(row: Notification, channel: Channel) -> bool:
    """Whether this kind may use this channel: as the person says, or else as the kind does."""
    own = Preference.objects.filter(user=row.recipient_id, kind=row.kind, channel=channel)
    wanted = own.values_list("wanted", flat=True).first()
    if wanted is None:
        kind = kinds.find(row.kind)
        return kind.push if channel == Channel.PUSH else kind.email
    return wanted


def address_of(user: User) -> str:
    """Where mail reaches this person, or nothing: an address that somebody typed and nobody confirmed gets none, and
    a site without a mail server sends none."""
    if not settings.EMAIL_URL:
        return ""
    unconfirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=False)
    return "" if not user.email or unconfirmed.exists() else user.email


def quiet_until(user: User, own: Settings, now: datetime) -> datetime | None:
    """The end of the quiet hours that this person has now, or None."""
    if own.quiet_from is None or own.quiet_until is None or own.quiet_from == own.quiet_until:
        return None
    zone = ZoneInfo(user.time_zone)
    local = now.astimezone(zone)
    for day in (local.date() - timedelta(days=1), local.date()):
        begin = datetime.combine(day, own.quiet_from, zone)
        last = day + timedelta(days=1) if own.quiet_until < own.quiet_from else day
        end = datetime.combine(last, own.quiet_until, zone)
        # Compared in UTC: arithmetic within one zone ignores that its offset changes.
        if begin.timestamp() <= now.timestamp() < end.timestamp():
            return end
    return None


def awake_since(user: User, own: Settings, now: datetime) -> datetime | None:
    """When the last quiet hours before `now` ended, or None for somebody without any."""
    if own.quiet_from is None or own.quiet_until is None or own.quiet_from == own.quiet_until:
        return None
    zone = ZoneInfo(user.time_zone)
    today = datetime.combine(now.astimezone(zone).date(), own.quiet_until, zone)
    return today if today.timestamp() <= now.timestamp() else today - timedelta(days=1)
