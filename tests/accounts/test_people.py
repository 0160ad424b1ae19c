"""People as such."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from project.accounts import actions
from project.accounts.models import User


def test_a_person_is_called_by_display_name_or_username(bob: User) -> None:
    assert bob.name == "Bob B."
    bob.display_name = ""
    assert bob.name == "bob"


@pytest.mark.parametrize("name", ["bob", "Bob", "two words", ""])
def test_a_username_is_one_word_and_nobody_elses(bob: User, name: str) -> None:
    with pytest.raises(ValidationError):
        actions.create_user(name)


def test_the_database_itself_keeps_usernames_apart_in_any_case(bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="BOB")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "europe/vienna"])
def test_a_time_zone_must_be_one(bob: User, zone: str) -> None:
    with pytest.raises(ValidationError):
        actions.change_profile(bob, display_name="Bob", time_zone=zone)


def test_a_token_needs_a_known_scope(bob: User) -> None:
    for scopes in ([], ["everything"]):
        with pytest.raises(ValidationError):
            actions.issue_token(bob, "deploy", scopes=scopes)


def test_tokens_of_two_people_never_look_alike(bob: User, alice: User) -> None:
    _, first = actions.issue_token(bob, "deploy")
    _, second = actions.issue_token(alice, "deploy")
    assert first != second
    assert len(first) == len("wr_") + 43
