"""Databases with the outbox's tables in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hirewire.db import Database, open_database
from hirewire.sync import outbox


@pytest.fixture
def outbox_database(database: Database) -> Database:
    """A database of each kind, with an empty outbox."""
    outbox.prepare(database)
    return database


@pytest.fixture
def platform_database(tmp_path: Path) -> Iterator[Database]:
    """Where the platform of a test keeps its records."""
    database = open_database(f"sqlite:///{tmp_path}/platform.db")
    yield database
    database.close()
