"""Random secrets that are shown once and kept only as a digest."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret(mark: str = "") -> str:
    """A URL-safe secret of 256 random bits, behind a mark that says what it is."""
    return mark + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """The SHA-256 of a secret, in hex.

    A fast hash is right here: a slow one protects secrets that people choose and that can be guessed. Nobody
    guesses 256 random bits at any speed, and this runs at every connection.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
