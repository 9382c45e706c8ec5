"""Budgets: whatever is sent by their leave stays within the platform's limits, wherever its days and minutes begin."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from hirewire.plan.quota import (
    CLOCK_MARGIN_MS,
    NEVER_DRY_MS,
    SLOT_MS,
    WINDOW_MS,
    DayBudget,
    MinuteWindow,
    day_begins,
    days_charged,
    next_request_at,
    slot_of,
    throttled_until,
)
from hirewire.values.time import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Millis, utc_day, utc_minute

MIDNIGHT = Millis(20_000 * DAY_MS)
NOON = Millis(MIDNIGHT + DAY_MS // 2)


def at(offset: int) -> Millis:
    return Millis(MIDNIGHT + offset)


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("offset", "days"),
    [
        (DAY_MS // 2, (20_000,)),
        (-30_000 - CLOCK_MARGIN_MS - 1, (19_999,)),
        (-30_000 - CLOCK_MARGIN_MS, (19_999, 20_000)),
        (0, (19_999, 20_000)),
        (CLOCK_MARGIN_MS - 1, (19_999, 20_000)),
        (CLOCK_MARGIN_MS, (20_000,)),
    ],
)
def test_a_request_near_midnight_is_charged_to_both_days(offset: int, days: tuple[int, ...]):
    assert days_charged(at(offset), travel_ms=30_000) == days


@given(st.integers(-DAY_MS, DAY_MS), st.integers(0, 30_000), st.integers(-CLOCK_MARGIN_MS, CLOCK_MARGIN_MS))
def test_the_day_the_platform_counts_a_request_in_is_always_charged(offset: int, travel: int, skew: int):
    assert utc_day(Millis(at(offset) + travel + skew)) in days_charged(at(offset), travel_ms=30_000)


@given(st.integers(-DAY_MS, DAY_MS), st.integers(CLOCK_MARGIN_MS, 10 * MINUTE_MS))
def test_the_next_day_begins_as_soon_as_this_one_is_no_longer_charged(offset: int, margin: int):
    now = at(offset)
    spent = days_charged(now, 0, margin)[0]
    begins = next_request_at(DayBudget(1, 1), now, None, is_full=True, clock_margin_ms=margin)
    assert begins == day_begins(now, margin) > now
    assert days_charged(begins, 0, margin)[0] == spent + 1
    assert days_charged(Millis(begins - 1), 0, margin)[0] == spent


# ---------------------------------------------------------------- when the next request may be made


@pytest.mark.parametrize(
    ("limit", "used", "now", "last_at", "is_full", "expected"),
    [
        # Ahead of the day: at once, full or not.
        (100_000, 0, NOON, NOON, False, NOON),
        # Behind it: as evenly as the rest of the day's budget allows (half a day for 10,000 requests).
        (100_000, 90_000, NOON, NOON, False, Millis(NOON + 4_320)),
        (100_000, 90_000, NOON, None, False, NOON),
        (100_000, 90_000, NOON, NOON, True, NOON),
        # Nearly spent: what is left is one request each half minute until midnight, for full batches as well.
        (100_000, 98_570, NOON, NOON, True, Millis(NOON + NEVER_DRY_MS)),
        (100_000, 98_570, NOON, None, True, NOON),
        # Spent: until the next day can be used.
        (100_000, 100_000, NOON, None, True, at(DAY_MS + CLOCK_MARGIN_MS)),
        (100_000, 120_000, NOON, None, True, at(DAY_MS + CLOCK_MARGIN_MS)),
    ],
)
def test_when_the_next_request_may_be_made(
    limit: int, used: int, now: Millis, last_at: Millis | None, is_full: bool, expected: Millis
):
    assert next_request_at(DayBudget(limit, used), now, last_at, is_full=is_full) == expected


@settings(max_examples=20)
@given(st.integers(2_900, 10_000), st.booleans(), st.integers(50, 4_000))
def test_a_whole_day_at_full_speed_is_never_dry_for_long(limit: int, is_full: bool, answer_ms: int):
    """With at least one request each half minute in the budget, nobody ever waits longer than that for one."""
    now, used, longest = at(0), 0, 0
    last_at: Millis | None = None
    while now < at(DAY_MS - MINUTE_MS):
        allowed = next_request_at(DayBudget(limit, used), now, last_at, is_full=is_full)
        longest = max(longest, allowed - now)
        last_at, used = allowed, used + 1
        now = Millis(allowed + answer_ms)
    assert used <= limit
    assert longest <= NEVER_DRY_MS


# ---------------------------------------------------------------- minutes


def test_without_a_published_limit_there_is_always_room():
    window = MinuteWindow(None)
    assert window.room(NOON) is None
    assert window.opens_at(1_000, NOON) == NOON


def test_records_count_for_a_minute_after_their_answer():
    window = MinuteWindow(100, ((NOON, 60), (Millis(NOON + 1_000), 30)))
    assert window.room(Millis(NOON + 2_000)) == 10
    assert window.opens_at(10, Millis(NOON + 2_000)) == NOON + 2_000
    assert window.opens_at(11, Millis(NOON + 2_000)) == NOON + WINDOW_MS
    assert window.opens_at(71, Millis(NOON + 2_000)) == NOON + 1_000 + WINDOW_MS
    assert window.room(Millis(NOON + 1_000 + WINDOW_MS)) == 100


def test_records_whose_answers_are_out_leave_no_room_until_they_come():
    window = MinuteWindow(100, in_flight=40)
    assert window.room(NOON) == 60
    assert window.opens_at(60, NOON) == NOON
    assert window.opens_at(61, NOON) is None


@given(st.integers(0, 10**13))
def test_a_slot_ends_when_or_shortly_after_a_moment(moment: int):
    assert 0 <= slot_of(Millis(moment)) - moment < SLOT_MS


@settings(max_examples=60)
@given(
    limit=st.integers(10, 300),
    offset=st.integers(0, MINUTE_MS),
    sends=st.lists(
        st.tuples(
            st.integers(1, 60),  # records
            st.integers(0, 20_000),  # idle before
            st.integers(0, 30_000),  # on the way there
            st.integers(0, 30_000),  # on the way back
        ),
        min_size=5,
        max_size=60,
    ),
)
def test_no_minute_of_the_platform_ever_holds_more_than_the_limit(
    limit: int, offset: int, sends: list[tuple[int, int, int, int]]
):
    """Fixed minutes with any beginning, hence every sliding one; whatever the network does to single requests."""
    now = NOON
    slots: list[tuple[Millis, int]] = []
    arrivals: list[tuple[int, int]] = []
    for records, idle, there, back in sends:
        now = Millis(now + idle)
        count = min(records, limit)
        opens = MinuteWindow(limit, tuple(slots)).opens_at(count, now)
        assert opens is not None
        now = max(now, opens)
        assert (MinuteWindow(limit, tuple(slots)).room(now) or 0) >= count
        arrivals.append((now + there, count))
        now = Millis(now + there + back)
        slots.append((slot_of(now), count))
    minutes: dict[int, int] = {}
    for arrived, count in arrivals:
        minute = utc_minute(Millis(arrived + offset))
        minutes[minute] = minutes.get(minute, 0) + count
    assert max(minutes.values()) <= limit


def test_the_minute_window_costs_less_than_one_percent_of_the_limit():
    assert MINUTE_MS / (WINDOW_MS + SLOT_MS) > 0.99


# ---------------------------------------------------------------- a 429 all the same


@pytest.mark.parametrize(("throttles", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (99, 60)])
def test_one_probe_at_growing_distances_up_to_an_hour(throttles: int, minutes: int):
    assert throttled_until(NOON, throttles) == NOON + minutes * MINUTE_MS


def test_a_new_day_is_a_new_budget():
    evening = at(DAY_MS - HOUR_MS // 2)
    assert throttled_until(evening, 9) == at(DAY_MS + CLOCK_MARGIN_MS)


def test_what_the_platform_asks_for_counts():
    assert throttled_until(NOON, 1, Millis(NOON + 3 * HOUR_MS)) == NOON + 3 * HOUR_MS
    assert throttled_until(NOON, 1, Millis(NOON + SECOND_MS)) == NOON + MINUTE_MS
