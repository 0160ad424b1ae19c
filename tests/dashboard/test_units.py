"""Numbers as people read them, the same on the server as in the page."""

import json
import subprocess
from typing import Any, get_args

import pytest

from dashboard.models import Metric
from dashboard.panels import Function, Query
from dashboard.units import shown, unit_of
from tests.support import node
from tests.support.site import ROOT

CASES = [
    (value * sign, unit)
    for value in (0, 1, 0.00123, 0.02587, 0.5, 9.994, 12.34, 99.96, 100, 1023, 1024, 1_000_000, 3.2e9, 7.5e16)
    for sign in (1, -1)
    for unit in ("", "/s", "s", "ms", "seconds", "bytes", "bytes/s", "%", "ratio", "requests", "requests/s")
]

METRICS = [
    ("level", "gauge", "bytes"),
    ("sent", "counter", "bytes"),
    ("bare", "counter", ""),
    ("took", "histogram", "s"),
]
QUERIES = [
    {"metric": metric, "fn": fn} | more
    for metric in (*(name for name, _, _ in METRICS), "unknown")
    for fn in get_args(Function)
    for more in ({}, {"ratio_to": {"metric": "sent"}}, {"ratio_to": {"metric": "unknown"}})
]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(1.994, "seconds", "1.99 s"), (0.02587, "ratio", "2.59 %"), (5, "", "5"), (1536, "bytes", "1.50 KiB")],
)
def test_a_value_has_three_digits_and_its_unit(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


def test_the_page_says_the_same() -> None:
    cases = json.dumps(CASES)
    said = in_the_page("units.js", "format", f"{cases}.map(([value, unit]) => format(value, unit))")
    assert said == [shown(value, unit) for value, unit in CASES]


def test_the_page_knows_the_same_unit_of_what_is_asked() -> None:
    metrics = {name: Metric(name=name, kind=kind, unit=unit) for name, kind, unit in METRICS}
    known = json.dumps({name: {"kind": kind, "unit": unit} for name, kind, unit in METRICS})
    asked = json.dumps(QUERIES)
    said = in_the_page(
        "rule_words.js", "unitOf", f"{asked}.map((query) => unitOf({{ kind: 'threshold', query }}, {known}))"
    )
    assert said == [unit_of(Query.model_validate(query), metrics) for query in QUERIES]


def in_the_page(module: str, name: str, expression: str) -> Any:
    """What an expression is where the page's module is at hand."""
    program = node.find()
    if not program:
        pytest.skip("needs Node")
    address = (ROOT / "dashboard/static/dashboard" / module).as_uri()
    script = f"import {{ {name} }} from {json.dumps(address)}\nconsole.log(JSON.stringify({expression}))"
    run = [program, "--input-type=module", "-e", script]
    return json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
