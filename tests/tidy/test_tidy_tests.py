"""The tests keep their own rules: none sleeps, and no two files share a name."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

MACHINE_CLOCKS = {"time", "asyncio", "anyio", "trio"}


def sleeps(path: str, module: ast.Module) -> list[str]:
    """The calls that wait on the machine's clock. ``asyncio.sleep(0)`` only lets others run, and is none."""
    return [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _is_sleep(node.func) and not _yields_only(node)
    ]


def _is_sleep(function: ast.expr) -> bool:
    match function:
        case ast.Name("sleep"):
            return True
        case ast.Attribute(ast.Name(module), "sleep"):
            return module in MACHINE_CLOCKS
    return False


def _yields_only(call: ast.Call) -> bool:
    return [ast.unparse(argument) for argument in call.args] == ["0"] and ast.unparse(call.func) != "time.sleep"


def test_no_test_sleeps(test_modules: dict[str, ast.Module]):
    found = [each for path, module in test_modules.items() for each in sleeps(path, module)]
    assert not found, "pass a clock and move it:\n" + "\n".join(found)


@pytest.mark.parametrize("line", ["time.sleep(0)", "await asyncio.sleep(0.1)", "sleep(1)", "await asyncio.sleep(x)"])
def test_a_sleep_is_seen(line: str):
    assert len(sleeps("x", ast.parse(line))) == 1


@pytest.mark.parametrize("line", ["await clock.sleep(1)", "await asyncio.sleep(0)"])
def test_waiting_on_a_passed_clock_is_no_sleep(line: str):
    assert sleeps("x", ast.parse(line)) == []


def shared_names(paths: list[str]) -> list[str]:
    """The file names that occur more than once; a failure report names only the file."""
    names = Counter(path.rpartition("/")[2] for path in paths)
    return sorted(name for name, count in names.items() if count > 1 and name not in ("conftest.py", "__init__.py"))


def test_test_file_names_are_unique(test_modules: dict[str, ast.Module]):
    assert shared_names(list(test_modules)) == []


def test_a_shared_test_file_name_is_seen():
    assert shared_names(["tests/a/test_x.py", "tests/b/test_x.py", "tests/conftest.py", "tests/a/conftest.py"]) == [
        "test_x.py"
    ]
