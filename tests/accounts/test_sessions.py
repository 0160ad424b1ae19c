"""Sessions, as they are kept."""

from datetime import datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from project.accounts.devices import describe
from project.accounts.models import Session, User
from project.accounts.sessions import LAST_ACTIVE, SessionStore


def test_a_session_says_whose_it_is_and_from_where(bob: User, client: Client) -> None:
    form = {"login": "bob", "password": "quiet-otter-42"}
    client.post("/accounts/login/", form, headers={"user-agent": "Firefox/1 Linux"}, REMOTE_ADDR="192.0.2.7")
    row = Session.objects.get(user=bob)
    assert (row.device, row.address) == ("Firefox/1 Linux", "192.0.2.7")
    assert row.signed_in is not None


def test_a_session_of_nobody_is_kept_too(db: None) -> None:
    store = SessionStore()
    store["invitation"] = 7
    store.save()
    assert SessionStore(store.session_key)["invitation"] == 7
    assert Session.objects.get().user is None


def test_async_code_keeps_sessions_the_same_way(db: None) -> None:
    store = SessionStore()
    store["invitation"] = 7
    async_to_sync(store.asave)()
    assert len(Session.objects.get().digest) == 64


def test_coming_back_moves_the_expiry_on_but_not_at_every_page(as_bob: Client) -> None:
    session = as_bob.session
    assert datetime.fromisoformat(session[LAST_ACTIVE]) > timezone.now() - timedelta(minutes=1)
    as_bob.get("/settings/")
    fresh = Session.objects.get().last_active

    session[LAST_ACTIVE] = (timezone.now() - timedelta(hours=2)).isoformat()
    session.save()
    before = Session.objects.get()
    as_bob.get("/settings/")
    after = Session.objects.get()
    assert before.last_active is not None
    assert after.last_active is not None
    assert fresh is not None
    assert after.last_active >= fresh > before.last_active
    assert after.expire_date > before.expire_date


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_a_few_words(agent: str, said: str) -> None:
    assert describe(agent) == said
