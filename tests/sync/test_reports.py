"""Status, stories and parked records, as values for people."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable

import pytest

from hirewire.db import Database
from hirewire.plan.entity import State, Urgency
from hirewire.sync import Added, Change
from hirewire.sync.files import Reading
from hirewire.sync.pushing import push
from hirewire.sync.reports import (
    ParkedFilter,
    explain,
    export_parked,
    read_status,
    retry_parked,
)
from hirewire.sync.settings import ConnectorSettings
from hirewire.values.time import Millis
from tests.sync.world import CLIENT_ID, NOON, ORGANIZATION, World, changes, key, note, open_world

SETTINGS = ConnectorSettings.model_validate(
    {"customers": [{"organization": "77", "client_id": CLIENT_ID, "client_secret": "s"}]}
)


def play(database: Database, platform_database: Database, story: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        await story(await open_world(database, platform_database))

    asyncio.run(run())


def test_status_says_what_waits_since_when_and_what_is_left(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(*changes(120))
        await world.drain()
        world.clock.advance(60)
        now = world.clock.now()
        world.commit(Change.upsert(key(1), note("edited", now)), Change.upsert(key(2), note(" ", now)))
        world.commit(Change.upsert(key(300), note("old", now), urgency=Urgency.BACKFILL))
        world.clock.advance(5)
        status = read_status(world.database, SETTINGS, world.clock.now())
        (customer,) = status.customers
        assert (customer.organization, customer.live.count, customer.backfill.count) == (ORGANIZATION, 2, 1)
        assert (customer.lag_ms, customer.live.oldest_at, customer.is_configured) == (5_000, now, True)
        (application,) = status.applications
        assert (application.requests_today, application.requests_left) == (2, 99_998)
        assert (application.records_taken_today, application.records_sent_today) == (120, 120)
        assert application.resets_at == 1_780_358_400_000
        assert status.backlog == 3
        await world.drain()
        status = read_status(world.database, SETTINGS, world.clock.now())
        assert (status.backlog, status.customers[0].parked, status.customers[0].lag_ms) == (0, 1, 0)
        (parked,) = status.parked
        assert (parked.count, "note" in parked.reason) == (1, True)

    play(outbox_database, platform_database, story)


def test_records_of_nobody_in_the_settings_are_shown_as_such(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(*changes(2))
        (customer,) = read_status(world.database, ConnectorSettings.model_validate({}), NOON).customers
        assert (customer.live.count, customer.is_configured) == (2, False)

    play(outbox_database, platform_database, story)


@pytest.mark.parametrize("text", ["note-1", "app-1/note-1", "77/app-1/note-1", f"{ORGANIZATION}/app-1/note-1"])
def test_the_story_of_one_record(outbox_database: Database, platform_database: Database, text: str):
    async def story(world: World) -> None:
        world.commit(*changes(2))
        await world.drain()
        world.commit(Change.upsert(key(1), note("older", NOON - 60_000)))
        world.commit(Change.upsert(key(1), note("", NOON)))
        await world.drain()
        (told,) = explain(world.database, text, world.clock.now())
        assert (told.application_id, told.note_id, told.state) == ("app-1", "note-1", State.PARKED)
        assert [event.what for event in told.events] == ["queued", "taken", "superseded", "queued", "parked"]
        taken = told.events[1]
        assert (taken.records, taken.status, taken.version) == (2, 200, 1)
        assert taken.request_id
        assert told.standing.startswith("parked, version 2 will not be sent: 400")

    play(outbox_database, platform_database, story)


def test_ids_may_hold_slashes_and_nothing_found_is_an_empty_list(
    outbox_database: Database, platform_database: Database
):
    async def story(world: World) -> None:
        odd = key(1)._replace(note_id="a/b", application_id="c/d")
        world.commit(Change.upsert(odd, note("x", NOON)))
        for text in ("a/b", "c/d/a/b", "77/c/d/a/b"):
            assert [told.note_id for told in explain(world.database, text, NOON)] == ["a/b"]
        assert explain(world.database, "b", NOON) == []
        (told,) = explain(world.database, "a/b", NOON)
        assert told.standing == "version 1 waits to be sent"

    play(outbox_database, platform_database, story)


def test_parked_records_are_exported_mended_and_pushed_again(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(*(Change.upsert(key(each), note(" ", NOON)) for each in range(3)))
        await world.drain()
        lines = list(export_parked(world.database))
        assert [json.loads(line)["note_id"] for line in lines] == ["note-0", "note-1", "note-2"]
        assert "INVALID_VALUE_BLANK_FIELD" in json.loads(lines[0])["reason"]
        again = push(world.database, [("f", io.BytesIO("".join(lines).encode()))], Reading(), clock=world.clock)
        assert again.added == {Added.UNCHANGED: 3}
        mended = "".join(lines).replace('"note": " "', '"note": "mended"')
        assert push(world.database, [("f", io.BytesIO(mended.encode()))], Reading(), clock=world.clock).added == {
            Added.QUEUED: 3
        }
        await world.drain()
        assert {each.note for each in world.held().values()} == {"mended"}
        assert list(export_parked(world.database)) == []

    play(outbox_database, platform_database, story)


def test_retry_means_those_that_are_meant(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(*(Change.upsert(key(each), note(" ", NOON)) for each in range(3)))
        await world.drain()
        now = world.clock.now()
        assert retry_parked(world.database, now, ParkedFilter(note_id="note-1")) == 1
        assert retry_parked(world.database, now, ParkedFilter(reason="no such reason")) == 0
        assert retry_parked(world.database, now, ParkedFilter(organization="urn:li:organization:1")) == 0
        assert retry_parked(world.database, now, ParkedFilter(reason="BLANK")) == 2
        assert retry_parked(world.database, now) == 0
        (told,) = explain(world.database, "note-1", Millis(now))
        assert told.events[-1].what == "retried"

    play(outbox_database, platform_database, story)
