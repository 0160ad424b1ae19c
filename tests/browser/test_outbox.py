"""What is written while the network is away arrives once, in order, or says why it does not."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Browse, Cast, Complaints


def test_what_is_written_offline_arrives_once_and_in_order_after_a_reload(
    browse: Browse, cast: Cast, room: int, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    alice.send_message("before")
    bob.see_message("before")

    alice.go_offline()
    for text in ("one", "two", "three"):
        alice.send_message(text)
        alice.see_pending(text)
    alice.see_connection(re.compile("3 messages waiting"))
    bob.not_see_message("one")

    # The page itself needs the network; what was written must outlive it all the same.
    alice.page.goto("about:blank")
    alice.go_online()
    alice.open_room(room)

    for page in (alice, bob):
        page.see_messages("before", "one", "two", "three")
    expect(alice.pending).to_have_count(0)


def test_a_room_catches_up_with_what_it_missed(
    browse: Browse, cast: Cast, room: int, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    bob.go_offline()
    for text in ("while", "you", "were away"):
        alice.send_message(text)
    alice.see_message("were away")
    bob.not_see_message("while")

    bob.go_online()

    bob.see_messages("while", "you", "were away")
    bob.see_connection("Live")


def test_a_refused_message_says_why_and_can_be_edited_or_discarded(
    browse: Browse, cast: Cast, room: int, url: str, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    bob = browse(cast.bob)
    bob.open_room(room)
    bob.go_offline()
    bob.send_message("Too late")
    bob.send_message("Later still")
    cast.alice.command(url, "room.archive", room=room)
    bob.go_online()

    refused = bob.see_pending("Too late")
    expect(refused.locator(".message-state-text")).to_contain_text("archived")
    bob.see_pending("Later still").get_by_role("button", name="Discard").click()
    expect(bob.pending).to_have_count(1)

    cast.alice.command(url, "room.unarchive", room=room)
    expect(bob.composer).to_be_visible()
    refused.get_by_role("button", name="Edit").click()
    expect(bob.composer).to_have_value("Too late")
    expect(bob.pending).to_have_count(0)
    bob.send_message("Just in time")
    bob.see_messages("Just in time")
