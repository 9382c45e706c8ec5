"""The lower bound is one: exact on small days by another method, and never above what any schedule reached."""

from __future__ import annotations

import math
from array import array
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.simulation.bound import batching_bound, lower_bound, releases
from hirewire.values.time import MINUTE_MS

moments = st.lists(st.integers(0, 5_000), min_size=1, max_size=40).map(sorted)


def best_mean(arrivals: list[int], requests: int, largest: int) -> float:
    """The cheapest partition into at most ``requests`` runs, by looking at every one."""
    count = len(arrivals)
    cost = [0.0] + [math.inf] * count
    for _ in range(requests):
        cost = [0.0] + [
            min(
                cost[begin] + sum(arrivals[end - 1] - at for at in arrivals[begin:end])
                for begin in range(max(0, end - largest), end)
            )
            for end in range(1, count + 1)
        ]
    return cost[-1] / count


@given(moments, st.integers(1, 40), st.integers(1, 8))
def test_it_is_the_best_partition_to_within_its_own_tolerance(arrivals: list[int], requests: int, largest: int):
    """The cost is convex in the number of runs, so the dual meets it."""
    bound, gap = batching_bound(arrivals, requests, largest)
    best = best_mean(arrivals, requests, largest)
    assert bound <= best + 1e-9
    if best < math.inf and len(arrivals) > requests:
        assert bound >= best - gap - 2 * largest / 10_000 - 1e-9


def test_enough_requests_delay_nobody():
    assert batching_bound([1, 2, 3], 3, 100) == (0.0, 0.0)
    assert lower_bound([], requests=1, records_per_batch=1, records_per_minute=1).larger_ms == 0


def test_the_sample_of_a_long_day_leads_to_the_same_bound():
    arrivals = [number * 50 + number % 7 for number in range(6_000)]
    bound, gap = batching_bound(arrivals, 600, 100)
    assert gap <= 1e-3 * bound
    assert bound == pytest.approx(4.5 * 50, rel=0.02), "ten in a run wait 4.5 distances on average"


@pytest.mark.parametrize(("first", "rest"), [(500, 5), (5, 500)])
def test_a_sample_that_misleads_costs_time_and_nothing_else(first: int, rest: int):
    """The stretches looked at are unlike the day."""
    gaps = [first if number % 300 < 30 else rest for number in range(6_000)]
    bound, gap = batching_bound(list(accumulate(gaps)), 1_200, 100)
    assert 0 < bound
    assert gap <= 1e-3 * bound + 1e-2


def test_more_records_than_full_requests_carry_is_bounded_all_the_same():
    bound, _ = batching_bound([0, 10, 20, 30], 1, 2)
    assert bound >= 0


@given(moments, st.integers(1, 10))
def test_the_window_releases_no_more_than_it_holds_and_nothing_later_than_it_must(arrivals: list[int], limit: int):
    released = releases(arrivals, limit)
    assert list(released) == sorted(released)
    for number, (at, arrived) in enumerate(zip(released, arrivals, strict=True)):
        earlier = released[number - limit] + MINUTE_MS if number >= limit else 0
        assert at == max(arrived, earlier, released[number - 1] if number else 0)


def test_both_limits_together_bound_at_least_as_much_as_each():
    arrivals = array("q", [0] * 30 + [10_000 + 400 * number for number in range(30)])
    bound = lower_bound(arrivals, requests=12, records_per_batch=10, records_per_minute=20)
    assert bound.both_ms >= bound.larger_ms >= bound.window_ms > 0
