"""Who the HTTP API takes requests from."""

import json
from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path
from ninja import NinjaAPI
from pytest_django import Settings

from project.accounts import actions
from project.accounts.api_auth import BearerAuth, SessionAuth, require_scope
from project.accounts.authentication import session_identity
from project.accounts.models import User
from project.accounts.scopes import ALL_SCOPES
from project.realtime.errors import CommandError

api = NinjaAPI(auth=[BearerAuth(), SessionAuth()], urls_namespace="accounts-test")


@api.get("/who")
@api.post("/who")
def who(request: HttpRequest) -> dict[str, object]:
    """Who is asking, by both ways to tell."""
    identity = request.auth  # type: ignore[attr-defined]
    return {"user": request.user.pk, "identity": identity.user_id, "scopes": sorted(identity.scopes)}


urlpatterns = [path("api/", api.urls), path("", include("project.urls"))]  # error pages lead to the others


@pytest.fixture(autouse=True)
def _this_api(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    return


def test_a_token_speaks_for_its_user(bob: User, client: Client) -> None:
    _, secret = actions.issue_token(bob, "reader", scopes=["read"])
    response = client.post("/api/who", headers={"authorization": f"Bearer {secret}"})
    assert json.loads(response.content) == {"user": bob.pk, "identity": bob.pk, "scopes": ["read"]}


def test_a_session_may_do_everything_but_needs_the_csrf_token_to_change_things(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert json.loads(client.get("/api/who").content)["scopes"] == sorted(ALL_SCOPES)
    assert client.post("/api/who").status_code == 403
    client.cookies["csrftoken"] = "x" * 32
    assert client.post("/api/who", headers={"x-csrftoken": "x" * 32}).status_code == 200


def test_a_token_needs_no_csrf_token(bob: User) -> None:
    _, secret = actions.issue_token(bob, "deploy")
    client = Client(enforce_csrf_checks=True)
    assert client.post("/api/who", headers={"authorization": f"Bearer {secret}"}).status_code == 200


def test_a_bad_token_does_not_fall_back_to_the_session(as_bob: Client) -> None:
    assert as_bob.get("/api/who", headers={"authorization": "Bearer wr_nonsense"}).status_code == 401


def test_strangers_are_unauthenticated_not_forbidden(client: Client, db: None) -> None:
    assert client.get("/api/who").status_code == 401
    assert Client(enforce_csrf_checks=True).post("/api/who").status_code == 401


def test_a_token_without_the_scope_is_told_which_one_it_lacks(bob: User) -> None:
    require_scope(session_identity(bob, "key"), "write")
    token, _ = actions.issue_token(bob, "reader", scopes=["read"])
    identity = session_identity(bob, "key")
    reader = type(identity)(bob.pk, bob.name, frozenset(token.scopes))
    with pytest.raises(CommandError, match="write") as refused:
        require_scope(reader, "write")
    assert refused.value.code == "forbidden"
