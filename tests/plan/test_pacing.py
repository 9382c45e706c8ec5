"""The limits hold for every sequence of requests, and the day never runs dry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.pacing import FLOOD_WINDOWS, RESERVE_MS, SlidingMinute, affordable_at, spaced_at
from hirewire.values.time import DAY_MS, HOUR_MS, MINUTE_MS, Millis, utc_minute

MIDNIGHT = Millis(20_455 * DAY_MS)


@given(st.integers(0, 3_000), st.lists(st.integers(0, 5 * MINUTE_MS), max_size=200))
def test_the_day_never_runs_dry(spare: int, gaps: list[int]):
    """Whenever a request is wished for and however many: what is left buys one per reserve until midnight."""
    now = Millis(MIDNIGHT - 12 * HOUR_MS)
    left, last = 12 * HOUR_MS // RESERVE_MS + spare, Millis(0)
    for gap in gaps:
        now = affordable_at(left, Millis(now + gap), last)
        if now >= MIDNIGHT:
            break
        left, last = left - 1, now
        assert left * RESERVE_MS >= MIDNIGHT - now - RESERVE_MS


@given(st.integers(1, 50), st.integers(1, DAY_MS))
def test_a_budget_below_the_reserve_is_spread_evenly(left: int, remaining_ms: int):
    last = Millis(MIDNIGHT - remaining_ms)
    at = affordable_at(left, last, last)
    if (left - 1) * RESERVE_MS < remaining_ms:
        assert at == min(MIDNIGHT, last + max(RESERVE_MS, remaining_ms // left))
    else:
        assert at == last


def test_the_first_request_of_a_small_budget_goes_at_once():
    now = Millis(MIDNIGHT - HOUR_MS)
    assert affordable_at(5, now, Millis(0)) == now


def test_nothing_left_waits_for_midnight():
    assert affordable_at(0, Millis(MIDNIGHT - 5), Millis(0)) == MIDNIGHT
    assert affordable_at(-3, MIDNIGHT, Millis(0)) == MIDNIGHT + DAY_MS


requests = st.lists(st.tuples(st.integers(-90_000, 90_000), st.integers(1, 10)), max_size=60)


@given(requests)
def test_no_window_of_sixty_seconds_holds_more_than_the_limit(wishes: list[tuple[int, int]]):
    """Also when our clock goes back: the platform's moments are those of a clock that does not."""
    window, ours, platforms = SlidingMinute(25), MIDNIGHT, int(MIDNIGHT)
    sent: list[tuple[int, int]] = []
    for step, records in wishes:
        ours = Millis(ours + step)
        platforms += max(0, step)
        opens = window.opens_at(records, ours)
        platforms += opens - ours
        ours = opens
        assert window.room(ours) >= records
        window.record(records, ours)
        sent.append((platforms, records))
    for at, _ in sent:
        assert sum(records for moment, records in sent if at <= moment < at + MINUTE_MS) <= 25
    for minute in {utc_minute(Millis(at)) for at, _ in sent}:
        assert sum(records for at, records in sent if utc_minute(Millis(at)) == minute) <= 25


@given(requests)
def test_a_window_survives_a_restart(wishes: list[tuple[int, int]]):
    window, now = SlidingMinute(25), MIDNIGHT
    for step, records in wishes:
        now = Millis(now + abs(step))
        if window.room(now) >= records:
            window.record(records, now)
        again = SlidingMinute(25, window.counted)
        assert (again.room(now), again.opens_at(25, now)) == (window.room(now), window.opens_at(25, now))


def test_more_than_the_limit_never_fits():
    with pytest.raises(ValueError, match="at most 25 records"):
        SlidingMinute(25).opens_at(26, MIDNIGHT)


def test_a_lowered_limit_leaves_no_room_below_nothing():
    assert SlidingMinute(5, [(MIDNIGHT, 9)]).room(MIDNIGHT) == 0


def test_only_a_flood_is_spaced():
    assert spaced_at(FLOOD_WINDOWS * 10_000, 100, 10_000, MIDNIGHT) == 0
    assert spaced_at(FLOOD_WINDOWS * 10_000 + 1, 100, 10_000, MIDNIGHT) == MIDNIGHT + 600
