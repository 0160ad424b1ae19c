"""What no honest client sends is refused in order, on every way in: never a server error."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from notifications import actions
from project.accounts.actions import issue_token
from project.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)
NUL = "a\x00b"


@pytest.fixture
def bearer(robot: User, alice: User) -> dict[str, str]:
    """A bot's token that may do everything; alice follows a topic."""
    actions.make_topic("ops")
    actions.follow(alice, "ops")
    return {"Authorization": f"Bearer {issue_token(robot, 'test')[1]}"}


@pytest.mark.parametrize(
    "said",
    [
        {"topic": NUL, "body": "x"},
        {"person": NUL, "body": "x"},
        {"people": [NUL], "body": "x"},
        {"topic": "ops", "body": "\ud800"},
        {"topic": "ops", "body": "x", "link": "https://a.example/\ud800"},
        {"topic": "ops", "body": "x", "delay": "9999999d"},
        {"topic": "ops", "body": "x", "expires": "9999-12-31T23:59:59-23:59"},
        {"topic": "ops", "body": "x", "expires": "0001-01-01T00:00:00+23:59"},
        {"topic": "ops", "body": "x", "delay": "1" * 5000},
        {"topic": "ops", "body": "x", "priority": 10**30},
        {"topic": "ops", "body": "x", "link": "https://[::1"},
        {"topic": "ops", "body": "x", "link": "java\nscript:alert(1)"},
        {"topic": "ops", "body": "x", "actions": [{"label": NUL, "url": "/"}]},
    ],
)
def test_notices_that_make_no_sense(client: Client, bearer: dict[str, str], said: Any) -> None:
    answer = client.post("/api/v1/notify", json.dumps(said), "application/json", headers=bearer)
    assert answer.status_code in (404, 422), answer.content


@pytest.mark.parametrize("target", [NUL, f"@{NUL}", "\u0130" * 200, "@" + "x" * 5000, "@"])
def test_targets_that_make_no_sense(client: Client, bearer: dict[str, str], target: str) -> None:
    path = f"/api/v1/notify/{quote(target)}"
    assert client.post(path, "x", "text/plain", headers=bearer).status_code in (404, 422)
    assert client.delete(f"{path}?dedupe_key=k", headers=bearer).status_code in (404, 422)
    assert client.delete(f"/api/v1/notify/ops?dedupe_key={quote(NUL)}", headers=bearer).status_code == 422


@pytest.mark.parametrize("header", ["Delay", "Expires", "Link", "Priority", "Actions"])
@pytest.mark.parametrize("value", ["9999999d", "https://[", "\xff\xfe", "A https://[;B", "9" * 300])
def test_headers_that_make_no_sense(client: Client, bearer: dict[str, str], header: str, value: str) -> None:
    answer = client.post("/api/v1/notify/ops", "x", "text/plain", headers={**bearer, header: value})
    assert answer.status_code == 422, answer.content


@pytest.mark.parametrize("field", ["kind", "source", "q"])
def test_nothing_is_found_by_a_nul(client: Client, alice: User, field: str) -> None:
    client.force_login(alice)
    assert client.get("/api/v1/notifications", {field: NUL}).status_code in (200, 422)
    assert client.get("/notifications/", {field: NUL, "show": "all"}).status_code == 200


@pytest.mark.parametrize("number", ["-1", "0", str(2**63), "9" * 40])
def test_numbers_that_no_row_has(client: Client, alice: User, number: str) -> None:
    client.force_login(alice)
    assert client.get(f"/api/v1/notifications/{number}").status_code in (404, 422)
    assert client.get(f"/notifications/{number}/open/").status_code == 404
    assert client.get("/api/v1/notifications", {"before": number}).status_code in (200, 422)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("device.add", {"endpoint": "https://a.example/" + NUL, "p256dh": "x" * 20, "auth": "x" * 20}),
        ("device.add", {"endpoint": "https://a.example/", "name": NUL, "p256dh": "x" * 20, "auth": "x" * 20}),
        ("device.remove", {"endpoint": "https://a.example/\ud800"}),
        ("notification.mute", {"source": "room." + NUL}),
        ("notification.prefer", {"kind": NUL, "channel": "push", "wanted": True}),
        ("topic.follow", {"topic": NUL}),
        ("notification.read", {"notifications": [0]}),
        ("notification.snooze", {"notifications": [1], "until": "9999-12-31T23:59:59-23:59"}),
        ("notification.settings", {"digest_at": "25:00"}),
    ],
)
def test_commands_that_make_no_sense(
    client: Client, bearer: dict[str, str], name: str, data: dict[str, Any]
) -> None:
    answer = client.post(f"/api/v1/commands/{name}", json.dumps(data), "application/json", headers=bearer)
    assert answer.status_code in (404, 422), answer.content
