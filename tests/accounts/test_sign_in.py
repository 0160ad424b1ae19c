"""Signing in and out."""

import pytest
from django.core import mail
from django.test import Client

from project.accounts import actions
from project.accounts.models import Session, User
from tests.accounts.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.mark.parametrize("field", ["login", "username"])
@pytest.mark.parametrize("name", ["bob", "BOB", "bob@example.org"])
def test_username_or_email_sign_in_under_either_field_name(
    bob: User, client: Client, field: str, name: str
) -> None:
    response = client.post(LOGIN, {field: name, "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/rooms/"
    assert Session.objects.get(user=bob).user == bob


def test_signing_in_goes_on_to_where_one_wanted(bob: User, client: Client) -> None:
    form = {"login": "bob", "password": PASSWORD, "next": "/rooms/7/?at=3"}
    assert client.post(LOGIN, form)["Location"] == "/rooms/7/?at=3"


def test_signing_in_does_not_lead_to_another_site(bob: User, client: Client) -> None:
    form = {"login": "bob", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post(LOGIN, form)["Location"] == "/rooms/"


def test_a_wrong_password_says_no_more_than_that(bob: User, client: Client) -> None:
    wrong = client.post(LOGIN, {"login": "bob", "password": "wrong"})
    unknown = client.post(LOGIN, {"login": "nobody", "password": "wrong"})
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert not Session.objects.exists()


def test_guessing_is_stopped_even_with_the_right_password(bob: User, client: Client) -> None:
    for _ in range(10):
        client.post(LOGIN, {"login": "bob", "password": "wrong"})
    response = client.post(LOGIN, {"login": "bob", "password": PASSWORD})
    assert response.status_code == 200
    assert "Too many" in response.content.decode()


def test_a_team_behind_one_address_can_sign_in_at_once(bob: User, client: Client) -> None:
    for _ in range(60):
        assert Client().post(LOGIN, {"login": "bob", "password": PASSWORD}).status_code == 302


def test_a_deactivated_person_is_told_so(bob: User, client: Client) -> None:
    actions.set_active(bob, False)
    response = client.post(LOGIN, {"login": "bob", "password": PASSWORD}, follow=True)
    assert "deactivated" in response.content.decode()
    assert not Session.objects.filter(user=bob).exists()


def test_signing_out_takes_a_post_and_leads_to_sign_in(as_bob: Client) -> None:
    assert as_bob.get("/accounts/logout/").status_code == 200
    response = as_bob.post("/accounts/logout/")
    assert response["Location"] == LOGIN
    assert not Session.objects.filter(user__isnull=False).exists()


def test_signing_in_needs_the_csrf_token(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, {"login": "bob", "password": PASSWORD}).status_code == 403


def test_the_admin_signs_in_through_the_same_page(client: Client, db: None) -> None:
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


def test_a_forgotten_password_is_reset_by_mail(bob: User, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "bob@example.org"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form_page = client.get(link, follow=True)
    url = form_page.redirect_chain[-1][0]
    new = {"password1": "loud-badger-77", "password2": "loud-badger-77"}
    done = client.post(url, new, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert Client().login(username="bob", password="loud-badger-77")


def test_a_changed_password_keeps_only_this_browser_signed_in(as_bob: Client, bob: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(bob)
    form = {"oldpassword": PASSWORD, "password1": "loud-badger-77", "password2": "loud-badger-77"}
    response = as_bob.post("/accounts/password/change/", form)
    assert response["Location"] == "/settings/"
    assert as_bob.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-nonsense/",
        "password/reset/key/done/",
        "inactive/",
        "confirm-email/",
        "confirm-email/nonsense/",
    ],
)
def test_pages_for_those_outside_are_ours(client: Client, db: None, path: str) -> None:
    response = client.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert "· Watchroom</title>" in response.content.decode()


@pytest.mark.parametrize("path", ["logout/", "password/change/", "email/", "reauthenticate/"])
def test_pages_for_those_inside_are_ours(as_bob: Client, path: str) -> None:
    response = as_bob.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert "· Watchroom</title>" in response.content.decode()
