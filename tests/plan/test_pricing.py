"""The price of a request: when records have paid for one, and what a day's budget makes it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.demand import PRICES_S, Demand, Scale
from hirewire.plan.pricing import Terms, surplus, terms_for
from hirewire.values.time import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Millis

SCALE = Scale(requests_per_day=100_000, records_per_batch=100)
BEGINS = Millis(20_454 * DAY_MS)
NOON = Millis(BEGINS + DAY_MS // 2)


@cache
def seen(per_s: int, now: Millis = NOON) -> Demand:
    """A steady rate, known for an hour."""
    demand = Demand(SCALE, BEGINS // DAY_MS)
    for minute in range(now - HOUR_MS, now, MINUTE_MS):
        demand = demand.learn([per_s] * 60, Millis(minute + MINUTE_MS), 1.0)
    return demand


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=120), st.floats(0, 1e5), st.floats(0, 1e4))
def test_a_group_is_due_when_it_has_paid_or_its_oldest_is_too_old(moments: list[int], price_ms: float, age_ms: float):
    oldest = min(moments)
    due = Terms(price_ms, age_ms).due_at(len(moments), Millis(oldest), sum(moments))
    assert due >= oldest
    assert due - oldest <= age_ms + 1
    paid = len(moments) * due - sum(moments)
    assert paid >= price_ms - 1e-6 * (price_ms + 1) or due - oldest >= age_ms or due == oldest


def test_what_costs_nothing_is_due_at_once():
    assert Terms(0, 1_000).due_at(1, Millis(7), 7) == 7


@pytest.mark.parametrize(
    ("per_s", "left", "price_s"),
    [
        (0, 50_000, 0.0),
        (1, 50_000, 0.0),  # 43,200 records until midnight
        (60, 600, PRICES_S[-1]),  # not even full batches fit
        (60, 0, PRICES_S[-1]),
    ],
)
def test_the_price_at_the_ends(per_s: int, left: int, price_s: float):
    assert terms_for(seen(per_s), left, NOON).price_ms == price_s * SECOND_MS


def test_the_price_is_the_lowest_that_fits_between_two_of_the_table():
    demand, left = seen(20), 60_000
    price_s = terms_for(demand, left, NOON).price_ms / SECOND_MS
    above = next(number for number, price in enumerate(PRICES_S) if price > price_s)
    wanted = demand.until_midnight(NOON)
    assert wanted[above] < left < wanted[above - 1]


def test_a_price_barely_above_nothing_is_the_tables_first():
    assert terms_for(seen(1), 45_200, NOON).price_ms == PRICES_S[1] * SECOND_MS


@given(st.integers(0, 100), st.integers(0, 100_000), st.integers(0, 100_000))
def test_less_left_never_lowers_the_price_or_the_age(per_s: int, one: int, other: int):
    demand = seen(per_s)
    scarce, plenty = (terms_for(demand, left, NOON) for left in sorted((one, other)))
    assert scarce.price_ms >= plenty.price_ms * (1 - 1e-9)
    assert scarce.age_ms >= plenty.age_ms


def test_nobody_waits_longer_for_company_than_when_the_rest_is_spent_evenly():
    assert terms_for(seen(20), 50_000, NOON).age_ms == pytest.approx(864 * SCALE.patience)
    assert terms_for(seen(20), 25_000, NOON).age_ms == pytest.approx(1_728 * SCALE.patience)


def test_surplus_is_what_remains_when_everything_is_sent_at_once():
    assert surplus(seen(20), 50_000, NOON) == 0
    assert surplus(seen(0), 50_000, NOON) == pytest.approx(48_250 - 447 - 1_440, abs=2), "less slack and the reserve"
    assert surplus(seen(0), 0, NOON) == 0
