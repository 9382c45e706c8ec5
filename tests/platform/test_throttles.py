"""The throttles by the platform's clock: a UTC day of requests, a UTC minute of records, one batch."""

from __future__ import annotations

import pytest

from hirewire.catalog.model import Limits
from hirewire.platform.quota import Usage, charge_records, charge_request
from hirewire.platform.rules import LimitRules, Rules, WriteMode, effective
from hirewire.values.time import DAY_MS, MINUTE_MS, Millis, utc_day, utc_minute
from tests.platform.sandbox import NOON, Sandbox, rest_ids, rest_key

LIMITS = Limits(requests_per_day=2, records_per_minute=10, records_per_batch=100)
FULL = Usage(utc_day(NOON), 2, utc_minute(NOON), 10)
NEXT_DAY = Millis((utc_day(NOON) + 1) * DAY_MS)


@pytest.mark.parametrize(
    ("usage", "now", "requests"),
    [
        (Usage(), NOON, 1),
        (Usage(utc_day(NOON), 1), NOON, 2),
        (FULL, NOON, None),
        (FULL, Millis(NEXT_DAY - 1), None),
        (FULL, NEXT_DAY, 1),
    ],
)
def test_a_day_ends_at_midnight_utc(usage: Usage, now: Millis, requests: int | None):
    charged = charge_request(usage, now, LIMITS)
    assert (charged.requests if charged else None) == requests


@pytest.mark.parametrize(
    ("usage", "now", "asked", "records"),
    [
        (Usage(), NOON, 10, 10),
        (Usage(), NOON, 11, None),
        (FULL, NOON, 1, None),
        (FULL, Millis(NOON + MINUTE_MS - 1), 1, None),
        (FULL, Millis(NOON + MINUTE_MS), 10, 10),
    ],
)
def test_a_minute_takes_all_records_of_a_request_or_none(usage: Usage, now: Millis, asked: int, records: int | None):
    charged = charge_records(usage, now, LIMITS, asked)
    assert (charged.records if charged else None) == records


def test_a_resource_without_a_record_limit_takes_any_number():
    charged = charge_records(FULL, NOON, Limits(1, None, 100), 10**6)
    assert charged is not None and charged.records == 10**6 + 10


def limited(**limits: int) -> Rules:
    return Rules(limits={"application_notes": LimitRules(**limits)})


def test_the_day_is_counted_durably_and_over_both_generations(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=limited(requests_per_day=3))
    assert caller.put({"id": "1"}).status == 200
    assert caller.put_v2({"id": "2"}).status == 200
    again = Sandbox(each_sandbox.database)  # another process on the same database, as far as counters can tell
    assert again.send(*caller.put_request({"id": "3"})[:2], caller.request("PUT", "/rest/")[2], b"").status == 400
    again.close()
    answer = caller.put({"id": "4"})
    assert (answer.status, answer.json["serviceErrorCode"], answer.code) == (429, 101, "TOO_MANY_REQUESTS")
    assert "APPLICATION DAY" in answer.json["message"]
    assert "retry-after" not in answer.headers
    assert {note["note_id"] for note in each_sandbox.notes()} == {"1", "2"}
    each_sandbox.clock.advance(12 * 3_600)
    caller.token = each_sandbox.token(caller.made)
    assert caller.put({"id": "5"}).status == 200


def test_midnight_is_sharp(sandbox: Sandbox):
    caller = sandbox.caller(rules=limited(requests_per_day=1))
    sandbox.clock.advance(12 * 3_600 - 0.002)
    caller.token = sandbox.token(caller.made)
    assert [caller.put({"id": "1"}).status, caller.put({"id": "2"}).status] == [200, 429]
    sandbox.clock.advance(0.001)
    assert caller.put({"id": "2"}).status == 429
    sandbox.clock.advance(0.001)
    assert [caller.put({"id": "2"}).status, caller.put({"id": "3"}).status] == [200, 429]


def test_a_request_over_the_minute_changes_nothing(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=limited(records_per_minute=5))
    assert caller.put(*({"id": str(number)} for number in range(4))).status == 200
    answer = caller.put({"id": "8"}, {"id": "9"})
    assert (answer.status, answer.code) == (429, "TOO_MANY_REQUESTS")
    assert len(each_sandbox.notes()) == 4
    assert each_sandbox.usage(caller.client_id) == (2, 4)
    assert caller.put({"id": "8"}).status == 200
    each_sandbox.clock.advance(60)
    assert caller.put(*({"id": str(number)} for number in range(5))).status == 200


def test_repeated_ids_count_once_and_refused_ones_count(sandbox: Sandbox):
    caller = sandbox.caller()
    twice = rest_ids([rest_key("app", "n"), rest_key("app", "n"), rest_key("app", "other", "urn:li:organization:9")])
    caller.send("DELETE", f"/rest/applicationNotes?{twice}")
    assert sandbox.usage(caller.client_id) == (1, 2)


def test_one_applications_use_is_not_anothers(sandbox: Sandbox):
    first, second = sandbox.caller(rules=limited(requests_per_day=1)), sandbox.caller(client_id="second")
    assert [first.put({"id": "1"}).status, first.put({"id": "1"}).status] == [200, 429]
    assert second.put({"id": "1"}).status == 200


def test_resources_are_counted_apart(sandbox: Sandbox):
    caller = sandbox.caller(rules=limited(requests_per_day=0))
    assert caller.put({"id": "1"}).status == 429
    assert caller.send("DELETE", "/v2/atsApplications?ids[0].x=1").status == 200


@pytest.mark.parametrize(
    ("count", "allowed", "status"), [(100, None, 200), (101, None, 400), (101, 101, 200), (2, 1, 400)]
)
def test_a_batch_holds_a_hundred_unless_told_otherwise(sandbox: Sandbox, count: int, allowed: int | None, status: int):
    caller = sandbox.caller(rules=Rules(limits={"application_notes": LimitRules(records_per_batch=allowed)}))
    target = (
        "/v2/atsApplications/atsJobApplicationId=a&dataProvider=ATS&integrationContext=urn:li:organization:12345/notes?"
        + "&".join(f"ids={n}" for n in range(count))
    )
    answer = caller.send("DELETE", target)
    assert answer.status == status
    assert status == 200 or answer.json["errorDetails"]["inputErrors"][0]["input"]["inputPath"]["fieldPath"] == "ids"


def test_limits_apply_under_concurrency(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=limited(requests_per_day=5))
    answers = each_sandbox.send_together(caller.request(*caller.put_request({"id": str(n)})) for n in range(12))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [429] * 7
    assert len(each_sandbox.notes()) == 5
    assert each_sandbox.usage(caller.client_id) == (5, 5)


def test_rules_are_layers():
    upper = Rules(write_mode=WriteMode.STRICT, limits={"application_notes": LimitRules(requests_per_day=1)})
    lower = Rules(
        write_mode=WriteMode.ARRIVAL,
        future_tolerance_ms=9,
        limits={"application_notes": LimitRules(requests_per_day=2, records_per_batch=3)},
    )
    merged = effective(upper, lower)
    assert (merged.write_mode, merged.future_tolerance_ms) == (WriteMode.STRICT, 9)
    assert merged.limits["application_notes"] == LimitRules(requests_per_day=1, records_per_batch=3)
