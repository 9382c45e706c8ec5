"""The platform's clock, as its Date headers tell."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from hirewire.plan.skew import Skew
from hirewire.values.time import Millis


def test_nothing_is_known_before_the_first_answer():
    assert Skew().platform_now(Millis(5_000)) == 5_000
    assert Skew().margin_ms == 0


def test_a_clock_that_agrees_is_believed():
    skew = Skew().observe(sent_at=Millis(10_100), received_at=Millis(10_300), date=Millis(10_000))
    assert skew.platform_now(Millis(20_000)) == 20_000


def test_a_clock_behind_ours_is_never_taken_for_later_than_it_is():
    skew = Skew().observe(sent_at=Millis(10_000), received_at=Millis(10_200), date=Millis(7_000))
    assert skew.platform_now(Millis(20_000)) == 16_800
    assert skew.margin_ms == 3_200


def test_a_clock_that_was_set_is_believed_anew():
    skew = Skew(-3_000, -2_500).observe(sent_at=Millis(10_000), received_at=Millis(10_200), date=Millis(10_000))
    assert skew.platform_now(Millis(20_000)) == 20_000


@given(
    st.integers(-100_000, 100_000),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1),
)
def test_the_true_difference_stays_inside(difference: int, answers: list[tuple[int, int, int]]):
    skew, now = Skew(), 10**9
    for idle, there, back in answers:
        sent = now + idle
        date = (sent + there + difference) // 1000 * 1000
        now = sent + there + back
        skew = skew.observe(sent_at=Millis(sent), received_at=Millis(now), date=Millis(date))
        assert skew.low_ms is not None and skew.high_ms is not None
        assert skew.low_ms <= difference <= skew.high_ms
        if not skew.low_ms <= 0 <= skew.high_ms:
            assert skew.platform_now(Millis(now)) <= now + difference
