"""The house plan, read off the source: who imports whom, where time and commits come from, what is long."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "commentbox"
FILE_LINES = 450
FUNCTION_LINES = 50

EDGE = {"services", "adapters", "models", "core", "db", "extensions"}
ARROWS = {
    "core": {"core"},
    "models": {"models", "core"},
    "services": {"services", "models", "core"},
    "adapters": {"adapters", "core"},
    "jobs": {"jobs"} | EDGE,
    "web": {"web"} | EDGE,
    "cli": {"cli", "jobs", "config"} | EDGE,
}
"""Whose names a layer may import; what is not named here is tied together by the factory."""

FOREIGN = {
    "core": {"flask", "sqlalchemy", "imapclient", "celery", "requests", "socket", "subprocess"},
    "models": {"flask", "imapclient", "celery"},
    "services": {"flask", "flask_mail", "imapclient", "smtplib", "celery"},
}
"""What a layer may not import from elsewhere."""

FACTORY = {PACKAGE / "__init__.py", ROOT / "wsgi.py"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"}
VAGUE = {"utils", "util", "helpers", "common", "misc"}

FILES = sorted(PACKAGE.rglob("*.py"))
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def at(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def layer(path: Path) -> str:
    """Return the layer's name, or that of a module directly in the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each imported module's full name; of `from package import name` that with the name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{at(path, node)} imports by dots"
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def own(name: str) -> str:
    """Return the layer that a name belongs to, "" for what is not ours."""
    parts = name.split(".")
    return [*parts, "factory"][1] if parts[0] == "commentbox" else ""


def in_layers(*names: str) -> list[Path]:
    return [path for path in FILES if layer(path) in names]


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("name", ARROWS)
def test_imports_run_one_way(name: str) -> None:
    files = in_layers(name)
    assert files
    wrong = [
        f"{at(path, node)} imports {module}"
        for path in files
        for node, module in imports(path)
        if own(module) not in {"", *ARROWS[name]} or module.split(".")[0] in FOREIGN.get(name, ())
    ]
    assert wrong == []


def test_only_the_factory_imports_the_edges() -> None:
    edges = {"web", "jobs", "cli"}
    wrong = [
        f"{at(path, node)} imports {module}"
        for path in FILES
        if path not in FACTORY and layer(path) not in edges
        for node, module in imports(path)
        if own(module) in edges
    ]
    assert wrong == []


def test_no_import_hides_in_a_function() -> None:
    hidden = [
        at(path, node)
        for path in FILES
        for function in ast.walk(tree(path))
        if isinstance(function, FUNCTION)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_modules_are_named_after_what_they_do() -> None:
    names = [path.parent.name if path.name == "__init__.py" else path.stem for path in FILES]
    assert VAGUE.isdisjoint(names)


def test_modules_say_what_they_are() -> None:
    assert [str(path.relative_to(ROOT)) for path in FILES if not ast.get_docstring(tree(path))] == []


def test_time_is_passed_in() -> None:
    asked = [
        f"{at(path, node)} {dotted(node)}"
        for path in in_layers("core", "models", "services")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in CLOCKS
    ]
    assert asked == []


def test_one_place_commits() -> None:
    commits = [
        at(path, node)
        for path in FILES
        if path != PACKAGE / "db.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert commits == []


def test_files_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_functions_stay_short() -> None:
    long = [
        f"{at(path, node)} {node.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, FUNCTION) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert long == []
