"""`/metric` in a room: what it asks for, in words that say what is wrong where it asks for nothing there is."""

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, get_args

from project.between.attachments import Attachment
from project.realtime.errors import CommandError

from .actions.charts import chart_of
from .models import Kind, Metric
from .panels import BY_MAX, LABEL_MAX, Function, Query
from .queries.labels import labels_of

USAGE = "/metric NAME [label=value …] [avg] [1h]"
USUAL_SECONDS = 3_600
SHORTEST, LONGEST = 10, 5 * 365 * 86_400  # seconds, as boards show them
COMPARED = 2_000
"""Names that a wrong one is compared with: each takes some microseconds, and nobody reads more than three."""

FUNCTIONS: tuple[str, ...] = get_args(Function)
SUITED = {
    Kind.GAUGE: tuple(fn for fn in FUNCTIONS if fn not in ("rate", "increase")),
    Kind.COUNTER: tuple(fn for fn in FUNCTIONS if not fn.startswith("p")),
    Kind.HISTOGRAM: FUNCTIONS,
}
"""What makes sense of which kind."""
USUAL = {Kind.GAUGE: "avg", Kind.COUNTER: "rate", Kind.HISTOGRAM: "p95"}
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_SPAN = re.compile(r"(\d{1,6})([smhdw])", re.IGNORECASE)


class Asked(NamedTuple):
    """What a command asks for, with what it leaves out."""

    metric: Metric
    where: dict[str, str]
    fn: str
    seconds: int

    @property
    def title(self) -> str:
        """What the chart is called."""
        labels = ", ".join(f"{name}={value}" for name, value in self.where.items())
        return " ".join(filter(None, [self.metric.name, self.fn, labels and f"({labels})"]))


def attach(author_id: int, text: str) -> Sequence[Attachment]:
    """The chart that a message asks for.

    Raises CommandError `invalid`, which says what is wrong.
    """
    asked = parse(text)
    query = Query.model_validate({"metric": asked.metric.name, "where": asked.where, "fn": asked.fn})
    board = chart_of(asked.title, query, asked.seconds)
    return [{"type": "chart", "board": board.slug, "title": asked.title, "seconds": asked.seconds}]


def parse(text: str) -> Asked:
    """What stands behind `/metric`.

    Raises CommandError `invalid`, which says what is wrong.
    """
    name, *words = _words(text)
    metric = named(name)
    if metric is None:
        names = Metric.objects.order_by("name").values_list("name", flat=True)[:COMPARED]
        raise wrong(f"There is no metric “{name[:80]}”.{_perhaps(name, names)}")
    labels = [word for word in words if "=" in word]
    spans = [word for word in words if _SPAN.fullmatch(word)]
    functions = [word.lower() for word in words if word not in labels and word not in spans]
    return Asked(
        metric,
        _where(metric, labels),
        _function(metric, functions),
        _seconds(spans),
    )


def named(name: str) -> Metric | None:
    """The metric of this name, in whatever case it is written."""
    if "\x00" in name:  # PostgreSQL does not even take the question
        return None
    return (
        Metric.objects.filter(name=name).first()
        or Metric.objects.filter(name__iexact=name).order_by("name").first()
    )


def wrong(message: str) -> CommandError:
    """The refusal that says so below the message."""
    return CommandError("invalid", message, fields={"body": message})


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        raise wrong("A quotation mark is not closed.") from None
    if not words:
        raise wrong(f"Say what to show: {USAGE}")
    return words


def _where(metric: Metric, words: Iterable[str]) -> dict[str, str]:
    pairs = [(name, value) for name, _, value in (word.partition("=") for word in words)]
    where = dict(pairs)
    if not where:
        return {}
    if len(where) < len(pairs):
        raise wrong("A label can have one value only.")
    if len(where) > BY_MAX or max(map(len, [*where, *where.values()])) > LABEL_MAX:
        raise wrong(f"A chart can be of {BY_MAX} labels at most, of {LABEL_MAX} characters each.")
    known = labels_of(metric)
    for name, value in where.items():
        _require_known(metric, name, value, known)
    if not any(where.items() <= labels.items() for labels in known):
        shown = " and ".join(f"{name}={value}" for name, value in pairs)
        raise wrong(f"Nothing of {metric.name} has {shown} together.")
    return where


def _require_known(metric: Metric, name: str, value: str, known: Sequence[Mapping[str, str]]) -> None:
    names = sorted({label for labels in known for label in labels})
    if not names:
        raise wrong(f"{metric.name} has no labels.")
    if name not in names:
        raise wrong(f"{metric.name} has no label “{name[:80]}”.{_perhaps(name, names) or _among(names)}")
    values = sorted({labels[name] for labels in known if name in labels})
    if value not in values:
        near = _perhaps(value, values) or _among(values)
        raise wrong(f"Nothing of {metric.name} has {name}={value[:80]}.{near}")


def _function(metric: Metric, words: Sequence[str]) -> str:
    kind = Kind(metric.kind)
    suited = SUITED[kind]
    for word in words:
        if word not in FUNCTIONS:
            raise wrong(
                f"“{word[:80]}” is neither label=value, nor a function such as {USUAL[kind]}, nor a time such as 1h."
                + _perhaps(word, suited)
            )
        if word not in suited:
            raise wrong(f"{word} says nothing of {metric.name}, which is a {kind}.{_among(suited)}")
    if len(words) > 1:
        raise wrong(f"One function only: {' or '.join(words)}.")
    return words[0] if words else USUAL[kind]


def _seconds(words: Sequence[str]) -> int:
    if len(words) > 1:
        raise wrong(f"One time only: {' or '.join(words)}.")
    if not words:
        return USUAL_SECONDS
    match = _SPAN.fullmatch(words[0])
    assert match
    seconds = int(match[1]) * _SECONDS[match[2].lower()]
    if not SHORTEST <= seconds <= LONGEST:
        raise wrong(f"{words[0]} cannot be shown: from {SHORTEST}s to {LONGEST // 86_400}d can.")
    return seconds


def _perhaps(word: str, names: Iterable[str]) -> str:
    near = _near(word, list(names))
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _near(word: str, names: Sequence[str], most: int = 3) -> list[str]:
    wanted = word.lower()
    lower = {name.lower(): name for name in names}
    close = [lower[name] for name in difflib.get_close_matches(wanted, lower, most, 0.7)]
    inside = sorted((name for name in names if wanted in name.lower()), key=lambda name: (len(name), name))
    return list(dict.fromkeys([*close, *inside]))[:most]


def _among(names: Sequence[str], most: int = 8) -> str:
    return f" There is {', '.join(names[:most])}{', …' if len(names) > most else '.'}"
