"""Moments: conversions are inverse to each other, and days and minutes begin where UTC's do."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.values.time import (
    DAY_MS,
    MINUTE_MS,
    Millis,
    from_datetime,
    from_iso,
    next_midnight,
    to_datetime,
    to_iso,
    utc_day,
    utc_minute,
)

MOMENTS = st.integers(-62135596800000, 253402300799999).map(Millis)


@given(MOMENTS)
def test_iso_and_datetime_are_read_back(moment: Millis):
    assert from_iso(to_iso(moment)) == moment
    assert from_datetime(to_datetime(moment)) == moment


@given(MOMENTS)
def test_a_day_ends_at_the_next_midnight(moment: Millis):
    midnight = next_midnight(moment)
    assert 0 < midnight - moment <= DAY_MS
    assert (utc_day(midnight), midnight % DAY_MS) == (utc_day(moment) + 1, 0)
    assert utc_minute(moment) == moment // MINUTE_MS


def test_a_moment_no_calendar_holds_is_clamped_when_shown():
    assert to_iso(Millis(2**62)) == "9999-12-31T23:59:59.999Z"
    assert to_iso(Millis(-(2**62))) == "0001-01-01T00:00:00.000Z"


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "2026-01-01", "yesterday", ""])
def test_a_time_without_a_zone_is_refused(text: str):
    with pytest.raises(ValueError):
        from_iso(text)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="zone"):
        from_datetime(dt.datetime(2026, 1, 1))  # noqa: DTZ001  a naive time is what is tested
