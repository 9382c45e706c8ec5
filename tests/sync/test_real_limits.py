"""The documented limits, kept to the record and used to the full: many notes from a file, in virtual time."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.digest import ContentDigest
from hirewire.db import Database, open_database
from hirewire.platform.control import listed_notes, notes_range
from hirewire.sync import Added, outbox
from hirewire.sync.files import Reading, read_changes
from hirewire.sync.pushing import push
from hirewire.values.time import DAY_MS, MINUTE_MS, Millis
from tests.sync.world import NOON, ORGANIZATION, World, open_world

# Just before midnight, where both days count.
EVENING = Millis((NOON // DAY_MS + 1) * DAY_MS - 20_000)


def file_of(count: int) -> bytes:
    records = (
        {"application_id": f"app-{each // 3}", "note_id": f"note-{each}", "note": f"text {each} " * 10}
        | {"created_at": NOON - 90_000, "last_modified_at": NOON - 50_000 - each % 1_000}
        for each in range(count)
    )
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def digest_of(data: bytes) -> ContentDigest:
    digest = ContentDigest()
    for item in read_changes(io.BytesIO(data), "f.ndjson", Reading("77")):
        assert not hasattr(item, "reason")
        digest.add(item.change.key, item.change.entity)  # type: ignore[arg-type]  # an upsert has one
    return digest


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.soak)])
@pytest.mark.parametrize("count", [25_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_never_one_429(count: int, kind: str, request: pytest.FixtureRequest, platform_database: Database):
    database = open_database(request.getfixturevalue(f"{kind}_url"))
    outbox.prepare(database)
    data = file_of(count)

    async def run() -> World:
        world = await open_world(database, platform_database, start=EVENING, limits=APPLICATION_NOTES.limits)
        pushed = push(database, [("f.ndjson", io.BytesIO(data))], Reading("77"), clock=world.clock)
        assert pushed.added == {Added.QUEUED: count}
        await world.drain(steps=100_000, idle=1)
        return world

    world = asyncio.run(run())
    assert world.transport.statuses == {200: count // 100}
    # The minute's limit is the only thing that was waited for: 10,000 records each, less than one percent given away.
    minutes = (world.clock.now() - EVENING) / MINUTE_MS
    assert count / 10_000 - 1 <= minutes <= (count / 10_000) * 1.01
    stores = world.platform.stores
    held = platform_database.read_now(lambda tx: listed_notes(tx, stores, notes_range(ORGANIZATION, None), 0, 0))
    expected = digest_of(data)
    assert (held["total"], held["digest"]) == (expected.count, expected.hexdigest())
    database.close()
