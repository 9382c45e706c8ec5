"""What the tidy tests look at: the repository's own files, read once for each worker."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


def _modules(folder: str) -> dict[str, ast.Module]:
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


@pytest.fixture(scope="session")
def sources() -> dict[str, ast.Module]:
    """Every module of the product, parsed, by its path below the repository."""
    return _modules("src")


@pytest.fixture(scope="session")
def test_modules() -> dict[str, ast.Module]:
    """Every module of the tests, parsed, by its path below the repository."""
    return _modules("tests")
