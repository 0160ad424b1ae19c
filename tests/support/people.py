"""Makes people and their tokens in an installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.shell import Shell

PASSWORD = "correct horse battery staple"
PATIENCE = 60  # seconds; a server that has just started signs people in slowly, on purpose

_CREATE = """
import json
from django.contrib.auth.hashers import make_password
from project.accounts import actions
from project.accounts.models import User
from project.accounts.scopes import ALL_SCOPES

password = make_password({password!r} or None)  # once: it is slow on purpose
made = []
for name in {names!r}:
    user = User.objects.create(username=name, display_name=name.title(), password=password)
    token, secret = actions.issue_token(user, name="test", scopes=ALL_SCOPES)
    made.append(dict(id=user.pk, name=name, token=secret))
print(json.dumps(made))
"""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in: with the token, or with PASSWORD if they were made with one."""

    id: int
    name: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that signs in with the token."""
        return {"Authorization": f"Bearer {self.token}"}

    def http(self, url: str) -> httpx.Client:
        """An HTTP client of the site at `url`, signed in with the token."""
        return httpx.Client(base_url=url, headers=self.bearer, timeout=PATIENCE, trust_env=False)

    def command(self, url: str, name: str, /, **data: Any) -> Any:
        """Run one command at the site at `url` and return its data; raise with the site's words if refused."""
        with self.http(url) as http:
            reply = http.post(f"/api/v1/commands/{name}", json=data).json()
        if not reply["ok"]:
            raise RuntimeError(f"{name} {data}: {reply['error']}")
        return reply["data"]

    def cookies(self, url: str) -> dict[str, str]:
        """Sign in at the site at `url` as a browser does; returns what it then keeps."""
        with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
            http.get("/accounts/login/").raise_for_status()
            form = {
                "login": self.name,
                "password": PASSWORD,
                "csrfmiddlewaretoken": http.cookies["csrftoken"],
            }
            http.post("/accounts/login/", data=form)
            if "sessionid" not in http.cookies:
                raise RuntimeError(f"{self.name} could not sign in")
            return dict(http.cookies)

    def sign_in(self, url: str) -> dict[str, str]:
        """The same; returns the headers of that session."""
        cookies = self.cookies(url)
        pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {"Cookie": pairs, "Origin": url, "X-CSRFToken": cookies["csrftoken"]}

    def sign_out(self, url: str, session: dict[str, str]) -> None:
        """End a session that `sign_in` began."""
        with httpx.Client(
            base_url=url, headers=session | {"Origin": url}, timeout=PATIENCE, trust_env=False
        ) as http:
            answer = http.post("/accounts/logout/")
            if answer.status_code >= 400:
                raise RuntimeError(f"{self.name} could not sign out: HTTP {answer.status_code}")


def create_people(shell: Shell, names: Sequence[str], *, with_password: bool = False) -> list[Person]:
    """Create these users, each with a token of every scope. The database must be migrated."""
    code = _CREATE.format(names=list(names), password=PASSWORD if with_password else "")
    return [Person(**one) for one in shell.tell(code)]
