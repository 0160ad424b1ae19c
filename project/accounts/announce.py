"""Open connections learn of every change that may end them, whoever makes it: a page, the admin, a shell.

So the announcement hangs on the models themselves, in the same transaction as the change. Only what goes past the
models (QuerySet.update, raw SQL) is not announced.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save, pre_save
from django.http import HttpRequest
from django.utils import timezone

from project.realtime import access

from .models import ApiToken, Session, User
from .sessions import remember_device

PROOFS = frozenset({"is_active", "password"})
"""The fields of a user that decide whether a connection of theirs is still good."""


def listen() -> None:
    """Connects the receivers below; called once, when the app is ready."""
    pre_save.connect(_before_user, sender=User, dispatch_uid="accounts.announce")
    post_save.connect(_after_user, sender=User, dispatch_uid="accounts.announce")
    post_save.connect(_after_token, sender=ApiToken, dispatch_uid="accounts.announce")
    for model in (User, ApiToken):
        post_delete.connect(_after_delete, sender=model, dispatch_uid="accounts.announce")
    post_delete.connect(_after_session, sender=Session, dispatch_uid="accounts.announce")
    user_logged_in.connect(_after_sign_in, dispatch_uid="accounts.announce")


def _before_user(
    instance: User, raw: bool, using: str, update_fields: frozenset[str] | None, **_: Any
) -> None:
    instance._was = None
    if not raw and instance.pk and (update_fields is None or PROOFS & set(update_fields)):
        instance._was = User.objects.using(using).filter(pk=instance.pk).values_list(*sorted(PROOFS)).first()


def _after_user(instance: User, **_: Any) -> None:
    if instance._was and instance._was != (instance.is_active, instance.password):
        access.changed(user=instance.pk)


def _after_token(instance: ApiToken, created: bool, raw: bool, **_: Any) -> None:
    if not created and not raw:
        access.changed(user=instance.user_id)


def _after_delete(instance: User | ApiToken, **_: Any) -> None:
    access.changed(user=instance.pk if isinstance(instance, User) else instance.user_id)


def _after_session(instance: Session, **_: Any) -> None:
    # One that nobody had signed in with, or that expired long ago, has no connections.
    if instance.user_id and instance.expire_date > timezone.now():
        access.changed(session=instance.session_key)


def _after_sign_in(request: HttpRequest, **_: Any) -> None:
    remember_device(request)
