"""The key by which push services know this site (VAPID, RFC 8292). Browsers subscribe for its public half."""

import os
import tempfile
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode


@cache
def vapid() -> Vapid02:
    """VAPID_PRIVATE_KEY, or the key this installation made for itself the first time it needed one."""
    if settings.VAPID_PRIVATE_KEY:
        return Vapid02.from_string(settings.VAPID_PRIVATE_KEY)
    path = settings.DATA_DIR / "vapid_private_key.pem"
    if not path.exists():
        _make(path)
    return Vapid02.from_pem(path.read_bytes())


def _make(path: Path) -> None:
    """Writes a new key, whole, where there is none: processes that start together all use the first one's."""
    key = Vapid02()
    key.generate_keys()
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # readable by its owner alone
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_pem())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def public_key() -> str:
    """What a browser takes as `applicationServerKey`: 65 bytes in URL-safe base64, without padding."""
    point = vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def sign(audience: str, expires: int) -> dict[str, str]:
    """The header that tells the push service at this origin who is sending, until `expires`."""
    claims = {"aud": audience, "sub": _contact(), "exp": expires}
    return dict(vapid().sign(claims))


def _contact() -> str:
    """Where the people of a push service can complain."""
    return f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}"
