"""People, tokens and invitations in the admin."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.test import Client

from project.accounts import actions
from project.accounts.authentication import identify
from project.accounts.models import ApiToken, Invitation, User
from tests.accounts.conftest import cookie_of

News = Callable[[], list[dict[str, Any]]]
USERS, TOKENS, INVITATIONS = (f"/admin/accounts/{model}/" for model in ("user", "apitoken", "invitation"))


def chosen(action: str, *things: Any) -> dict[str, Any]:
    """The form of a list page with these chosen."""
    return {"action": action, "_selected_action": [thing.pk for thing in things]}


def test_members_stay_out(as_bob: Client) -> None:
    assert as_bob.get(USERS).status_code in (302, 403)


def test_deactivating_people_ends_their_connections(
    as_alice: Client, alice: User, bob: User, as_bob: Client, announced: News
) -> None:
    as_alice.post(USERS, chosen("deactivate", bob, alice))
    bob.refresh_from_db()
    alice.refresh_from_db()
    assert not bob.is_active
    assert alice.is_active, "nobody locks themselves out"
    assert announced() == [{"user": bob.pk}]
    assert LogEntry.objects.filter(object_id=str(bob.pk)).exists()
    as_alice.post(USERS, chosen("activate", bob))
    bob.refresh_from_db()
    assert bob.is_active


def test_signing_somebody_out_everywhere_leaves_their_tokens(
    as_alice: Client, bob: User, as_bob: Client
) -> None:
    _, secret = actions.issue_token(bob, "deploy")
    as_alice.post(USERS, chosen("sign_out", bob))
    assert identify(cookie_of(as_bob)) is None
    assert identify({"authorization": f"Bearer {secret}"}) is not None


def test_the_form_of_a_person_announces_a_deactivation(as_alice: Client, bob: User, announced: News) -> None:
    form = {"username": "bob", "display_name": "Bob", "time_zone": "UTC", "email": ""}
    response = as_alice.post(f"{USERS}{bob.pk}/change/", form)
    assert response.status_code == 302
    assert announced() == [{"user": bob.pk}]


def test_a_bot_is_made_without_a_password(as_alice: Client) -> None:
    form = {"username": "deploybot", "display_name": "Deploys", "usable_password": "false", "is_bot": "on"}
    response = as_alice.post(f"{USERS}add/", form)
    assert response.status_code == 302
    bot = User.objects.get(username="deploybot")
    assert (bot.is_bot, bot.has_usable_password(), bot.name) == (True, False, "Deploys")


def test_a_token_issued_for_somebody_is_shown_once(as_alice: Client, bob: User) -> None:
    form = {"user": bob.pk, "name": "deploy", "scopes": ["read", "write"]}
    response = as_alice.post(f"{TOKENS}add/", form)
    identity = identify({"authorization": f"Bearer {response.context['secret']}"})
    assert response.context["secret"] in response.content.decode()
    assert identity is not None
    assert identity.user_id == bob.pk
    assert response.context["secret"] not in as_alice.get(TOKENS).content.decode()


def test_tokens_are_revoked_live(as_alice: Client, bob: User, announced: News) -> None:
    token, _ = actions.issue_token(bob, "deploy")
    as_alice.post(TOKENS, chosen("revoke", token))
    token.refresh_from_db()
    assert not token.usable
    assert announced() == [{"user": bob.pk}]


def test_a_token_cannot_be_changed(as_alice: Client, bob: User) -> None:
    token, _ = actions.issue_token(bob, "deploy", scopes=["read"])
    form = {"user": bob.pk, "name": "deploy", "scopes": ["read", "write"]}
    assert as_alice.post(f"{TOKENS}{token.pk}/change/", form).status_code == 403
    assert ApiToken.objects.get().scopes == ["read"]


def test_an_invitation_comes_with_its_link(as_alice: Client, client: Client) -> None:
    page = as_alice.post(f"{INVITATIONS}add/", {"email": ""}, follow=True).content.decode()
    link = next(word for word in page.split() if "/accounts/invite/" in word).split("<")[0]
    assert client.get(link).status_code == 302
    assert Invitation.objects.get().inviter.username == "alice"
