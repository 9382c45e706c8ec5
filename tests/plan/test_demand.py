"""What the rest of a day will want: learned from yesterday, doubted when today differs, else carried on."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.demand import PRICES_S, DayProfile, Demand, Scale, needs
from hirewire.values.time import DAY_MS, HOUR_MS, MINUTE_MS, Millis

SCALE = Scale(requests_per_day=100_000, records_per_batch=100)
MIDNIGHT = Millis(20_454 * DAY_MS)


def live(demand: Demand, begins: int, ends: int, per_s: int) -> Demand:
    """Some time of a steady rate, learned minute by minute."""
    for minute in range(begins + MINUTE_MS, ends + 1, MINUTE_MS):
        demand = demand.learn([per_s] * 60, Millis(minute), 1.0)
    return demand


@cache
def after_a_day(per_s: int) -> Demand:
    return live(Demand(SCALE, MIDNIGHT // DAY_MS), MIDNIGHT, MIDNIGHT + DAY_MS, per_s).on(MIDNIGHT // DAY_MS + 1)


@given(st.integers(1, 20_000))
def test_a_higher_price_wants_fewer_requests_and_never_fewer_than_full_batches(records: int):
    wanted = needs(records, 1.0, SCALE)
    assert wanted[0] == records, "at no price every record has its own"
    assert all(dear <= cheap for cheap, dear in zip(wanted, wanted[1:], strict=False))
    assert wanted[-1] >= records / 100


def test_at_a_high_price_the_age_bound_sets_the_requests():
    assert needs(20, 1.0, SCALE)[-1] == pytest.approx(20 / (1 + 20 * 0.864 * SCALE.patience))


def test_without_yesterday_it_goes_on_as_lately():
    demand = live(Demand(SCALE, MIDNIGHT // DAY_MS), MIDNIGHT, MIDNIGHT + MINUTE_MS, 4)
    wanted = demand.until_midnight(Millis(MIDNIGHT + 23 * HOUR_MS))
    assert wanted[0] == pytest.approx(4 * 3600), "a minute is enough to know the rate"
    assert demand.trust == 0


def test_before_anything_was_seen_nothing_is_expected():
    assert set(Demand(SCALE, 0).until_midnight(Millis(0))) == {0.0}


def test_a_rate_that_changes_is_followed_within_minutes():
    demand = live(Demand(SCALE, MIDNIGHT // DAY_MS), MIDNIGHT, MIDNIGHT + HOUR_MS, 1)
    demand = live(demand, MIDNIGHT + HOUR_MS, MIDNIGHT + HOUR_MS + 15 * MINUTE_MS, 60)
    wanted = demand.until_midnight(Millis(MIDNIGHT + 23 * HOUR_MS))
    assert wanted[0] == pytest.approx(60 * 3600, rel=0.06)


def test_a_day_seen_whole_is_expected_again():
    demand = after_a_day(8)
    noon = Millis(MIDNIGHT + DAY_MS + DAY_MS // 2)
    assert demand.trust == 1
    assert demand.until_midnight(noon)[0] == pytest.approx(8 * 43_200)


def test_a_day_of_which_the_end_was_not_seen_is_not_expected_again():
    half = live(Demand(SCALE, 0), 0, DAY_MS // 2, 8)
    assert half.on(1).yesterday is None
    assert half.on(0) is half


def test_after_days_nobody_saw_the_last_one_seen_still_counts():
    demand = after_a_day(8)
    assert demand.on(demand.day + 3).yesterday == demand.yesterday


def test_a_quiet_slot_keeps_its_part_of_the_reserve():
    demand = after_a_day(0)
    assert demand.until_midnight(demand_begins(demand))[-1] == pytest.approx(DAY_MS / SCALE.reserve_ms)


def demand_begins(demand: Demand) -> Millis:
    return Millis(demand.day * DAY_MS)


def test_yesterday_is_doubted_once_today_is_different_and_for_hours():
    demand = after_a_day(1)
    begins = demand_begins(demand)
    demand = live(demand, begins, begins + HOUR_MS, 60)
    assert demand.trust == 0
    demand = live(demand, begins + HOUR_MS, begins + 2 * HOUR_MS, 1)
    assert demand.trust < 0.5, "that they agree for an hour proves little"


def test_a_little_doubt_mixes_both():
    demand = after_a_day(20)
    begins = demand_begins(demand)
    demand = live(demand, begins, begins + HOUR_MS, 28)
    assert 0 < demand.trust < 1
    now = Millis(begins + HOUR_MS)
    assert 20 * 23 * 3600 < demand.until_midnight(now)[0] < 28 * 23 * 3600


def test_beyond_the_slots_a_profile_knows_nothing():
    profile = DayProfile(((1.0,) * len(PRICES_S),), SCALE.reserve_ms)
    assert set(profile.until_midnight(Millis(HOUR_MS))) == {0.0}
    assert set(profile.per_second(Millis(HOUR_MS))) == {0.0}


@given(st.lists(st.integers(-3 * HOUR_MS, 3 * HOUR_MS), max_size=20), st.floats(0, 1e6))
def test_a_clock_that_jumps_is_survived(jumps: list[int], price_s: float):
    demand, now = Demand(SCALE, MIDNIGHT // DAY_MS), MIDNIGHT + DAY_MS // 2
    for jump in jumps:
        now += jump
        demand = demand.learn([3, 0, 0, 1, 9], Millis(now), price_s)
        assert all(need >= 0 for need in demand.until_midnight(Millis(now)))
        assert 0 <= demand.trust <= 1
