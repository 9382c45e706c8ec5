"""The planner everybody writes first, to be compared with: one request per even distance, first in first out."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from hirewire.plan.pacing import SlidingMinute
from hirewire.values.time import DAY_MS, Millis


def even_pacing(
    moments: Sequence[int], begins: Millis, *, requests_per_day: int, records_per_batch: int, records_per_minute: int
) -> array[int]:
    """The delays in ms, in order of arrival, if a request may leave every ``DAY_MS / requests_per_day``."""
    distance = DAY_MS / requests_per_day
    window = SlidingMinute(records_per_minute)
    delays = array("q")
    sent, step = 0, 0
    while sent < len(moments):
        # Up to the first turn at which something waits.
        step = max(step + 1, int((moments[sent] - begins) / distance))
        now = Millis(int(begins + step * distance))
        ready = sent
        while ready < len(moments) and ready - sent < records_per_batch and moments[ready] <= now:
            ready += 1
        if ready > sent and window.room(now) >= ready - sent:
            window.record(ready - sent, now)
            delays.extend(now - moment for moment in moments[sent:ready])
            sent = ready
    return delays
