"""What pages that show alerts are given."""

from typing import Any

from django.http import HttpRequest

from project.accounts.models import User

from .models import Metric, State
from .rules import queries

ACTIVE = (State.FIRING, State.RECOVERING, State.PENDING)


def about_alerts(request: HttpRequest) -> dict[str, Any]:
    """What a page that shows alerts needs of all of them."""
    return {"watch": watched(), "units": units(), "me": me(request)}


def watched() -> dict[str, Any]:
    """Rules, silences, the alerts that are active, and the cursor from which on events tell the rest."""
    cursor = queries.cursor()
    active = queries.alerts(state__in=ACTIVE)
    return {"cursor": cursor, "alerts": active, "rules": queries.rules(), "silences": queries.silences()}


def units() -> dict[str, str]:
    """What metrics are measured in, by name, as far as that is known."""
    return dict(Metric.objects.exclude(unit="").values_list("name", "unit"))


def me(request: HttpRequest) -> dict[str, Any]:
    """Who looks at the page, as an acknowledgement names them."""
    user = person(request)
    return {"id": user.pk, "name": user.name, "avatar": user.avatar_url}


def person(request: HttpRequest) -> User:
    """Who looks at a page that is only for those who are signed in."""
    assert isinstance(request.user, User)
    return request.user
