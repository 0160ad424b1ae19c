"""A browser that is signed out is pushed nothing, however its sign-in has ended."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from notifications import actions, preferences
from notifications.models import Delivery
from project.accounts import actions as accounts
from project.accounts.authentication import Identity
from project.accounts.models import Session, User
from project.realtime import commands
from project.realtime.errors import CommandError
from tests.notifications.outreach.conftest import Clock, told
from tests.support.identities import signed_in
from tests.support.jobs import run_due
from tests.support.push_service import Browser, PushService


def change_password(user: User) -> None:
    user.set_password("another")
    user.save()


def disable(user: User) -> None:
    user.is_active = False
    user.save()


def let_expire(user: User) -> None:
    Session.objects.filter(user=user).update(expire_date=timezone.now())


ENDS: list[Callable[[User], None]] = [accounts.end_all_sessions, change_password, disable, let_expire]


@pytest.mark.parametrize("end", ENDS)
def test_what_happens_after_the_sign_in_has_ended_is_not_pushed(
    alice: User, browser: Browser, clock: Clock, end: Callable[[User], None]
) -> None:
    end(alice)
    told(alice)
    clock.forward(seconds=30)
    run_due()
    assert browser.pushes == 0
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("end", ENDS)
def test_what_waits_to_be_sent_then_is_not_sent_and_nothing_is_taken_back_there(
    alice: User, browser: Browser, clock: Clock, end: Callable[[User], None]
) -> None:
    row = told(alice)
    clock.forward(seconds=30)
    run_due()
    assert browser.pushes == 1
    other = told(alice)
    clock.forward(seconds=30)
    run_due(only="ladder")
    end(alice)
    actions.read(alice.pk, [row.pk, other.pk])
    run_due()
    assert browser.pushes == 1


def test_a_token_that_is_revoked_ends_its_device(
    alice: User, clock: Clock, push_service: PushService
) -> None:
    phone = push_service.subscribe()
    token, _ = accounts.issue_token(alice, "phone")
    identity = Identity(alice.pk, alice.name, frozenset(), token_id=token.pk)
    actions.add_device(alice, identity, **phone.subscription())
    told(alice)
    clock.forward(seconds=30)
    run_due()
    accounts.revoke_token(token)
    told(alice)
    clock.forward(seconds=30)
    run_due()
    assert phone.pushes == 1


def test_ending_another_session_leaves_this_one(alice: User, browser: Browser, clock: Clock) -> None:
    other = Session.objects.get(digest=signed_in(alice).session)
    accounts.end_session(other)
    told(alice)
    clock.forward(seconds=30)
    run_due()
    assert browser.pushes == 1


def test_it_is_not_among_the_devices_that_take_push(alice: User, browser: Browser) -> None:
    assert len(preferences.page(alice, "")["devices"]) == 1
    accounts.end_all_sessions(alice)
    assert preferences.page(alice, "")["devices"] == []


def test_whoever_signs_in_again_goes_on_taking_push(alice: User, browser: Browser, clock: Clock) -> None:
    accounts.end_all_sessions(alice)
    actions.renew_device(alice, signed_in(alice), browser.endpoint)
    told(alice)
    clock.forward(seconds=30)
    run_due()
    assert browser.pushes == 1


def test_the_command_turns_push_on_for_the_sign_in_it_came_by(alice: User) -> None:
    keys = {"endpoint": "https://push.example.org/1", "p256dh": "x" * 87, "auth": "y" * 22}
    command, identity = commands.find("device.add"), signed_in(alice)
    assert command.handler
    command.handler(alice, command.schema(**keys), identity)
    assert len(preferences.page(alice, "")["devices"]) == 1
    accounts.end_session(Session.objects.get(digest=identity.session))
    assert preferences.page(alice, "")["devices"] == []


def test_only_ones_own_device_is_renewed_and_none_that_was_removed(
    alice: User, bob: User, browser: Browser
) -> None:
    with pytest.raises(CommandError, match="no push"):
        actions.renew_device(bob, signed_in(bob), browser.endpoint)
    actions.remove_device(alice, browser.endpoint)
    with pytest.raises(CommandError, match="no push"):
        actions.renew_device(alice, signed_in(alice), browser.endpoint)
