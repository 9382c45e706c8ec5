"""Moments as the platform counts them: epoch milliseconds, UTC. Nothing here reads a clock.

Throttle days begin at 00:00 UTC and throttle minutes at second 0 (seed 000: "Requests Per Day (UTC)", "Records Per
Minute"), so both are plain divisions of a moment.
"""

from __future__ import annotations

import datetime as dt
from typing import NewType

Millis = NewType("Millis", int)
"""Milliseconds since 1970-01-01T00:00:00Z, a whole number."""

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

# What a datetime can hold; a moment outside of it is a number, but no date.
_FIRST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LAST = dt.datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=dt.UTC)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def from_datetime(moment: dt.datetime) -> Millis:
    """The milliseconds of an aware ``datetime``; a naive one has no zone and is refused with ``ValueError``."""
    if moment.tzinfo is None:
        raise ValueError(f"expected a time with a zone, got {moment.isoformat()} without one")
    return Millis((moment - _EPOCH) // dt.timedelta(milliseconds=1))


def to_datetime(moment: Millis) -> dt.datetime:
    """The aware UTC ``datetime`` of a moment, clamped to the years 1 to 9999 a ``datetime`` can hold."""
    clamped = min(max(moment, from_datetime(_FIRST)), from_datetime(_LAST))
    return _EPOCH + dt.timedelta(milliseconds=clamped)


def to_iso(moment: Millis) -> str:
    """ISO 8601 with milliseconds and ``Z``.

    >>> to_iso(Millis(1484864187000))
    '2017-01-19T22:16:27.000Z'
    """
    return to_datetime(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> Millis:
    """Read ISO 8601 with a zone (``Z`` or an offset); ``ValueError`` says what is missing.

    >>> from_iso("2017-01-19T23:16:27+01:00")
    1484864187000
    """
    return from_datetime(dt.datetime.fromisoformat(text))


def utc_day(moment: Millis) -> int:
    """The number of the UTC day a moment lies in, counted from 1970-01-01."""
    return moment // DAY_MS


def utc_minute(moment: Millis) -> int:
    """The number of the UTC minute a moment lies in, counted from 1970-01-01T00:00."""
    return moment // MINUTE_MS


def next_midnight(moment: Millis) -> Millis:
    """The 00:00 UTC after a moment: when daily budgets begin anew."""
    return Millis((utc_day(moment) + 1) * DAY_MS)
