"""A wire name stands in one source file: the catalog knows how a field is spelled, everybody else its logical name."""

from __future__ import annotations

import ast
import re

CAMEL = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)+")
CATALOG = "src/hirewire/catalog/"


def literals(module: ast.Module) -> set[str]:
    """The camelCase strings of a module, docstrings left out: how wire names look, and nothing of ours."""
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CAMEL.fullmatch(node.value)
    }


def repeated(modules: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Wire name -> the files it stands in, for names of the catalog that stand in more than one."""
    places: dict[str, list[str]] = {}
    for path, module in modules.items():
        for name in literals(module):
            places.setdefault(name, []).append(path)
    return {
        name: sorted(paths)
        for name, paths in places.items()
        if len(paths) > 1 and any(path.startswith(CATALOG) for path in paths)
    }


def test_each_wire_name_of_the_catalog_stands_in_one_file(sources: dict[str, ast.Module]):
    found = [f"{name}: {', '.join(paths)}" for name, paths in sorted(repeated(sources).items())]
    assert not found, "wire names that stand in several files:\n" + "\n".join(found)


def test_a_second_file_with_a_wire_name_is_seen():
    modules = {
        CATALOG + "notes.py": ast.parse('FIELD = "externalNoteId"'),
        "src/hirewire/platform/app.py": ast.parse(
            '"""externalNoteId is explained here."""\nx = body["externalNoteId"]'
        ),
        "src/hirewire/wire/response.py": ast.parse('x = "serviceErrorCode"'),
        "src/hirewire/client/flow.py": ast.parse('x = "serviceErrorCode"'),
    }
    assert repeated(modules) == {
        "externalNoteId": ["src/hirewire/catalog/notes.py", "src/hirewire/platform/app.py"],
    }
