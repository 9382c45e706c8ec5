"""The table of the SQL peers and how they open a database: as durable as ours, and no slower than it need be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Engine, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What SQLAlchemy asks for."""


class NoteRow(Base):
    """One note, a column for each field."""

    __tablename__ = "application_note"

    integration_context: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(primary_key=True)
    note_id: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str]
    author_first_name: Mapped[str | None]
    author_last_name: Mapped[str | None]
    created_at: Mapped[int] = mapped_column(BigInteger)
    last_modified_at: Mapped[int] = mapped_column(BigInteger)


def open_engine(url: str) -> Engine:
    """An engine with the table made. SQLite: write-ahead log and every commit on the disk, as on our side."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=16)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
    Base.metadata.create_all(engine)
    return engine


def _configure_sqlite(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 30000")
