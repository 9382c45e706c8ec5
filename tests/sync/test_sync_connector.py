"""The connector as a whole: lanes, stopping, taking over; in real time, against the platform in process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from hirewire.client.effects import Received
from hirewire.db import Database
from hirewire.runtime.clock import RealClock
from hirewire.sync import Change, outbox
from hirewire.sync.changes import write
from hirewire.sync.connector import Connector
from hirewire.sync.lanes import LaneTaken
from hirewire.sync.reports import read_status
from hirewire.sync.settings import ConnectorSettings
from hirewire.wire.http import HttpRequest
from tests.sync.world import CLIENT_ID, CLIENT_SECRET, InProcess, key, note, quiet_log, start_platform

CLOCK = RealClock()
CUSTOMER = {"organization": "77", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def connector(database: Database, transport: InProcess, owner: str = "one", **settings: Any) -> Connector:
    quick = {"timeout_s": 2, "lease_s": 3, "poll_s": 0.01, "quarantine_s": 0.2, "retry_first_s": 0.05}
    made = ConnectorSettings.model_validate({"customers": [CUSTOMER], "base_url": "http://p", **quick, **settings})
    return Connector(
        made,
        database,
        clock=CLOCK,
        dice=random.Random(5),
        owner=owner,
        log=quiet_log(CLOCK),
        transport=transport,
    )


def commit(database: Database, count: int) -> None:
    now = CLOCK.now()
    fresh = [Change.upsert(key(each), note(f"text {each}", now - 1_000, now - 2_000)) for each in range(count)]
    database.write_now(lambda tx: outbox.record(tx, [write(change) for change in fresh], now))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await CLOCK.sleep(0.01)


def played(
    database: Database, platform_database: Database, story: Callable[[InProcess], Coroutine[Any, Any, None]]
) -> None:
    transport = InProcess(start_platform(platform_database, CLOCK))
    asyncio.run(story(transport))


def backlog(database: Database, one: Connector) -> int:
    return read_status(database, one.settings, CLOCK.now()).backlog


def test_it_sends_until_it_is_stopped_and_gives_the_lane_back(outbox_database: Database, platform_database: Database):
    async def story(transport: InProcess) -> None:
        stop = asyncio.Event()
        one = connector(outbox_database, transport)
        serving = asyncio.create_task(one.run(stop))
        commit(outbox_database, 30)
        await until(lambda: backlog(outbox_database, one) == 0)
        (application,) = read_status(outbox_database, one.settings, CLOCK.now()).applications
        assert (application.records_taken_today, application.served_by) == (30, "one")
        stop.set()
        await serving
        (application,) = read_status(outbox_database, one.settings, CLOCK.now()).applications
        assert application.served_by is None

    played(outbox_database, platform_database, story)


def test_a_second_one_is_refused_or_waits_for_the_first_to_end(outbox_database: Database, platform_database: Database):
    async def story(transport: InProcess) -> None:
        stop, stop_other = asyncio.Event(), asyncio.Event()
        one, other = connector(outbox_database, transport), connector(outbox_database, transport, "other")
        serving = asyncio.create_task(one.run(stop))
        commit(outbox_database, 1)
        await until(lambda: backlog(outbox_database, one) == 0)
        with pytest.raises(ExceptionGroup) as refused:
            await other.run(stop_other, wait_for_lane=False)
        assert refused.group_contains(LaneTaken, match="is served by one until")
        waiting = asyncio.create_task(other.run(stop_other))
        stop.set()
        await serving
        await until(
            lambda: read_status(outbox_database, one.settings, CLOCK.now()).applications[0].served_by == "other"
        )
        stop_other.set()
        await waiting

    played(outbox_database, platform_database, story)


def test_a_request_in_flight_is_finished_before_it_stops(outbox_database: Database, platform_database: Database):
    async def story(transport: InProcess) -> None:
        stop = asyncio.Event()

        def stop_now(request: HttpRequest) -> Received | None:
            stop.set()
            return None

        transport.before = stop_now
        commit(outbox_database, 3)
        one = connector(outbox_database, transport)
        await one.run(stop)
        assert backlog(outbox_database, one) == 0

    played(outbox_database, platform_database, story)


def test_two_customers_of_one_application_share_its_lane(outbox_database: Database, platform_database: Database):
    """The platform knows only one of the organizations as the application's: the other's records say so."""

    async def story(transport: InProcess) -> None:
        stop = asyncio.Event()
        one = connector(outbox_database, transport, customers=[CUSTOMER, {**CUSTOMER, "organization": "78"}])
        commit(outbox_database, 2)
        foreign = [Change.delete(key(1)._replace(integration_context="urn:li:organization:78"))]
        outbox_database.write_now(lambda tx: outbox.record(tx, map(write, foreign), CLOCK.now()))
        serving = asyncio.create_task(one.run(stop))
        await until(lambda: backlog(outbox_database, one) == 0)
        stop.set()
        await serving
        status = read_status(outbox_database, one.settings, CLOCK.now())
        (parked,) = status.parked
        assert (parked.organization, parked.reason[:3]) == ("urn:li:organization:78", "403")

    played(outbox_database, platform_database, story)


def test_a_lost_lane_is_taken_again(outbox_database: Database, platform_database: Database):
    async def story(transport: InProcess) -> None:
        stop = asyncio.Event()
        one = connector(outbox_database, transport)

        def steal(request: HttpRequest) -> Received | None:
            transport.before = lambda request: None
            outbox_database.write_now(
                lambda tx: tx.script("UPDATE hirewire_lane SET epoch = epoch + 1, lease_until = 0")
            )
            return None

        transport.before = steal
        commit(outbox_database, 3)
        serving = asyncio.create_task(one.run(stop))
        await until(lambda: backlog(outbox_database, one) == 0)
        stop.set()
        await serving

    played(outbox_database, platform_database, story)
