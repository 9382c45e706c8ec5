"""SQLite: what is said about a file that cannot be opened, and how it is set up when it can."""

from __future__ import annotations

import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hirewire.db import DatabaseUnavailable, Options, Statement, open_database


def refusal(path) -> str:
    with pytest.raises(DatabaseUnavailable) as caught:
        open_database(f"sqlite:///{path}")
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_missing_folder(tmp_path):
    assert f"there is no folder {tmp_path}/missing" in refusal(tmp_path / "missing" / "notes.db")


def test_a_folder_in_place_of_a_file(tmp_path):
    assert "that is a folder" in refusal(tmp_path)


def test_a_file_that_is_something_else(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("Dear diary, " * 100)
    assert "not a SQLite database" in refusal(path)
    assert path.read_text() == "Dear diary, " * 100


def test_a_place_where_nothing_may_be_written():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65_534)  # root may write anywhere
        try:
            assert "permissions" in refusal(Path(folder) / "notes.db")
        finally:
            os.seteuid(user)


@pytest.mark.parametrize(("synchronous", "number"), [("FULL", 2), ("NORMAL", 1)])
def test_the_settings_of_a_connection(tmp_path, synchronous, number):
    database = open_database(f"sqlite:///{tmp_path}/notes.db", Options(synchronous=synchronous))

    def pragma(name):
        return database.write_now(lambda tx: tx.one(Statement(name, f"PRAGMA {name}")))

    assert pragma("journal_mode") == ("wal",)
    assert pragma("synchronous") == (number,)
    assert pragma("foreign_keys") == (1,)
    database.close()


def test_the_log_is_tidied_away_when_the_last_one_closes(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/notes.db")
    database.write_now(lambda tx: tx.script("CREATE TABLE note (key TEXT)"))
    database.read_now(lambda tx: tx.rows(Statement("all", "SELECT * FROM note")))
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.db"]


def test_a_relative_path_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = open_database("sqlite:///notes.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    database.write_now(lambda tx: tx.script("CREATE TABLE note (key TEXT)"))
    database.close()
    assert (tmp_path / "notes.db").exists()
    assert database.name == str(tmp_path / "notes.db")


def test_several_open_a_new_file_at_once(tmp_path):
    start = threading.Barrier(4, timeout=30)

    def open_and_write(number):
        start.wait()
        database = open_database(f"sqlite:///{tmp_path}/notes.db")
        database.write_now(lambda tx: tx.script("CREATE TABLE IF NOT EXISTS note (key INTEGER)"))
        database.write_now(lambda tx: tx.execute(Statement("add", "INSERT INTO note VALUES (:n)"), {"n": number}))
        database.close()
        return number

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(open_and_write, range(4))) == [0, 1, 2, 3]
    database = open_database(f"sqlite:///{tmp_path}/notes.db")
    assert database.read_now(lambda tx: tx.one(Statement("count", "SELECT count(*) FROM note"))) == (4,)
    database.close()
