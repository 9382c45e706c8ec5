"""Jobs, job applications, what happens to them, and what their applicants are shown and sent."""

from __future__ import annotations

from hirewire.db import run_file

revision = "0004_applicants"
down_revision = "0003_prospects"


def upgrade() -> None:
    """Add what applicants are told."""
    run_file(__file__)
