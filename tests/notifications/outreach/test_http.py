"""Nobody can make this site reach what only its own machine can."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from notifications.outreach.http import AddressRefused, post
from tests.support.push_service import PushService


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()


@pytest.fixture(autouse=True)
def strict(settings: Settings) -> None:
    settings.PUSH_PRIVATE = False


def test_only_https_is_sent_to(service: PushService) -> None:
    with pytest.raises(AddressRefused):
        post(service.origin, b"", {})


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104
    ],
)
def test_only_public_addresses_are_connected_to(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(*_: Any) -> None:
        raise AssertionError("it was going to connect")

    monkeypatch.setattr("asyncio.selector_events.BaseSelectorEventLoop.sock_connect", connected)
    with pytest.raises(AddressRefused):
        post(f"https://{host}:1/", b"", {})


def test_a_name_that_means_a_private_address_is_refused_when_the_connection_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(*_: Any, **__: Any) -> list[dict[str, Any]]:
        return [
            {"hostname": "push.example.org", "host": "127.0.0.1", "port": 443, "family": 2, "proto": 6, "flags": 0}
        ]  # fmt: skip

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    with pytest.raises(AddressRefused):
        post("https://push.example.org/", b"", {})


def test_a_redirect_is_an_answer_like_any(service: PushService, settings: Settings) -> None:
    settings.PUSH_PRIVATE = True
    service.answers = [(307, {"Location": service.origin})]
    assert post(service.origin, b"x", {}).status == 307
