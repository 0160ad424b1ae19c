"""What a `/metric` that is being typed may go on with: names, then labels, their values, functions and times."""

import shlex
from collections.abc import Iterable, Sequence

from project.between.slashes import Suggestion

from .models import Kind, Metric
from .queries.labels import labels_of
from .slashes import SUITED, USUAL, named

MOST = 12
SPANS = ("15m", "1h", "6h", "24h", "7d")


def suggest(text: str) -> Sequence[Suggestion]:
    """What its last word may become."""
    before, _, word = text.lstrip().rpartition(" ")
    if not before:
        return _names(word)
    name, *words = before.split()
    metric = named(name)
    if metric is None:
        return []
    found = _values(metric, word) if "=" in word else [*_labels(metric, words), *_rest(metric, words)]
    return [one for one in found if one.word.lower().startswith(word.lower())][:MOST]


def _names(word: str) -> list[Suggestion]:
    """Those that begin so first."""
    if "\x00" in word:
        return []
    begin = Metric.objects.filter(name__istartswith=word).order_by("name")
    other = Metric.objects.filter(name__icontains=word).exclude(name__istartswith=word).order_by("name")
    found = [*begin[:MOST], *(other[:MOST] if word else ())]
    return [Suggestion(metric.name, metric.help or metric.kind) for metric in found[:MOST]]


def _labels(metric: Metric, words: Sequence[str]) -> list[Suggestion]:
    values: dict[str, set[str]] = {}
    for labels in labels_of(metric):
        for name, value in labels.items():
            values.setdefault(name, set()).add(value)
    used = {word.partition("=")[0] for word in words}
    return [Suggestion(f"{name}=", _few(values[name])) for name in sorted(values) if name not in used]


def _values(metric: Metric, word: str) -> list[Suggestion]:
    name = word.partition("=")[0]
    values = {labels[name] for labels in labels_of(metric) if name in labels}
    return [Suggestion(f"{name}={shlex.quote(value)}") for value in sorted(values)]


def _rest(metric: Metric, words: Sequence[str]) -> list[Suggestion]:
    kind = Kind(metric.kind)
    suited = SUITED[kind]
    functions = [Suggestion(fn, "the usual" if fn == USUAL[kind] else "") for fn in suited]
    spans = [Suggestion(span, "1h is the usual" if span == "1h" else "") for span in SPANS]
    return [
        *([] if any(word[0].isdigit() for word in words) else spans),
        *([] if set(words) & set(suited) else functions),
    ]


def _few(values: Iterable[str], most: int = 3) -> str:
    """Some of them, to be recognised by."""
    known = sorted(values)
    return ", ".join(known[:most]) + (", …" if len(known) > most else "")
