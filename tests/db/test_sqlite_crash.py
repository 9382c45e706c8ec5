"""SQLite: a process killed at any moment keeps every unit it had acknowledged, whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys

from hirewire.db import Statement, open_database

# Sixteen callers write units of three rows each, and say a unit's number only once it was acknowledged.
WRITER = """
import asyncio, itertools, os, sys
from hirewire.db import Statement, open_database

database = open_database(sys.argv[1])
add = Statement("add", "INSERT INTO note VALUES /*rows*/ (:unit, :1)")
numbers = itertools.count(int(sys.argv[2]))

async def call():
    for number in numbers:
        await database.write(lambda tx: tx.execute_rows(add, [(0,), (1,), (2,)], {"unit": number}))
        os.write(1, b"%d\\n" % number)

async def main():
    await asyncio.gather(*(call() for _ in range(16)))

asyncio.run(main())
"""
ROUNDS = 5


def test_kill_at_any_moment(sqlite_url):
    database = open_database(sqlite_url)
    database.write_now(lambda tx: tx.script("CREATE TABLE note (unit INTEGER, part INTEGER, PRIMARY KEY (unit, part))"))
    acknowledged: set[int] = set()
    for round_number in range(ROUNDS):
        start = round_number * 1_000_000
        with subprocess.Popen([sys.executable, "-c", WRITER, sqlite_url, str(start)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(random.randrange(1, 400))]
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.readlines()
        acknowledged |= {int(line) for line in lines if line.endswith(b"\n")}
        parts = dict(
            database.read_now(lambda tx: tx.rows(Statement("parts", "SELECT unit, count(*) FROM note GROUP BY unit")))
        )
        assert acknowledged <= parts.keys()
        assert set(parts.values()) == {3}
        assert database.read_now(lambda tx: tx.one(Statement("check", "PRAGMA integrity_check"))) == ("ok",)
    assert len(acknowledged) >= ROUNDS
    database.close()
