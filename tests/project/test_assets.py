"""Static files: one version in the address of all, kept for ever under it, and answered beside Django."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.templatetags.static import static
from django.test import override_settings

from project.assets import answering, storage
from project.assets.answering import BLOCK_BYTES, StaticFiles
from project.assets.release import read_release

ONLY_A_FOLDER = ["django.contrib.staticfiles.finders.FileSystemFinder"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All the static files there are, as they were when the process began."""
    place = tmp_path / "files"
    (place / "chat").mkdir(parents=True)
    (place / "chat" / "app.js").write_text("import './room.js'")
    (place / "chat" / "room.js").write_text("/* ä */" * BLOCK_BYTES)
    dirs = {"STATICFILES_FINDERS": ONLY_A_FOLDER, "STATICFILES_DIRS": [place]}
    with override_settings(**dirs, STATIC_ROOT=tmp_path / "collected"):
        begun = read_release()
        for module in (answering, storage):
            monkeypatch.setattr(module, "release", lambda: begun)
        yield place


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    blocks: int = 0


ELSEWHERE = Answer(status=-1)
Get = Callable[..., Any]


@pytest.fixture
def get(folder: Path) -> Get:
    """`await get(path, method, **headers)`; what is no static file gives ELSEWHERE."""
    passed_on: list[str] = []

    async def otherwise(scope: dict[str, Any], receive: Any, send: Any) -> None:
        passed_on.append(scope["path"])

    application = StaticFiles(otherwise)

    async def get(path: str, method: str = "GET", **headers: str) -> Answer:
        answer = Answer()

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                answer.body += message["body"]
                answer.blocks += 1

        asked = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await application({"type": "http", "method": method, "path": path, "headers": asked}, None, send)
        return ELSEWHERE if passed_on[-1:] == [path] else answer

    return get


def version() -> str:
    return read_release().version


def test_the_version_is_that_of_names_and_contents(folder: Path) -> None:
    def changed(how: Callable[[], Any]) -> bool:
        before = version()
        how()
        return version() != before

    app = folder / "chat" / "app.js"
    assert not changed(lambda: os.utime(app, (1, 1)))
    assert not changed(lambda: (folder / "chat" / ".app.js.swp").write_text("an editor's"))
    assert changed(lambda: app.write_text("import './room.js' "))
    assert changed(lambda: app.rename(folder / "chat" / "main.js"))


def test_pages_name_the_version_and_collectstatic_has_a_folder_for_it(folder: Path, tmp_path: Path) -> None:
    begun = version()
    assert static("chat/app.js") == f"/static/{begun}/chat/app.js"
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "collected" / begun / "chat" / "app.js").read_text() == "import './room.js'"


async def test_a_developer_sees_plain_addresses_and_every_change(get: Get, folder: Path) -> None:
    with override_settings(DEBUG=True):
        address = storage.VersionedStorage().url("chat/app.js")
        assert address == "/static/chat/app.js"
        assert (await get(address)).headers["Cache-Control"] == "no-cache"
        (folder / "chat" / "app.js").write_text("now")
        assert (await get(address)).body == b"now"


async def test_a_file_is_kept_for_ever_only_under_the_version_that_it_is_of(get: Get, folder: Path) -> None:
    now = f"/static/{version()}/chat/app.js"
    assert "immutable" in (await get(now)).headers["Cache-Control"]
    for other in ("/static/chat/app.js", "/static/01234567/chat/app.js"):
        answer = await get(other)
        assert (answer.status, answer.body) == (200, b"import './room.js'")
        assert answer.headers["Cache-Control"] == "public, max-age=60"

    (folder / "chat" / "app.js").write_text("the next release")  # whose processes have not begun yet
    answer = await get(now)
    assert (answer.body, answer.headers["Content-Length"]) == (b"the next release", "16")
    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_a_file_of_the_next_release_is_there_for_its_processes_pages(get: Get, folder: Path) -> None:
    (folder / "chat" / "new.js").write_text("new")
    assert (await get("/static/01234567/chat/new.js")).body == b"new"
    (folder / "chat" / "app.js").unlink()
    assert await get("/static/chat/app.js") is ELSEWHERE


async def test_a_file_has_its_type_the_policy_and_a_body_in_blocks(get: Get) -> None:
    answer = await get("/static/chat/room.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.body.decode() == "/* ä */" * BLOCK_BYTES
    assert answer.blocks == 9  # so that a client that does not read is waited for


async def test_what_a_browser_has_is_not_sent_again(get: Get) -> None:
    etag = (await get("/static/chat/app.js")).headers["ETag"]
    answer = await get("/static/chat/app.js", if_none_match=etag)
    assert (answer.status, answer.body) == (304, b"")
    head = await get("/static/chat/app.js", "HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "18")
    part = await get("/static/chat/app.js", range="bytes=0-5")
    assert (part.status, part.body) == (206, b"import")
    assert (await get("/static/chat/app.js", "POST")).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/static/",
        "/static/chat",
        "/static/chat/",
        "/static/chat/none.js",
        "/static//chat/app.js",
        "/static/../static/chat/none.js",
        "/static/../../../../../../etc/passwd",
        "/static//etc/passwd",
        "/static/chat/app.js\0",
        "/static/chat/\n",
        "/static/" + "x" * 5000,
    ],
)
async def test_what_is_no_static_file_is_not_answered_here(get: Get, path: str) -> None:
    assert await get(path) is ELSEWHERE
