"""Statements come from files, and those of the two dialects have the same names."""

from __future__ import annotations

import pytest

from hirewire.db import Statements


def test_a_package_of_statements(tmp_path, monkeypatch):
    for dialect, name, sql in (
        ("sqlite", "add_note", "-- Adds.\nINSERT 1\n"),
        ("sqlite", "drop_note", "DELETE"),
        ("postgres", "add_note", "INSERT 2"),
    ):
        folder = tmp_path / "some_queries" / dialect
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.sql").write_text(sql, encoding="utf-8")
    (tmp_path / "some_queries" / "sqlite" / "README.txt").write_text("no SQL")
    monkeypatch.syspath_prepend(tmp_path)
    statements = Statements.load("some_queries", "sqlite")
    assert list(statements) == ["add_note", "drop_note"]
    assert statements["add_note"].sql == "-- Adds.\nINSERT 1\n"
    assert Statements.load("some_queries", "postgres")["add_note"].sql == "INSERT 2"
    with pytest.raises(KeyError, match=r"no statement add_not\.sql in some_queries/sqlite"):
        statements["add_not"]


def test_our_own_statements_have_the_same_names_in_both_dialects():
    assert list(Statements.load("hirewire.db.queries", "sqlite")) == list(
        Statements.load("hirewire.db.queries", "postgres")
    )
