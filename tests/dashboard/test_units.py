"""Numbers as people read them, the same on the server as in the page."""

import json
import subprocess

import pytest

from dashboard.units import shown
from tests.support import node
from tests.support.site import ROOT

CASES = [
    (value * sign, unit)
    for value in (0, 1, 0.00123, 0.02587, 0.5, 9.994, 12.34, 99.96, 100, 1023, 1024, 1_000_000, 3.2e9, 7.5e16)
    for sign in (1, -1)
    for unit in ("", "/s", "s", "ms", "seconds", "bytes", "bytes/s", "%", "ratio", "requests", "requests/s")
]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(1.994, "seconds", "1.99 s"), (0.02587, "ratio", "2.59 %"), (5, "", "5"), (1536, "bytes", "1.50 KiB")],
)
def test_a_value_has_three_digits_and_its_unit(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


def test_the_page_says_the_same() -> None:
    program = node.find()
    if not program:
        pytest.skip("needs Node")
    module = (ROOT / "dashboard/static/dashboard/units.js").as_uri()
    script = f"""
        import {{ format }} from {json.dumps(module)}
        console.log(JSON.stringify({json.dumps(CASES)}.map(([value, unit]) => format(value, unit))))
    """
    said = subprocess.run(
        [program, "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == [shown(value, unit) for value, unit in CASES]
