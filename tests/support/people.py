"""Makes people and their tokens in an installation, all in one start of manage.py."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.support.site import manage

PASSWORD = "correct horse battery staple"

_CREATE = """
import json
from django.contrib.auth.hashers import make_password
from project.accounts.models import ApiToken, User
from project.accounts.scopes import ALL_SCOPES
from project.accounts.secrets import digest, new_secret

password = make_password({password!r}) if {password!r} else make_password(None)
made = []
for name in {names!r}:
    user = User.objects.create(username=name, display_name=name.title(), password=password)
    secret = new_secret()
    ApiToken.objects.create(
        user=user, name="test", digest=digest(secret), prefix=secret[:8], scopes=sorted(ALL_SCOPES)
    )
    made.append(dict(id=user.pk, name=name, token=secret))
print(json.dumps(made))
"""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in: with the token, or with PASSWORD if they were made with one."""

    id: int
    name: str
    token: str


def create_people(
    environment: Mapping[str, str], names: Sequence[str], *, with_password: bool = False
) -> list[Person]:
    """Create these users, each with a token of every scope. The database must be migrated."""
    code = _CREATE.format(names=list(names), password=PASSWORD if with_password else "")
    told = manage(environment, "shell", "--no-imports", "-c", code)
    return [Person(**one) for one in json.loads(told.strip().splitlines()[-1])]
