"""Making rooms, finding them, bringing people in, and going from one to the other."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Browse, Cast


def test_a_new_open_room_can_be_found_and_joined(browse: Browse, cast: Cast) -> None:
    alice, carol = browse(cast.alice), browse(cast.carol)
    alice.open("/rooms/")
    alice.be_ready()
    alice.page.get_by_role("button", name="New room").first.click()
    alice.page.get_by_role("textbox", name="Name").fill("Launch day")
    alice.page.get_by_role("button", name="Make the room").click()
    expect(alice.page.get_by_role("heading", name="Launch day").first).to_be_visible()
    alice.see_connection("Live")
    alice.send_message("Anyone here?")
    alice.see_message("Anyone here?")

    carol.open("/rooms/find/")
    carol.be_ready()
    carol.page.get_by_role("button", name="Join Launch day").click()
    carol.see_message("Anyone here?")
    carol.send_message("I am now")
    alice.see_messages("Anyone here?", "I am now")
    expect(alice.page.locator(f'.person[data-user="{cast.carol.id}"]')).to_have_count(1)


def test_an_invited_person_gets_the_room_in_their_list(browse: Browse, cast: Cast, room: int) -> None:
    alice, carol = browse(cast.alice), browse(cast.carol)
    carol.open("/rooms/")
    carol.be_ready()
    carol.see_connection("Live")
    alice.open_room(room)
    alice.page.get_by_role("button", name="Add people").click()
    alice.page.locator("#invite-filter").fill(cast.carol.name)
    alice.page.locator("#invite .pick").click()
    alice.page.get_by_role("button", name="Add them").click()
    carol.choose_room(room)
    carol.send_message("Thanks!")
    alice.see_message("Thanks!")


def test_a_new_name_is_seen_by_everyone_at_once(browse: Browse, cast: Cast, room: int) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    alice.page.get_by_role("button", name="Room settings").click()
    alice.page.locator("#rename-name").fill("Renamed")
    alice.page.get_by_role("button", name="Rename").click()
    for page in (alice, bob):
        expect(page.page.locator("#room-name")).to_have_text("Renamed")
        expect(page.page.locator(f'.room-item[data-room="{room}"] .room-name')).to_have_text("Renamed")


def test_a_direct_room_opens_from_the_list_of_people(browse: Browse, cast: Cast, room: int) -> None:
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    alice.page.locator(f'[data-person="{cast.bob.id}"]').click()
    expect(alice.page.locator('#main[data-kind="direct"]')).to_be_attached()
    direct = int(alice.page.locator("#main").get_attribute("data-room") or 0)
    alice.send_message("Only for you")
    alice.see_message("Only for you")
    bob.see_unread(direct, 1)
    bob.choose_room(direct)
    bob.see_message("Only for you")


def test_the_switcher_goes_anywhere_by_a_few_letters(browse: Browse, cast: Cast, room: int, url: str) -> None:
    target = cast.alice.command(url, "room.create", name="Zebra crossing", kind="closed")["id"]
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.page.evaluate("window.notReloaded = true")
    alice.page.keyboard.press("Control+k")
    alice.page.keyboard.type("cross")
    alice.page.keyboard.press("Enter")
    expect(alice.page.locator(f'#main[data-room="{target}"]')).to_be_attached()
    expect(alice.composer).to_be_focused()
    assert alice.page.evaluate("window.notReloaded")
    alice.page.go_back()
    expect(alice.page.locator(f'#main[data-room="{room}"]')).to_be_attached()
    alice.see_connection("Live")


def test_a_narrow_screen_shows_one_pane_at_a_time_and_goes_back(
    browse: Browse, cast: Cast, room: int
) -> None:
    alice = browse(cast.alice, viewport=NARROW, has_touch=True)
    page = alice.page
    alice.open("/rooms/")
    alice.be_ready()
    rooms, people = page.get_by_role("navigation", name="Rooms"), page.locator("#people")
    expect(rooms).to_be_visible()

    alice.choose_room(room)
    expect(alice.composer).to_be_visible()
    expect(rooms).to_be_hidden()

    page.get_by_role("link", name="People in this room").click()
    expect(people).to_be_visible()
    page.go_back()
    expect(people).to_be_hidden()
    expect(alice.composer).to_be_visible()

    page.get_by_role("link", name="Back to your rooms").click()
    expect(rooms).to_be_visible()
    expect(page).to_have_url(re.compile(r"/rooms/$"))
    page.go_back()
    expect(alice.composer).to_be_visible()
    alice.write("from the train")
    page.get_by_role("button", name="Send").click()
    alice.see_message("from the train")
