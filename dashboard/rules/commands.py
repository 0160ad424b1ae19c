"""What a client may ask for: each a schema and a call into `actions`."""

from collections.abc import Mapping
from typing import Any

from dashboard.actions import alerts, rules, silences
from project.accounts.models import User
from project.realtime.commands import command

from . import events, replies, requests

Reply = Mapping[str, Any]


@command("rule.create", requests.CreateRule, reply=replies.RuleOut)
def create(actor: User, data: requests.CreateRule) -> Reply:
    """Makes a rule."""
    return events.rule(rules.create(actor, data.definition))


@command("rule.update", requests.UpdateRule, reply=replies.RuleOut)
def update(actor: User, data: requests.UpdateRule) -> Reply:
    """Changes a rule. Every version is kept."""
    return events.rule(rules.update(actor, data.rule, data.definition, data.version))


@command("rule.delete", requests.OneRule, reply=replies.RuleOut)
def delete(actor: User, data: requests.OneRule) -> Reply:
    """Takes a rule away, and ends its alerts."""
    return events.rule(rules.delete(actor, data.rule))


@command("alert.acknowledge", requests.OneAlert, reply=replies.AlertOut)
def acknowledge(actor: User, data: requests.OneAlert) -> Reply:
    """Says that you take care of it: everybody sees that, and nobody is called any more."""
    return events.alert(alerts.acknowledge(actor, data.alert))


@command("alert.unacknowledge", requests.OneAlert, reply=replies.AlertOut)
def unacknowledge(actor: User, data: requests.OneAlert) -> Reply:
    """Says that nobody takes care of it any more. Who was told of it already is not told again."""
    return events.alert(alerts.unacknowledge(actor, data.alert))


@command("silence.create", requests.CreateSilence, reply=replies.SilenceOut)
def silence(actor: User, data: requests.CreateSilence) -> Reply:
    """Has nobody told of some alerts for a while."""
    return events.silence(silences.create(actor, data.rule, data.labels, data.until, data.comment))


@command("silence.delete", requests.OneSilence, reply=replies.SilenceOut)
def end_silence(actor: User, data: requests.OneSilence) -> Reply:
    """Ends a silence before its time."""
    return events.silence(silences.delete(actor, data.silence))
