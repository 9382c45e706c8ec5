"""What the limits forbid whatever a request is worth: the day's last requests, and the records of any sixty seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from hirewire.values.time import MINUTE_MS, SECOND_MS, Millis, next_midnight

RESERVE_MS = 30 * SECOND_MS
"""Never dry: at any time what is left buys one request per this long until midnight (2.9 % of 100,000)."""

WINDOW_SLOT_MS = 50
"""Records are remembered in slots of this length, rounded up: it bounds the memory, and is the window's margin."""

KEPT_SHARE = 0.02
"""The part of a minute that is never lent to customers beyond their share: the others' first records find it open.

It need not be more. What those others have sent comes free at the pace they send, and is not lent either.
"""

FLOOD_WINDOWS = 3
"""More waiting records than this many windows carry are a flood: sent evenly, so that others find the window open."""


def affordable_at(left: int, now: Millis, last_at: Millis, reserve_ms: int = RESERVE_MS) -> Millis:
    """When the next request may be made so that the day never runs dry.

    At once while the rest still buys one request per ``reserve_ms`` until midnight; else as often as that, or as evenly
    as what is left allows. ``left`` counts this request; ``last_at`` is when the one before was made (0: never).
    """
    midnight = next_midnight(now)
    if left <= 0:
        return midnight
    if (left - 1) * reserve_ms >= midnight - now:
        return now
    return Millis(min(midnight, max(now, last_at + max(reserve_ms, (midnight - now) // left))))


class SlidingMinute:
    """The records of the last sixty seconds, exact to `WINDOW_SLOT_MS` on the safe side.

    Give it moments of a clock that does not run faster than the platform's. One that goes back only delays: what was
    sent in its future counts until that is past.
    """

    def __init__(self, limit: int, counted: Iterable[tuple[Millis, int]] = ()) -> None:
        self.limit = limit
        self._slots = deque(sorted(counted))
        self._used = sum(records for _, records in self._slots)

    @property
    def counted(self) -> tuple[tuple[Millis, int], ...]:
        """What counts, as plain values for the ledger: ends of slots and their records."""
        return tuple(self._slots)

    def used(self, now: Millis) -> int:
        """The records that count now."""
        while self._slots and self._slots[0][0] + MINUTE_MS <= now:
            self._used -= self._slots.popleft()[1]
        return self._used

    def room(self, now: Millis) -> int:
        """How many records may leave now."""
        return max(0, self.limit - self.used(now))

    def opens_at(self, records: int, now: Millis) -> Millis:
        """When ``records``, at most the limit, may leave together."""
        excess = self.used(now) + records - self.limit
        if excess <= 0:
            return now
        for end, counted in self._slots:
            excess -= counted
            if excess <= 0:
                return Millis(end + MINUTE_MS)
        raise ValueError(f"expected at most {self.limit} records, the limit of a minute, got {records}: cut them first")

    def record(self, records: int, now: Millis) -> None:
        """Count records that leave now."""
        end = Millis(-(-now // WINDOW_SLOT_MS) * WINDOW_SLOT_MS)
        if self._slots and self._slots[-1][0] >= end:
            end, before = self._slots.pop()
            records_there = before + records
        else:
            records_there = records
        self._slots.append((end, records_there))
        self._used += records


def spaced_at(waiting: int, records_per_batch: int, window_limit: int, last_at: Millis) -> Millis:
    """From when on the next request of a flood may be made; 0 where ``waiting`` is none."""
    if waiting <= FLOOD_WINDOWS * window_limit:
        return Millis(0)
    return Millis(last_at + MINUTE_MS * records_per_batch // window_limit)
