"""Files into the outbox: in bounded transactions, again without effect, with flat memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hirewire.db import Database
from hirewire.runtime.clock import ManualClock
from hirewire.sync import Added
from hirewire.sync.files import BadLine, Reading
from hirewire.sync.pushing import CHUNK_RECORDS, Pushed, Watch, push, rehearse
from hirewire.sync.settings import ConnectorSettings
from tests.sync.world import NOON, ORGANIZATION

CLOCK = ManualClock(NOON)
READING = Reading(organization="77")


def lines(count: int, *, text: str = "hello") -> bytes:
    records = (
        {"application_id": f"app-{each // 3}", "note_id": f"note-{each}", "note": text, "created_at": NOON - 9_000}
        | {"last_modified_at": NOON - 5_000}
        for each in range(count)
    )
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


UNWATCHED = Watch()


def pushed(database: Database, *files: bytes, watch: Watch = UNWATCHED) -> Pushed:
    sources = [(f"file{number}.ndjson", io.BytesIO(file)) for number, file in enumerate(files)]
    return push(database, sources, READING, clock=CLOCK, watch=watch, organizations=[ORGANIZATION])


def test_pushing_again_changes_nothing(outbox_database: Database):
    count = CHUNK_RECORDS + 5
    assert pushed(outbox_database, lines(count)).added == {Added.QUEUED: count}
    assert pushed(outbox_database, lines(count)).added == {Added.UNCHANGED: count}
    mixed = pushed(outbox_database, lines(3, text="edited"), lines(2))
    assert mixed.added == {Added.QUEUED: 5}
    assert (mixed.records, mixed.is_clean) == (5, True)


def test_bad_lines_are_told_and_the_others_go_in(outbox_database: Database):
    told: list[BadLine] = []
    other = b'{"organization": "78", "application_id": "a", "note_id": "n"}\n'
    odd = b'{"application_id": "a", "note_id": "\\ud800"}\n'
    result = pushed(outbox_database, b"oops\n" + lines(2) + other + odd, watch=Watch(told.append))
    assert (result.bad, result.records, result.is_clean) == (2, 5, False)
    assert result.added == {Added.QUEUED: 2, Added.PARKED: 1}
    assert [(bad.line, bad.field, bad.is_parked) for bad in told] == [
        (1, None, False),
        (4, "organization", False),
        (5, None, True),
    ]
    assert "none of the customers" in told[1].reason


def test_a_rehearsal_applies_the_platforms_rules_and_changes_nothing():
    settings = ConnectorSettings.model_validate(
        {"customers": [{"organization": "77", "client_id": "c", "client_secret": "s"}]}
    )
    told: list[BadLine] = []
    blank = b'{"application_id": "a", "note_id": "n", "note": " ", "created_at": 200000000000}\n'
    gone = b'{"application_id": "a", "note_id": "n", "deleted": true}\n'
    future = lines(1).replace(str(NOON).encode()[:4], b"9999")
    elsewhere = b'{"organization": 99, "application_id": "a", "note_id": "n"}\n'
    sources = [("f", io.BytesIO(lines(2) + blank + gone + future + elsewhere))]
    result = rehearse(sources, READING, settings, CLOCK, watch=Watch(told.append))
    assert result.added == {Added.QUEUED: 5, Added.PARKED: 1}
    (bad,) = told
    assert (bad.line, bad.is_parked) == (3, True)
    assert "externalLastModifiedAt" in bad.reason


_PUSH = """
import resource, sys
from hirewire.db import open_database
from hirewire.runtime.clock import RealClock
from hirewire.sync import outbox
from hirewire.sync.files import Reading
from hirewire.sync.pushing import push
database = open_database(sys.argv[2])
outbox.prepare(database)
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1] + ".first", "rb") as first:
    push(database, [("first", first)], Reading(organization="77"), clock=RealClock())
before = peak()
with open(sys.argv[1], "rb") as file:
    pushed = push(database, [("file", file)], Reading(organization="77"), clock=RealClock())
database.close()
print(pushed.added.total(), peak() - before)
"""


@pytest.mark.parametrize(("kind", "notes"), [("ndjson", 100_000), ("csv", 30_000)])
def test_memory_does_not_grow_with_the_file(kind: str, notes: int, tmp_path: Path, sqlite_url: str):
    """After 5,000 notes, many more make the peak grow by less than a page cache does (32 MiB, and some slack)."""
    _write(tmp_path / "notes", 5_000, notes, kind)
    ran = subprocess.run(
        [sys.executable, "-c", _PUSH, str(tmp_path / "notes"), sqlite_url], capture_output=True, text=True, check=True
    )
    count, grown_kib = map(int, ran.stdout.split())
    assert count == notes
    assert grown_kib < 48 * 1024


def _write(path: Path, first: int, then: int, kind: str) -> None:
    """Two files: one to warm up with, and the one that counts."""
    header = "application_id,note_id,note,created_at,last_modified_at\n"
    for name, start, count in ((f"{path}.first", 0, first), (str(path), first, then)):
        with open(name, "w", encoding="utf-8") as file:
            file.write(header if kind == "csv" else "")
            for each in range(start, start + count):
                record = ("app", f"note-{each}", "a note of some length " * 12, NOON - 9_000, NOON - 5_000)
                if kind == "csv":
                    file.write(",".join(map(str, record)) + "\n")
                else:
                    file.write(json.dumps(dict(zip(header.strip().split(","), record, strict=True))) + "\n")
