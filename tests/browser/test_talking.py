"""Two people in one room, each in a browser of their own."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Browse, Cast


def test_what_one_says_the_other_sees(browse: Browse, cast: Cast, room: int) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)

    alice.send_message("The build is green.")
    bob.send_message("Then let's *ship* it.")

    for page in (alice, bob):
        page.see_messages("The build is green.", "Then let's ship it.")
    expect(bob.see_message("ship it").locator("em")).to_have_text("ship")
    expect(alice.pending).to_have_count(0)


def test_an_edit_a_reaction_and_a_deletion_are_seen_as_they_happen(
    browse: Browse, cast: Cast, room: int
) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)

    alice.send_message("Depoly at noon")
    for page in (alice, bob):
        page.see_message("Depoly at noon")
    alice.edit_last("Deploy at noon")
    edited = bob.see_message("Deploy at noon")
    expect(edited.locator(".message-edited")).to_be_visible()

    bob.react("Deploy at noon", "rocket")
    alice.see_reaction("Deploy at noon", "🚀", 1)
    alice.message("Deploy at noon").locator(".reaction").click()
    bob.see_reaction("Deploy at noon", "🚀", 2)
    bob.message("Deploy at noon").locator(".reaction").click()
    alice.see_reaction("Deploy at noon", "🚀", 1)

    alice.delete("Deploy at noon")
    bob.not_see_message("Deploy at noon")
    expect(
        bob.page.get_by_text("This message was deleted.").and_(bob.page.locator(":visible"))
    ).to_have_count(1)


def test_a_reply_quotes_and_leads_back(browse: Browse, cast: Cast, room: int) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    alice.send_message("Who restarted the queue?")
    bob.see_message("Who restarted")

    bob.reply("Who restarted", "That was me.")

    answer = alice.see_message("That was me.")
    expect(answer.locator(".quote")).to_contain_text("Who restarted the queue?")
    answer.locator(".quote").click()
    expect(alice.message("Who restarted")).to_have_class(re.compile("is-target"))
    assert "?at=" in alice.page.url


def test_a_mention_is_completed_and_stands_out_for_whom_it_means(
    browse: Browse, cast: Cast, room: int
) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    bob.open_room(room)
    alice.open_room(room)

    alice.composer.press_sequentially(f"Over to @{cast.bob.name[:-1]}")
    expect(alice.page.locator("#completions .option").first).to_be_visible()
    alice.composer.press_sequentially(cast.bob.name[-1])
    alice.composer.press("Enter")
    alice.composer.press_sequentially("for the rest")
    alice.composer.press("Enter")

    said = bob.see_message("for the rest")
    expect(said).to_have_class(re.compile("is-mention"))
    expect(alice.see_message("for the rest")).not_to_have_class(re.compile("is-mention"))


def test_writing_shows_to_the_others_until_it_is_sent(browse: Browse, cast: Cast, room: int) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)

    alice.send_message("Hello")
    bob.see_message("Hello")  # that somebody writes is told to those only whom the room's news reach by then

    alice.composer.press_sequentially("Let me")
    expect(bob.page.locator("#typing")).to_contain_text("is writing")
    alice.send_message("Let me look")
    bob.see_message("Let me look")
    expect(bob.page.locator("#typing")).to_be_empty()


def test_people_are_shown_as_they_come_and_go(browse: Browse, cast: Cast, room: int) -> None:
    alice = browse(cast.alice)
    alice.open_room(room)
    bob_in_the_list = alice.page.locator(f'.person[data-user="{cast.bob.id}"]')
    expect(bob_in_the_list).not_to_have_class(re.compile("is-online"))

    bob = browse(cast.bob)
    bob.open_room(room)
    expect(bob_in_the_list).to_have_class(re.compile("is-online"))
    bob.context.close()
    expect(bob_in_the_list).not_to_have_class(re.compile("is-online"))


def test_who_comes_while_the_people_are_asked_for_is_not_forgotten(
    browse: Browse, cast: Cast, room: int
) -> None:
    alice, held = browse(cast.alice), []
    alice.page.route(f"**/rooms/{room}/people", lambda route: held.append((route, route.fetch())))
    alice.open_room(room)
    bob_in_the_list = alice.page.locator(f'.person[data-user="{cast.bob.id}"]')
    expect(bob_in_the_list).not_to_have_class(re.compile("is-online"))

    bob = browse(cast.bob)
    bob.open_room(room)
    expect(bob_in_the_list).to_have_class(re.compile("is-online"))
    with alice.page.expect_response(f"**/rooms/{room}/people"):
        for route, before_bob_came in held:
            route.fulfill(response=before_bob_came)
    alice.send_message("There you are.")
    alice.see_message("There you are.")
    expect(bob_in_the_list).to_have_class(re.compile("is-online"))


def test_a_draft_waits_in_its_room(browse: Browse, cast: Cast, room: int, url: str) -> None:
    other = cast.alice.command(url, "room.create", name="Elsewhere", kind="closed")["id"]
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.write("Not finished")
    alice.choose_room(other)
    expect(alice.composer).to_have_value("")
    alice.choose_room(room)
    expect(alice.composer).to_have_value("Not finished")
    alice.reload()
    expect(alice.composer).to_have_value("Not finished")


def test_enter_chooses_a_candidate_while_an_input_method_composes(
    browse: Browse, cast: Cast, room: int
) -> None:
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.write("にほん")
    alice.composer.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    expect(alice.composer).to_have_value("にほん")
    alice.composer.press("Shift+Enter")
    expect(alice.composer).to_have_value("にほん\n")
    alice.composer.press("Enter")
    alice.see_message("にほん")


def test_a_message_can_be_reached_and_answered_by_keyboard_alone(
    browse: Browse, cast: Cast, room: int
) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    alice.send_message("one")
    alice.send_message("two")
    bob.see_messages("one", "two")

    bob.page.locator("#timeline").focus()
    for key in ("ArrowUp", "ArrowUp", "r"):
        bob.page.keyboard.press(key)
    expect(bob.page.locator("#composer-reply")).to_contain_text("one")
    bob.page.keyboard.press("Escape")
    expect(bob.page.locator("#composer-reply")).to_be_hidden()

    bob.page.locator("#timeline").focus()
    bob.page.keyboard.press("ArrowUp")
    bob.page.keyboard.press("+")
    bob.page.keyboard.type("eyes")
    bob.page.keyboard.press("ArrowDown")
    bob.page.keyboard.press("Enter")
    alice.see_reaction("two", "👀", 1)
