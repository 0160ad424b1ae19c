"""Who is speaking, and whether that still holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from project.accounts import actions
from project.accounts.authentication import identify, still_valid
from project.accounts.models import ApiToken, Session, User
from project.accounts.scopes import ALL_SCOPES
from tests.accounts.conftest import cookie_of


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_a_session_cookie_identifies_with_all_scopes(as_bob: Client, bob: User) -> None:
    identity = identify(cookie_of(as_bob))
    assert identity is not None
    assert (identity.user_id, identity.name, identity.scopes) == (bob.pk, "Bob B.", ALL_SCOPES)
    assert as_bob.cookies["sessionid"].value not in repr(identity)


def test_a_token_identifies_with_its_own_scopes(bob: User) -> None:
    token, secret = actions.issue_token(bob, "reader", scopes=["read"])
    identity = identify(bearer(secret))
    assert identity is not None
    assert (identity.user_id, identity.token_id, identity.scopes) == (bob.pk, token.pk, {"read"})


def test_a_bad_token_is_nobody_even_beside_a_good_cookie(as_bob: Client) -> None:
    assert identify(cookie_of(as_bob) | bearer("wr_nonsense")) is None


def test_a_password_meant_for_a_proxy_does_not_hide_the_cookie(as_bob: Client) -> None:
    assert identify(cookie_of(as_bob) | {"authorization": "Basic Zm9vOmJhcg=="}) is not None


@pytest.mark.parametrize("headers", [{}, {"cookie": "sessionid="}, {"cookie": "sessionid=x"}, bearer("")])
def test_nothing_of_worth_is_nobody(db: None, headers: dict[str, str]) -> None:
    assert identify(headers) is None


def test_a_session_takes_one_query_and_a_token_two(
    as_bob: Client, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, secret = actions.issue_token(bob, "deploy")
    with django_assert_num_queries(1):
        identify(cookie_of(as_bob))
    with django_assert_num_queries(2):
        identify(bearer(secret))


def test_the_last_use_of_a_token_is_written_once_a_minute(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token, secret = actions.issue_token(bob, "deploy")
    identify(bearer(secret))
    token.refresh_from_db()
    assert token.last_used is not None
    with django_assert_num_queries(1):
        identify(bearer(secret))


def test_an_old_secret_key_still_counts_while_it_is_a_fallback(as_bob: Client, settings: Settings) -> None:
    headers = cookie_of(as_bob)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-entirely"
    identity = identify(headers)
    assert identity is not None
    assert still_valid([identity]) == [True]
    settings.SECRET_KEY_FALLBACKS = []
    assert identify(headers) is None
    assert still_valid([identity]) == [False]


def sign_out(client: Client, user: User) -> None:
    client.logout()


def deactivate(client: Client, user: User) -> None:
    actions.set_active(user, False)


def change_password(client: Client, user: User) -> None:
    user.set_password("another-otter-43")
    user.save()


def expire(client: Client, user: User) -> None:
    Session.objects.update(expire_date=timezone.now())


@pytest.mark.parametrize("end", [sign_out, deactivate, change_password, expire])
def test_a_session_stops_being_valid(as_bob: Client, bob: User, end: Any) -> None:
    headers = cookie_of(as_bob)
    identity = identify(headers)
    assert identity is not None
    assert still_valid([identity]) == [True]
    end(as_bob, bob)
    assert still_valid([identity]) == [False]
    assert identify(headers) is None


def revoke(token: ApiToken) -> None:
    actions.revoke_token(token)


def delete(token: ApiToken) -> None:
    token.delete()


def run_out(token: ApiToken) -> None:
    token.expires = timezone.now() - timedelta(seconds=1)
    token.save()


def lose_its_user(token: ApiToken) -> None:
    actions.set_active(token.user, False)


@pytest.mark.parametrize("end", [revoke, delete, run_out, lose_its_user])
def test_a_token_stops_being_valid(bob: User, end: Any) -> None:
    token, secret = actions.issue_token(bob, "deploy")
    identity = identify(bearer(secret))
    assert identity is not None
    assert still_valid([identity]) == [True]
    end(token)
    assert still_valid([identity]) == [False]
    assert identify(bearer(secret)) is None


def test_a_changed_password_does_not_end_tokens(as_bob: Client, bob: User) -> None:
    _, secret = actions.issue_token(bob, "deploy")
    identity = identify(bearer(secret))
    assert identity is not None
    change_password(as_bob, bob)
    assert still_valid([identity]) == [True]


def test_any_number_of_identities_is_rechecked_in_three_queries(
    as_bob: Client,
    as_alice: Client,
    bob: User,
    alice: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    secrets = [actions.issue_token(user, "deploy")[1] for user in (alice, bob) for _ in range(3)]
    found = [identify(bearer(secret)) for secret in secrets]
    found += [identify(cookie_of(as_bob)), identify(cookie_of(as_alice))]
    identities = [identity for identity in found if identity]
    assert len(identities) == 8
    actions.set_active(bob, False)
    with django_assert_num_queries(3):
        assert still_valid(identities) == [identity.user_id == alice.pk for identity in identities]
