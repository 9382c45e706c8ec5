"""Database URLs: what is accepted, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.db import DatabaseUrlError, open_database
from hirewire.db.url import PostgresServer, SqliteFile, read_url, without_password

READ = [
    ("sqlite:///notes.db", SqliteFile(Path("notes.db"))),
    ("sqlite:////var/lib/notes.db", SqliteFile(Path("/var/lib/notes.db"))),
    ("SQLite:///a%20b.db", SqliteFile(Path("a b.db"))),
    ("postgresql://host/notes", PostgresServer("postgresql://host/notes")),
    (
        "postgres://ann:x@host:5433/notes?sslmode=require",
        PostgresServer("postgresql://ann:x@host:5433/notes?sslmode=require"),
    ),
]


@pytest.mark.parametrize(("url", "target"), READ)
def test_what_a_url_names(url, target):
    assert read_url(url) == target


REFUSED = [
    ("", "expected a database URL"),
    ("notes.db", "expected a database URL"),
    ("sqlite:notes.db", "expected a database URL"),
    ("mysql://host/notes", "got 'mysql://host/notes'"),
    ("postgresql+psycopg://ann:secret@host/notes", "got 'postgresql+psycopg://ann:***@host/notes'"),
    ("sqlite://", "three or four slashes"),
    ("sqlite://notes.db", "three or four slashes"),
    ("sqlite:///", "expected the path of a file"),
    ("sqlite:///:memory:", "a database in memory is lost"),
    ("sqlite:///notes.db?mode=ro", "without '?'"),
    ("sqlite:///a%00b", "NUL"),
    ("postgresql://", "expected a host and a database"),
]


@pytest.mark.parametrize(("url", "said"), REFUSED)
def test_what_is_said_about_a_url_that_cannot_be_used(url, said):
    with pytest.raises(DatabaseUrlError) as caught:
        open_database(url)
    assert said in str(caught.value)
    assert "sqlite:///relative.db" in str(caught.value)


HIDDEN = [
    ("postgresql://ann:secret@host/notes", "postgresql://ann:***@host/notes"),
    ("postgresql://ann:se@cr/e:t@host/notes", "postgresql://ann:***@host/notes"),
    ("postgresql://:secret@host", "postgresql://:***@host"),
    ("postgresql://host/notes?user=ann&password=secret&a=b", "postgresql://host/notes?user=ann&password=***&a=b"),
    ("postgresql://host/notes?PASSWORD=secret", "postgresql://host/notes?PASSWORD=***"),
    ("host=h password=secret", "host=h password=***"),
    ("postgresql://ann@host/notes", "postgresql://ann@host/notes"),
    ("postgresql://host:5432/notes", "postgresql://host:5432/notes"),
]


@pytest.mark.parametrize(("url", "shown"), HIDDEN)
def test_no_password_is_shown(url, shown):
    assert without_password(url) == shown


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for url in (text, f"sqlite:///{text}", f"postgresql://{text}"):
        try:
            read_url(url)
        except DatabaseUrlError:
            pass
