"""A first start uses one prepared file; it is what the revisions say, and one that is behind is not used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hirewire.db import Statement, migrate
from hirewire.db.schema import schema_script
from tests.db.test_migrations import SECOND, package, stamp  # noqa: F401 - package is a fixture

ROOT = Path(__file__).parents[2]


def test_the_schema_files_are_current():
    command = [sys.executable, str(ROOT / "tools" / "schemas.py"), "--check"]
    assert subprocess.run(command, timeout=120, check=False).returncode == 0, "run: python tools/schemas.py"


def write_schema(package, dialect):  # noqa: F811 - the fixture of that name
    (package.folder / dialect / "schema.sql").write_text(schema_script(package.name, dialect, "schema_stamp"))


def test_an_empty_database_takes_the_prepared_file(database, package, monkeypatch):  # noqa: F811 - the fixture of that name
    write_schema(package, database.dialect)
    monkeypatch.setattr("hirewire.db.schema._upgrade_sql", None)
    migrate(database, package.name, "schema_stamp")
    assert stamp(database) == ("0001_first",)


def test_a_file_that_is_behind_is_not_used(database, package):  # noqa: F811 - the fixture of that name
    write_schema(package, database.dialect)
    package.add("0002_second", SECOND)
    migrate(database, package.name, "schema_stamp")
    assert stamp(database) == ("0002_second",)
    assert database.read_now(lambda tx: tx.rows(Statement("others", "SELECT key FROM other"))) == [("first",)]
