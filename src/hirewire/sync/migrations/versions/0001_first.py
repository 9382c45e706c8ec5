"""The connector's tables, first form."""

from hirewire.db import run_file

revision = "0001_first"
down_revision = None


def upgrade() -> None:
    """Create them; the SQL is beside, one file per dialect."""
    run_file(__file__)
