"""The connector at work: one lane for each application, one engine for each of its customers, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from hirewire.client.async_client import AsyncClient
from hirewire.client.session import Dice
from hirewire.client.transports import AsyncTransport
from hirewire.db import Database, DatabaseBusy, DatabaseError, DatabaseFull, DatabaseUnavailable, Transaction
from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log
from hirewire.sync.asking import Ask
from hirewire.sync.engine import Engine, Pulse
from hirewire.sync.lanes import Lane, LaneLost, LaneTaken, LeaseTerms
from hirewire.sync.route import Route
from hirewire.sync.settings import ConnectorSettings, CustomerSettings
from hirewire.sync.settling import Settler
from hirewire.sync.store import Store
from hirewire.values.time import DAY_MS, HOUR_MS, SECOND_MS, Millis, to_iso, utc_day

_LANE_POLL_S = 1.0
_TROUBLE_PAUSE_S = 2.0
_BUDGET_DAYS_KEPT = 3
_PRUNED_AT_ONCE = 5_000

_PASSING = (DatabaseUnavailable, DatabaseBusy, DatabaseFull)
"""What may be over a little later."""


class Connector:
    """Sends what the outbox of one database holds, for every customer of the settings.

    Args:
        settings: customers, limits, patience.
        database: where the outbox is; migrated already.
        clock: the time to live in.
        dice: the randomness of pauses and multipart boundaries.
        owner: how others see who serves an application, such as "host:pid".
        log: where it tells what it does; never the content of a record.
        lease_clock: by which leases are taken; None, the default, is the database's own.
        transport: what sends requests, instead of the default.
    """

    def __init__(
        self,
        settings: ConnectorSettings,
        database: Database,
        *,
        clock: Clock,
        dice: Dice,
        owner: str,
        log: Log,
        lease_clock: Clock | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        self.settings = settings
        self._database = database
        self._store = Store(database.dialect)
        self._clock = clock
        self._dice = dice
        self._log = log
        self._transport = transport
        self._terms = LeaseTerms(owner, round(settings.lease_s * SECOND_MS), lease_clock)

    async def run(self, stop: asyncio.Event, *, wait_for_lane: bool = True) -> None:
        """Serve until ``stop`` is set: what is in flight is finished and recorded, then the lanes are given back.

        Raises:
            LaneTaken: another process serves an application, and ``wait_for_lane`` is false.
        """
        async with asyncio.TaskGroup() as group:
            for application, customers in self.settings.applications().items():
                group.create_task(self._serve(application, customers, stop, wait_for_lane=wait_for_lane))

    async def _serve(
        self, application: str, customers: Sequence[CustomerSettings], stop: asyncio.Event, *, wait_for_lane: bool
    ) -> None:
        """Serve one application, again whenever the lane or the database was lost."""
        log = self._log.bind(application=application)
        while not stop.is_set():
            try:
                lane = await self._acquire(application, stop, log, wait_for_lane=wait_for_lane)
                if lane is not None:
                    await self._hold_lane(lane, customers, stop, log)
            except* (LaneLost, *_PASSING) as troubles:
                for trouble in _leaves(troubles):
                    log.error("interrupted", reason=str(trouble))  # noqa: TRY400 - the sentence says it all
                await self._pause(_TROUBLE_PAUSE_S, stop)

    async def _acquire(self, application: str, stop: asyncio.Event, log: Log, *, wait_for_lane: bool) -> Lane | None:
        """The lane, as soon as nobody else has it; None when told to stop before that."""
        is_told = False
        while not stop.is_set():
            try:
                return await Lane.acquire(self._database, self._store, application, self._terms)
            except LaneTaken as taken:
                if not wait_for_lane:
                    raise
                if not is_told:
                    log.warning("waiting for the lane", reason=str(taken))
                is_told = True
                await self._pause(_LANE_POLL_S, stop)
        return None

    async def _hold_lane(
        self, lane: Lane, customers: Sequence[CustomerSettings], stop: asyncio.Event, log: Log
    ) -> None:
        try:
            await self._take_over(lane, customers, log)
            log.info("serving", customers=[customer.organization for customer in customers])
            await self._serve_customers(lane, customers, stop, log)
        finally:
            # Also where this ends by an error: what it left in flight is for the next owner, who need not wait for it.
            with contextlib.suppress(DatabaseError):
                await lane.release(self._database)
        log.info("stopped serving")

    async def _serve_customers(
        self, lane: Lane, customers: Sequence[CustomerSettings], stop: asyncio.Event, log: Log
    ) -> None:
        pulse = Pulse()
        async with contextlib.AsyncExitStack() as closing:
            clients = [await closing.enter_async_context(self._client(customer)) for customer in customers]
            async with asyncio.TaskGroup() as group:
                for customer, client in zip(customers, clients, strict=True):
                    for route in self.settings.routes_of(customer):
                        engine = self._engine(route, lane, client.call, pulse, log)
                        group.create_task(self._drive(engine, stop))
                group.create_task(self._keep_lane(lane, stop))

    async def _take_over(self, lane: Lane, customers: Sequence[CustomerSettings], log: Log) -> None:
        """Close the records of every batch whose end the last owner did not record; forget what held customers up."""
        store, database, application = self._store, self._database, lane.fence.application
        batches = await database.read(lambda tx: store.sent_batches(tx, application))
        settler = Settler(database, store, lane.fence, self._clock)
        for batch in batches:
            until = Millis(batch.deadline_at + round(self.settings.quarantine_s * SECOND_MS))
            await settler.abandon(batch, until, "the connector ended before the answer was recorded: fate unknown")
            log.warning("fate unknown", batch=batch.id, records=batch.records, closed_until=to_iso(until))

        def forget_holds(tx: Transaction) -> None:
            for customer in customers:
                store.drop_holds(tx, customer.organization)

        await database.write(forget_holds)

    def _client(self, customer: CustomerSettings) -> AsyncClient:
        return AsyncClient(
            client_id=customer.client_id,
            client_secret=customer.client_secret.get_secret_value(),
            base_url=self.settings.base_url,
            token_url=self.settings.token_url,
            generation=customer.generation,
            version=customer.version,
            protocol=customer.protocol,
            timeout=self.settings.timeout_s,
            total_timeout=self.settings.timeout_s,
            retries=0,
            max_body_bytes=self.settings.body_bytes_max,
            transport=self._transport,
            clock=self._clock,
            dice=self._dice,
        )

    def _engine(self, route: Route, lane: Lane, ask: Ask, pulse: Pulse, log: Log) -> Engine:
        return Engine(
            route,
            database=self._database,
            store=self._store,
            lane=lane,
            ask=ask,
            clock=self._clock,
            draw=self._dice.random,
            pulse=pulse,
            log=log.bind(organization=route.tenant, kind=route.kind.name),
        )

    async def _drive(self, engine: Engine, stop: asyncio.Event) -> None:
        while not stop.is_set():
            now = self._clock.now()
            wake_at = await engine.step(now)
            await self._pause(min(wake_at - self._clock.now(), HOUR_MS) / SECOND_MS, stop)

    async def _keep_lane(self, lane: Lane, stop: asyncio.Event) -> None:
        """Renew the lease while nothing is sent, and sweep now and then."""
        swept_at = Millis(0)
        while not stop.is_set():
            await self._database.write(lane.renew)
            now = self._clock.now()
            if now - swept_at >= HOUR_MS:
                swept_at = now
                await self._sweep(now, stop)
            await self._pause(self.settings.lease_s / 3, stop)

    async def _sweep(self, now: Millis, stop: asyncio.Event) -> None:
        before = Millis(now - self.settings.keep_days * DAY_MS)
        day = utc_day(now) - _BUDGET_DAYS_KEPT

        def sweep(tx: Transaction) -> int:
            return self._store.prune(tx, before=before, before_day=day, limit=_PRUNED_AT_ONCE)

        swept = _PRUNED_AT_ONCE
        while swept >= _PRUNED_AT_ONCE and not stop.is_set():
            swept = await self._database.write(sweep)

    async def _pause(self, seconds: float, stop: asyncio.Event) -> None:
        """Sleep on the clock, or until told to stop."""
        if seconds <= 0:
            return
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({sleep, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sleep, stopping):
                task.cancel()


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    return [
        leaf
        for each in group.exceptions
        for leaf in (_leaves(each) if isinstance(each, BaseExceptionGroup) else [each])
    ]
