"""The settings of a production site raise no question, and bad ones stop the start with one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.site import ROOT, SECRET, site_environment


def manage(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def production(tmp_path: Path, **changes: str) -> dict[str, str]:
    return {
        **site_environment(
            database_url="postgresql://watchroom@127.0.0.1/watchroom",
            redis_url="redis://127.0.0.1:6379/0",
            data_dir=tmp_path,
        ),
        "ALLOWED_HOSTS": "chat.example.org",
        "ORIGINS": "https://chat.example.org",
        "PROCESSES": "2",
        "SECRET_KEY": SECRET + os.urandom(20).hex(),
        **changes,
    }


def test_the_deployment_check_finds_nothing_in_production_settings(tmp_path: Path) -> None:
    result = manage(production(tmp_path), "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"REDIS_URL": ""}, "the channel layer is in memory"),
        ({"DATABASE_URL": ""}, "the database is SQLite"),
        ({"ORIGINS": ""}, "ORIGINS is not set"),
    ],
)
def test_the_deployment_check_names_what_does_not_fit(
    changes: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    result = manage(production(tmp_path, **changes), "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 1
    assert complaint in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("SIGN_UP", "sometimes"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("REDIS_URL", "http://localhost"),
        ("ORIGINS", "chat.example.org"),
        ("LIMIT_UNACKED_BYTES", "-1"),
        ("HEARTBEAT_SECONDS", "0"),
        ("JOBS_THREADS", "0"),
        ("EMAIL_URL", "mail.example.org"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_sentence_that_names_it(
    name: str, value: str, tmp_path: Path
) -> None:
    result = manage(production(tmp_path, **{name: value}), "check")
    assert result.returncode == 1
    assert name in result.stderr.strip().splitlines()[-1]
