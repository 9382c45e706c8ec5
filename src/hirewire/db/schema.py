"""Bringing a schema forward: Alembic writes the SQL, our own drivers run it. Alembic never sees the database."""

from __future__ import annotations

import dataclasses
import functools
import io
import threading
from importlib import resources
from pathlib import Path

from hirewire.db.database import Database
from hirewire.db.errors import SchemaTooNew
from hirewire.db.statements import Dialect, Statement, Statements
from hirewire.db.transaction import Transaction

# SQLAlchemy's names for our dialects.
_ALEMBIC_DIALECTS = {"sqlite": "sqlite", "postgres": "postgresql"}

_alembic = threading.Lock()  # while it runs a revision, Alembic keeps its context in a global


def migrate(database: Database, location: str, stamp_table: str) -> None:
    """Bring the schema of one application forward to the newest revision this version has.

    ``location`` is the package of the migrations, with ``versions/NAME.py`` for each revision; a revision's id is its
    file name, the names sort in the order of the revisions, and each names the one before it (at most 32 characters).
    ``stamp_table`` records the revision reached, so several applications can share a database. Safe to call from
    several processes at once. ``SchemaTooNew`` when the stamp is not one of ours.
    """
    folder = _folder(location)
    known = _revisions(folder)
    schema = _Schema(database.name, stamp_table, known, Statements.load("hirewire.db.queries", database.dialect))
    stamp = database.read_now(schema.stamp)
    while stamp != known[-1]:
        # Written before the lock is taken: importing Alembic takes its time, and others may want to write.
        sql = _whole_schema(folder, database.dialect, known[-1]) if stamp is None else None
        if sql is None:
            sql = _upgrade_sql(database.dialect, folder, stamp_table, stamp, known[-1])
        stamp = database.write_now(functools.partial(schema.bring_forward, stamp, sql))


def schema_script(location: str, dialect: Dialect, stamp_table: str) -> str:
    """What leads from an empty database to the newest revision: the content of ``migrations/DIALECT/schema.sql``.

    Kept in a file so that a first start needs no Alembic, whose import takes longer than all else. The first line names
    the revision; a file that is behind is not used. ``python tools/schemas.py`` writes it.
    """
    folder = _folder(location)
    head = _revisions(folder)[-1]
    return f"{_HEAD}{head}\n{_upgrade_sql(dialect, folder, stamp_table, None, head)}"


_HEAD = "-- From nothing to revision "


def _folder(location: str) -> Path:
    return Path(str(resources.files(location).joinpath("versions")))


def _revisions(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("[!_]*.py"))


def _whole_schema(folder: Path, dialect: Dialect, head: str) -> str | None:
    """The file of ``schema_script``, or None where it is absent or of another revision."""
    file = folder.parent / dialect / "schema.sql"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return text if text.startswith(f"{_HEAD}{head}\n") else None


def run_file(revision_file: str) -> None:
    """Run a revision's SQL: called by its ``upgrade()`` as ``run_file(__file__)``.

    For ``migrations/versions/0001_notes.py`` the SQL is in ``migrations/sqlite/0001_notes.sql`` and
    ``migrations/postgres/0001_notes.sql``, several statements each, taken as they stand.
    """
    from alembic import op

    revision = Path(revision_file)
    implementation = op.get_context().impl
    (dialect,) = (ours for ours, theirs in _ALEMBIC_DIALECTS.items() if theirs == implementation.__dialect__)
    sql = (revision.parent.parent / dialect / f"{revision.stem}.sql").read_text(encoding="utf-8")
    # Not op.execute(): it would read a colon as a parameter, and double every %.
    implementation.static_output(f"{sql}\n;")


@dataclasses.dataclass(frozen=True, slots=True)
class _Schema:
    """One application's schema: which revisions we know, and which the database is at."""

    database_name: str
    stamp_table: str
    known: list[str]
    queries: Statements

    def stamp(self, tx: Transaction) -> str | None:
        """The revision the schema is at, ``None`` for an empty database; ``SchemaTooNew`` if we do not know it."""
        if tx.one(self.queries["table_exists"], {"name": self.stamp_table}) is None:
            return None
        row = tx.one(Statement("read_stamp", f'SELECT version_num FROM "{self.stamp_table}"'))  # noqa: S608 - a name of ours, no input
        stamp: str | None = row[0] if row else None
        if stamp is not None and stamp not in self.known:
            raise SchemaTooNew(
                f"{self.database_name} was migrated by a newer hirewire: its schema ({self.stamp_table}) is at revision "
                f"{stamp}, and the newest this version knows is {self.known[-1]}; install a newer hirewire, or name "
                "another database"
            )
        return stamp

    def bring_forward(self, stamp: str | None, sql: str, tx: Transaction) -> str | None:
        """Run the SQL if the schema is still at ``stamp``, alone; the revision it is at afterwards."""
        tx.execute(self.queries["lock_schema"])
        if (found := self.stamp(tx)) != stamp:
            return found  # another process was first
        tx.script(sql)
        return self.known[-1]


def _upgrade_sql(dialect: Dialect, folder: Path, stamp_table: str, stamp: str | None, head: str) -> str:
    """The SQL that leads from one revision to the newest, the stamp's own included."""
    with _alembic:
        return _written_by_alembic(_ALEMBIC_DIALECTS[dialect], folder, stamp_table, stamp, head)


def _written_by_alembic(alembic_dialect: str, folder: Path, stamp_table: str, stamp: str | None, head: str) -> str:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(folder.parent))
    written = io.StringIO()
    with EnvironmentContext(
        Config(),
        script,
        fn=lambda revision, _: script._upgrade_revs(head, revision),
        as_sql=True,
        starting_rev=stamp,
        destination_rev=head,
    ) as environment:
        environment.configure(dialect_name=alembic_dialect, version_table=stamp_table, output_buffer=written)
        environment.run_migrations()
    return written.getvalue()
