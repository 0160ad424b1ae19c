"""Whether what a rule names is there, and may be named by whoever makes it."""

from dashboard.models import Board, Rule
from notifications.models import Topic
from project.accounts.models import User
from project.between.rooms import rooms
from project.realtime.errors import CommandError

from .schemas import Composite, Definition


def check(actor: User | None, rule: Definition, was: Rule | None = None) -> Board:
    """The board of a rule that is to be kept, in the place of what it `was` perhaps.

    Raises CommandError `invalid` with the field that names what is not there.
    """
    board = Board.objects.filter(slug=rule.board, deleted_at=None, hidden=False).first()
    if board is None:
        raise _refusal("board", "There is no such board.")
    topics = set(rule.followers.topics)
    if unknown := topics - set(Topic.objects.filter(name__in=topics).values_list("name", flat=True)):
        raise _refusal("followers.topics", f"There is no topic {min(unknown)!r}.")
    people = set(rule.followers.people)
    if people - set(User.objects.filter(pk__in=people).values_list("pk", flat=True)):
        raise _refusal("followers.people", "There is somebody that nobody knows.")
    if actor is not None and rule.room is not None and (was is None or was.definition["room"] != rule.room):
        _check_room(actor, rule.room)
    if isinstance(rule.condition, Composite):
        _check_references(rule.condition, was)
    return board


def _check_room(actor: User, room: int) -> None:
    try:
        may = rooms().may_read(actor, room)
    except LookupError:
        may = False
    if not may:
        raise _refusal("room", "You are in no such room.")


def _check_references(condition: Composite, was: Rule | None) -> None:
    """Not of others like itself: so there is no circle, and one pass judges all of them."""
    rows = Rule.objects.filter(pk__in=condition.references, deleted_at=None)
    simple = {row.pk for row in rows if row.definition["condition"]["kind"] != "composite"}
    if condition.references - simple:
        raise _refusal(
            "condition", "It can be made of rules that are there, and are not composite themselves."
        )
    if was is not None and (others := made_of(was)):
        raise _refusal("condition", f"The rule {others[0].title!r} is made of this one.")


def made_of(row: Rule) -> list[Rule]:
    """The other rules that are made of this one."""
    others = Rule.objects.filter(deleted_at=None, definition__condition__kind="composite").exclude(pk=row.pk)
    return [other for other in others.order_by("pk") if row.pk in _references(other)]


def _references(row: Rule) -> set[int]:
    condition = row.definition["condition"]
    return {*condition["all"], *condition["any"], *condition["none"]}


def _refusal(field: str, message: str) -> CommandError:
    return CommandError("invalid", message, fields={f"definition.{field}": message})
