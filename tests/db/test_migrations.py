"""Schemas are brought forward, by one process or by several, and never touched when they are newer than we are."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from hirewire.db import DatabaseError, SchemaTooNew, Statement, migrate, open_database

REVISION = """
from hirewire.db import run_file

revision = {name!r}
down_revision = {previous!r}


def upgrade() -> None:
    run_file(__file__)
"""
FIRST = """
-- A header: it's a comment; with what might end a statement.
CREATE TABLE note (key text PRIMARY KEY, share text DEFAULT '100% :sure;\t');
INSERT INTO note (key) VALUES ('first')
"""
SECOND = "CREATE TABLE other (key text); INSERT INTO other SELECT key FROM note; -- no more"
SHARES = Statement("shares", "SELECT key, share FROM note")
OTHERS = Statement("others", "SELECT key FROM other")
package_numbers = itertools.count()


class Package:
    """A package of migrations, made for one test."""

    def __init__(self, folder: Path) -> None:
        self.name = f"migrations_for_test_{next(package_numbers)}"
        self.folder = folder / self.name
        self.revisions: list[str] = []

    def add(self, name: str, sql: str) -> None:
        for place in ("versions", "sqlite", "postgres"):
            (self.folder / place).mkdir(parents=True, exist_ok=True)
        previous = self.revisions[-1] if self.revisions else None
        (self.folder / "versions" / f"{name}.py").write_text(REVISION.format(name=name, previous=previous))
        for dialect in ("sqlite", "postgres"):
            (self.folder / dialect / f"{name}.sql").write_text(sql)
        self.revisions.append(name)


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    package = Package(tmp_path)
    package.add("0001_first", FIRST)
    return package


def stamp(database, table="schema_stamp"):
    return database.read_now(lambda tx: tx.one(Statement("stamp", f"SELECT version_num FROM {table}")))


def test_from_nothing_and_step_by_step(database, package):
    migrate(database, package.name, "schema_stamp")
    assert stamp(database) == ("0001_first",)
    assert database.read_now(lambda tx: tx.rows(SHARES)) == [("first", "100% :sure;\t")]
    migrate(database, package.name, "schema_stamp")

    package.add("0002_second", SECOND)
    package.add("0003_third", "INSERT INTO other VALUES ('third')")
    migrate(database, package.name, "schema_stamp")
    assert stamp(database) == ("0003_third",)
    assert database.read_now(lambda tx: tx.rows(OTHERS)) == [("first",), ("third",)]


def test_all_steps_at_once(database, package):
    package.add("0002_second", SECOND)
    migrate(database, package.name, "schema_stamp")
    assert stamp(database) == ("0002_second",)
    assert database.read_now(lambda tx: tx.rows(OTHERS)) == [("first",)]


def test_a_step_that_fails_leaves_everything_as_it_was(database, package):
    migrate(database, package.name, "schema_stamp")
    package.add("0002_second", SECOND)
    package.add("0003_broken", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(DatabaseError, match="nowhere"):
        migrate(database, package.name, "schema_stamp")
    assert stamp(database) == ("0001_first",)
    with pytest.raises(DatabaseError, match="other"):
        database.read_now(lambda tx: tx.rows(OTHERS))


def test_several_applications_share_a_database(database, package, tmp_path):
    second = Package(tmp_path)
    second.add("0001_alone", "CREATE TABLE alone (x integer)")
    migrate(database, package.name, "schema_stamp")
    migrate(database, second.name, "second_stamp")
    assert stamp(database) == ("0001_first",)
    assert stamp(database, "second_stamp") == ("0001_alone",)


def test_a_newer_schema_is_left_alone_and_said_to_be_newer(database, package):
    package.add("0002_second", SECOND)
    migrate(database, package.name, "schema_stamp")
    (package.folder / "versions" / "0002_second.py").unlink()
    with pytest.raises(SchemaTooNew) as caught:
        migrate(database, package.name, "schema_stamp")
    assert str(caught.value) == (
        f"{database.name} was migrated by a newer hirewire: its schema (schema_stamp) is at revision 0002_second, and "
        "the newest this version knows is 0001_first; install a newer hirewire, or name another database"
    )
    assert stamp(database) == ("0002_second",)


def test_several_processes_at_once(database_url, database, package):
    package.add("0002_second", SECOND)
    script = (
        "import sys; from hirewire.db import migrate, open_database\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "migrate(open_database(sys.argv[2]), sys.argv[3], 'schema_stamp')\n"
    )
    command = [sys.executable, "-c", script, str(package.folder.parent), database_url, package.name]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 2
    assert stamp(database) == ("0002_second",)
    assert database.read_now(lambda tx: tx.rows(OTHERS)) == [("first",)]


def test_a_database_that_is_up_to_date_costs_no_imports(sqlite_url, package):
    database = open_database(sqlite_url)
    migrate(database, package.name, "schema_stamp")
    database.close()
    script = (
        "import sys; from hirewire.db import migrate, open_database\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "migrate(open_database(sys.argv[2]), sys.argv[3], 'schema_stamp')\n"
        "print(sorted({'alembic', 'sqlalchemy', 'psycopg', 'sqlite3'} & sys.modules.keys()))\n"
    )
    command = [sys.executable, "-c", script, str(package.folder.parent), sqlite_url, package.name]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
