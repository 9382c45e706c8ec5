"""Retry decisions: a table, and what holds for every draw."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.retry import HINT_LONGEST_S, Retry, RetryPolicy, Spent, Stop, Throttle, Trouble, decide, trouble_of
from hirewire.values.time import DAY_MS, Millis

NOON = Millis(1_767_787_200_000)  # 2026-01-07T12:00:00Z
MIDNIGHT = Millis(NOON + DAY_MS // 2)
MINUTE = Throttle(Millis(NOON + 20_000), is_day=False)
DAY = Throttle(MIDNIGHT, is_day=True)


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (None, Trouble.TRANSIENT),
        (200, None),
        (204, None),
        (299, None),
        (302, Trouble.FATAL),
        (400, Trouble.FATAL),
        (401, Trouble.FATAL),
        (403, Trouble.FATAL),
        (404, Trouble.FATAL),
        (405, Trouble.FATAL),
        (409, Trouble.CONFLICT),
        (414, Trouble.FATAL),
        (426, Trouble.FATAL),
        (429, Trouble.THROTTLED),
        (500, Trouble.TRANSIENT),
        (503, Trouble.TRANSIENT),
        (504, Trouble.TRANSIENT),
    ],
)
def test_a_status_names_its_trouble(status: int | None, trouble: Trouble | None):
    assert trouble_of(status) is trouble


CASES: dict[str, tuple[Trouble, Spent, dict[str, Any], Retry | Stop]] = {
    "first failure in passing": (Trouble.TRANSIENT, Spent(), {}, Retry(0.75)),
    "second waits twice as long": (Trouble.TRANSIENT, Spent(transient=1), {}, Retry(1.5)),
    "third again": (Trouble.TRANSIENT, Spent(transient=2), {}, Retry(3.0)),
    "fourth is told": (Trouble.TRANSIENT, Spent(transient=3), {}, Stop()),
    "other troubles do not count": (Trouble.TRANSIENT, Spent(conflict=9, throttled=9), {}, Retry(0.75)),
    "503 with a hint": (Trouble.TRANSIENT, Spent(), {"hint_s": 7.0}, Retry(7.0)),
    "a hint of nothing still backs off": (Trouble.TRANSIENT, Spent(), {"hint_s": 0.0}, Retry(0.75)),
    "one conflict": (Trouble.CONFLICT, Spent(), {}, Retry(0.75)),
    "two conflicts": (Trouble.CONFLICT, Spent(conflict=1), {}, Stop()),
    "what stays wrong": (Trouble.FATAL, Spent(), {}, Stop()),
    "first 429": (Trouble.THROTTLED, Spent(), {}, Retry(1.5)),
    "second 429 waits for the minute": (Trouble.THROTTLED, Spent(throttled=1), {}, Retry(60.5)),
    "repeated 429s are the day's": (Trouble.THROTTLED, Spent(throttled=3), {}, Stop(MIDNIGHT)),
    "429 with a hint": (Trouble.THROTTLED, Spent(), {"hint_s": 30.0}, Retry(30.0)),
    "429 with a hint of nothing": (Trouble.THROTTLED, Spent(), {"hint_s": 0.0}, Retry(1.0)),
    "a hint too long to wait for": (
        Trouble.THROTTLED,
        Spent(),
        {"hint_s": HINT_LONGEST_S + 1},
        Stop(Millis(NOON + 301_000)),
    ),
    "the ledger says minute": (Trouble.THROTTLED, Spent(), {"throttle": MINUTE}, Retry(20.5)),
    "the ledger says day": (Trouble.THROTTLED, Spent(), {"throttle": DAY}, Stop(MIDNIGHT)),
    "the ledger says minute, again and again": (
        Trouble.THROTTLED,
        Spent(throttled=3),
        {"throttle": MINUTE},
        Stop(MINUTE.until),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_decisions(case: str):
    trouble, spent, given, expected = CASES[case]
    assert decide(trouble, spent, RetryPolicy(), now=NOON, draw=0.5, **given) == expected


@pytest.mark.parametrize("trouble", Trouble)
def test_with_retries_off_nothing_is_tried_again(trouble: Trouble):
    assert decide(trouble, Spent(), RetryPolicy.of(0), now=NOON, draw=0.5) == Stop()


def test_with_retries_off_a_hint_is_still_told():
    decision = decide(Trouble.THROTTLED, Spent(), RetryPolicy.of(0), now=NOON, draw=0.5, hint_s=2.0)
    assert decision == Stop(Millis(NOON + 2_000))


@given(
    trouble=st.sampled_from([Trouble.TRANSIENT, Trouble.CONFLICT, Trouble.THROTTLED]),
    attempts=st.integers(0, 200),
    draw=st.floats(0, 1, exclude_max=True),
    now=st.integers(0, 2**42),
    hint=st.none() | st.floats(0, 1e9),
    throttle=st.none() | st.builds(Throttle, st.integers(0, 2**42).map(Millis), st.just(False)),
)
def test_every_decision_is_bounded(trouble, attempts, draw, now, hint, throttle):
    spent = Spent(attempts, attempts, attempts)
    if throttle is not None:
        throttle = Throttle(Millis(now + throttle.until % 60_000), is_day=False)
    decision = decide(
        trouble, spent, RetryPolicy(1000, 1000, 1000), now=Millis(now), draw=draw, hint_s=hint, throttle=throttle
    )
    if isinstance(decision, Retry):
        assert 0.5 <= decision.after_s <= HINT_LONGEST_S
        assert hint is None or decision.after_s >= hint


@given(attempt=st.integers(0, 10_000), draw=st.floats(0, 1, exclude_max=True))
def test_half_of_a_pause_is_certain(attempt: int, draw: float):
    policy = RetryPolicy()
    whole = policy.backoff_s(attempt, 1.0)
    assert whole / 2 <= policy.backoff_s(attempt, draw) <= whole <= policy.longest_s


def test_spending_counts_each_trouble_by_itself():
    assert Spent().after(Trouble.CONFLICT).after(Trouble.CONFLICT).after(Trouble.THROTTLED) == Spent(0, 2, 1)
