"""What is answered: the lines of a panel, what they are called, and one divided by another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.panels import Query

WHOLE = "{}"
"""The labels of what is put together without regard to them."""

Values = dict[str, dict[int, float | None]]
"""By the keys of lines, and by the starts of windows."""


@dataclass
class Line:
    """One series of a panel. `key` tells it apart on the panel, the same in every answer and tick."""

    key: str
    labels: dict[str, str]
    name: str
    values: dict[int, float | None] = field(default_factory=dict)


@dataclass
class Shown:
    """The lines of a panel, and how many there are besides them."""

    lines: list[Line] = field(default_factory=list)
    more: int = 0


def ratios(above: Values, below: Values) -> Values:
    """One by the other, where there is something to divide by; by the one of everything where that is not grouped."""
    whole = below.get(WHOLE, {})
    found: Values = {}
    for key, values in above.items():
        divisors = below.get(key, whole)
        found[key] = {}
        for start, value in values.items():
            divisor = divisors.get(start)
            found[key][start] = value / divisor if value is not None and divisor else None
    return found


def name_of(query: Query, labels: Mapping[str, str]) -> str:
    """The legend, where `{label}` stands for a label's value; else the values, or the metric."""
    name = query.legend
    for label, value in labels.items():
        name = name.replace(f"{{{label}}}", value)
    if name and (name != query.legend or not labels):
        return name
    return " ".join(filter(None, [query.legend, ", ".join(labels.values())])) or query.metric
