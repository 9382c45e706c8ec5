"""What an answer means for the entities it speaks of, and for what is sent next. Pure; who asks and waits is the engine."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from hirewire.catalog.call import Outcome, Refusal
from hirewire.plan.entity import Again, Closed, Done, Op, Park, Verdict
from hirewire.plan.quota import throttled_until
from hirewire.plan.retry import RetryPolicy
from hirewire.plan.selection import halved
from hirewire.values.time import HOUR_MS, SECOND_MS, Millis


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often.

    ``quarantine_ms``: how long after its deadline a request of unknown fate may still arrive. ``attempts_max``: how
    often one entity is tried while others of the same customer succeed. ``backoff``: the pauses. ``hold_ms``: the pause
    after a refusal that only settings, or the platform's staff, can cure.
    """

    quarantine_ms: int = 60 * SECOND_MS
    attempts_max: int = 12
    backoff: RetryPolicy = field(default_factory=lambda: RetryPolicy(first_s=2.0, longest_s=600.0))
    hold_ms: int = HOUR_MS


@dataclass(frozen=True, slots=True)
class Record:
    """One entity of a request: what it asked for, how often that was tried before, the latest moment it names."""

    op: Op
    attempts: int = 0
    latest_ms: Millis | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When this is decided: ``now``, the deadline of the request, the ``Date`` of the answer if any, a draw in [0, 1)."""

    now: Millis
    deadline_at: Millis
    draw: float
    date: Millis | None = None


# ---------------------------------------------------------------- a batch that was answered


def judge(outcome: Outcome | None, record: Record, moment: Moment, patience: Patience) -> Verdict:
    """What the answer to one entity of a batch means; None: the answer does not mention it."""
    if outcome is None:
        return Closed(
            Millis(moment.deadline_at + patience.quarantine_ms), "the answer did not mention this record: fate unknown"
        )
    # Decision G-9: what is to be gone, is.
    if outcome.is_ok or (outcome.status == 404 and record.op is Op.DELETE):
        return Done()
    why = describe(outcome.status, outcome.refusal)
    if outcome.status == 429 or outcome.status >= 500:
        return _again_or_park(record, why, moment, patience)
    if outcome.status == 400 and (waits_until := _no_longer_future(record, moment)) is not None:
        return Again(
            waits_until, f"it names a moment that the platform's clock had not reached: {why}", is_counted=False
        )
    # 409 included (decision G-16): superseded where a newer version waits, which `settle` sees to; else parked.
    return Park(why)


def _again_or_park(record: Record, why: str, moment: Moment, patience: Patience) -> Verdict:
    if record.attempts + 1 >= patience.attempts_max:
        return Park(f"given up after {record.attempts + 1} attempts: {why}")
    return Again(_after_backoff(record.attempts, moment, patience), why)


def _no_longer_future(record: Record, moment: Moment) -> Millis | None:
    """Until when to wait so that the record's moments are past; None if they were past when it was refused.

    A ``Date`` names whole seconds: the platform's clock showed less than a second more.
    """
    if record.latest_ms is None or moment.date is None or record.latest_ms < moment.date:
        return None
    return Millis(moment.now + record.latest_ms - moment.date + 2 * SECOND_MS)


def describe(status: int, refusal: Refusal | None) -> str:
    """A refusal in one line: status, code, message, and the fields at fault with what is wrong with each."""
    if refusal is None:
        return f"{status}"
    # The message often says it already, in the same words.
    untold = [each for each in refusal.inputs if each.description not in refusal.message]
    fields = "; ".join(f"{each.field or 'record'}: {each.description}" for each in untold)
    head = " ".join(str(part) for part in (status, refusal.code, refusal.message) if part)
    return f"{head} ({fields})" if fields else head


# ---------------------------------------------------------------- a request that failed as a whole


class Failure(enum.Enum):
    """Why there is no answer to the batch as such."""

    NOT_SENT = "not sent"
    """Nothing left: no connection, or no token."""
    UNKNOWN = "fate unknown"
    """It left, and no complete answer came: timeout, reset, 502, 504, an answer that cannot be read."""
    UNAVAILABLE = "unavailable"
    """The platform answered that it cannot, now: 500, 503, 409."""
    THROTTLED = "throttled"
    """429: nothing was applied."""
    REFUSED = "refused"
    """400, 413, 414, 422: something in it is wrong, and it says of the batch, not which record."""
    MISCONFIGURED = "misconfigured"
    """401, 403, 404, 405, 426 and the like: not the fault of any record."""

    @property
    def is_answered(self) -> bool:
        """Whether the platform answered: it will do nothing more about this request."""
        return self is not Failure.UNKNOWN and self is not Failure.NOT_SENT

    def may_arrive_until(self, moment: Moment, patience: Patience) -> Millis | None:
        """Until when the platform may count the request's records; None: it never will."""
        if self is Failure.NOT_SENT:
            return None
        return moment.now if self.is_answered else Millis(moment.deadline_at + patience.quarantine_ms)


_STATUSES = {
    **dict.fromkeys((400, 413, 414, 422), Failure.REFUSED),
    409: Failure.UNAVAILABLE,
    429: Failure.THROTTLED,
    502: Failure.UNKNOWN,
    504: Failure.UNKNOWN,
}


def failure_of(status: int) -> Failure:
    """Which failure an error status of a whole request is."""
    return _STATUSES.get(status, Failure.UNAVAILABLE if status >= 500 else Failure.MISCONFIGURED)


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds a failed request: ``failures`` in a row before it, 429s today before it, ``Retry-After`` if any."""

    failures: int = 0
    throttles: int = 0
    asked_until: Millis | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows: a verdict for each record, until when the customer waits, until when the application does."""

    verdicts: tuple[Verdict, ...]
    hold_until: Millis | None = None
    throttled_until: Millis | None = None


def weigh(
    failure: Failure,
    why: str,
    records: Sequence[Record],
    moment: Moment,
    situation: Situation,
    patience: Patience,
) -> Consequence:
    """What a request that failed as a whole means for its records and for the next request."""
    now = moment.now
    backoff_until = _after_backoff(situation.failures, moment, patience)
    later = tuple(Again(now, why, is_counted=False) for _ in records)
    match failure:
        case Failure.NOT_SENT:
            return Consequence(later, hold_until=backoff_until)
        case Failure.MISCONFIGURED:
            return Consequence(later, hold_until=Millis(now + patience.hold_ms))
        case Failure.THROTTLED:
            return Consequence(
                later, throttled_until=throttled_until(now, situation.throttles + 1, situation.asked_until)
            )
        case Failure.REFUSED:
            return Consequence(_narrowed(why, len(records), now))
        case Failure.UNKNOWN:
            until = Millis(moment.deadline_at + patience.quarantine_ms)
            chunk = _suspicion(records, situation)
            return Consequence(tuple(Closed(until, why, chunk) for _ in records), hold_until=backoff_until)
        case _:
            return Consequence(_unavailable(why, records, moment, situation, patience), hold_until=backoff_until)


def _narrowed(why: str, count: int, now: Millis) -> tuple[Verdict, ...]:
    chunk = halved(count)
    if chunk is None:
        return (Park(why),)
    again = Again(now, f"refused with others, which one is at fault is being found out: {why}", False, chunk)
    return (again,) * count


def _unavailable(
    why: str, records: Sequence[Record], moment: Moment, situation: Situation, patience: Patience
) -> tuple[Verdict, ...]:
    chunk = _suspicion(records, situation)
    if len(records) == 1 and not situation.failures:
        return (_again_or_park(records[0], why, moment, patience),)
    return tuple(Again(_after_backoff(record.attempts, moment, patience), why, chunk=chunk) for record in records)


def _suspicion(records: Sequence[Record], situation: Situation) -> int | None:
    """Half the batch, where it failed before while others got through: one of its records may be what breaks it."""
    failed_before = min((record.attempts for record in records), default=0) > 0
    return halved(len(records)) if failed_before and not situation.failures else None


def _after_backoff(attempts: int, moment: Moment, patience: Patience) -> Millis:
    return Millis(moment.now + round(patience.backoff.backoff_s(attempts, moment.draw) * SECOND_MS))
