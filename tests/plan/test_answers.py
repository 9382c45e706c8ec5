"""What answers mean: tables of outcomes and failures, each with what follows."""

from __future__ import annotations

import pytest

from hirewire.catalog.call import InputError, Outcome, Refusal
from hirewire.plan.answers import (
    Consequence,
    Failure,
    Moment,
    Patience,
    Record,
    Situation,
    describe,
    failure_of,
    judge,
    weigh,
)
from hirewire.plan.entity import Again, Closed, Done, Op, Park, Verdict
from hirewire.values.time import HOUR_MS, MINUTE_MS, Millis

NOW = Millis(1_780_315_200_000)
MOMENT = Moment(NOW, Millis(NOW + 20_000), 0.5, date=NOW)
PATIENCE = Patience(quarantine_ms=60_000, attempts_max=3)
UPSERT, DELETE = Record(Op.UPSERT), Record(Op.DELETE)
CLOSED_UNTIL = NOW + 80_000
FIRST_BACKOFF = NOW + 1_500


def refused(status: int, code: str | None = None) -> Outcome:
    return Outcome(status, Refusal(status, code, "why"))


@pytest.mark.parametrize(
    ("outcome", "record", "expected"),
    [
        (Outcome(204), UPSERT, Done()),
        (Outcome(204), DELETE, Done()),
        # Decision G-9: what is to be gone, is.
        (refused(404), DELETE, Done()),
        (refused(404), UPSERT, Park("404 why")),
        (refused(400, "MISSING_FIELD"), UPSERT, Park("400 MISSING_FIELD why")),
        # Decision G-16: a stale write refused in mode strict is not tried again.
        (refused(409, "CONFLICT"), UPSERT, Park("409 CONFLICT why")),
        (refused(403), UPSERT, Park("403 why")),
        (refused(500), UPSERT, Again(Millis(FIRST_BACKOFF), "500 why")),
        (refused(429), UPSERT, Again(Millis(FIRST_BACKOFF), "429 why")),
        (refused(503), Record(Op.UPSERT, attempts=1), Again(Millis(NOW + 3_000), "503 why")),
        (refused(503), Record(Op.UPSERT, attempts=2), Park("given up after 3 attempts: 503 why")),
        (Outcome(500), UPSERT, Again(Millis(FIRST_BACKOFF), "500")),
    ],
)
def test_the_outcome_of_one_record(outcome: Outcome, record: Record, expected: Verdict):
    assert judge(outcome, record, MOMENT, PATIENCE) == expected


def test_a_record_the_answer_does_not_mention_is_of_unknown_fate():
    verdict = judge(None, UPSERT, MOMENT, PATIENCE)
    assert isinstance(verdict, Closed)
    assert verdict.until == CLOSED_UNTIL


def test_a_record_the_platforms_clock_had_not_reached_waits_and_is_not_parked():
    """ "Timestamp cannot be future", said by a clock behind ours."""
    ahead = Record(Op.UPSERT, latest_ms=Millis(NOW + 5_000))
    verdict = judge(refused(400), ahead, MOMENT, PATIENCE)
    assert isinstance(verdict, Again)
    assert (verdict.at, verdict.is_counted) == (NOW + 7_000, False)


@pytest.mark.parametrize("latest", [None, NOW - 1])
def test_a_record_of_the_past_is_parked(latest: int | None):
    past = Record(Op.UPSERT, latest_ms=None if latest is None else Millis(latest))
    assert isinstance(judge(refused(400), past, MOMENT, PATIENCE), Park)
    undated = Moment(NOW, MOMENT.deadline_at, 0.5)
    assert isinstance(judge(refused(400), Record(Op.UPSERT, latest_ms=NOW), undated, PATIENCE), Park)


def test_a_refusal_names_the_fields_at_fault():
    faults = (InputError("X", "it is blank", "note"), InputError("Y", "odd"))
    assert (
        describe(400, Refusal(400, "BAD", "wrong", inputs=faults)) == "400 BAD wrong (note: it is blank; record: odd)"
    )
    assert describe(400, Refusal(400, None, "note: it is blank", inputs=faults[:1])) == "400 note: it is blank"


# ---------------------------------------------------------------- failures of a whole request


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Failure.REFUSED),
        (413, Failure.REFUSED),
        (401, Failure.MISCONFIGURED),
        (403, Failure.MISCONFIGURED),
        (404, Failure.MISCONFIGURED),
        (426, Failure.MISCONFIGURED),
        (409, Failure.UNAVAILABLE),
        (429, Failure.THROTTLED),
        (500, Failure.UNAVAILABLE),
        (503, Failure.UNAVAILABLE),
        (502, Failure.UNKNOWN),
        (504, Failure.UNKNOWN),
    ],
)
def test_which_failure_a_status_is(status: int, failure: Failure):
    assert failure_of(status) is failure


@pytest.mark.parametrize(
    ("failure", "is_answered", "counts_until"),
    [
        (Failure.NOT_SENT, False, None),
        (Failure.UNKNOWN, False, CLOSED_UNTIL),
        (Failure.REFUSED, True, NOW),
        (Failure.THROTTLED, True, NOW),
    ],
)
def test_until_when_records_of_a_failed_request_may_be_counted(
    failure: Failure, is_answered: bool, counts_until: int | None
):
    assert failure.is_answered is is_answered
    assert failure.may_arrive_until(MOMENT, PATIENCE) == counts_until


CALM = Situation()


def weighed(failure: Failure, records: list[Record], situation: Situation = CALM) -> Consequence:
    return weigh(failure, "why", records, MOMENT, situation, PATIENCE)


THREE = [UPSERT] * 3
LATER = Again(NOW, "why", is_counted=False)


def test_nothing_was_sent_so_nothing_is_lost():
    assert weighed(Failure.NOT_SENT, THREE) == Consequence((LATER,) * 3, hold_until=Millis(FIRST_BACKOFF))
    assert weighed(Failure.NOT_SENT, THREE, Situation(failures=3)).hold_until == NOW + 12_000


def test_no_record_is_at_fault_when_the_settings_are():
    assert weighed(Failure.MISCONFIGURED, THREE) == Consequence((LATER,) * 3, hold_until=Millis(NOW + HOUR_MS))


def test_a_throttle_stops_the_application():
    assert weighed(Failure.THROTTLED, THREE) == Consequence((LATER,) * 3, throttled_until=Millis(NOW + MINUTE_MS))
    again = weighed(Failure.THROTTLED, THREE, Situation(throttles=1, asked_until=Millis(NOW + HOUR_MS)))
    assert again.throttled_until == NOW + HOUR_MS


def test_a_refused_batch_is_halved_and_a_refused_record_parked():
    halves = weighed(Failure.REFUSED, THREE)
    assert {
        (verdict.at, verdict.chunk, verdict.is_counted) for verdict in halves.verdicts if isinstance(verdict, Again)
    } == {(NOW, 2, False)}
    assert halves.hold_until is None
    assert weighed(Failure.REFUSED, [UPSERT]).verdicts == (Park("why"),)


def test_unknown_fate_closes_the_records():
    lost = weighed(Failure.UNKNOWN, THREE)
    assert lost.verdicts == (Closed(Millis(CLOSED_UNTIL), "why"),) * 3
    assert lost.hold_until == FIRST_BACKOFF


TRIED = Record(Op.UPSERT, attempts=1)


@pytest.mark.parametrize("failure", [Failure.UNKNOWN, Failure.UNAVAILABLE])
def test_a_batch_that_fails_again_while_others_get_through_is_halved(failure: Failure):
    def chunks(records: list[Record], failures: int) -> set[int | None]:
        verdicts = weighed(failure, records, Situation(failures)).verdicts
        return {verdict.chunk for verdict in verdicts if isinstance(verdict, Again | Closed)}

    assert chunks([TRIED] * 4, 0) == {2}
    # An outage is nobody's fault.
    assert chunks([TRIED] * 4, 1) == {None}
    assert chunks([TRIED, UPSERT], 0) == {None}


def test_a_record_that_fails_alone_while_others_get_through_is_given_up_in_the_end():
    often = Record(Op.UPSERT, attempts=2)
    assert weighed(Failure.UNAVAILABLE, [often]).verdicts == (Park("given up after 3 attempts: why"),)
    assert weighed(Failure.UNAVAILABLE, [often], Situation(failures=1)).verdicts == (Again(Millis(NOW + 6_000), "why"),)
    assert weighed(Failure.UNAVAILABLE, THREE).verdicts == (Again(Millis(FIRST_BACKOFF), "why"),) * 3
