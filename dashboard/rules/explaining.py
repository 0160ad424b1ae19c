"""What a rule does, in words."""

from collections.abc import Iterable, Mapping

from dashboard.panels import Query, Selection

from .schemas import Anomaly, Asking, Bounded, Change, Composite, Definition, NoData, Threshold

FUNCTIONS = {
    "avg": "average of",
    "sum": "sum of",
    "min": "lowest",
    "max": "highest",
    "last": "last",
    "count": "number of samples of",
    "rate": "rate of",
    "increase": "increase of",
    "moving_avg": "moving average of",
    "sessions": "open sessions of",
    "p50": "median of",
    "p90": "90th percentile of",
    "p95": "95th percentile of",
    "p99": "99th percentile of",
}


Titles = Mapping[int, str]
"""What rules are called, by id."""


def explanation(rule: Definition, titles: Titles) -> str:
    """One or a few sentences. `titles` are those of the rules that it is made of."""
    condition = rule.condition
    lasting = f", for {length(rule.holds_for)} at least" if rule.holds_for else ""
    parts = [f"Fires when {_condition(condition, titles)}{lasting}{_each(rule)}."]
    if isinstance(condition, Bounded | Anomaly) and condition.recover is not None:
        parts.append(f"Recovers at {number(condition.recover)}{_deviations(condition)}.")
    if rule.keep_firing:
        parts.append(f"Goes on until that has been so for {length(rule.keep_firing)}.")
    if isinstance(condition, Anomaly):
        parts.append(_usual(condition))
    return " ".join(parts)


def asked(query: Selection) -> str:
    """A query, as in "95th percentile of lag (zone eu)"."""
    text = f"{FUNCTIONS[query.fn]} {_named_metric(query)}"
    if isinstance(query, Query) and query.ratio_to is not None:
        text += f" in relation to the {asked(query.ratio_to)}"
    return text


def _named_metric(query: Selection) -> str:
    where = ", ".join(f"{name} {value}" for name, value in query.where.items())
    return f"{query.metric} ({where})" if where else query.metric


def length(seconds: int) -> str:
    """Seconds as people say them: 90 s, 5 min, 2 h, 3 days."""
    for unit, size in (("day", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0 and seconds:
            count = seconds // size
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return f"{seconds} s"


def number(value: float) -> str:
    """A value, with as many digits as anybody wants to read."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def named(rules: Iterable[int], titles: Titles, word: str) -> str:
    """Rules by their titles, as in “Errors” and “Load”."""
    return f" {word} ".join(f"“{titles.get(pk, f'Rule {pk}')}”" for pk in rules)


def _condition(condition: Threshold | Change | NoData | Anomaly | Composite, titles: Titles) -> str:
    if isinstance(condition, Composite):
        return _composite(condition, titles)
    what = f"the {asked(condition.query)} over {length(condition.over)}"
    if isinstance(condition, NoData):
        return f"nothing has come in of {_named_metric(condition.query)} for {length(condition.over)}"
    if isinstance(condition, Anomaly):
        where = {"both": "away from", "above": "above", "below": "below"}[condition.direction]
        return f"{what} is more than {number(condition.deviations)} deviations {where} what is usual"
    bound = condition.above if condition.above is not None else condition.below
    way = "above" if condition.above is not None else "below"
    if isinstance(condition, Change):
        unit = " %" if condition.percent else ""
        return f"the change of {what} within {length(condition.window)} is {way} {number(bound or 0.0)}{unit}"
    return f"{what} is {way} {number(bound or 0.0)}"


def _composite(condition: Composite, titles: Titles) -> str:
    parts = []
    if condition.all:
        many = len(condition.all) > 1
        parts.append(f"{named(condition.all, titles, 'and')} {'fire together' if many else 'fires'}")
    if condition.any:
        one = "one of " if len(condition.any) > 1 else ""
        parts.append(f"{one}{named(condition.any, titles, 'or')} fires")
    if condition.none:
        do = "do" if len(condition.none) > 1 else "does"
        parts.append(f"{named(condition.none, titles, 'and')} {do} not")
    return " and ".join(parts)


def _each(rule: Definition) -> str:
    return f", for each {' and '.join(rule.group_by)}" if rule.group_by else ""


def _deviations(condition: Asking) -> str:
    return " deviations" if isinstance(condition, Anomaly) else ""


def _usual(condition: Anomaly) -> str:
    least = f", and by {number(condition.least)} at least" if condition.least else ""
    return (
        f"What is usual is the median of the same hour of the same weekday in the past {condition.weeks} weeks; a"
        f" deviation is 1.4826 times the median distance from it (MAD){least}. It does not fire before there are two"
        " such weeks."
    )
