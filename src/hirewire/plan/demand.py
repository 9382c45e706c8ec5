"""How many requests the rest of the day will want at each price: learned from yesterday, corrected by the last minutes.

No clock and no records: counts of arrivals go in, request counts come out. What a price is worth is plan/pricing.py's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TypeAlias

from hirewire.values.time import DAY_MS, MINUTE_MS, SECOND_MS, Millis, utc_day

PRICES_S: tuple[float, ...] = (0.0, *(1e-3 * 10 ** (step / 6) for step in range(36)))
"""The prices a day is looked at with, in seconds of waiting summed over the records of a request; 0: send at once."""

SLOT_MS = 5 * MINUTE_MS
TICK_MS = 5 * SECOND_MS
"""How often arrivals are learned from and the price is set anew."""

RECENT_MS = 5 * MINUTE_MS
"""The time constant of "lately": long enough for a steady rate, short enough that a wrong forecast costs minutes."""

DOUBT_MS = 6 * 60 * MINUTE_MS
"""How slowly doubt about yesterday fades. Where two curves cross they agree for a while, and that proves nothing."""

PATIENCE = 0.985
"""How long a record waits for company at most, against the distance of a day's requests if they were even."""

_DOUBT_FREE, _DOUBT_FULL = 0.1, 0.6  # |ln(lately / yesterday)| that is noise, and that makes yesterday worthless
_FLOOR_PER_S = 0.01  # rates below it differ by chance; it is the logarithm's footing too

Needs: TypeAlias = tuple[float, ...]
"""Requests wanted at each of `PRICES_S`."""

_NONE: Needs = (0.0,) * len(PRICES_S)


@dataclass(frozen=True, slots=True)
class Scale:
    """The limits prices are made for, the never-dry reserve (one request per ``reserve_ms``), and what p99 is worth.

    With ``patience`` just below 1 the 99th percentile is not above that of even pacing; more patience gives a lower mean
    and a longer tail.
    """

    requests_per_day: int
    records_per_batch: int
    reserve_ms: int = 30 * SECOND_MS
    patience: float = PATIENCE

    @property
    def age_ms(self) -> float:
        """How long a record waits for company at most: ``patience`` times the distance of a day's requests if even."""
        return self.patience * DAY_MS / self.requests_per_day


@lru_cache(maxsize=4096)
def needs(records: int, seconds: float, scale: Scale) -> Needs:
    """The requests that ``records``, arriving evenly within ``seconds``, cost at each price.

    At a rate r and a price p, a request leaves when its records have waited p together: after t with t + r t^2 / 2 = p,
    at the latest after ``scale.age_ms``; it holds 1 + r t records.
    """
    rate = records / seconds
    largest = min(scale.records_per_batch, 1 + rate * scale.age_ms / SECOND_MS)
    return tuple(records / min(largest, math.sqrt(1 + 2 * price * rate)) for price in PRICES_S)


@dataclass(frozen=True)
class DayProfile:
    """What one day wanted, by slots of `SLOT_MS` from 00:00 UTC: plain numbers, to be kept in the ledger."""

    slots: tuple[Needs, ...]
    reserve_ms: int

    @cached_property
    def _left(self) -> tuple[Needs, ...]:
        """From each slot's beginning to midnight; a quiet slot keeps its part of the reserve."""
        kept = SLOT_MS / self.reserve_ms
        planned = (tuple([max(need, kept) for need in slot]) for slot in reversed(self.slots))
        return tuple(accumulate(planned, _plus, initial=_NONE))[::-1]

    def until_midnight(self, now: Millis) -> Needs:
        """What this day wanted from that time of day on, the reserve included."""
        slot, part = divmod(now % DAY_MS, SLOT_MS)
        if slot >= len(self.slots):
            return _NONE
        share = 1 - part / SLOT_MS
        return tuple(
            after + share * (whole - after) for whole, after in zip(self._left[slot], self._left[slot + 1], strict=True)
        )

    def per_second(self, now: Millis) -> Needs:
        """The rate of that time of day."""
        slot = now % DAY_MS // SLOT_MS
        seconds = SLOT_MS / SECOND_MS
        return tuple(need / seconds for need in self.slots[slot]) if slot < len(self.slots) else _NONE


@dataclass(frozen=True, slots=True)
class Demand:
    """What is known of demand at a moment.

    ``lately`` and ``usually`` are requests per second, today's and yesterday's, forgotten at the same pace; ``weight``
    is how much of `RECENT_MS` they cover; ``doubt`` is how far the two differed (0: they agree).
    """

    scale: Scale
    day: int
    yesterday: DayProfile | None = None
    today: tuple[Needs, ...] = ()
    lately: Needs = _NONE
    usually: Needs = _NONE
    weight: float = 0.0
    doubt: float = 0.0

    def learn(self, arrivals: Sequence[int], now: Millis, price_s: float) -> Demand:
        """Add the arrivals of each of the seconds that have ended at ``now``; a new day makes today yesterday."""
        begun = Millis(now - len(arrivals) * SECOND_MS)
        wanted = _NONE
        for records in filter(None, arrivals):
            wanted = _plus(wanted, needs(records, 1.0, self.scale))
        return self.on(utc_day(begun))._add(wanted, begun, len(arrivals), price_s)

    def on(self, day: int) -> Demand:
        """What is known when a day begins: the day before it is yesterday, if it was seen whole."""
        if day == self.day:
            return self
        was_whole = day == self.day + 1 and len(self.today) == DAY_MS // SLOT_MS
        yesterday = DayProfile(self.today, self.scale.reserve_ms) if was_whole else None
        return replace(self, day=day, yesterday=yesterday or self.yesterday, today=(), doubt=0.0)

    def _add(self, wanted: Needs, begun: Millis, seconds: int, price_s: float) -> Demand:
        keep = math.exp(-seconds * SECOND_MS / RECENT_MS)
        rate = tuple(need / seconds for need in wanted)
        usual = self.yesterday.per_second(begun) if self.yesterday else rate
        lately, usually = _fade(self.lately, rate, keep), _fade(self.usually, usual, keep)
        here = _nearest(price_s)
        differs = abs(math.log((lately[here] + _FLOOR_PER_S) / (usually[here] + _FLOOR_PER_S)))
        return replace(
            self,
            today=_put(self.today, begun % DAY_MS // SLOT_MS, wanted),
            lately=lately,
            usually=usually,
            weight=1 - keep * (1 - self.weight),
            doubt=max(self.doubt * math.exp(-seconds * SECOND_MS / DOUBT_MS), differs - _DOUBT_FREE),
        )

    @property
    def trust(self) -> float:
        """How far yesterday is believed, from 0 to 1."""
        return max(0.0, 1 - self.doubt / (_DOUBT_FULL - _DOUBT_FREE)) if self.yesterday else 0.0

    def until_midnight(self, now: Millis) -> Needs:
        """The requests the rest of the day will want: yesterday's as far as it is believed, else it goes on as lately."""
        left_s = (DAY_MS - now % DAY_MS) / SECOND_MS
        trust, weight = self.trust, self.weight or 1.0
        flat = tuple(rate / weight * left_s for rate in self.lately)
        if self.yesterday is None or trust == 0:
            return flat
        usual = self.yesterday.until_midnight(now)
        return tuple(trust * one + (1 - trust) * other for one, other in zip(usual, flat, strict=True))


def _plus(one: Needs, other: Needs) -> Needs:
    return tuple(map(float.__add__, one, other))


def _fade(old: Needs, new: Needs, keep: float) -> Needs:
    gain = 1 - keep
    return tuple([keep * was + gain * now for was, now in zip(old, new, strict=True)])


def _put(slots: tuple[Needs, ...], number: int, wanted: Needs) -> tuple[Needs, ...]:
    """Add to one slot. Slots nobody saw stand as zeros; a clock that went back adds to a slot that is over."""
    filled = slots + (_NONE,) * (number + 1 - len(slots))
    return (*filled[:number], _plus(filled[number], wanted), *filled[number + 1 :])


def _nearest(price_s: float) -> int:
    """The entry of `PRICES_S` at or above a price."""
    return next((number for number, price in enumerate(PRICES_S) if price >= price_s), len(PRICES_S) - 1)
