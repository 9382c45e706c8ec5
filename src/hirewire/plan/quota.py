"""What the throttles leave: requests of a UTC day, records of any sixty seconds. The side that obeys; nothing is counted here.

The platform counts a request when it arrives, in its own days and minutes (decision G-6: fixed UTC minutes). We know
when a request left and when its answer was here, so each is charged to every day and to every window it may be counted in.
"""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.values.time import DAY_MS, MINUTE_MS, SECOND_MS, Millis, next_midnight, utc_day

CLOCK_MARGIN_MS = 5 * SECOND_MS
"""How far apart two clocks may be that nobody has compared yet, when it comes to midnight."""

SLOT_MS = 250
"""Records are counted in slots of this length, rounded up: the margin of the minute window, and its memory is bounded."""

WINDOW_MS = MINUTE_MS + SLOT_MS
"""How long a record counts after its answer: a minute, and a margin for two clocks that do not tick alike."""

NEVER_DRY_MS = 30 * SECOND_MS
"""The longest a change waits for a request while the day's budget is nearly spent: so much of it is kept back."""

_THROTTLE_FIRST_MS = MINUTE_MS
_THROTTLE_LONGEST_MS = 60 * MINUTE_MS


# ---------------------------------------------------------------- the day's requests


def days_charged(now: Millis, travel_ms: int, clock_margin_ms: int = CLOCK_MARGIN_MS) -> tuple[int, ...]:
    """The UTC days in which the platform may count a request that leaves now and arrives within ``travel_ms``."""
    earliest = utc_day(Millis(now - clock_margin_ms))
    latest = utc_day(Millis(now + travel_ms + clock_margin_ms))
    return tuple(range(earliest, latest + 1))


def day_begins(now: Millis, clock_margin_ms: int = CLOCK_MARGIN_MS) -> Millis:
    """When the next day's budget can be used without being charged to this day as well."""
    return Millis(next_midnight(Millis(now - clock_margin_ms)) + clock_margin_ms)


@dataclass(frozen=True, slots=True)
class DayBudget:
    """The requests of the day that may still be made: ``limit`` less what was reserved, of the scarcest day charged."""

    limit: int
    used: int

    @property
    def left(self) -> int:
        """Requests left, at least 0."""
        return max(0, self.limit - self.used)


def next_request_at(
    budget: DayBudget,
    now: Millis,
    last_at: Millis | None,
    *,
    is_full: bool,
    clock_margin_ms: int = CLOCK_MARGIN_MS,
) -> Millis:
    """When the next request may be made so that the day's budget lasts until its end.

    A full batch goes at once; one that is not, at once while the budget is ahead of the day, else as evenly as the rest
    of the budget allows. The last of it is kept for one request per `NEVER_DRY_MS` until midnight. ``clock_margin_ms``
    must be that of the days charged, or a spent day would be waited out for another day.
    """
    if budget.left == 0:
        return day_begins(now, clock_margin_ms)
    remaining_ms = next_midnight(now) - now
    since = now - NEVER_DRY_MS if last_at is None else last_at
    if (budget.left - 1) * NEVER_DRY_MS < remaining_ms:
        return Millis(max(now, since + NEVER_DRY_MS))
    if is_full or budget.left * DAY_MS >= budget.limit * remaining_ms:
        return now
    return Millis(max(now, since + remaining_ms // budget.left))


# ---------------------------------------------------------------- the minute's records


@dataclass(frozen=True, slots=True)
class MinuteWindow:
    """The records that may be counted in one minute with a request that leaves now.

    ``slots`` are moments and the records that count up to `WINDOW_MS` after them, ``in_flight`` those whose answer is
    still out. A record sent at s and answered at a arrived between them. Two records of one minute of the platform's
    arrived less than 60 s apart, so when the later one leaves, less than 60 s have passed since the answer of the
    earlier one: it is counted here. So no minute of the platform's ever holds more than ``limit``.
    """

    limit: int | None
    slots: tuple[tuple[Millis, int], ...] = ()
    in_flight: int = 0

    def room(self, now: Millis) -> int | None:
        """How many records may leave now; None: no limit is published."""
        if self.limit is None:
            return None
        return max(0, self.limit - self.in_flight - sum(count for at, count in self.slots if now - at < WINDOW_MS))

    def opens_at(self, records: int, now: Millis) -> Millis | None:
        """When ``records`` more may leave; None while that depends on answers that are still out.

        More than the limit itself never may: cut smaller batches.
        """
        if self.limit is None or self.in_flight + records > self.limit:
            return now if self.limit is None else None
        counted = self.in_flight + records + sum(count for _, count in self.slots)
        opens = now
        for at, count in sorted(self.slots):
            if counted <= self.limit:
                break
            counted -= count
            opens = max(opens, Millis(at + WINDOW_MS))
        return opens


def slot_of(moment: Millis) -> Millis:
    """The end of the slot a moment lies in."""
    return Millis(-(-moment // SLOT_MS) * SLOT_MS)


# ---------------------------------------------------------------- a throttle that came all the same


def throttled_until(now: Millis, throttles: int, asked_until: Millis | None = None) -> Millis:
    """When to try one request after the 429 of that number today (counted from 1).

    Our own count says that both limits hold, so it may be protection that clears by itself: one probe a minute later,
    then at twice the distance, up to an hour, and at the latest when the next day's budget begins.
    """
    pause = min(_THROTTLE_LONGEST_MS, _THROTTLE_FIRST_MS * 2 ** min(throttles - 1, 10))
    until = min(Millis(now + pause), day_begins(now))
    return until if asked_until is None else max(until, asked_until)
