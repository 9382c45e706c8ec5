"""Applications, tokens, records, throttles and the journal."""

from __future__ import annotations

from hirewire.db import run_file

revision = "0001_platform"
down_revision = None


def upgrade() -> None:
    """Create the first schema."""
    run_file(__file__)
