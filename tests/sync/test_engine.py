"""The engine against the real platform in process, on both databases, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from hirewire.catalog.application_notes import ApplicationNote
from hirewire.catalog.call import Call, Reply
from hirewire.catalog.generations import Generation
from hirewire.catalog.model import Limits
from hirewire.client.effects import Received
from hirewire.client.results import Answer
from hirewire.db import Database, open_database
from hirewire.plan.answers import Patience
from hirewire.plan.entity import State
from hirewire.plan.retry import RetryPolicy
from hirewire.platform.rules import WriteMode
from hirewire.runtime.clock import ManualClock
from hirewire.sync import Added, Change, outbox
from hirewire.sync.lanes import Lane, LaneLost, LaneTaken, LeaseTerms
from hirewire.sync.settling import Settler
from hirewire.values.time import DAY_MS, MINUTE_MS, Millis
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from tests.sync.world import CLIENT_ID, NOON, ORGANIZATION, World, changes, key, lose, note, open_world

PATIENCE = Patience(quarantine_ms=60_000, backoff=RetryPolicy(first_s=1.0, longest_s=8.0), attempts_max=4)


def play(
    database: Database, platform_database: Database, story: Callable[[World], Awaitable[None]], **settings: Any
) -> World:
    """Open a world and tell a story in it (a coroutine function of the world)."""

    async def run() -> World:
        world = await open_world(database, platform_database, patience=PATIENCE, **settings)
        await story(world)
        return world

    return asyncio.run(run())


def answer(
    status: int, body: bytes = b'{"status":400,"message":"no"}', **headers: str
) -> Callable[[HttpRequest], Received]:
    return lambda request: HttpResponse(status, Headers(headers.items()), body)


def once(*received: Received) -> Callable[[HttpRequest], Received | None]:
    """The first requests are answered like this, the others by the platform."""
    left = list(received)
    return lambda request: left.pop(0) if left else None


def reasons(world: World) -> dict[str, str | None]:
    return {row.key.record: row.standing.reason for row in world.rows() if row.standing.state is not State.CLEAN}


def test_notes_are_written_edited_and_deleted(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(*changes(250))
        await world.drain()
        assert world.held() == world.ats
        assert world.transport.statuses == {200: 3}
        world.commit(Change.upsert(key(1), note("edited", NOON)), Change.delete(key(2), modified_at=NOON))
        await world.drain()
        assert world.held() == world.ats
        assert set(world.standings().values()) == {"clean"}

    play(outbox_database, platform_database, story)


@pytest.mark.parametrize("generation", list(Generation))
@pytest.mark.parametrize("mode", list(WriteMode))
def test_every_write_mode_in_both_generations(
    outbox_database: Database, platform_database: Database, generation: Generation, mode: WriteMode
):
    async def story(world: World) -> None:
        for application in (1, 2, 3):
            world.commit(*changes(30, application=application))
        await world.drain()
        # Forced back to an older time: still taken, because times on the wire only grow.
        world.commit(Change.upsert(key(1), note("back", NOON - 9_000), force=True))
        world.commit(Change.delete(key(3)), Change.delete(key(999)))
        world.clock.advance(1)
        await world.drain()
        texts = {each: entity.note for each, entity in world.held().items()}
        assert texts == {each: entity.note for each, entity in world.ats.items()}
        assert set(world.standings().values()) == {"clean"}

    play(outbox_database, platform_database, story, generation=generation, write_mode=mode)


def test_what_breaks_a_rule_is_parked_without_a_request(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(Change.upsert(key(1), note(" ", NOON)), Change.upsert(key(2), ApplicationNote(note="x")))
        await world.drain()

    world = play(outbox_database, platform_database, story)
    assert world.transport.requests == []
    assert "note" in (reasons(world)["note-1"] or "")
    assert "externalCreatedAt" in (reasons(world)["note-2"] or "")


def test_a_refusal_is_parked_with_its_reason_and_a_newer_version_gets_its_chance(
    outbox_database: Database, platform_database: Database
):
    async def story(world: World) -> None:
        refused = (
            b'{"results":{},"errors":{"(externalJobApplicationId:app-1,externalNoteId:note-0,'
            b'integrationContext:urn%3Ali%3Aorganization%3A77)":{"status":422,"code":"ODD","message":"too odd"}}}'
        )
        world.transport.before = once(HttpResponse(200, Headers(), refused))
        world.commit(*changes(1))
        await world.drain()
        assert reasons(world) == {"note-0": "422 ODD too odd"}
        world.commit(Change.upsert(key(0), note("better", NOON)))
        await world.drain()
        assert world.held() == world.ats

    play(outbox_database, platform_database, story)


def test_a_poison_record_is_found_and_parked_alone(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.transport.before = lambda request: (
            answer(400)(request) if b"note-37" in request.body or "note-37" in request.target else None
        )
        world.commit(*changes(100))
        await world.drain()

    world = play(outbox_database, platform_database, story)
    assert Counter(world.standings().values()) == {"clean": 99, "parked": 1}
    assert len(world.transport.requests) <= 16


@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_parks_nothing(outbox_database: Database, platform_database: Database, status: int):
    async def story(world: World) -> None:
        failing = [answer(status)(HttpRequest("GET", "/")) for _ in range(9)]
        world.transport.before = once(*failing)
        world.commit(*changes(150))
        await world.settled()
        assert world.held() == world.ats

    world = play(outbox_database, platform_database, story)
    assert set(world.standings().values()) == {"clean"}
    assert len(world.transport.requests) <= 9 + 4


def test_no_connection_is_no_unknown_fate(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.transport.before = once(*[lose(was_sent=False)] * 3)
        world.commit(*changes(5))
        await world.settled()
        assert world.held() == world.ats
        assert world.clock.now() < NOON + 60_000

    play(outbox_database, platform_database, story)


@pytest.mark.parametrize("is_applied", [True, False])
def test_after_a_lost_answer_nothing_of_these_records_is_sent_until_it_cannot_arrive_any_more(
    outbox_database: Database, platform_database: Database, is_applied: bool
):
    async def story(world: World) -> None:
        lost: list[Received] = [lose()]
        if is_applied:
            world.transport.after = lambda request, response: lost.pop() if lost else response
        else:
            world.transport.before = once(lose())
        world.commit(*changes(5))
        await world.engine.step(world.clock.now())
        world.commit(Change.upsert(key(1), note("edited meanwhile", NOON)), *changes(1, application=2))
        deadline = NOON + world.route.timeout_ms + PATIENCE.quarantine_ms
        while len(world.transport.requests) < 2:
            wake = await world.engine.step(world.clock.now())
            world.clock.advance(max(0, wake - world.clock.now()) / 1000)
        assert b"app-2" in world.transport.requests[1].target.encode() + world.transport.requests[1].body
        assert world.clock.now() < deadline
        while len(world.transport.requests) < 3:
            wake = await world.engine.step(world.clock.now())
            world.clock.advance(max(0, wake - world.clock.now()) / 1000)
        assert world.clock.now() >= deadline
        await world.drain()
        assert world.held() == world.ats

    play(outbox_database, platform_database, story)


def test_an_edit_while_in_flight_goes_next(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        def edit(request: HttpRequest, response: HttpResponse) -> Received:
            if len(world.transport.requests) == 1:
                world.commit(Change.upsert(key(0), note("edited in flight", NOON)))
            return response

        world.transport.after = edit
        world.commit(*changes(1))
        await world.drain()
        assert world.held() == world.ats
        assert len(world.transport.requests) == 2

    play(outbox_database, platform_database, story)


def test_an_answer_that_breaks_the_protocol_is_an_alarm(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.transport.before = once(HttpResponse(200, Headers(), b'{"results":{"odd":{"status":204}},"errors":{}}'))
        world.commit(*changes(2))
        await world.settled()
        assert world.held() == world.ats
        alarms = world.database.read_now(lambda tx: world.store.recent_alarms(tx, Millis(0), 9))
        assert [alarm[3] for alarm in alarms] == ["1 keys that were not asked: odd; 2 of 2 records are not mentioned"]

    play(outbox_database, platform_database, story)


@pytest.mark.parametrize("skew_s", [-300, 0, 300])
def test_a_note_of_the_future_waits_and_is_not_parked(
    outbox_database: Database, platform_database: Database, skew_s: int
):
    """Also where it is only of the future by the platform's clock."""

    async def story(world: World) -> None:
        here = world.clock

        class Other(ManualClock):
            def now(self) -> Millis:
                return Millis(here.now() + skew_s * 1000)

        world.platform.clock = Other(NOON)
        world.platform._api._clock = Other(NOON)
        world.commit(Change.upsert(key(1), note("just now", world.clock.now())))
        world.commit(Change.upsert(key(2), note("soon", world.clock.now() + 30_000)))
        await world.settled()
        assert world.held() == world.ats
        assert set(world.standings().values()) == {"clean"}

    play(outbox_database, platform_database, story)


# ---------------------------------------------------------------- limits


def test_both_limits_are_kept_and_used(outbox_database: Database, platform_database: Database):
    limits = Limits(requests_per_day=100_000, records_per_minute=250, records_per_batch=100)

    async def story(world: World) -> None:
        world.commit(*changes(1_000, modified=NOON - 60_000))
        await world.drain()
        assert world.held() == world.ats
        assert world.transport.statuses == {200: 10}
        assert 4 * MINUTE_MS <= world.clock.now() - NOON <= 5 * MINUTE_MS

    play(outbox_database, platform_database, story, limits=limits)


def test_a_limit_below_a_batch_makes_smaller_batches(outbox_database: Database, platform_database: Database):
    limits = Limits(requests_per_day=100_000, records_per_minute=30, records_per_batch=100)

    async def story(world: World) -> None:
        world.commit(*changes(70))
        await world.settled()
        assert world.held() == world.ats
        assert world.transport.statuses == {200: 3}

    play(outbox_database, platform_database, story, limits=limits)


def test_a_spent_day_is_waited_out(outbox_database: Database, platform_database: Database):
    limits = Limits(requests_per_day=5, records_per_minute=10_000, records_per_batch=100)

    async def story(world: World) -> None:
        world.commit(*changes(380), *changes(380, application=2))
        await world.settled()
        assert world.held() == world.ats
        assert world.transport.statuses == {200: 8}
        assert world.clock.now() // DAY_MS == NOON // DAY_MS + 1

    play(outbox_database, platform_database, story, limits=limits)


def test_a_429_is_probed_at_growing_distances(outbox_database: Database, platform_database: Database):
    """Somebody else uses the same application, or the platform protects itself: no budget of ours is at fault."""

    async def story(world: World) -> None:
        moments: list[int] = []

        def throttle(request: HttpRequest) -> Received | None:
            moments.append((world.clock.now() - NOON) // MINUTE_MS)
            return answer(429)(request) if len(moments) <= 3 else None

        world.transport.before = throttle
        world.commit(*changes(3))
        while len(moments) < 4:
            wake = await world.engine.step(world.clock.now())
            world.clock.advance(max(0, wake - world.clock.now()) / 1000)
        assert moments == [0, 1, 3, 7]
        assert world.held() == world.ats

    play(outbox_database, platform_database, story)


def test_what_only_settings_can_cure_holds_the_customer_up(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.transport.before = once(answer(403)(HttpRequest("GET", "/")))
        world.commit(*changes(3))
        wake = await world.engine.step(world.clock.now())
        wake = await world.engine.step(wake)
        assert wake - world.clock.now() == PATIENCE.hold_ms
        hold = world.database.read_now(lambda tx: world.store.show_hold(tx, ORGANIZATION, "application_notes"))
        assert hold is not None
        assert "403" in hold.reason
        world.clock.advance(3_600)
        await world.drain()
        assert world.held() == world.ats
        assert world.database.read_now(lambda tx: world.store.all_holds(tx)) == {}

    play(outbox_database, platform_database, story)


# ---------------------------------------------------------------- ownership and crashes


def test_only_one_serves_an_application(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        other = LeaseTerms("other", 60_000, world.clock)
        with pytest.raises(LaneTaken, match="served by test until 2026-06-01T12:01:00.000Z"):
            await Lane.acquire(world.database, world.store, CLIENT_ID, other)
        world.clock.advance(61)
        await Lane.acquire(world.database, world.store, CLIENT_ID, other)
        world.commit(*changes(1))
        with pytest.raises(LaneLost):
            await world.drain()
        assert world.transport.requests == []
        with pytest.raises(LaneLost):
            world.database.write_now(world.lane.renew)

    play(outbox_database, platform_database, story)


def test_a_lane_given_back_is_free_at_once(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        await world.lane.release(world.database)
        await Lane.acquire(world.database, world.store, CLIENT_ID, LeaseTerms("other", 60_000, world.clock))

    play(outbox_database, platform_database, story)


def test_a_zombie_may_report_facts_but_decides_nothing(outbox_database: Database, platform_database: Database):
    """It sent, slept past its lease, and wakes up after somebody took over."""

    async def take_over(world: World) -> None:
        world.clock.advance(61)
        lane = await Lane.acquire(world.database, world.store, CLIENT_ID, LeaseTerms("other", 60_000, world.clock))
        (batch,) = world.database.read_now(lambda tx: world.store.sent_batches(tx, CLIENT_ID))
        settler = Settler(world.database, world.store, lane.fence, world.clock)
        await settler.abandon(batch, Millis(batch.deadline_at + 60_000), "taken over")

    async def story(world: World) -> None:
        for instead, states in ((None, {"clean"}), (answer(503)(HttpRequest("GET", "/")), {"clean", "dirty"})):
            taken: list[asyncio.Task[None]] = []
            world.commit(*changes(3, application=1 if instead is None else 2))
            ask = world.engine._ask

            async def sleep_over(call, ask=ask, instead=instead, taken=taken):
                world.transport.before = once(*([instead] if instead else []))
                try:
                    return await ask(call)
                finally:
                    await take_over(world)

            world.engine._ask = sleep_over
            with pytest.raises(LaneLost):
                await world.engine.step(world.clock.now())
            assert set(world.standings().values()) == states
            world.engine._ask = ask
            world.clock.advance(61)
            lane = await Lane.acquire(world.database, world.store, CLIENT_ID, LeaseTerms("t", 60_000, world.clock))
            world.engine._lane = lane
            world.engine._settler = Settler(world.database, world.store, lane.fence, world.clock)

    play(outbox_database, platform_database, story)


def test_a_batch_whose_owner_died_is_closed_and_then_sent_again(outbox_database: Database, platform_database: Database):
    async def story(world: World) -> None:
        world.commit(*changes(3))

        async def die(call: Call) -> Answer[Reply]:
            raise KeyboardInterrupt

        ask, world.engine._ask = world.engine._ask, die
        with pytest.raises(KeyboardInterrupt):
            await world.engine.step(world.clock.now())
        world.engine._ask = ask
        assert set(world.standings().values()) == {"inflight"}
        (batch,) = world.database.read_now(lambda tx: world.store.sent_batches(tx, CLIENT_ID))
        settler = Settler(world.database, world.store, world.lane.fence, world.clock)
        until = Millis(batch.deadline_at + 60_000)
        await settler.abandon(batch, until, "died")
        assert set(world.standings().values()) == {"dirty"}
        await world.drain(idle=3)
        assert world.held() == {}
        world.clock.advance((until - world.clock.now()) / 1000)
        await world.drain()
        assert world.held() == world.ats

    play(outbox_database, platform_database, story)


def test_records_locked_by_the_ats_are_sent_once_it_commits(postgres_url: str, platform_database: Database):
    database = open_database(postgres_url)
    outbox.prepare(database)

    async def story(world: World) -> None:
        world.commit(*changes(3))
        with psycopg.connect(postgres_url) as connection:
            assert outbox.add(Change.upsert(key(1), note("being edited", NOON)), connection) is Added.QUEUED
            await world.drain()
            assert len(world.held()) == 2
        world.ats[key(1)] = note("being edited", NOON)
        await world.drain()
        assert world.held() == world.ats

    play(database, platform_database, story)
    database.close()


def test_an_answer_settles_around_a_record_the_ats_has_locked(postgres_url: str, platform_database: Database):
    database = open_database(postgres_url)
    outbox.prepare(database)

    async def story(world: World) -> None:
        world.commit(*changes(3))
        connection = psycopg.connect(postgres_url)

        def lock(request: HttpRequest, response: HttpResponse) -> Received:
            if len(world.transport.requests) == 1:
                outbox.add(Change.upsert(key(1), note("being edited", NOON)), connection)
            return response

        class Committing(ManualClock):
            async def sleep(self, seconds: float) -> None:
                connection.commit()

        world.engine._settler._clock = Committing(NOON)
        world.transport.after = lock
        await world.drain()
        connection.close()
        world.ats[key(1)] = note("being edited", NOON)
        assert world.held() == world.ats
        assert set(world.standings().values()) == {"clean"}

    play(database, platform_database, story)
    database.close()
