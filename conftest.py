"""What every test of the repository shares: how property tests run, and how the examples in the documents do.

Not here: databases and other fixtures, which stand in tests/conftest.py.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from sybil import Sybil
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
