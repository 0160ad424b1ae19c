"""A variable whose value cannot be meant stops the start with a sentence that names it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from project import environment


@pytest.mark.parametrize(
    ("value", "says"),
    [("9", "at least 10"), ("1e3", "whole number"), ("61", "METRICS_KEEP_1S allows at most 60")],
)
def test_a_number_out_of_its_bounds_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str, says: str
) -> None:
    monkeypatch.setenv("METRICS_LATE_SECONDS", value)
    with pytest.raises(ImproperlyConfigured, match=f"METRICS_LATE_SECONDS.*{says}"):
        environment.number("METRICS_LATE_SECONDS", 30, least=10, most=60, of="METRICS_KEEP_1S")


def test_what_is_not_set_has_its_usual_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("METRICS_LATE_SECONDS", raising=False)
    assert environment.number("METRICS_LATE_SECONDS", 30, least=10, most=60) == 30
