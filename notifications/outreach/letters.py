"""Letters: how mail to a person looks, and handing it to the mail server."""

from collections.abc import Mapping
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from . import addresses

PERMANENT = 500  # SMTP: from here on, sending the same again would end the same


class Undeliverable(Exception):
    """The mail server will never take this one."""


def send(
    template: str, context: Mapping[str, Any], *, subject: str, to: str, message_id: str, unsubscribe: str
) -> None:
    """Renders `notifications/email/<template>`.txt and .html and sends them.

    A letter that is sent twice has the same `message_id` both times, by which mail programs tell that it is one.
    Raises Undeliverable where no attempt would change anything, otherwise what Django's mail backend raises.
    """
    context = {
        **context,
        "unsubscribe": unsubscribe,
        "preferences": addresses.whole("/notifications/preferences/"),
    }
    path = f"notifications/email/{template}"
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{path}.txt", context),
        to=[to],
        reply_to=[f"no-reply@{addresses.domain()}"],
        headers={
            "Message-ID": f"<{message_id}@{addresses.domain()}>",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    letter.attach_alternative(render_to_string(f"{path}.html", context), "text/html")
    try:
        letter.send()
    except SMTPRecipientsRefused as error:
        if all(code >= PERMANENT for code, _ in error.recipients.values()):
            raise Undeliverable(str(error)) from error
        raise
    except SMTPDataError as error:  # not a wrong password, which is set right some day
        if error.smtp_code >= PERMANENT:
            raise Undeliverable(str(error)) from error
        raise
