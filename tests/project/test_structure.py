"""Imports run one way, and a file is one noun."""

from pathlib import Path

import pytest

from tests.project.source import APPS, ROOT, imports, python_files

MAY_IMPORT = {
    "chat": {"chat", "notifications", "project"},
    "dashboard": {"dashboard", "notifications", "project"},
    "notifications": {"notifications", "project"},
    "project/accounts": {"project"},
    "project/jobs": {"project"},
    "project/realtime": {"project"},
    "project/serving": {"project.serving"},
}
OURS = ("chat", "dashboard", "notifications", "project")
MOST_LINES = 300


def first_party(path: Path) -> set[str]:
    return {name for name in imports(path) if name.split(".")[0] in OURS}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    allowed = tuple(MAY_IMPORT[folder])
    files = [path for path in python_files() if path.is_relative_to(ROOT / folder)]
    assert files
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in first_party(path)
        if not any(name == base or name.startswith(f"{base}.") for base in allowed)
    }
    assert not wrong


def scripts() -> list[Path]:
    """The browser's code, and nobody else's."""
    return [path for app in APPS for path in sorted((ROOT / app).rglob("static/**/*.js"))]


@pytest.mark.parametrize("path", [*python_files(), *scripts()], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_enough_to_be_one_noun(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES
