"""Every way to end somebody's access reaches open connections, and nothing else does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.management.commands.clearsessions import Command as ClearSessions
from django.db import transaction
from django.test import Client
from django.utils import timezone

from project.accounts import actions
from project.accounts.models import Session, User
from project.realtime import access

News = Callable[[], list[dict[str, Any]]]


def test_deactivation_is_announced_however_it_happens(bob: User, announced: News) -> None:
    bob.is_active = False
    bob.save()
    assert announced() == [{"user": bob.pk}]
    actions.set_active(bob, True)
    assert announced() == [{"user": bob.pk}]


def test_a_changed_password_is_announced(bob: User, announced: News) -> None:
    bob.set_password("another-otter-43")
    bob.save(update_fields=["password"])
    assert announced() == [{"user": bob.pk}]


def test_other_changes_are_nobodys_business(as_bob: Client, bob: User, announced: News) -> None:
    announced()
    actions.change_profile(bob, display_name="Robert", time_zone="Europe/Vienna")
    get_user_model().objects.get(pk=bob.pk).save()
    actions.issue_token(bob, "deploy")
    as_bob.get("/settings/")
    assert announced() == []


def test_a_deleted_user_is_announced(bob: User, announced: News) -> None:
    pk = bob.pk
    User.objects.filter(pk=pk).delete()
    assert {"user": pk} in announced()


def test_a_revoked_token_is_announced_once(bob: User, announced: News) -> None:
    token, _ = actions.issue_token(bob, "deploy")
    actions.revoke_token(token)
    actions.revoke_token(token)
    assert announced() == [{"user": bob.pk}]


def test_deleting_tokens_is_announced(bob: User, announced: News) -> None:
    actions.issue_token(bob, "deploy")
    bob.tokens.all().delete()
    assert announced() == [{"user": bob.pk}]


def test_signing_out_ends_that_session(as_bob: Client, announced: News) -> None:
    key = as_bob.cookies["sessionid"].value
    as_bob.post("/accounts/logout/")
    assert announced() == [{"session": access.session_digest(key)}]


def test_the_digest_of_an_identity_is_the_one_announced(as_bob: Client, announced: News) -> None:
    row = Session.objects.get()
    as_bob.post("/accounts/logout/")
    assert announced() == [{"session": row.digest}]


def test_clearing_expired_sessions_is_silent(as_bob: Client, announced: News) -> None:
    Session.objects.update(expire_date=timezone.now())
    ClearSessions().handle()
    assert not Session.objects.exists()
    assert announced() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_announced(bob: User, announced: News) -> None:
    with transaction.atomic():
        actions.set_active(bob, False)
        transaction.set_rollback(True)
    assert announced() == []
    bob.refresh_from_db()
    assert bob.is_active


@pytest.mark.django_db(transaction=True)
def test_a_change_that_cannot_be_announced_does_not_happen(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(access, "changed", fail)
    with pytest.raises(RuntimeError):
        actions.set_active(bob, False)
    bob.refresh_from_db()
    assert bob.is_active
