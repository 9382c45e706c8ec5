"""What every test of the repository shares: how property tests run, and how the examples in the documents do.

Not here: databases and other fixtures, which stand in tests/conftest.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# No deadline: how long an example takes says more about the machine than about the code. The tests share two cores, so
# slow data generation is no finding either.
settings.register_profile("hirewire", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("hirewire")

# Every ```python block runs, top to bottom of its page in one namespace; `<!-- skip: next -->` before a block leaves
# it out. (Doctests in docstrings are pytest's own.)
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["*.md"],
    excludes=["tests/**"],
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the blocks of a page in its order, however the other tests are shuffled (``--dist loadfile`` keeps them together)."""
    pages: dict[Path, dict[int, SybilItem]] = {}
    for index, item in enumerate(items):
        if isinstance(item, SybilItem):
            pages.setdefault(item.path, {})[index] = item
    for page in pages.values():
        for index, block in zip(sorted(page), sorted(page.values(), key=_line), strict=True):
            items[index] = block


def _line(block: SybilItem) -> int:
    line: int = block.example.line
    return line
