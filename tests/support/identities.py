"""People who have signed in, without a browser."""

from django.test import Client

from project.accounts.authentication import Identity, session_identity
from project.accounts.models import User


def signed_in(user: User) -> Identity:
    """A new session of theirs."""
    client = Client()
    client.force_login(user)
    key = client.session.session_key
    assert key
    return session_identity(user, key)
