"""Saying something. What arrives together for one room is written together: one transaction, one lock."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import actions as inbox
from project.between.attachments import Attachment
from project.realtime import log
from project.realtime.errors import CommandError
from project.realtime.log import Entry

from .. import access, events, history
from ..events import Payload
from ..models import Mention, Message, Room
from . import active, content, notices, rows
from .content import Content
from .notices import Said
from .pace import Pace, refusal_now


class Draft(NamedTuple):
    """A message to be sent. `client_id` makes sending it again harmless; `at` is for import_messages only.

    Without `attachments`, a command at the beginning of the text says what hangs below it.
    """

    author_id: int
    body: str
    client_id: uuid.UUID
    reply_to: int | None = None
    at: datetime | None = None
    attachments: Sequence[Attachment] | None = None


Outcome = Payload | CommandError


def send_messages(room_id: int, drafts: Sequence[Draft], *, paced: bool = True) -> list[Outcome]:
    """Sends all that can be sent, in this order; for each its message or the reason why not.

    A draft whose author sent its `client_id` before gets the message of that time, as it is now. At most
    LIMIT_MESSAGES_PER_ROOM of one author, edits among them, are taken in any ten seconds, unless the site itself
    says them (`paced=False`).

    A room that is archived at this very moment may still take what was on its way.
    """
    limit = settings.LIMIT_MESSAGES_PER_ROOM if paced else 0
    contents = _contents(room_id, drafts, limit, obeyed=True)
    with transaction.atomic():
        outcomes = _Batch(room_id, drafts, contents, limit=limit).send()
        said = zip(drafts, outcomes, strict=True)
        active.note(draft.author_id for draft, outcome in said if not isinstance(outcome, CommandError))
    return outcomes


def import_messages(
    room_id: int, drafts: Sequence[Draft], *, tell_since: datetime | None = None
) -> list[Outcome]:
    """The same for what was said earlier, elsewhere: at each draft's own time, and as fast as it comes.

    Nobody is notified, unless of what was said after `tell_since`.
    """
    contents = _contents(room_id, drafts, 0, obeyed=False)
    with transaction.atomic():
        return _Batch(room_id, drafts, contents, limit=0, tell_since=tell_since).send()


def _contents(room_id: int, drafts: Sequence[Draft], limit: int, *, obeyed: bool) -> list[Content]:
    """`obeyed`: whether a command in a text does what it says."""
    texts = content.rendered(room_id, [draft.body for draft in drafts])
    return [
        content.written(
            text, draft.author_id, draft.body, partial(refusal_now, room_id, draft.author_id, limit)
        )
        if draft.attachments is None and obeyed
        else Content(text, draft.attachments or ())
        for text, draft in zip(texts, drafts, strict=True)
    ]


class _Batch:
    """One transaction's worth of drafts."""

    def __init__(
        self,
        room_id: int,
        drafts: Sequence[Draft],
        contents: Sequence[Content],
        *,
        limit: int,
        tell_since: datetime | None = None,
    ) -> None:
        self.drafts, self.contents, self.tell_since = drafts, contents, tell_since
        self.members = access.members_to_send(room_id, (draft.author_id for draft in drafts))
        self.now = timezone.now()  # after the lock: later than all that the pace is to count
        self.room_id = room_id
        self.sent = self._sent_before()
        self.quotable = self._quotable()
        self.pace = Pace(room_id, self.members, self.now, limit)

    def send(self) -> list[Outcome]:
        """Writes what is acceptable, with one lock and one insert a table."""
        first: dict[tuple[int, uuid.UUID], int] = {}
        outcomes: dict[int, Outcome] = {}
        for index, draft in enumerate(self.drafts):
            key = (draft.author_id, draft.client_id)
            if key in self.sent:
                outcomes[index] = self.sent[key]
            elif key not in first:
                refusal = self._refusal(index)
                if refusal is None:
                    first[key] = index
                else:
                    outcomes[index] = refusal
        if first:
            accepted = list(first.values())
            outcomes |= zip(accepted, self._write(accepted), strict=True)
        return [
            outcomes[index] if index in outcomes else outcomes[first[draft.author_id, draft.client_id]]
            for index, draft in enumerate(self.drafts)
        ]

    def _refusal(self, index: int) -> CommandError | None:
        draft = self.drafts[index]
        member = self.members.get(draft.author_id)
        if member is None:
            return access.outsider(Room.objects.filter(pk=self.room_id).first())
        if not member.is_active and draft.at is None:  # what they said earlier may still be imported
            return CommandError("unauthenticated", "This account is not active.")
        if member.room.is_archived:
            return access.archived()
        if draft.reply_to is not None and draft.reply_to not in self.quotable:
            fields = {"reply_to": "There is no such message in this room."}
            return CommandError("invalid", "The message you reply to is not here.", fields=fields)
        return self.contents[index].refusal or self.pace.refusal(draft.author_id)

    def _sent_before(self) -> Mapping[tuple[int, uuid.UUID], Payload]:
        ids = rows.sent_before(self.room_id, self.members, {draft.client_id for draft in self.drafts})
        found = list(Message.objects.filter(pk__in=ids).select_related("author")) if ids else []
        return {
            (message.author_id, message.client_id): payload
            for message, payload in zip(found, history.payloads(found) if found else [], strict=True)
        }

    def _quotable(self) -> dict[int | None, int]:
        """Who wrote the messages that are replied to, as far as they are in this room."""
        ids = {draft.reply_to for draft in self.drafts if draft.reply_to is not None}
        here = Message.objects.filter(room=self.room_id, pk__in=ids) if ids else Message.objects.none()
        return dict(here.values_list("pk", "author_id"))

    def _write(self, accepted: Sequence[int]) -> list[Payload]:
        payloads: list[Payload] = []
        said: list[Said] = []

        def build(seqs: range) -> list[Entry]:
            messages = [self._message(index, seq) for index, seq in zip(accepted, seqs, strict=True)]
            rows.insert(messages)
            self._write_mentions(accepted, messages)
            said.extend(map(self._said, accepted, messages))
            people = {pk: events.person(sender.user) for pk, sender in self.members.items()}
            payloads.extend(
                events.message(message, people[message.author_id], self.contents[index].text.mentions)
                for index, message in zip(accepted, messages, strict=True)
            )
            return [
                Entry("message.created", payload, message.subject)
                for message, payload in zip(messages, payloads, strict=True)
            ]

        log.append_batch(f"room.{self.room_id}", len(accepted), build)
        self._tell(said)
        return payloads

    def _said(self, index: int, message: Message) -> Said:
        draft = self.drafts[index]
        author = self.members[draft.author_id].user
        replied_to = self.quotable.get(draft.reply_to)
        return Said(message, author, self.contents[index].text.mentions, replied_to, draft.at)

    def _tell(self, said: Sequence[Said]) -> None:
        """Notifies those whom the messages concern; of old ones, only where that was asked for."""
        since = self.tell_since
        new = [one for one in said if one.at is None or (since is not None and one.at >= since)]
        if new:
            told = notices.of_messages(self.members[new[0].author.pk].room, new)
            if told:
                inbox.tell(told)

    def _message(self, index: int, seq: int) -> Message:
        draft, (text, attachments, _) = self.drafts[index], self.contents[index]
        return Message(
            room_id=self.room_id,
            author_id=draft.author_id,
            seq=seq,
            body=draft.body,
            html=text.html,
            client_id=draft.client_id,
            reply_to_id=draft.reply_to,
            mentions_room=text.mentions_room,
            attachments=[dict(one) for one in attachments],
            created_at=draft.at or self.now,
        )

    def _write_mentions(self, accepted: Sequence[int], messages: Sequence[Message]) -> None:
        mentions = [
            Mention(message=message, user_id=user_id)
            for index, message in zip(accepted, messages, strict=True)
            for user_id in self.contents[index].text.mentions
        ]
        if mentions:
            Mention.objects.bulk_create(mentions)
