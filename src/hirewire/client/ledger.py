"""The client's own count of what it sent: it tells a minute's throttle from a day's, which a 429 does not.

Not here: pacing. It counts this process only, so it can prove that a limit is reached, never that it is not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from hirewire.catalog.model import Resource
from hirewire.plan.retry import Throttle
from hirewire.values.time import MINUTE_MS, Millis, next_midnight, utc_day, utc_minute

# What the platform answers before it counts a request (decision G-4).
_NOT_CHARGED = frozenset({401, 404, 411, 414, 426, 429})


@dataclass(frozen=True, slots=True)
class _Usage:
    """What was used of one resource in one UTC day and one UTC minute."""

    day: int
    minute: int
    requests: int = 0
    records: int = 0

    def at(self, now: Millis) -> _Usage:
        """The usage as it counts at ``now``: a new day or minute begins at zero."""
        requests = self.requests if utc_day(now) == self.day else 0
        records = self.records if utc_minute(now) == self.minute else 0
        return _Usage(utc_day(now), utc_minute(now), requests, records)


class Ledger:
    """Requests of the day and records of the minute, for each throttle. Safe to share between threads."""

    def __init__(self) -> None:
        self._used: dict[str, _Usage] = {}
        self._lock = threading.Lock()

    def charge(self, resource: Resource, records: int, status: int | None, now: Millis) -> None:
        """Count one request; ``status`` None (no answer) counts, because it may have been counted over there."""
        if status in _NOT_CHARGED:
            return
        with self._lock:
            used = self._usage(resource, now)
            self._used[resource.throttle] = replace(used, requests=used.requests + 1, records=used.records + records)

    def throttle(self, resource: Resource, records: int, now: Millis) -> Throttle | None:
        """Which limit a 429 to a request of so many records means; None when by this count none is reached."""
        with self._lock:
            used = self._usage(resource, now)
        limits = resource.limits
        if used.requests >= limits.requests_per_day:
            return Throttle(next_midnight(now), is_day=True)
        if limits.records_per_minute is not None and used.records + records > limits.records_per_minute:
            return Throttle(Millis((utc_minute(now) + 1) * MINUTE_MS), is_day=False)
        return None

    def _usage(self, resource: Resource, now: Millis) -> _Usage:
        return self._used.get(resource.throttle, _Usage(0, 0)).at(now)
