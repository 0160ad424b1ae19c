"""What pages that show alerts are given."""

from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpRequest

from project.accounts.models import User

from .models import Metric, Rule, State
from .rules import events, queries

ACTIVE = (State.FIRING, State.RECOVERING, State.PENDING)


def about_alerts(request: HttpRequest) -> dict[str, Any]:
    """What a page that shows alerts needs of all of them."""
    watch = watched()
    return {"watch": watch, "metrics": metrics(_metrics(watch["rules"])), "me": me(request)}


def watched() -> dict[str, Any]:
    """Rules, silences, the alerts that are active, and the cursor from which on events tell the rest."""
    cursor = queries.cursor()
    active = queries.alerts(state__in=ACTIVE)
    return {"cursor": cursor, "alerts": active, "rules": queries.rules(), "silences": queries.silences()}


def metrics(names: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """What these metrics, or all, are and are measured in, by name."""
    rows = Metric.objects.all() if names is None else Metric.objects.filter(name__in=names)
    return {
        name: {"kind": kind, "unit": unit} for name, kind, unit in rows.values_list("name", "kind", "unit")
    }


def _metrics(rules: Iterable[dict[str, Any]]) -> set[str]:
    queries = [rule["condition"]["query"] for rule in rules if "query" in rule["condition"]]
    others = [query["ratio_to"] for query in queries if query["ratio_to"]]
    return {query["metric"] for query in [*queries, *others]}


def followers(rule: Rule | None) -> list[dict[str, Any]]:
    """The people who are told of a rule's alerts, as far as they are here, as its editor names them."""
    ids = rule.definition["followers"]["people"] if rule else []
    people = User.objects.filter(pk__in=ids, is_active=True) if ids else ()
    return [events.person(user) | {"username": user.username} for user in people]


def me(request: HttpRequest) -> dict[str, Any]:
    """Who looks at the page, as an acknowledgement names them."""
    return events.person(person(request))


def person(request: HttpRequest) -> User:
    """Who looks at a page that is only for those who are signed in."""
    assert isinstance(request.user, User)
    return request.user
