"""The platform's side of a simulation: counts requests and records as it would, and shares no code with the planner."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

DAY_MS = 24 * 60 * 60 * 1000
MINUTE_MS = 60 * 1000


@dataclass
class PlatformCounter:
    """Requests per UTC day, records per UTC minute (decision G-6) and, stricter, records of any sixty seconds."""

    requests_per_day: int
    records_per_minute: int
    records_per_batch: int
    violations: int = 0
    requests: Counter[int] = field(default_factory=Counter)
    records: Counter[int] = field(default_factory=Counter)
    recent: deque[tuple[int, int]] = field(default_factory=deque)
    recent_records: int = 0

    def arrive(self, at_ms: int, records: int) -> None:
        """One request, in the order of time."""
        self.requests[at_ms // DAY_MS] += 1
        self.records[at_ms // MINUTE_MS] += records
        self.recent.append((at_ms, records))
        self.recent_records += records
        while self.recent[0][0] <= at_ms - MINUTE_MS:
            self.recent_records -= self.recent.popleft()[1]
        self.violations += (
            self.requests[at_ms // DAY_MS] > self.requests_per_day
            or self.records[at_ms // MINUTE_MS] > self.records_per_minute
            or self.recent_records > self.records_per_minute
            or not 0 < records <= self.records_per_batch
        )

    def is_dry(self, at_ms: int, reserve_ms: int) -> bool:
        """Whether what is left no longer buys one request per ``reserve_ms`` until midnight."""
        left = self.requests_per_day - self.requests[at_ms // DAY_MS]
        return left < (DAY_MS - at_ms % DAY_MS) // reserve_ms
