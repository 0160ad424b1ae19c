"""The cast: alice, bob and charlie can be told things; robot is a bot, and gone has left."""

import pytest
from pytest_django import Settings

from project.accounts.actions import create_user
from project.accounts.models import User


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def alice(db: None) -> User:
    return create_user("alice", display_name="Alice A.")


@pytest.fixture
def bob(db: None) -> User:
    return create_user("bob", display_name="Bob B.")


@pytest.fixture
def charlie(db: None) -> User:
    return create_user("charlie")


@pytest.fixture
def robot(db: None) -> User:
    return create_user("robot", bot=True)


@pytest.fixture
def gone(db: None) -> User:
    user = create_user("gone")
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user
