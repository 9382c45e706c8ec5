"""When push events are tried again, when a callback is given up, and what challenges prove."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.delivery import (
    CLAIM_MS,
    DEADLINE_S,
    DISABLED_AFTER_MS,
    GAPS_S,
    JITTER,
    WARNED_AFTER_MS,
    Disabled,
    Health,
    Standing,
    Validation,
    ValidationMode,
    health_after,
    is_challenged,
    is_success,
    may_deliver,
    next_attempt,
    standing_after,
)
from hirewire.values.time import DAY_MS, HOUR_MS, Millis

NOW = Millis(1_773_576_000_000)
draws = st.floats(0, 1, exclude_max=True)
statuses = st.none() | st.integers(100, 599)
moments = st.integers(0, 2**53).map(Millis)


def test_the_ladder_is_the_documented_one():
    assert GAPS_S == (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
    assert sum(GAPS_S) / 3_600 == pytest.approx(75.6, abs=0.05)


@given(st.integers(0, 30), moments, draws)
def test_an_attempt_follows_its_gap_give_or_take_the_jitter(failed: int, now: Millis, draw: float):
    next_at = next_attempt(failed, now, draw)
    if failed >= len(GAPS_S):
        assert next_at is None
        return
    assert next_at is not None
    gap_ms = GAPS_S[failed] * 1_000
    assert gap_ms * (1 - JITTER) - 1 <= next_at - now <= gap_ms * (1 + JITTER) + 1


@given(st.lists(draws, min_size=10, max_size=10))
def test_a_ladder_of_failures_ends_and_never_goes_back_in_time(ladder: list[float]):
    now = NOW
    for failed, draw in enumerate(ladder):
        next_at = next_attempt(failed, now, draw)
        assert next_at is not None and next_at >= now
        now = next_at
    assert next_attempt(len(ladder), now, 0.5) is None
    assert (now - NOW) / HOUR_MS == pytest.approx(75.6, rel=JITTER + 0.01)


def test_nobody_else_takes_an_event_that_is_being_sent():
    assert CLAIM_MS > DEADLINE_S * 1_000


@pytest.mark.parametrize(
    ("status", "is_delivered"), [(200, True), (299, True), (199, False), (300, False), (308, False), (None, False)]
)
def test_any_2xx_means_delivered(status: int | None, is_delivered: bool):
    assert is_success(status) is is_delivered


@given(st.lists(st.tuples(statuses, st.integers(0, 3 * DAY_MS)), max_size=20))
def test_a_callback_is_disabled_for_a_410_or_120_hours_of_failures_and_nothing_else(
    tries: list[tuple[int | None, int]],
):
    health, now, failing_since = Health(), NOW, None
    for status, pause_ms in tries:
        now = Millis(now + pause_ms)
        was_disabled = health.disabled
        health = health_after(health, status, now)
        failing_since = None if is_success(status) else now if failing_since is None else failing_since
        assert health.failing_since == failing_since
        if is_success(status):
            assert (health.last_success_at, health.warnings, health.disabled) == (now, 0, was_disabled)
            continue
        assert failing_since is not None
        is_due = status == 410 or now - failing_since >= DISABLED_AFTER_MS
        assert (health.disabled is not None) == (was_disabled is not None or is_due)
        assert 0 <= health.warnings <= len(WARNED_AFTER_MS)


def test_warnings_come_before_the_end():
    health, warned = Health(), []
    for hours in range(0, 122, 2):
        health = health_after(health, 500, Millis(NOW + hours * HOUR_MS))
        warned.append((health.warnings, health.disabled))
    assert [warned.index((count, None)) * 2 for count in (1, 2, 3)] == [24, 72, 108]
    assert warned.index((3, Disabled.FAILING)) * 2 == 120


def test_gone_is_said_once_whatever_follows():
    health = health_after(Health(), 410, NOW)
    assert health.disabled is Disabled.GONE
    assert health_after(health, None, Millis(NOW + DISABLED_AFTER_MS)).disabled is Disabled.GONE
    assert health_after(health, 200, NOW).disabled is Disabled.GONE, "an answer that was under way changes nothing"


@given(st.lists(st.booleans(), max_size=12))
def test_three_failed_challenges_in_a_row_block(answers: list[bool]):
    standing = Standing()
    for number, passed in enumerate(answers):
        standing = standing_after(standing, passed, Millis(NOW + number))
        if passed:
            assert standing == Standing(Validation.VALIDATED, 0, Millis(NOW + number))
            continue
        in_a_row = next((n for n, each in enumerate(reversed(answers[: number + 1])) if each), number + 1)
        assert standing.failures == in_a_row
        assert standing.validation is (Validation.BLOCKED if in_a_row >= 3 else Validation.FAILED)


NEVER, ONCE = None, NOW


@pytest.mark.parametrize(
    ("validation", "validated_at", "required"),
    [
        (Validation.UNVALIDATED, NEVER, False),
        (Validation.FAILED, NEVER, False),
        (Validation.BLOCKED, NEVER, False),
        (Validation.VALIDATED, ONCE, True),
        (Validation.FAILED, ONCE, True),
        (Validation.BLOCKED, ONCE, False),
    ],
)
def test_only_where_it_is_required_a_challenge_decides(
    validation: Validation, validated_at: Millis | None, required: bool
):
    standing = Standing(validation, 0, validated_at)
    assert may_deliver(ValidationMode.REQUIRED, standing) is required
    assert may_deliver(ValidationMode.OFF, standing) and may_deliver(ValidationMode.WARN, standing)


@pytest.mark.parametrize("mode", ValidationMode)
@pytest.mark.parametrize("validation", Validation)
def test_who_is_challenged(mode: ValidationMode, validation: Validation):
    expected = mode is not ValidationMode.OFF and validation is not Validation.BLOCKED
    assert is_challenged(mode, Standing(validation)) is expected
