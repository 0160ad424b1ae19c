"""What a text becomes when it is said: HTML, whom it mentions, and what a command at its beginning attaches.

All of it before the transaction, since on SQLite nobody else can write while one is open.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django.db.models.functions import Lower

from project.between import slashes
from project.between.attachments import Attachment
from project.realtime.errors import CommandError

from .. import markdown
from ..markdown import Person, Rendered
from ..models import Membership


class Content(NamedTuple):
    """`refusal` is that of a command which can do nothing with what stands behind it: then nothing is said."""

    text: Rendered
    attachments: Sequence[Attachment] = ()
    refusal: CommandError | None = None


def rendered(room_id: int | None, bodies: Sequence[str]) -> list[Rendered]:
    """Texts as people see them in this room."""
    people = mentionable(room_id, bodies) if room_id else {}
    return [markdown.render(body, people) for body in bodies]


def written(text: Rendered, author_id: int, body: str, refused: Callable[[], CommandError | None]) -> Content:
    """What somebody wrote. A command does nothing for those who are `refused`, which is asked only if there is one."""
    found = slashes.find(body)
    if found is None:
        return Content(text)
    if refusal := refused():
        return Content(text, refusal=refusal)
    slash, rest = found
    try:
        return Content(text, slash.handle(author_id, rest))
    except CommandError as refusal:
        return Content(text, refusal=refusal)


def is_command(body: str) -> bool:
    """Whether what hangs below this text is there because the text says so."""
    return slashes.find(body) is not None


def mentionable(room_id: int, bodies: Iterable[str]) -> dict[str, Person]:
    """The people of this room whom one of these texts may mention, by lower-case username."""
    names = set[str]().union(*map(markdown.names_in, bodies))
    if not names:
        return {}
    here = Membership.objects.filter(room=room_id, user__is_active=True).select_related("user")
    found = here.annotate(username=Lower("user__username")).filter(username__in=names)
    return {row.username: Person(row.user_id, row.user.name) for row in found}
