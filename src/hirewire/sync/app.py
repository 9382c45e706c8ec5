"""The composition root of the connector: settings and a clock in; serves until a signal ends it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket

from hirewire.db import open_database
from hirewire.runtime.clock import Clock, RealClock
from hirewire.runtime.logs import Log, make_log
from hirewire.sync.connector import Connector
from hirewire.sync.outbox import prepare
from hirewire.sync.settings import ConnectorSettings


def serve(settings: ConnectorSettings, clock: Clock, *, wait_for_lane: bool = True, log: Log | None = None) -> None:
    """Send what the outbox holds until SIGTERM or SIGINT: requests in flight finish and are recorded first.

    Raises:
        DatabaseError: the database cannot be opened, or its schema is a newer one.
        LaneTaken: another process serves an application, and ``wait_for_lane`` is false.
    """
    log = log or make_log(clock, level=settings.log_level, format=settings.log_format)
    database = open_database(settings.database)
    try:
        prepare(database)
        connector = Connector(
            settings,
            database,
            clock=clock,
            dice=random.SystemRandom(),
            owner=f"{socket.gethostname()}:{os.getpid()}",
            log=log,
            # Leases are for processes on several hosts; a clock of the sandbox's own is for one.
            lease_clock=None if isinstance(clock, RealClock) else clock,
        )
        asyncio.run(_until_signalled(connector, settings.stop_s, log, wait_for_lane=wait_for_lane))
    except BaseExceptionGroup as group:
        # One sentence for the person: the first of them.
        raise _first(group) from None
    finally:
        database.close()


async def _until_signalled(connector: Connector, stop_s: float, log: Log, *, wait_for_lane: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    serving = asyncio.ensure_future(connector.run(stop, wait_for_lane=wait_for_lane))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    try:
        async with asyncio.timeout(stop_s if stop.is_set() else None):
            await serving
    except TimeoutError:
        log.warning("stopped with requests in flight: whoever serves next takes their records for of unknown fate")


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
