"""The key by which push services know this site."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from py_vapid import Vapid02
from pytest_django import Settings

from notifications.outreach import keys


def test_it_is_made_on_first_use_for_its_owner_alone_and_kept(settings: Settings) -> None:
    first = keys.public_key()
    keys.vapid.cache_clear()
    assert keys.public_key() == first
    path = Path(settings.DATA_DIR) / "vapid_private_key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [path] == list(Path(settings.DATA_DIR).iterdir())


def test_processes_that_start_together_agree(settings: Settings) -> None:
    def start(_: int) -> str:
        return str(keys.vapid.__wrapped__().private_pem())

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1


def test_the_public_half_is_what_browsers_take() -> None:
    point = base64.urlsafe_b64decode(keys.public_key() + "=")
    assert len(point) == 65
    assert point[0] == 4


def test_a_key_from_the_settings_comes_first(settings: Settings) -> None:
    raw = base64.urlsafe_b64encode(bytes(range(1, 33))).rstrip(b"=").decode()
    settings.VAPID_PRIVATE_KEY = raw
    assert keys.vapid().public_pem() == Vapid02.from_raw(raw.encode()).public_pem()


def test_a_signature_verifies() -> None:
    signed = keys.sign("https://push.example.org", 2_000_000_000)["Authorization"]
    assert Vapid02.verify(signed)
