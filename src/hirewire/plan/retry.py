"""Whether to try again, and when: one decision for a whole request and for each key of a batch.

Not here: waiting, sending, and which keys are tried again. The client performs what this decides.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from hirewire.values.time import MINUTE_MS, Millis, next_midnight, utc_minute

HINT_LONGEST_S = 300.0
"""A ``Retry-After`` beyond this is not waited for: the caller is told instead."""

_THROTTLE_FIRST_S = 1.0  # "wait at least one second on 429" is the only documented advice


class Trouble(enum.Enum):
    """What went wrong, as far as trying again is concerned."""

    TRANSIENT = "transient"
    """5xx, or no answer at all."""
    CONFLICT = "conflict"
    """409: somebody else wrote at the same moment."""
    THROTTLED = "throttled"
    """429."""
    FATAL = "fatal"
    """Every other status from 300 on: the same request gets the same answer."""


def trouble_of(status: int | None) -> Trouble | None:
    """The trouble with a status, None where there is none. ``status`` None means that no answer came.

    >>> trouble_of(204), trouble_of(None), trouble_of(429)
    (None, <Trouble.TRANSIENT: 'transient'>, <Trouble.THROTTLED: 'throttled'>)
    """
    if status is None or status >= 500:
        return Trouble.TRANSIENT
    if status < 300:
        return None
    return {409: Trouble.CONFLICT, 429: Trouble.THROTTLED}.get(status, Trouble.FATAL)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often each trouble is tried again, and how long the pauses of the transient one are (seconds).

    A pause doubles from ``first_s`` up to ``longest_s``; half of it is certain and half is drawn, so that clients which
    failed together do not come back together.
    """

    transient: int = 3
    conflict: int = 1
    throttled: int = 3
    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 10.0

    @classmethod
    def of(cls, retries: int) -> RetryPolicy:
        """At most ``retries`` of each trouble; 0 tries nothing again."""
        usual = cls()
        return cls(transient=retries, conflict=min(retries, usual.conflict), throttled=min(retries, usual.throttled))

    def allows(self, trouble: Trouble, spent: Spent) -> bool:
        """Whether one more attempt of this trouble is within the policy."""
        return trouble is not Trouble.FATAL and spent.count(trouble) < getattr(self, trouble.value)

    def backoff_s(self, attempt: int, draw: float) -> float:
        """The pause before attempt ``attempt`` + 1 (counted from 0); ``draw`` lies in [0, 1)."""
        # The exponent is bounded too: a float power beyond 1e308 raises.
        whole = min(self.longest_s, self.first_s * self.factor ** min(attempt, 60))
        return whole / 2 + whole / 2 * draw


@dataclass(frozen=True, slots=True)
class Spent:
    """How often each trouble was met so far in one conversation."""

    transient: int = 0
    conflict: int = 0
    throttled: int = 0

    def count(self, trouble: Trouble) -> int:
        """Attempts spent on one trouble."""
        return int(getattr(self, trouble.value))

    def after(self, trouble: Trouble) -> Spent:
        """One more of it."""
        return replace(self, **{trouble.value: self.count(trouble) + 1})


@dataclass(frozen=True, slots=True)
class Throttle:
    """Which limit a 429 means, by one's own count of what was sent: the day's requests or the minute's records."""

    until: Millis
    is_day: bool


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after a pause."""

    after_s: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Tell the caller. ``until`` is when trying again makes sense, where that is known."""

    until: Millis | None = None


def decide(
    trouble: Trouble,
    spent: Spent,
    policy: RetryPolicy,
    *,
    now: Millis,
    draw: float,
    hint_s: float | None = None,
    throttle: Throttle | None = None,
) -> Retry | Stop:
    """What to do about one trouble.

    ``spent`` counts what came before it, ``hint_s`` is the peer's ``Retry-After`` in seconds, ``throttle`` what one's
    own ledger makes of a 429 (None: it cannot tell). The text of an error never decides anything.
    """
    if throttle is not None and throttle.is_day:
        return Stop(throttle.until)
    asked_until = _moment_after(now, hint_s)
    if not policy.allows(trouble, spent):
        return Stop(asked_until or _end_of_throttle(trouble, spent, throttle, now))
    if hint_s is not None and hint_s > HINT_LONGEST_S:
        return Stop(asked_until)
    if trouble is Trouble.THROTTLED:
        return Retry(_throttle_pause_s(spent, now, draw, hint_s, throttle))
    return Retry(max(hint_s or 0.0, policy.backoff_s(spent.count(trouble), draw)))


def _moment_after(now: Millis, seconds: float | None) -> Millis | None:
    return None if seconds is None else Millis(now + int(seconds * 1000))


def _end_of_throttle(trouble: Trouble, spent: Spent, throttle: Throttle | None, now: Millis) -> Millis | None:
    """A throttle that outlived all waiting is taken for the day's; one that was never waited for could be either."""
    if throttle is not None:
        return throttle.until
    return next_midnight(now) if trouble is Trouble.THROTTLED and spent.throttled else None


def _throttle_pause_s(spent: Spent, now: Millis, draw: float, hint_s: float | None, throttle: Throttle | None) -> float:
    if hint_s is not None:
        return max(_THROTTLE_FIRST_S, hint_s)
    if throttle is None and not spent.throttled:
        return _THROTTLE_FIRST_S + draw
    # Up to a second late, never early: the clocks of both sides differ, and everybody waits for the same moment.
    next_minute = Millis((utc_minute(now) + 1) * MINUTE_MS)
    until = throttle.until if throttle else next_minute
    return max(_THROTTLE_FIRST_S, (until - now) / 1000 + draw)
