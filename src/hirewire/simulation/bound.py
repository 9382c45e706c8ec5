"""What no schedule can beat: the lower bounds that a simulated day's mean delay is compared with, computed from it.

A day is a partition of the arrivals into at most K runs of at most 100, each sent at its last arrival: the Lagrangian
dual of that, by a dynamic programme, is a bound for every price of a run, and the best price gives the bound. Besides,
the minute window alone delays records, first in first out. Nothing here knows the planner.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from hirewire.values.time import MINUTE_MS

_FINE = 10_000
"""Parts of a millisecond. Equal moments are moved apart by one each, so that a run's expiry is a moment of its own."""

_TOLERANCE = 1e-3
_STRETCHES = 20


@dataclass(frozen=True, slots=True)
class Bound:
    """Lower bounds of the mean delay, in ms.

    ``batching``: requests of the day; ``window``: records of the minute; ``both``: their combination, which is at least
    either. ``gap`` is how much higher the dual's own optimum might still be.
    """

    batching_ms: float
    window_ms: float
    both_ms: float
    gap_ms: float

    @property
    def larger_ms(self) -> float:
        """The bound regret is measured against."""
        return max(self.batching_ms, self.window_ms)


def lower_bound(moments: Sequence[int], *, requests: int, records_per_batch: int, records_per_minute: int) -> Bound:
    """The bounds of one day. ``moments`` are sorted, in ms.

    The combination: whatever a schedule does, its i-th send is not before the i-th release of the window, so it is a
    partition of the releases, and waits for the window besides.
    """
    if not moments:
        return Bound(0.0, 0.0, 0.0, 0.0)
    released = releases(moments, records_per_minute)
    window = (sum(released) - sum(moments)) / len(moments)
    batching, gap = batching_bound(moments, requests, records_per_batch)
    beyond = batching_bound(released, requests, records_per_batch)[0] if window else batching
    return Bound(batching, window, max(window + beyond, batching), gap)


def releases(moments: Sequence[int], records_per_minute: int) -> array[int]:
    """When each record may leave at the earliest, first in first out, if requests cost nothing."""
    released = array("q", moments)
    for number in range(records_per_minute, len(released)):
        # Both grow with the number, so the order is kept.
        released[number] = max(released[number], released[number - records_per_minute] + MINUTE_MS)
    return released


def batching_bound(moments: Sequence[int], requests: int, records_per_batch: int) -> tuple[float, float]:
    """The dual bound of the mean delay in ms, and how far the dual's optimum may lie above it."""
    count = len(moments)
    if count <= requests:
        return 0.0, 0.0
    apart = _apart(moments)
    low, high = _bracket(apart, requests, records_per_batch)
    best, ceiling = _cut(low, high, requests)
    while ceiling - best > _TOLERANCE * best and high[0] - low[0] > 1:
        middle = _evaluate(apart, _between(low, high, requests), records_per_batch)
        low, high = (middle, high) if middle[2] > requests else (low, middle)
        best = max(best, _dual(middle, requests))
        ceiling = min(ceiling, _cut(low, high, requests)[1])
    scale = _FINE * count
    # Moving equal moments apart added at most one part per record of a run to the delay of each.
    return max(0.0, best / scale - records_per_batch / _FINE), (ceiling - best) / scale


_Tangent = tuple[int, float, float]
"""A price, the cost of the cheapest partition at it (delay and price of its runs), and the number of its runs."""


def _dual(tangent: _Tangent, requests: int) -> float:
    price, cost, _ = tangent
    return cost - price * requests


def _cut(low: _Tangent, high: _Tangent, requests: int) -> tuple[float, float]:
    """The better of two dual values, and where their tangents meet: the concave dual lies below."""
    best = max(_dual(low, requests), _dual(high, requests))
    slope_low, slope_high = low[2] - requests, high[2] - requests
    if slope_low <= 0 or slope_high > 0:
        return best, best  # the dual's optimum is at the end of the prices looked at
    meet = (_dual(high, requests) - _dual(low, requests) + slope_low * low[0] - slope_high * high[0]) / (
        slope_low - slope_high
    )
    return best, _dual(low, requests) + slope_low * (meet - low[0])


def _between(low: _Tangent, high: _Tangent, requests: int) -> int:
    """The next price to try: runs fall about with the root of the price, so 1/runs^2 is interpolated."""
    at_low, at_high, wanted = (1 / max(runs, 1.0) ** 2 for runs in (low[2], high[2], float(requests)))
    part = min(0.95, max(0.05, (wanted - at_low) / (at_high - at_low))) if at_high > at_low else 0.5
    return min(high[0] - 1, max(low[0] + 1, int(low[0] + part * (high[0] - low[0]))))


def _bracket(apart: Sequence[int], requests: int, records_per_batch: int) -> tuple[_Tangent, _Tangent]:
    """A price with too many runs and one with few enough, near each other: first found on a part of the day."""
    sample = _sample(apart)
    share = sum(map(len, sample)) / len(apart)
    highest = (apart[-1] - apart[0] + 1) * records_per_batch
    few, many = highest, 1
    while few > 1.02 * many + 2:
        price = int(math.sqrt(few * many))
        runs = sum(_evaluate(part, price, records_per_batch)[2] for part in sample)
        few, many = (few, price) if runs > requests * share else (price, many)
    low, high = (
        _evaluate(apart, price, records_per_batch) for price in (max(1, int(many * 0.98)), int(few * 1.02) + 1)
    )
    while low[2] <= requests and low[0] > 1:
        high, low = low, _evaluate(apart, max(1, int(low[0] * 0.8)), records_per_batch)
    while high[2] > requests and high[0] < highest:
        low, high = high, _evaluate(apart, int(high[0] * 1.25) + 1, records_per_batch)
    return low, high


def _sample(moments: Sequence[int]) -> list[Sequence[int]]:
    """Stretches all over the day, a tenth of it; a short day whole."""
    step = len(moments) // _STRETCHES
    if step < 10 * _STRETCHES:
        return [moments]
    return [moments[begin : begin + step // 10] for begin in range(0, len(moments) - step + 1, step)]


def _apart(moments: Sequence[int]) -> list[int]:
    """The moments in fine parts, strictly increasing."""
    origin, before = moments[0], -1
    apart = []
    for moment in moments:
        before = max((moment - origin) * _FINE, before + 1)
        apart.append(before)
    return apart


def _evaluate(moments: Sequence[int], price: int, largest: int) -> _Tangent:
    """The cheapest partition into runs of at most ``largest`` where each run costs ``price``.

    With g(i) the cost of the first i records plus the sum of their moments, the run (i, j] ends at a cost of
    g(i) + (j - i) a(j) - sum(j): lines in a(j). A later start, once better, stays better (the cost is Monge, also with
    the bound on the size), so the starts form a queue ordered by when each takes over: from one crossing to the next,
    or when the one before is too old.
    """
    count = len(moments)
    starts, costs, takes_over = [0], [0], [-1]
    runs_of = [0] * (count + 1)
    head, total, cost = 0, 0, 0
    end_of_time = moments[-1] + 1
    for number in range(1, count + 1):
        at = moments[number - 1]
        total += at
        last = len(starts) - 1
        while head < last and takes_over[head + 1] <= at:
            head += 1
        start = starts[head]
        cost = costs[head] + (number - start) * at - total + price
        runs_of[number] = runs_of[start] + 1
        reach = cost + total
        while True:
            other = starts[-1]
            crossing = -((costs[-1] - reach) // (number - other))
            expires = moments[other + largest] if other + largest < count else end_of_time
            takes = min(crossing, expires)
            if len(starts) - 1 > head and takes <= takes_over[-1]:
                starts.pop()
                costs.pop()
                takes_over.pop()
                continue
            break
        starts.append(number)
        costs.append(reach)
        takes_over.append(takes)
    return price, float(cost), float(runs_of[count])
