"""Mail, with a real SMTP server: what it looks like, when it is tried again, and the way out of it."""

import re
from datetime import timedelta
from email.message import EmailMessage
from smtplib import SMTPAuthenticationError

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from notifications import actions
from notifications.models import Delivery, Notification, Preference
from project.accounts.models import User
from project.jobs import queue
from tests.notifications.outreach.conftest import Clock, climb, told
from tests.support.jobs import run_due, waiting
from tests.support.mail_server import MailServer


def mail_to(user: User, clock: Clock, **values: object) -> Notification:
    """Tells somebody something that they do not see for ten minutes."""
    row = told(user, **values)
    clock.forward(seconds=30)
    run_due()
    clock.forward(minutes=10)
    run_due()
    return row


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_letter_says_it_in_text_and_in_html_and_leads_there(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    row = mail_to(alice, clock, title="Disk <full>", body="On db-1 & db-2", source_name="ops")
    (letter,) = mail.letters
    assert (letter["To"], letter["Subject"]) == ("alice@example.org", "[ops] Disk <full>")
    place = f"http://chat.example.org/notifications/{row.pk}/open/"
    assert "Disk <full>" in part(letter, "plain")
    assert "On db-1 & db-2" in part(letter, "plain")
    assert place in part(letter, "plain")
    assert "Disk &lt;full&gt;" in part(letter, "html")
    assert f'href="{place}"' in part(letter, "html")
    assert Delivery.objects.get().state == "delivered"


def test_a_letter_is_marked_as_one_that_nobody_answers(alice: User, mail: MailServer, clock: Clock) -> None:
    mail_to(alice, clock)
    letter = mail.letters[0]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Reply-To"] == "no-reply@chat.example.org"


def test_a_title_cannot_add_headers(alice: User, mail: MailServer, clock: Clock) -> None:
    mail_to(alice, clock, title="one\r\nBcc: everyone@example.org")
    assert mail.letters[0]["Subject"] == "one Bcc: everyone@example.org"
    assert mail.letters[0]["Bcc"] is None


def test_what_was_seen_while_it_waited_to_be_sent_is_not_sent(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    row = told(alice)
    climb(clock, minutes=10)
    actions.read(alice.pk, [row.pk])
    run_due()
    assert not mail.letters
    assert Delivery.objects.get().state == "skipped"


@pytest.mark.parametrize("what", ["unsubscribed", "moved"])
def test_what_waits_to_be_sent_keeps_to_what_its_person_wants_by_then(
    alice: User, mail: MailServer, clock: Clock, what: str
) -> None:
    mail.replies = ["451 Try again later"]
    mail_to(alice, clock)
    if what == "unsubscribed":
        actions.set_preference(alice, "notice", "email", False)
    else:
        User.objects.filter(pk=alice.pk).update(email="alice@new.example.org")
    clock.forward(minutes=1)
    run_due()
    assert not mail.letters
    assert Delivery.objects.get().state == "skipped"


def test_a_busy_server_is_tried_again_with_the_same_letter(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    mail.replies = ["451 Try again later"]
    mail_to(alice, clock)
    assert "451" in Delivery.objects.get().error
    clock.forward(minutes=1)
    run_due()
    assert len(mail.letters) == 1
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.error) == ("delivered", 2, "")


def test_an_address_that_does_not_exist_is_given_up(alice: User, mail: MailServer, clock: Clock) -> None:
    mail.replies = ["550 No such user"]
    mail_to(alice, clock)
    assert Delivery.objects.get().state == "failed"
    assert not waiting("email")


def test_a_password_that_is_wrong_today_loses_no_letter(
    alice: User, mail: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(letter: object) -> None:
        raise SMTPAuthenticationError(535, b"Who are you?")

    with monkeypatch.context() as today:
        today.setattr(EmailMultiAlternatives, "send", refuse)
        mail_to(alice, clock)
    assert len(waiting("email")) == 1
    clock.forward(minutes=1)
    run_due()
    assert len(mail.letters) == 1


def test_a_letter_that_is_sent_twice_is_one_message(alice: User, mail: MailServer, clock: Clock) -> None:
    """As after a crash between the server's word that it has it and our commit."""
    mail_to(alice, clock)
    Delivery.objects.update(state="sending")
    queue.put("email", {"delivery": Delivery.objects.get().pk})
    run_due()
    first, second = mail.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_two_letters_are_two_messages(alice: User, bob: User, mail: MailServer, clock: Clock) -> None:
    told(bob)
    mail_to(alice, clock)
    assert len({letter["Message-ID"] for letter in mail.letters}) == 2


# --- The way out


def way_out(letter: EmailMessage) -> str:
    """The path of the address in List-Unsubscribe."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<http://chat\.example\.org(/\S+)>", letter["List-Unsubscribe"].strip())
    assert found
    return found.group(1)


def test_one_click_ends_mail_about_that_kind_and_nothing_else(
    alice: User, mail: MailServer, clock: Clock, stranger: Client
) -> None:
    mail_to(alice, clock)
    answer = stranger.post(way_out(mail.letters[0]), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Preference.objects.values_list("user", "kind", "channel", "wanted").get() == (
        alice.pk, "notice", "email", False,
    )  # fmt: skip
    mail_to(alice, clock)
    assert len(mail.letters) == 1


def test_looking_at_the_link_ends_nothing(
    alice: User, mail: MailServer, clock: Clock, stranger: Client
) -> None:
    mail_to(alice, clock)
    page = stranger.get(way_out(mail.letters[0]))
    assert "Stop this mail" in page.content.decode()
    assert not Preference.objects.exists()


def test_a_link_that_was_made_up_leads_nowhere(stranger: Client, alice: User) -> None:
    assert stranger.post("/notifications/unsubscribe/WzEsIm5vdGljZSJd:x:y/").status_code == 404


def test_the_same_link_is_in_both_parts(alice: User, mail: MailServer, clock: Clock) -> None:
    mail_to(alice, clock)
    link = f"http://chat.example.org{way_out(mail.letters[0])}"
    assert link in part(mail.letters[0], "plain")
    assert link in part(mail.letters[0], "html")


def test_an_expired_one_is_not_mailed(alice: User, mail: MailServer, clock: Clock) -> None:
    mail_to(alice, clock, expires_at=timezone.now() + timedelta(minutes=5))
    assert not mail.letters
