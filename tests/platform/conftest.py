"""Sandboxes for every test of the platform: on SQLite, and where it matters on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hirewire.db import Database, open_database
from tests.platform.sandbox import Sandbox
from tests.platform.served import Served


@pytest.fixture
def make_sandbox(sqlite_url: str) -> Iterator[Callable[..., Sandbox]]:
    """Sandboxes with settings of one's own, all on one SQLite database."""
    database = open_database(sqlite_url)
    made: list[Sandbox] = []

    def make(**settings: Any) -> Sandbox:
        made.append(Sandbox(database, **settings))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.close()
    database.close()


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A platform on SQLite."""
    return make_sandbox()


@pytest.fixture
def each_sandbox(database: Database) -> Iterator[Sandbox]:
    """A platform on SQLite, then one on PostgreSQL."""
    sandbox = Sandbox(database)
    yield sandbox
    sandbox.close()


@pytest.fixture
def serve(tmp_path: Path, sqlite_url: str) -> Iterator[Callable[..., Served]]:
    """Platforms served by processes of their own, on one SQLite database unless another is named."""
    started: list[Served] = []

    def start(*arguments: str, database_url: str = sqlite_url) -> Served:
        started.append(Served(database_url, *arguments, folder=tmp_path))
        return started[-1]

    yield start
    for served in started:
        served.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One served platform for the tests of a module, with the application "acme"."""
    folder = tmp_path_factory.mktemp("served")
    served = Served(f"sqlite:///{folder}/test.db", folder=folder)
    served.provision()
    yield served
    served.stop()
