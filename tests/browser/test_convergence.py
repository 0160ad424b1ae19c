"""Three browsers and twenty scripted clients in one room on two processes: all end with what the database has."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDE, Complaints
from tests.browser.pages import Rooms
from tests.support.conversation import Conversation, make_clients
from tests.support.installation import Installation
from tests.support.people import PASSWORD, Person
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

CLIENTS = 20
MESSAGES = 2000
BROWSERS = 3
SAYINGS = 5  # of each browser, meanwhile
SETTLED_MS = 60_000

# The rows of a page, and the same messages as the server tells them: what is on the screen must be the truth.
SHOWN_AND_TRUE = """async (room) => {
    const rows = [...document.querySelectorAll("#entries > .entry")];
    const text = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
    const shown = rows.map((row) => {
        const reactions = [...row.querySelectorAll(".reaction")].map((button) => button.dataset.users);
        const deleted = row.classList.contains("is-deleted");
        const body = row.querySelector(".message-body").textContent.trim();
        return [Number(row.dataset.seq), deleted ? null : body, reactions];
    });
    const messages = [];
    for (let before = ""; messages.length < rows.length;) {
        const answer = await fetch(`/api/v1/rooms/${room}/messages?limit=200${before}`);
        const page = await answer.json();
        messages.unshift(...page.messages);
        before = `&before=${page.messages[0].seq}`;
        if (!page.has_before) break;
    }
    const told = messages.slice(-rows.length).map((message) => [
        message.seq,
        message.deleted_at ? null : text(message.html),
        message.reactions.map(({ users }) => users.join(" ")),
    ]);
    return [shown, told];
}"""


@pytest.fixture
def two_processes(postgres: Postgres, valkey: Valkey) -> Iterator[Installation]:
    installation = Installation(2, postgres, valkey)
    try:
        installation.start()
        yield installation
    finally:
        installation.remove()


async def converse(conversation: Conversation) -> None:
    async with conversation:
        await conversation.run()


def enter(browser: Browser, url: str, person: Person, room: int, complaints: Complaints) -> Rooms:
    context = browser.new_context(base_url=url, viewport=WIDE)
    complaints.listen(context)
    rooms = Rooms(context.new_page())
    rooms.sign_in(person.name, PASSWORD)
    rooms.open_room(room)
    return rooms


@pytest.mark.heavy
def test_three_browsers_show_what_twenty_clients_have_done(
    browser: Browser, two_processes: Installation, complaints: Complaints
) -> None:
    people = two_processes.people(CLIENTS)
    readers = two_processes.people(BROWSERS, with_password=True)
    room = two_processes.room([*people, *readers])
    urls = two_processes.urls
    pages = [enter(browser, urls[n % 2], reader, room, complaints) for n, reader in enumerate(readers)]
    conversation = Conversation(make_clients(people, urls, room), MESSAGES)

    with ThreadPoolExecutor(1) as thread:
        talk = thread.submit(asyncio.run, converse(conversation))
        for saying in range(SAYINGS):
            for n, page in enumerate(pages):
                page.send_message(f"browser {n} says {saying}")
        talk.result()

    assert conversation.confirmed == MESSAGES
    for page in pages:
        page.page.keyboard.press("Escape")
        expect(page.pending).to_have_count(0)
        check(page.page, room)
        page.context.close()


def check(page: Page, room: int) -> None:
    """Compares once the newest row is the newest message; nothing changes any more."""
    page.wait_for_function(
        """async (room) => {
            const { messages } = await (await fetch(`/api/v1/rooms/${room}/messages?limit=1`)).json();
            return document.querySelector("#entries > :last-child").dataset.seq === String(messages[0].seq);
        }""",
        arg=room,
        polling=500,
        timeout=SETTLED_MS,
    )
    shown, told = page.evaluate(SHOWN_AND_TRUE, room)
    seqs = [row[0] for row in shown]
    assert seqs == sorted(set(seqs))
    assert shown == told
    assert len(shown) > 100
