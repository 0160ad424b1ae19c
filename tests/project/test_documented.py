"""What the code decides, the documents say: settings, commands, events, codes, limits, metrics."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from prometheus_client import REGISTRY

from project.realtime import commands
from project.realtime.errors import HTTP_STATUS
from project.realtime.protocol import Close
from tests.project.source import ROOT, calls, document, python_files, texts, tree

PROTOCOL = document("protocol.md")
OPERATIONS = document("operations.md")
READERS = ("text", "flag", "number", "choice", "words", "origins", "url", "seconds")
OUR_APPS = ("project.accounts", "project.realtime", "project.jobs", "chat", "dashboard", "notifications")
TYPE = re.compile(r"[a-z]+\.[a-z_]+")


def settings_read() -> set[str]:
    """The environment variables that the settings ask for."""
    named = {texts(call)[0] for call in calls(*READERS) if texts(call)}
    return {name for name in named if re.fullmatch(r"[A-Z][A-Z_]+", name)}


def event_types() -> set[str]:
    """The types of all events and ephemeral items: what the product names that looks like one and is no command."""
    named = {
        node.value
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TYPE.fullmatch(node.value)
    }
    appended = {
        text for call in calls("append", "Entry", "send") for text in texts(call) if TYPE.fullmatch(text)
    }
    nouns = {name.partition(".")[0] for name in appended | set(re.findall(r"`([a-z]+\.[a-z]+)`", PROTOCOL))}
    asked = {command.name for command in commands.registered()}
    internal = {"access.changed"}  # on a stream that nobody may follow
    return {name for name in named if name.partition(".")[0] in nouns} - asked - internal


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_settings_are_found() -> None:
    assert {"DATABASE_URL", "SECRET_KEY", "LIMIT_UNACKED_BYTES"} <= settings_read()


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_is_in_the_operators_table(name: str) -> None:
    assert any(row.startswith(f"| `{name}` |") for row in rows(OPERATIONS))


def test_the_operators_table_has_no_setting_that_nothing_reads() -> None:
    told = set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", OPERATIONS, re.MULTILINE))
    assert told == settings_read()


@pytest.mark.parametrize("name", sorted(name for name in settings_read() if name.startswith("LIMIT_")))
def test_every_limit_is_in_the_protocol_with_its_reason(name: str) -> None:
    assert any(f"| `{name}` |" in row for row in rows(PROTOCOL))


@pytest.mark.parametrize("command", commands.registered(), ids=lambda command: command.name)
def test_every_command_is_in_the_protocol_with_its_fields(command: commands.Command) -> None:
    row = next((row for row in rows(PROTOCOL) if row.startswith(f"| `{command.name}` |")), "")
    assert row
    missing = [name for name in command.schema.model_fields if f"`{name}`" not in row]
    assert not missing


def test_the_protocol_has_no_command_that_does_not_exist() -> None:
    section = PROTOCOL.split("\n## Commands", 1)[1].split("\n## ", 1)[0].split("\n### Errors", 1)[0]
    told = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", section, re.MULTILINE))
    assert told == {command.name for command in commands.registered()}


def test_every_event_type_is_in_the_protocol() -> None:
    types = event_types()
    assert {"message.created", "member.updated", "typing.started"} <= types
    assert not {name for name in types if f"`{name}`" not in PROTOCOL}


@pytest.mark.parametrize("code", Close, ids=lambda code: str(int(code)))
def test_every_close_code_is_in_the_protocol(code: Close) -> None:
    assert any(row.startswith(f"| {int(code)} |") for row in rows(PROTOCOL))


@pytest.mark.parametrize("code", HTTP_STATUS)
def test_every_error_code_is_in_the_protocol_with_its_status(code: str) -> None:
    assert any(row.startswith(f"| `{code}` | {HTTP_STATUS[code]} |") for row in rows(PROTOCOL))


def test_every_reason_to_say_bye_is_in_the_protocol() -> None:
    reasons = {text for call in calls("end", "Refused") for text in texts(call)}
    assert "session_ended" in reasons
    assert not {reason for reason in reasons if f"`{reason}`" not in PROTOCOL}


def test_every_metric_is_in_the_operators_table() -> None:
    names = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in REGISTRY.collect()
        if family.name.startswith("watchroom_")
    }
    assert names
    assert not {name for name in names if f"`{name}" not in OPERATIONS}


def test_every_management_command_of_ours_is_told_to_operators() -> None:
    ours = {name for name, app in get_commands().items() if app in OUR_APPS} - {
        "runserver"
    }  # for development
    assert ours
    assert not {name for name in ours if f"manage.py {name}" not in OPERATIONS}


def links(path: Path) -> list[str]:
    return re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())


@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_link_in_a_document_leads_somewhere(path: Path) -> None:
    assert not [link for link in links(path) if not (path.parent / link).exists()]


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [int(path.name[:2]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
