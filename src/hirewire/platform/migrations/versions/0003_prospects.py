"""Persons, seats, prospect notes, and the pages of finders that were served."""

from __future__ import annotations

from hirewire.db import run_file

revision = "0003_prospects"
down_revision = "0002_integrations"


def upgrade() -> None:
    """Add what recruiters write about prospects."""
    run_file(__file__)
