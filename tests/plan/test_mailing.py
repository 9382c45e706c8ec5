"""Mailing decisions: consent when due and when leaving, which failures last, when to try again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.mailing import (
    CLAIM_MS,
    DEADLINE_S,
    GAPS_S,
    JITTER,
    Consent,
    Fault,
    fault_of,
    is_consented,
    next_attempt,
)
from hirewire.values.time import SECOND_MS, Millis

ON, OFF = True, False


def history(*words: tuple[int, bool]) -> list[Consent]:
    return [Consent(Millis(at), is_given) for at, is_given in words]


@pytest.mark.parametrize(
    ("words", "due_at", "now", "expected"),
    [
        ((), 5, 5, False),
        (((5, ON),), 5, 5, True),
        (((6, ON),), 5, 7, False),  # given too late: nothing is sent that was due before
        (((1, ON), (4, OFF)), 5, 5, False),
        (((1, ON), (6, OFF)), 5, 7, False),  # taken back before it left
        (((1, ON), (3, OFF), (4, ON)), 5, 9, True),
        (((1, ON), (6, OFF), (7, ON)), 5, 9, True),
        (((1, OFF), (2, ON), (5, OFF)), 5, 6, False),
        (((1, ON), (1, OFF)), 5, 6, False),  # of two words at one moment the later one
    ],
)
def test_consent_is_asked_for_when_due_and_when_leaving(
    words: tuple[tuple[int, bool], ...], due_at: int, now: int, expected: bool
):
    assert is_consented(history(*words), Millis(due_at), Millis(now)) is expected


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans())), st.integers(0, 9), st.integers(0, 9))
def test_consent_needs_a_word_at_both_moments(words: list[tuple[int, bool]], due_at: int, later: int):
    words = sorted(words, key=lambda word: word[0])
    now = due_at + later
    given_when = [[is_given for at, is_given in words if at <= moment][-1:] == [True] for moment in (due_at, now)]
    assert is_consented(history(*words), Millis(due_at), Millis(now)) is all(given_when)


@pytest.mark.parametrize(
    ("code", "is_about_mail", "fault"),
    [
        (550, True, Fault.LASTING),
        (554, True, Fault.LASTING),
        (599, True, Fault.LASTING),
        (500, True, Fault.LASTING),
        (499, True, Fault.PASSING),
        (600, True, Fault.PASSING),
        (450, True, Fault.PASSING),
        (None, True, Fault.PASSING),
        (535, False, Fault.PASSING),
        (550, False, Fault.PASSING),
        (None, False, Fault.PASSING),
    ],
)
def test_only_what_is_said_of_the_mail_for_good_lasts(code: int | None, is_about_mail: bool, fault: Fault):
    assert fault_of(code, is_about_mail=is_about_mail) is fault


@given(st.integers(1, 50), st.sampled_from(Fault), st.integers(0, 2**45), st.floats(0, 1, exclude_max=True))
def test_attempts_come_later_and_later_and_end(failed: int, fault: Fault, now: int, draw: float):
    next_at = next_attempt(failed, fault, Millis(now), draw)
    if fault is Fault.LASTING or failed > len(GAPS_S):
        assert next_at is None
    else:
        assert next_at is not None
        gap_ms = GAPS_S[failed - 1] * SECOND_MS
        assert gap_ms * (1 - JITTER) - 1 <= next_at - now <= gap_ms * (1 + JITTER) + 1


def test_gaps_grow_and_a_claim_outlives_an_attempt():
    assert list(GAPS_S) == sorted(GAPS_S)
    assert CLAIM_MS > DEADLINE_S * SECOND_MS
