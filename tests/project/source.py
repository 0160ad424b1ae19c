"""What the source says, read without running it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("project", "chat", "dashboard", "notifications")


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the product, migrations left out."""
    found = (path for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> set[str]:
    """The absolute names of all modules that a file imports, inside functions too."""
    found: set[str] = set()
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def calls(*names: str) -> Iterator[ast.Call]:
    """Every call in the product of a function or method with one of these names."""
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name in names:
                    yield node


def texts(call: ast.Call) -> list[str]:
    """The string literals among a call's arguments, in order."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return [node.value for node in values if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text()
