"""The settings page."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from project.accounts import actions
from project.accounts.authentication import identify
from project.accounts.models import ApiToken, Session, User
from tests.accounts.conftest import cookie_of


def a_picture(width: int = 600, height: int = 400, colour: str = "teal", kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def upload(client: Client, content: bytes, name: str = "me.png") -> str:
    """Uploads a picture; what the page then says."""
    file = SimpleUploadedFile(name, content, "image/png")
    return client.post("/settings/picture/", {"picture": file}, follow=True).content.decode()


def test_strangers_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/settings/")["Location"] == "/accounts/login/?next=/settings/"


def test_a_person_changes_name_and_time_zone(as_bob: Client, bob: User) -> None:
    as_bob.post("/settings/profile/", {"display_name": "Robert", "time_zone": "Europe/Vienna"})
    bob.refresh_from_db()
    assert (bob.name, bob.time_zone) == ("Robert", "Europe/Vienna")


def test_a_time_zone_must_exist(as_bob: Client, bob: User) -> None:
    response = as_bob.post("/settings/profile/", {"display_name": "Robert", "time_zone": "Mars/Olympus"})
    assert response.status_code == 422
    assert "not one of the available choices" in response.content.decode()
    bob.refresh_from_db()
    assert (bob.name, bob.time_zone) == ("Bob B.", "UTC")


def test_a_picture_becomes_a_small_square_webp_served_for_ever(as_bob: Client, bob: User) -> None:
    upload(as_bob, a_picture())
    bob.refresh_from_db()
    assert bob.avatar_url is not None
    response = as_bob.get(bob.avatar_url)
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    picture = Image.open(BytesIO(response.content))
    assert (picture.format, picture.size) == ("WEBP", (256, 256))


def test_what_a_camera_wrote_into_a_picture_is_gone(as_bob: Client, bob: User) -> None:
    out, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "Secret camera"
    Image.new("RGB", (300, 300)).save(out, "JPEG", exif=exif)
    upload(as_bob, out.getvalue())
    bob.refresh_from_db()
    with bob.avatar.open() as file:
        assert b"Secret camera" not in file.read()


def test_a_new_picture_gets_a_new_address_and_the_old_one_goes(
    as_bob: Client, bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload(as_bob, a_picture(colour="teal"))
    bob.refresh_from_db()
    old_url, old_name, storage = bob.avatar_url, bob.avatar.name, bob.avatar.storage
    with django_capture_on_commit_callbacks(execute=True):
        upload(as_bob, a_picture(colour="plum"))
    bob.refresh_from_db()
    assert bob.avatar_url != old_url
    assert as_bob.get(old_url).status_code == 404
    assert not storage.exists(old_name)


def test_a_picture_can_be_removed(as_bob: Client, bob: User) -> None:
    upload(as_bob, a_picture())
    as_bob.post("/settings/picture/", {"remove": "1"})
    bob.refresh_from_db()
    assert bob.avatar_url is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a picture"),
        (a_picture()[:200], "not a picture"),
        (a_picture(9000, 9000), "too many pixels"),
        (a_picture() + b"\0" * (5 * 1024 * 1024), "too large"),
        (a_picture(kind="TIFF"), "not a picture"),
    ],
    ids=["a drawing with a script", "half a file", "a bomb", "too long", "a format browsers lack"],
)
def test_what_is_no_good_picture_is_refused(as_bob: Client, bob: User, content: bytes, says: str) -> None:
    assert says in upload(as_bob, content)
    bob.refresh_from_db()
    assert not bob.avatar


def test_pictures_are_for_those_inside(as_bob: Client, bob: User, client: Client) -> None:
    upload(as_bob, a_picture())
    bob.refresh_from_db()
    assert client.get(bob.avatar_url).status_code == 403
    _, secret = actions.issue_token(bob, "deploy")
    assert client.get(bob.avatar_url, headers={"authorization": f"Bearer {secret}"}).status_code == 200


def test_the_list_of_browsers_says_where_one_is_signed_in(bob: User) -> None:
    phone, desk = Client(), Client()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    form = {"login": "bob", "password": "quiet-otter-42"}
    phone.post("/accounts/login/", form, headers={"user-agent": "something new"})
    desk.post("/accounts/login/", form, headers={"user-agent": agent})
    mine, other = desk.get("/settings/").context["sign_ins"]
    assert (mine.device, mine.is_this_one) == ("Firefox on Linux", True)
    assert (other.device, other.is_this_one) == ("Unknown browser", False)


def test_one_other_browser_can_be_signed_out(as_bob: Client, bob: User, alice: User) -> None:
    phone, theirs = Client(), Client()
    phone.force_login(bob)
    theirs.force_login(alice)
    listed = as_bob.get("/settings/").context["sign_ins"]
    other = next(one.id for one in listed if not one.is_this_one)
    as_bob.post("/settings/sessions/end/", {"session": other})
    assert identify(cookie_of(phone)) is None
    assert identify(cookie_of(as_bob)) is not None
    of_alice = Session.objects.get(user=alice).digest
    assert as_bob.post("/settings/sessions/end/", {"session": of_alice}).status_code == 404


def test_all_other_browsers_can_be_signed_out_at_once(as_bob: Client, bob: User, as_alice: Client) -> None:
    others = [Client(), Client()]
    for client in others:
        client.force_login(bob)
    as_bob.post("/settings/sessions/end/")
    assert [identify(cookie_of(client)) for client in others] == [None, None]
    assert identify(cookie_of(as_bob)) is not None
    assert identify(cookie_of(as_alice)) is not None


def test_sessions_that_a_new_password_ended_are_not_listed(as_bob: Client, bob: User) -> None:
    Client().force_login(bob)
    form = {"oldpassword": "quiet-otter-42", "password1": "loud-badger-77", "password2": "loud-badger-77"}
    as_bob.post("/accounts/password/change/", form)
    assert len(as_bob.get("/settings/").context["sign_ins"]) == 1


def test_a_token_is_shown_once_and_kept_as_a_digest(as_bob: Client, bob: User) -> None:
    form = {"name": "Deploy", "scopes": ["read"], "lifetime": "30"}
    response = as_bob.post("/settings/tokens/", form)
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert secret not in as_bob.get("/settings/").content.decode()
    token = ApiToken.objects.get()
    assert secret not in str(ApiToken.objects.values())
    assert secret.startswith(token.prefix)
    assert token.scopes == ["read"]
    assert token.expires is not None
    assert abs(token.expires - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    identity = identify({"authorization": f"Bearer {secret}"})
    assert identity is not None
    assert identity.user_id == bob.pk


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scopes": ["read"], "lifetime": "30"},
        {"name": "x", "scopes": [], "lifetime": "30"},
        {"name": "x", "scopes": ["everything"], "lifetime": "30"},
        {"name": "x", "scopes": ["read"], "lifetime": "9999"},
    ],
)
def test_a_token_needs_a_name_scopes_and_a_lifetime_on_offer(as_bob: Client, form: dict[str, object]) -> None:
    assert as_bob.post("/settings/tokens/", form).status_code == 422
    assert not ApiToken.objects.exists()


def test_ones_own_token_can_be_revoked_and_nobody_elses(as_bob: Client, bob: User, alice: User) -> None:
    mine, _ = actions.issue_token(bob, "mine")
    theirs, _ = actions.issue_token(alice, "theirs")
    as_bob.post(f"/settings/tokens/{mine.pk}/revoke/")
    assert as_bob.post(f"/settings/tokens/{theirs.pk}/revoke/").status_code == 404
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert not mine.usable
    assert theirs.usable
