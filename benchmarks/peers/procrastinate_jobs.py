"""A durable job queue on PostgreSQL, one job a record: procrastinate, enqueued in bulk as it offers, taken by its own
worker with some jobs at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import procrastinate

CONCURRENCY = 10
ENQUEUED_AT_ONCE = 1_000


class JobQueue:
    """The queue's tables in one database, made at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        asyncio.run(self._create())

    def work_through(self, jobs: Sequence[dict[str, Any]]) -> int:
        """Enqueue every job, then work on them until none is left; how many there were."""
        return asyncio.run(self._work_through(jobs))

    def _app(self) -> procrastinate.App:
        return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=self._url))

    async def _create(self) -> None:
        async with self._app().open_async() as app:
            await app.schema_manager.apply_schema_async()

    async def _work_through(self, jobs: Sequence[dict[str, Any]]) -> int:
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        done = 0
        async with self._app().open_async() as app:

            @app.task(name="send_note")
            async def send_note(note: dict[str, Any]) -> None:
                nonlocal done
                done += 1

            for start in range(0, len(jobs), ENQUEUED_AT_ONCE):
                arguments: list[Any] = [{"note": job} for job in jobs[start : start + ENQUEUED_AT_ONCE]]
                await send_note.batch_defer_async(*arguments)
            await app.run_worker_async(wait=False, concurrency=CONCURRENCY, install_signal_handlers=False)
        return done
