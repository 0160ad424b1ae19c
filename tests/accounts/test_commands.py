"""adduser and token, as typed in a shell."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from project.accounts.authentication import identify
from project.accounts.models import User
from project.accounts.scopes import ALL_SCOPES


def run(*words: str) -> str:
    """The command's output."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_a_person_gets_a_password_that_is_printed(db: None) -> None:
    password = run("adduser", "charlie").split()[-1]
    assert Client().login(username="charlie", password=password)
    assert not User.objects.get(username="charlie").is_staff


def test_a_given_password_is_taken_as_it_is(db: None) -> None:
    assert "secret" not in run("adduser", "charlie", "--password", "secret")
    assert Client().login(username="charlie", password="secret")


def test_staff_may_use_all_of_the_admin(db: None) -> None:
    run("adduser", "alice", "--password", "secret", "--staff")
    client = Client()
    client.login(username="alice", password="secret")
    assert client.get("/admin/accounts/user/").status_code == 200


def test_a_bot_cannot_sign_in_but_has_tokens(db: None) -> None:
    run("adduser", "deploybot", "--bot")
    bot = User.objects.get(username="deploybot")
    assert bot.is_bot
    assert not bot.has_usable_password()
    assert identify({"authorization": f"Bearer {run('token', 'deploybot').strip()}"}) is not None


def test_token_prints_one_token_and_nothing_else(bob: User) -> None:
    out = run("token", "bob", "--scope", "read")
    identity = identify({"authorization": f"Bearer {out.strip()}"})
    assert out.count("\n") == 1
    assert identity is not None
    assert (identity.user_id, identity.scopes) == (bob.pk, {"read"})


def test_without_scopes_a_token_may_do_everything(bob: User) -> None:
    identity = identify({"authorization": f"Bearer {run('token', 'bob').strip()}"})
    assert identity is not None
    assert identity.scopes == ALL_SCOPES


@pytest.mark.parametrize("words", [["--scope", "read", "write"], ["--scope", "read", "--scope", "write"]])
def test_scopes_may_be_given_in_any_of_the_usual_ways(bob: User, words: list[str]) -> None:
    identity = identify({"authorization": f"Bearer {run('token', 'bob', *words).strip()}"})
    assert identity is not None
    assert identity.scopes == {"read", "write"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["adduser", "BOB"], "already a user named BOB"),
        (["adduser", "two words"], "Enter a valid username"),
        (["adduser", "charlie", "--password", ""], "password is empty"),
        (["token", "nobody"], "no user named nobody"),
        (["token", "bob", "--scope", "everything"], "invalid choice"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(bob: User, words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run(*words)
    assert User.objects.count() == 1


def test_a_deactivated_person_gets_no_token(bob: User) -> None:
    bob.is_active = False
    bob.save()
    with pytest.raises(CommandError, match="deactivated"):
        run("token", "bob")
