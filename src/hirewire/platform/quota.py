"""The two throttles of a resource as a decision: requests of a UTC day, records of a UTC minute, both fixed windows.

Counters are kept per application and resource, over both generations (decision G-4). Nothing here stores them.
"""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.catalog.model import Limits
from hirewire.values.time import Millis, utc_day, utc_minute


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used of the two windows that were current when somebody last counted."""

    day: int = 0
    requests: int = 0
    minute: int = 0
    records: int = 0

    def at(self, now: Millis) -> Usage:
        """The same usage seen at ``now``: a window that is not the current one counts for nothing."""
        day, minute = utc_day(now), utc_minute(now)
        requests = self.requests if self.day == day else 0
        records = self.records if self.minute == minute else 0
        return Usage(day, requests, minute, records)


def charge_request(usage: Usage, now: Millis, limits: Limits) -> Usage | None:
    """The usage with one more request, or None: the day's requests are spent and nothing is charged."""
    current = usage.at(now)
    if current.requests >= limits.requests_per_day:
        return None
    return Usage(current.day, current.requests + 1, current.minute, current.records)


def charge_records(usage: Usage, now: Millis, limits: Limits, records: int) -> Usage | None:
    """The usage with so many more records, or None: the minute has no room for all of them and none is charged."""
    current = usage.at(now)
    if limits.records_per_minute is not None and current.records + records > limits.records_per_minute:
        return None
    return Usage(current.day, current.requests, current.minute, current.records + records)
