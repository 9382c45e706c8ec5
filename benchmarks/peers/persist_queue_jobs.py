"""A durable job queue on SQLite, one job a record: persist-queue's ``SQLiteAckQueue``, every call its own transaction,
as the library does it. JSON instead of its default pickle, which nobody should keep in a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import persistqueue
from persistqueue.serializers import json as json_serializer


def work_through(place: Path, jobs: Sequence[dict[str, Any]]) -> int:
    """Put every job, then get and acknowledge them all; how many there were."""
    jobs_queue = persistqueue.SQLiteAckQueue(str(place), auto_commit=True, serializer=json_serializer)
    for job in jobs:
        jobs_queue.put(job)
    done = 0
    while not jobs_queue.empty():
        jobs_queue.ack(jobs_queue.get())
        done += 1
    jobs_queue.close()
    return done
