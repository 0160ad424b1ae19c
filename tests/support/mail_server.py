"""An SMTP server on loopback that keeps what it takes."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


class MailServer:
    """Listens until `stop()`.

    `replies` are given to the next letters instead of taking them; `on_letter` is called when one has been taken, and
    before that is answered.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.replies: list[str] = []
        self.on_letter: Callable[[], None] = lambda: None
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=60)
        self._controller.start()

    @property
    def url(self) -> str:
        """The site's EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The name and the arguments are aiosmtpd's."""
        if self.replies:
            return self.replies.pop(0)
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.on_letter()
        return "250 Taken"

    def told(self) -> list[str]:
        """The subjects of the letters, each message once, as a mail program shows them."""
        return list({letter["Message-ID"]: str(letter["Subject"]) for letter in self.letters}.values())
