"""Reads over HTTP: rules, alerts, silences. Each snapshot carries the cursor of the stream that tells of them."""

import json
import time
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import StringConstraints

from dashboard.models import SLUG_MAX
from project.accounts.api_auth import require_scope
from project.realtime.http_limits import take_or_refuse_costly
from project.realtime.schemas import REFUSALS

from . import events, queries, replies, requests
from .backtest import backtest
from .events import Payload
from .schemas import Id

router = Router(tags=["alerts"])
RuleId = Annotated[Id, Path(...)]
AlertId = Annotated[Id, Path(...)]
HISTORY_MAX = 500
BACKTESTS_PER_SECOND = 0.5
BACKTESTS_AT_ONCE = 20
"""One may take two seconds; who fills in the form waits half a second with each, and tries some at once."""
OneState = Annotated[str, StringConstraints(pattern=r"^(ok|pending|firing|recovering)$")]


@router.get("/rules", response={200: replies.Rules, **REFUSALS}, by_alias=True, summary="All rules")
def rules(request: HttpRequest) -> Payload:
    """Every rule, by title."""
    _may_read(request)
    cursor = queries.cursor()
    return {"rules": queries.rules(), "cursor": cursor}


@router.post(
    "/rules/backtest", response={200: replies.Backtest, **REFUSALS}, summary="What a rule would have done"
)
def test(request: HttpRequest, wanted: requests.TestRule) -> HttpResponse:
    """What this rule would have done between two moments, whether it is kept or not."""
    _may_read(request)
    key = f"backtest of {request.auth.user_id}"  # type: ignore[attr-defined]
    take_or_refuse_costly(key, BACKTESTS_PER_SECOND, BACKTESTS_AT_ONCE)
    found = backtest(wanted.definition, wanted.start, wanted.end, time.time())
    return HttpResponse(json.dumps(found, separators=(",", ":")), content_type="application/json")


@router.get(
    "/rules/{rule_id}", response={200: replies.OneRule, **REFUSALS}, by_alias=True, summary="One rule"
)
def rule(request: HttpRequest, rule_id: RuleId) -> Payload:
    """A rule with its alerts."""
    _may_read(request)
    cursor = queries.cursor()
    row = queries.find_rule(rule_id)
    evaluated_at = events.moment(row.evaluated) if row.evaluated else None
    alerts = queries.alerts(rule=row)
    return {"rule": events.rule(row), "alerts": alerts, "evaluated_at": evaluated_at, "cursor": cursor}


@router.get(
    "/rules/{rule_id}/versions",
    response={200: replies.RuleVersions, **REFUSALS},
    summary="What a rule once was",
)
def versions(request: HttpRequest, rule_id: RuleId) -> Payload:
    """The versions of a rule, the newest first."""
    _may_read(request)
    return {"versions": queries.versions(queries.find_rule(rule_id))}


@router.get("/alerts", response={200: replies.Alerts, **REFUSALS}, summary="Alerts")
def alerts(
    request: HttpRequest,
    state: Annotated[list[OneState], Query(max_length=4, description="One of them, or several.")] = [],  # noqa: B006
    rule: Annotated[Id | None, Query()] = None,
    board: Annotated[str, Query(max_length=SLUG_MAX, pattern=r"^[^\x00]*$")] = "",
) -> Payload:
    """Alerts, those that matter most first: in these states, of a rule, of a board."""
    _may_read(request)
    cursor = queries.cursor()
    asked = {"state__in": state, "rule": rule, "rule__board__slug": board}
    which = {name: value for name, value in asked.items() if value}
    return {"alerts": queries.alerts(**which), "cursor": cursor}


@router.get("/alerts/{alert_id}", response={200: replies.OneAlert, **REFUSALS}, summary="One alert")
def alert(request: HttpRequest, alert_id: AlertId) -> Payload:
    """An alert, whatever its state."""
    _may_read(request)
    cursor = queries.cursor()
    return {"alert": events.alert(queries.find_alert(alert_id)), "cursor": cursor}


@router.get(
    "/alerts/{alert_id}/history",
    response={200: replies.History, **REFUSALS},
    summary="What happened to an alert",
)
def history(
    request: HttpRequest,
    alert_id: AlertId,
    before: Annotated[int, Query(ge=0, lt=2**63, description="The id of a change.")] = 0,
    limit: Annotated[int, Query(ge=1, le=HISTORY_MAX)] = 100,
) -> Payload:
    """The newest first."""
    _may_read(request)
    changes, has_more = queries.history(queries.find_alert(alert_id), before, limit)
    return {"changes": changes, "has_more": has_more}


@router.get("/silences", response={200: replies.Silences, **REFUSALS}, summary="Silences")
def silences(request: HttpRequest) -> Payload:
    """Those that are not over."""
    _may_read(request)
    cursor = queries.cursor()
    return {"silences": queries.silences(), "cursor": cursor}


def _may_read(request: HttpRequest) -> None:
    require_scope(request.auth, "read")  # type: ignore[attr-defined]
