"""The verbs of a person at the page. Each waits for what it says, and fails when it does not come."""

import re
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

Text = str | re.Pattern[str]


class Rooms:
    """One tab of somebody's browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def new_tab(self) -> "Rooms":
        return Rooms(self.context.new_page())

    # --- Going somewhere

    def sign_in(self, name: str, password: str) -> None:
        self.open("/accounts/login/")
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/rooms/**")

    def open(self, path: str) -> None:
        self.page.goto(path)

    def open_room(self, room: int, *, at: int | None = None, live: bool = True) -> None:
        self.open(f"/rooms/{room}/" + (f"?at={at}" if at else ""))
        self.be_ready()
        if live:
            self.see_connection("Live")

    def be_ready(self) -> None:
        expect(self.page.locator("html[data-ready]")).to_be_attached()

    def choose_room(self, room: int) -> None:
        self.page.locator(f'.room-item[data-room="{room}"] a').click()
        expect(self.page.locator(f'#main[data-room="{room}"]')).to_be_attached()

    def reload(self) -> None:
        self.page.reload()
        self.be_ready()

    # --- Writing

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer-input")

    def write(self, text: str) -> None:
        self.composer.fill(text)

    def send_message(self, text: str) -> None:
        self.write(text)
        self.composer.press("Enter")
        expect(self.composer).to_have_value("")

    def edit_last(self, text: str) -> None:
        self.composer.press("ArrowUp")
        editor = self.page.locator(".editor textarea")
        editor.fill(text)
        editor.press("Enter")
        expect(editor).to_have_count(0)

    def act(self, text: Text, action: str) -> None:
        """Press a button of the toolbar of the message with this text."""
        message = self.message(text)
        message.locator(".message").hover()
        message.locator(f'[data-action="{action}"]').click()

    def delete(self, text: Text) -> None:
        self.act(text, "delete")
        self.page.locator("#confirm [value=yes]").click()

    def react(self, text: Text, emoji_name: str) -> None:
        self.act(text, "react")
        self.page.locator("#picker-search").fill(emoji_name)
        self.page.locator("#picker-search").press("Enter")

    def reply(self, text: Text, answer: str) -> None:
        self.act(text, "reply")
        self.send_message(answer)

    # --- Seeing

    @property
    def messages(self) -> Locator:
        return self.page.locator("#entries > .entry")

    @property
    def pending(self) -> Locator:
        return self.page.locator("#pending > .entry")

    def message(self, text: Text) -> Locator:
        return self.messages.filter(has=self.page.locator(".message-body", has_text=text))

    def see_message(self, text: Text, **be: Any) -> Locator:
        """The one message with this text, said and not only waiting to be."""
        message = self.message(text)
        expect(message).to_have_count(1)
        if be.get("in_view"):
            expect(message).to_be_in_viewport()
        return message

    def see_messages(self, *texts: str) -> None:
        """Exactly these texts, in this order, at the end of the room."""
        bodies = self.page.locator("#entries .message-body")
        expect(bodies).to_have_text([re.compile(rf"^\s*{re.escape(text)}\s*$") for text in texts])

    def not_see_message(self, text: Text) -> None:
        expect(self.message(text)).to_have_count(0)

    def see_pending(self, text: Text) -> Locator:
        row = self.pending.filter(has_text=text)
        expect(row).to_have_count(1)
        return row

    def see_reaction(self, text: Text, emoji: str, count: int) -> None:
        reaction = self.message(text).locator(f'.reaction[data-emoji="{emoji}"]')
        if count:
            expect(reaction.locator(".reaction-count")).to_have_text(str(count))
        else:
            expect(reaction).to_have_count(0)

    def see_connection(self, text: Text, *, within: float | None = None) -> None:
        exact = re.compile(rf"^{re.escape(text)}$") if isinstance(text, str) else text
        expect(self.page.locator("[data-connection] .connection-text").first).to_have_text(
            exact, timeout=within
        )

    def see_unread(self, room: int, count: int) -> None:
        badge = self.page.locator(f'.room-item[data-room="{room}"] .badge')
        if count:
            expect(badge.locator(".badge-count")).to_have_text(str(count))
            expect(badge).to_be_visible()
        else:
            expect(badge).to_be_hidden()

    def see_toast(self, text: Text) -> None:
        expect(self.page.locator(".toast")).to_contain_text(text)

    def hold_notice(self) -> None:
        """What was just said stays from now on, and its way back with it: the mouse rests on it."""
        self.page.locator(".notice-said").hover()

    # --- The network

    def go_offline(self) -> None:
        self.context.set_offline(True)
        expect(self.page.locator("[data-connection]").first).not_to_have_attribute("data-phase", "live")

    def go_online(self) -> None:
        self.context.set_offline(False)
