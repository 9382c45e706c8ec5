"""The source keeps the project's rules that no linter knows: documented, and no branching on generation or dialect."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

# Where a difference may be looked at: the one interpreter of the catalog, and the layer that knows the databases.
MAY_BRANCH = {
    "generation": ("src/hirewire/catalog/codec", "src/hirewire/catalog/generations.py"),
    "dialect": ("src/hirewire/db/",),
}
PURE = ("values", "wire", "catalog", "plan")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def methods(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Class name -> the methods it documents itself; all Protocols together are "Protocol", as nobody names them."""
    found: dict[str, set[str]] = {}
    for module in modules.values():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                name = "Protocol" if "Protocol" in _bases(node) else node.name
                documented = (each for each in node.body if isinstance(each, Function) and ast.get_docstring(each))
                found.setdefault(name, set()).update(each.name for each in documented)
    return found


def undocumented(path: str, module: ast.Module, promised: dict[str, set[str]]) -> list[str]:
    """The public classes, functions and methods without a docstring, and the module itself if it has none.

    A method that a base class or a Protocol has documented need not be documented again.
    """
    found = [] if ast.get_docstring(module) else [f"{path}:1 module"]
    for owner, node in _public(module):
        bases = (*_bases(owner), "Protocol") if isinstance(owner, ast.ClassDef) else ()
        inherited = any(node.name in promised.get(base, ()) for base in bases)
        if not ast.get_docstring(node) and not inherited:
            found.append(f"{path}:{node.lineno} {node.name}")
    return found


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases]


def _public(owner: ast.Module | ast.ClassDef) -> Iterator[tuple[ast.Module | ast.ClassDef, Function | ast.ClassDef]]:
    for node in owner.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        decorators = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
        if decorators & {"overload", "override", "setter"}:
            continue
        yield owner, node
        if isinstance(node, ast.ClassDef):
            yield from _public(node)


def branches(path: str, module: ast.Module) -> list[str]:
    """The places that ask which generation or dialect it is, outside of where that may be asked."""
    return [
        f"{path}:{node.lineno} asks for the {word}"
        for word, places in MAY_BRANCH.items()
        if not path.startswith(places)
        for node in ast.walk(module)
        if isinstance(node, ast.expr | ast.stmt) and _asks(node, word)
    ]


def _asks(node: ast.expr | ast.stmt, word: str) -> bool:
    match node:
        case ast.Compare(left, ops, sides) if all(
            isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) for op in ops
        ):
            sides = [left, *sides]
            # Comparing one with another looks it up in a table; with None, asks whether there is one.
            looks_up = all(_names(side, word) or _is_none(side) for side in sides)
            return not looks_up and any(_names(side, word) for side in sides)
        case ast.If(test) | ast.IfExp(test) | ast.While(test):
            return _names(test, word)
        case ast.Match(subject):
            return _names(subject, word)
    return False


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _names(node: ast.expr, word: str) -> bool:
    """Whether the expression *is* such a thing (``dialect``, ``view.generation``), not merely made from one."""
    return (isinstance(node, ast.Name) and node.id == word) or (isinstance(node, ast.Attribute) and node.attr == word)


def unexplained(text: str) -> list[str]:
    """The lines that silence a check without saying why (or without saying which)."""
    noqa = re.compile(r"#\s*noqa(?!: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*\W+\w\S* \w)", re.IGNORECASE)
    ignore = re.compile(r"#\s*(type|pyright|mypy): ?ignore(?!\[[\w-]+(, ?[\w-]+)*\]\W+\w\S* \w)")
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if noqa.search(line) or ignore.search(line)
    ]


def test_everything_public_is_documented(sources: dict[str, ast.Module]):
    promised = methods(sources)
    found = [each for path, module in sources.items() for each in undocumented(path, module, promised)]
    assert not found, "without a docstring:\n" + "\n".join(found)


def test_what_is_undocumented_is_seen():
    module = ast.parse("class A:\n  def b(self): pass\n  def kept(self): pass\n  def _c(self): pass\ndef d(): pass")
    assert undocumented("x", module, {"Protocol": {"kept"}}) == ["x:1 module", "x:1 A", "x:2 b", "x:5 d"]


def test_a_method_documented_by_its_base_is_documented():
    module = ast.parse("""'m'\nclass A:\n  'a'\n  def f(self): 'f'\nclass B(x.A[int]):\n  'b'\n  def f(self): pass""")
    assert undocumented("x", module, methods({"x": module})) == []
    assert undocumented("x", module, {}) == ["x:7 f"]


def test_no_branch_on_generation_or_dialect_outside_of_its_place(sources: dict[str, ast.Module]):
    found = [each for path, module in sources.items() for each in branches(path, module)]
    assert not found, "put the difference into a table:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "if view.generation == V2: pass",
        "x = 1 if generation is V2 else 2",
        "match generation:\n  case 1: pass",
        "if dialect == 'sqlite': pass",
        "if 'sqlite' != tx.dialect and y: pass",
    ],
)
def test_a_branch_on_generation_or_dialect_is_seen(line: str):
    assert len(branches("src/hirewire/platform/app.py", ast.parse(line))) == 1


def test_a_lookup_by_generation_is_no_branch():
    assert (
        branches("src/hirewire/platform/app.py", ast.parse("x = TABLE[generation]\nif generation is None: pass")) == []
    )


def test_every_silenced_check_says_which_and_why(repository: Path):
    own = Path(__file__).relative_to(repository)
    paths = [path for folder in ("src", "tests", "tools") for path in (repository / folder).rglob("*.py")]
    found = [
        f"{path.relative_to(repository)}:{line}"
        for path in paths
        if path.relative_to(repository) != own
        for line in unexplained(path.read_text(encoding="utf-8"))
    ]
    assert not found, "silenced without a code and a reason:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "x  # noqa",
        "x  # noqa: BLE001",
        "x  # type: ignore",
        "x  # type: ignore[arg-type]",
        "x  # type: ignore  # a lie",
    ],
)
def test_a_silenced_check_without_a_reason_is_seen(line: str):
    assert unexplained(line) != []


@pytest.mark.parametrize(
    "line", ["x  # noqa: BLE001 - the worker must live", "x  # type: ignore[arg-type]  # the stubs lag behind"]
)
def test_a_silenced_check_with_a_reason_passes(line: str):
    assert unexplained(line) == []


def test_every_pure_layer_is_in_its_contract_and_under_the_coverage_gate(repository: Path):
    tools = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    (contract,) = (each for each in tools["importlinter"]["contracts"] if each["id"] == "pure")
    there = [layer for layer in PURE if (repository / "src/hirewire" / layer).is_dir()]
    assert contract["source_modules"] == [f"hirewire.{layer}" for layer in there]
    assert not [omitted for omitted in tools["coverage"]["run"]["omit"] if omitted.split("/")[2] in (*PURE, "client")]
