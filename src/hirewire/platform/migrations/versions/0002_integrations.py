"""Customers, callbacks, push events and their deliveries."""

from __future__ import annotations

from hirewire.db import run_file

revision = "0002_integrations"
down_revision = "0001_platform"


def upgrade() -> None:
    """Add what onboarding and push events need."""
    run_file(__file__)
