"""Who may sign up: anyone, the invited, or nobody."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from project.accounts import actions
from project.accounts.models import Invitation, User
from tests.accounts.conftest import PASSWORD

SIGN_UP = "/accounts/signup/"
CHARLIE = {
    "username": "charlie",
    "display_name": "Charlie C.",
    "email": "charlie@example.org",
    "password1": PASSWORD,
}


@pytest.fixture
def _open(settings: Settings) -> None:
    settings.SIGN_UP = "open"


@pytest.fixture
def _by_invitation(settings: Settings) -> None:
    settings.SIGN_UP = "invite"


@pytest.fixture
def _closed(settings: Settings) -> None:
    settings.SIGN_UP = "closed"


def join(client: Client) -> bool:
    """Signs charlie up; whether that worked."""
    client.post(SIGN_UP, CHARLIE)
    return User.objects.filter(username="charlie").exists()


@pytest.mark.usefixtures("_open")
def test_open_means_anyone(db: None, client: Client) -> None:
    response = client.post(SIGN_UP, CHARLIE)
    assert response["Location"] == "/rooms/"
    charlie = User.objects.get(username="charlie")
    assert (charlie.name, charlie.email) == ("Charlie C.", "charlie@example.org")
    assert not charlie.is_staff


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(("told", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", "UTC")])
def test_the_first_time_zone_is_that_of_the_browser(db: None, client: Client, told: str, zone: str) -> None:
    client.cookies["zone"] = told
    assert join(client)
    assert User.objects.get(username="charlie").time_zone == zone


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("username", "BOB", "already exists"),
        ("username", "", "required"),
        ("password1", "short", "too short"),
        ("password1", "charlie-123", "too similar"),
        ("email", "nonsense", "valid email"),
    ],
)
def test_what_cannot_be_is_refused(bob: User, client: Client, field: str, value: str, says: str) -> None:
    response = client.post(SIGN_UP, CHARLIE | {field: value})
    assert says in " ".join(response.context["form"].errors[field])
    assert User.objects.count() == 1


@pytest.mark.usefixtures("_closed")
def test_closed_means_nobody_not_even_with_an_invitation(alice: User, client: Client) -> None:
    _, secret = actions.invite(alice)
    assert client.get(f"/accounts/invite/{secret}/").status_code == 404
    assert not join(client)


@pytest.mark.usefixtures("_by_invitation")
def test_without_an_invitation_one_is_told_how_to_get_in(db: None, client: Client) -> None:
    assert "by invitation" in client.get(SIGN_UP).content.decode()
    assert not join(client)


@pytest.mark.usefixtures("_by_invitation")
def test_an_invitation_lets_one_person_in_once(alice: User, client: Client) -> None:
    invitation, secret = actions.invite(alice, "charlie@example.org")
    page = client.get(f"/accounts/invite/{secret}/", follow=True)
    assert 'value="charlie@example.org"' in page.content.decode()
    assert join(client)
    invitation.refresh_from_db()
    assert invitation.used_by == User.objects.get(username="charlie")
    assert Client().get(f"/accounts/invite/{secret}/").status_code == 404


@pytest.mark.usefixtures("_by_invitation")
def test_of_two_people_with_one_link_the_quicker_gets_in(alice: User) -> None:
    _, secret = actions.invite(alice)
    first, second = Client(), Client()
    for client in (first, second):
        client.get(f"/accounts/invite/{secret}/")
    assert second.post(SIGN_UP, CHARLIE | {"username": "mallory", "email": ""}).status_code == 302
    assert not join(first)


def test_an_invitation_is_used_once_even_when_both_have_passed_the_door(alice: User, bob: User) -> None:
    invitation, _ = actions.invite(alice)
    actions.use_invitation(invitation.pk, bob)
    with pytest.raises(actions.InvitationSpent):
        actions.use_invitation(invitation.pk, alice)


@pytest.mark.usefixtures("_by_invitation")
def test_an_invitation_runs_out(alice: User, client: Client) -> None:
    _, secret = actions.invite(alice)
    client.get(f"/accounts/invite/{secret}/")
    Invitation.objects.update(expires=timezone.now())
    assert not join(client)
    assert client.get(f"/accounts/invite/{secret}/").status_code == 404


@pytest.mark.usefixtures("_by_invitation")
def test_whoever_may_invite_gets_a_link_or_has_it_mailed(as_alice: Client, client: Client) -> None:
    shown = as_alice.post("/settings/invitations/", {"email": ""}).context["invitation_link"]
    assert client.get(shown).status_code == 302
    assert not mail.outbox
    as_alice.post("/settings/invitations/", {"email": "charlie@example.org"})
    link = next(word for word in mail.outbox[0].body.split() if "/accounts/invite/" in word)
    assert mail.outbox[0].to == ["charlie@example.org"]
    assert client.get(link).status_code == 302


@pytest.mark.usefixtures("_by_invitation")
def test_a_member_needs_the_permission_to_invite(as_bob: Client, bob: User) -> None:
    assert not as_bob.get("/settings/").context["may_invite"]
    assert as_bob.post("/settings/invitations/", {"email": ""}).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="add_invitation"))
    assert as_bob.post("/settings/invitations/", {"email": ""}).status_code == 200


@pytest.mark.usefixtures("_by_invitation")
def test_a_withdrawn_invitation_does_not_work(as_alice: Client, alice: User, client: Client) -> None:
    invitation, secret = actions.invite(alice)
    as_alice.post(f"/settings/invitations/{invitation.pk}/withdraw/")
    assert client.get(f"/accounts/invite/{secret}/").status_code == 404


def test_the_secret_of_an_invitation_is_not_kept(alice: User) -> None:
    invitation, secret = actions.invite(alice)
    assert secret not in str(Invitation.objects.filter(pk=invitation.pk).values())
