"""Delivering push events as decisions: when to try again, when to give a callback up, what a challenge proves.

Not here: sending, storing, and which events there are. Delivery is at least once, in any order (Push Events).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hirewire.values.time import HOUR_MS, SECOND_MS, Millis

GAPS_S = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""What lies before each attempt of one event: 75.6 hours in all. Then the event is parked."""
JITTER = 0.1
"""A gap is shortened or lengthened by up to this share, so that what failed together does not come back together."""

DEADLINE_S = 15.0
"""From looking up the host to the last byte of the answer."""
CLAIM_MS = 20 * SECOND_MS
"""How long an event taken for delivery is nobody else's: longer than the deadline, so a live sender is never overtaken."""

DISABLED_AFTER_MS = 120 * HOUR_MS
"""So long without one success, and a callback is disabled. Its events are kept."""
WARNED_AFTER_MS = (24 * HOUR_MS, 72 * HOUR_MS, 108 * HOUR_MS)
"""When its owner is warned before that."""

CHALLENGE_DEADLINE_S = 3.0
REVALIDATED_AFTER_MS = 2 * HOUR_MS
CHALLENGE_FAILURES_MAX = 3
"""A callback is challenged every two hours; after three failures in a row it is blocked (decision G-49)."""

_GONE = 410


def is_success(status: int | None) -> bool:
    """Whether an answer means delivered: any 2xx. ``None`` is no answer; a redirect is none of ours to follow.

    >>> is_success(204), is_success(302), is_success(None)
    (True, False, False)
    """
    return status is not None and 200 <= status < 300


def next_attempt(failed: int, now: Millis, draw: float) -> Millis | None:
    """When to try again after ``failed`` attempts, or None: the event is parked. ``draw`` lies in [0, 1).

    >>> next_attempt(1, Millis(0), 0.5), next_attempt(10, Millis(0), 0.5)
    (5000, None)
    """
    if failed >= len(GAPS_S):
        return None
    return Millis(now + round(GAPS_S[failed] * SECOND_MS * (1 - JITTER + 2 * JITTER * draw)))


class Disabled(enum.Enum):
    """Why nothing is sent to a callback any more."""

    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """It had no success for 120 hours."""
    OPERATOR = "operator"
    """Somebody switched it off."""


@dataclass(frozen=True, slots=True)
class Health:
    """How deliveries to one callback go. ``failing_since`` is the first failure after the last success."""

    disabled: Disabled | None = None
    last_success_at: Millis | None = None
    failing_since: Millis | None = None
    warnings: int = 0


def health_after(health: Health, status: int | None, now: Millis) -> Health:
    """The health after one more attempt. Only an operator, or a new registration, enables a callback again."""
    if is_success(status):
        return Health(health.disabled, last_success_at=now)
    since = now if health.failing_since is None else health.failing_since
    failing_ms = now - since
    warnings = sum(failing_ms >= after_ms for after_ms in WARNED_AFTER_MS)
    return Health(
        health.disabled or _reason(status, failing_ms), health.last_success_at, since, max(warnings, health.warnings)
    )


def _reason(status: int | None, failing_ms: int) -> Disabled | None:
    if status == _GONE:
        return Disabled.GONE
    return Disabled.FAILING if failing_ms >= DISABLED_AFTER_MS else None


class ValidationMode(enum.Enum):
    """What a challenge is for: a switch of the tenant (decision G-49)."""

    OFF = "off"
    """Callbacks are not challenged."""
    WARN = "warn"
    """They are, and a failure is only shown."""
    REQUIRED = "required"
    """Nothing is delivered to a callback that has not passed."""


class Validation(enum.Enum):
    """What is known of a callback's challenge."""

    UNVALIDATED = "unvalidated"
    VALIDATED = "validated"
    FAILED = "failed"
    """It never passed, or not last time; it will be asked again."""
    BLOCKED = "blocked"
    """Three failures in a row: no further question until somebody asks for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a callback stands with its challenges; ``failures`` are those in a row."""

    validation: Validation = Validation.UNVALIDATED
    failures: int = 0
    validated_at: Millis | None = None


def standing_after(standing: Standing, passed: bool, now: Millis) -> Standing:
    """The standing after one more challenge."""
    if passed:
        return Standing(Validation.VALIDATED, 0, now)
    failures = standing.failures + 1
    if failures >= CHALLENGE_FAILURES_MAX:
        return Standing(Validation.BLOCKED, failures, standing.validated_at)
    return Standing(Validation.FAILED, failures, standing.validated_at)


def is_challenged(mode: ValidationMode, standing: Standing) -> bool:
    """Whether a callback whose time has come is challenged at all."""
    return mode is not ValidationMode.OFF and standing.validation is not Validation.BLOCKED


def may_deliver(mode: ValidationMode, standing: Standing) -> bool:
    """Whether events may go to a callback.

    One that passed before is given events until it is blocked: a single failure may be a moment's.
    """
    if mode is not ValidationMode.REQUIRED:
        return True
    return standing.validated_at is not None and standing.validation is not Validation.BLOCKED
