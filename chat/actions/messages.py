"""What happens to a message after it was sent: edits, deletion, reactions."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import actions as inbox
from project.accounts.models import User
from project.between import annotations
from project.between.attachments import Attachment
from project.realtime import log
from project.realtime.errors import CommandError

from .. import access, events, history
from ..events import Payload
from ..markdown import Rendered
from ..models import Involvement, Membership, Mention, Message, Pin, Reaction
from . import active, content, notices
from .content import Content
from .notices import Said
from .pace import Pace, refusal_now

REACTIONS_MAX = 40  # different emojis on one message: beyond, a row of buttons is no longer an answer


def edit_message(
    actor: User, message_id: int, body: str, *, at: datetime | None = None, as_staff: bool = False
) -> Payload:
    """Replaces the text of the actor's own message, and what a command in it attaches. The same text again changes
    nothing.

    Edits count as messages towards LIMIT_MESSAGES_PER_ROOM. `at` is for what was done earlier, of which nobody is
    notified, and which is not counted.
    """
    row = Message.objects.filter(pk=message_id).values_list("room_id", "author_id").first()
    room_id, author_id = row or (None, None)
    (text,) = content.rendered(room_id, [body])
    limit = settings.LIMIT_MESSAGES_PER_ROOM if at is None and not as_staff else 0

    def refused() -> CommandError | None:
        if room_id is None or as_staff:
            return None
        return _not_the_author() if author_id != actor.pk else refusal_now(room_id, actor.pk, limit)

    wanted = content.written(text, actor.pk, body, refused)
    with transaction.atomic():
        pace = _pace(room_id, actor) if room_id and at is None and not as_staff else None
        now, notify = at or timezone.now(), at is None
        return _edit(actor, message_id, body, wanted, now, as_staff=as_staff, notify=notify, pace=pace)


def _pace(room_id: int, actor: User) -> Pace:
    access.members_to_send(room_id, [actor.pk])  # locks, so that nothing else of theirs is counted meanwhile
    return Pace(room_id, [actor.pk], timezone.now(), settings.LIMIT_MESSAGES_PER_ROOM)


def _not_the_author() -> CommandError:
    return CommandError("forbidden", "Only its author may edit a message.")


def _edit(
    actor: User,
    message_id: int,
    body: str,
    wanted: Content,
    at: datetime,
    *,
    as_staff: bool,
    notify: bool,
    pace: Pace | None,
) -> Payload:
    message, membership = access.message_to_change(message_id, actor, as_staff=as_staff)
    if message.author_id != membership.user_id and not as_staff:
        raise _not_the_author()
    access.require_changeable(message)
    if body != message.body:
        refusal = wanted.refusal or (pace and pace.refusal(actor.pk))
        if refusal:
            raise refusal
        # What another text asked for goes with it; what was attached by other means stays.
        ours = content.is_command(body) or content.is_command(message.body)
        _rewrite(message, body, wanted.text, wanted.attachments if ours else message.attachments, at)
        if notify:
            _retell(message, wanted.text)
        _annotate(message)
    return history.payload(message)


def _retell(message: Message, text: Rendered) -> None:
    """Those whom the message mentions no more forget it, those whom it mentions now are told; and reactions to it quote
    what it says now."""
    replied_to = message.reply_to.author_id if message.reply_to else None
    said = Said(message, message.author, text.mentions, replied_to)
    told = notices.of_messages(message.room, [said])
    _, *reactions = notices.keys_of(message, history.reaction_pairs(message))
    body = notices.excerpt(message)
    inbox.retell(notices.message_key(message.pk), told, body=body, quoted_by=reactions)


def _rewrite(
    message: Message, body: str, text: Rendered, attachments: Sequence[Attachment], at: datetime
) -> None:
    message.body, message.html, message.mentions_room = body, text.html, text.mentions_room
    message.attachments, message.edited_at = [dict(one) for one in attachments], at
    message.save(update_fields=("body", "html", "mentions_room", "attachments", "edited_at"))
    message.mentions.all().delete()
    Mention.objects.bulk_create(Mention(message=message, user_id=pk) for pk in text.mentions)
    log.append(message.stream, "message.edited", history.payload(message), subject=message.subject)


def change_message(message_id: int, body: str, attachments: Sequence[Attachment]) -> None:
    """Has a message say something else for its author. One that was deleted, or is in an archived room, stays as it is.

    Raises CommandError `not_found`.
    """
    room_id = Message.objects.filter(pk=message_id).values_list("room_id", flat=True).first()
    (text,) = content.rendered(room_id, [body])
    with transaction.atomic():
        message = access.locked_message(message_id)
        is_new = (body, [dict(one) for one in attachments]) != (message.body, message.attachments)
        if is_new and not message.is_deleted and not message.room.is_archived:
            _rewrite(message, body, text, attachments, timezone.now())
            _retell(message, text)
            _annotate(message)


def _annotate(message: Message) -> None:
    """Charts that show the message show what it says now."""
    if Pin.objects.filter(message=message).exists():
        annotations.changed()


@transaction.atomic
def delete_message(
    actor: User, message_id: int, *, at: datetime | None = None, as_staff: bool = False
) -> Payload:
    """Leaves a tombstone: what was said is gone from the table, and from the events kept in the log.

    For its author, and for the room's moderators; possible in an archived room too. Deleting again
    changes nothing.
    """
    message, membership = access.message_to_change(message_id, actor, as_staff=as_staff)
    if message.author_id != membership.user_id and not membership.may_moderate:
        raise CommandError("forbidden", "Only its author or a moderator may delete a message.")
    if not message.is_deleted:
        told_of = notices.keys_of(message, history.reaction_pairs(message))
        unpinned, _ = Pin.objects.filter(message=message).delete()
        _bury(message, at or timezone.now())
        log.append(message.stream, "message.deleted", history.payload(message), subject=message.subject)
        inbox.withdraw(told_of)
        if unpinned:
            annotations.changed()
    return history.payload(message)


def _bury(message: Message, at: datetime) -> None:
    message.body = message.html = ""
    message.mentions_room = False
    message.attachments = []
    message.deleted_at = at
    message.save(update_fields=("body", "html", "mentions_room", "attachments", "deleted_at"))
    message.mentions.all().delete()
    message.reactions.all().delete()
    log.redact(message.stream, message.subject, lambda _, data: events.without_content(data, at))


@transaction.atomic
def add_reaction(actor: User, message_id: int, emoji: str, *, quietly: bool = False) -> Payload:
    """Adds the actor's emoji; adding it again changes nothing. Returns the message's reactions.

    The author is notified, unless it is done `quietly`.
    """
    message, _ = access.message_to_change(message_id, actor)
    access.require_changeable(message)
    pairs = history.reaction_pairs(message)
    if (emoji, actor.pk) not in pairs:
        if len({emoji} | {other for other, _ in pairs}) > REACTIONS_MAX:
            raise CommandError("conflict", f"A message can have {REACTIONS_MAX} different reactions.")
        Reaction.objects.create(message=message, user=actor, emoji=emoji)
        pairs.append((emoji, actor.pk))
        seq = log.append(message.stream, "reaction.added", events.reaction(message, emoji, actor.pk, pairs))
        active.note([actor.pk])
        if not quietly:
            _tell_author(message, actor, emoji, seq)
    return events.reactions_to(message, pairs)


@transaction.atomic
def remove_reaction(actor: User, message_id: int, emoji: str) -> Payload:
    """Takes the actor's emoji back, where there is one. Returns the message's reactions."""
    message, _ = access.message_to_change(message_id, actor)
    access.require_changeable(message)
    removed, _ = message.reactions.filter(user=actor, emoji=emoji).delete()
    pairs = history.reaction_pairs(message)
    if removed:
        log.append(message.stream, "reaction.removed", events.reaction(message, emoji, actor.pk, pairs))
        inbox.withdraw(notices.reaction_key(message.pk, actor.pk, emoji), [message.author_id])
    return events.reactions_to(message, pairs)


def _tell_author(message: Message, actor: User, emoji: str, seq: int) -> None:
    author = Membership.objects.filter(room=message.room_id, user=message.author_id)
    if author.filter(involvement=Involvement.EVERYTHING).exists():
        inbox.notify(notices.of_reaction(message, actor, emoji, seq), [message.author_id])
