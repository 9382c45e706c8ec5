"""One call, driven by hand: what is asked of the world, in which order, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import BatchReply, Call, Outcome
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS, ProvisionedApplication
from hirewire.client.effects import NoAnswer
from hirewire.client.errors import (
    ConfigurationError,
    Conflict,
    Forbidden,
    InvalidRequest,
    OutcomeUnknown,
    ProtocolError,
    Throttled,
    Unauthorized,
    Unavailable,
    Unreachable,
    VersionError,
)
from hirewire.client.resources import call_once
from hirewire.plan.retry import RetryPolicy
from hirewire.values.time import DAY_MS, Millis
from hirewire.wire.methods import Method
from hirewire.wire.tunnel import unfold

KEY = ApplicationNoteKey("urn:li:organization:1", "app", "note")
NOTE = ApplicationNote(note="x", created_at=1, last_modified_at=1)
DELETE = Call(APPLICATION_NOTES, Method.BATCH_DELETE, {KEY: None})
CREATE = Call(
    PROVISIONED_APPLICATIONS, Method.CREATE, elements=(ProvisionedApplication(unique_foreign_id="x", name="y"),)
)
KEY_TEXT = "(externalJobApplicationId:app,externalNoteId:note,integrationContext:urn%3Ali%3Aorganization%3A1)"
DONE = {"results": {KEY_TEXT: {"status": 204}}, "errors": {}}
TIMEOUT = NoAnswer("no complete answer within 30 s", was_sent=True)
REFUSED = NoAnswer("connection refused", was_sent=False)
DATE = "Wed, 07 Jan 2026 12:00:05 GMT"


def test_a_call_carries_token_version_and_protocol(stage_of: Callable, http: Callable):
    played = stage_of().play(call_once(stage_of().session, DELETE), http(200, DONE, x_li_request_id="r1", Date=DATE))
    headers = played.requests[0].headers
    wanted = ("Host", "Authorization", "User-Agent", "LinkedIn-Version", "X-RestLi-Protocol-Version")
    assert [headers.get(name) for name in wanted] == ["api.test", "Bearer T", "test/1", "202603", "2.0.0"]
    assert played.result.reply == BatchReply({KEY: Outcome(204)})
    assert (played.result.request_id, played.result.http_date) == ("r1", 1_767_787_205_000)


def test_a_full_batch_is_tunnelled_and_a_small_one_is_not(stage_of: Callable, http: Callable, dialect: tuple):
    stage = stage_of(generation=dialect[0], protocol=dialect[1])
    keys = {
        ApplicationNoteKey("urn:li:organization:1", "app", f"a rather long identifier of a note {n}")
        for n in range(100)
    }
    call = Call(APPLICATION_NOTES, Method.BATCH_UPDATE, dict.fromkeys(keys, NOTE))
    small = stage.play(call_once(stage.session, DELETE), http(200, {"results": {}, "errors": {}})).requests[0]
    full = stage.play(call_once(stage.session, call), http(200, {"results": {}, "errors": {}})).requests[0]
    assert (small.verb, small.headers.get("X-HTTP-Method-Override")) == ("DELETE", None)
    assert (full.verb, full.query, full.headers.get("X-HTTP-Method-Override")) == ("POST", "", "PUT")
    assert len(unfold(full).query) > 4_000


STATUS_CASES = {
    400: InvalidRequest,
    403: Forbidden,
    404: InvalidRequest,
    405: InvalidRequest,
    413: InvalidRequest,
    414: InvalidRequest,
    422: InvalidRequest,
    426: VersionError,
}


@pytest.mark.parametrize("status", STATUS_CASES)
def test_a_refusal_is_an_error_at_once(status: int, stage_of: Callable, http: Callable):
    stage = stage_of()
    body = {"status": status, "code": "SOME_CODE", "message": "no", "errorDetails": {"inputErrors": [{"code": "X"}]}}
    played = stage.play(call_once(stage.session, DELETE), http(status, body, x_li_request_id="r9"))
    assert type(played.error) is STATUS_CASES[status]
    assert (played.error.status, played.error.code, played.error.request_id) == (status, "SOME_CODE", "r9")
    assert (played.error.may_have_applied, played.error.rule, played.pauses) == (False, None, [])
    assert "DELETE /rest/applicationNotes was answered" in str(played.error) and "r9" in str(played.error)


@pytest.mark.parametrize("code", ["VERSION_MISSING", "VERSION_INVALID"])
def test_a_version_that_is_missing_is_a_version_error(code: str, stage_of: Callable, http: Callable):
    stage = stage_of()
    assert isinstance(stage.play(call_once(stage.session, DELETE), http(400, {"code": code})).error, VersionError)


def test_the_status_of_http_counts_not_that_of_the_body(stage_of: Callable, http: Callable):
    stage = stage_of()
    error = stage.play(call_once(stage.session, DELETE), http(403, {"status": 500, "message": "m"})).error
    assert isinstance(error, Forbidden) and error.status == 403


@pytest.mark.parametrize("failure", [TIMEOUT, REFUSED, 500, 503, 504])
def test_a_failure_in_passing_is_tried_again(failure, stage_of: Callable, http: Callable):
    stage = stage_of()
    first = failure if isinstance(failure, NoAnswer) else http(failure)
    played = stage.play(call_once(stage.session, DELETE), first, first, http(200, DONE))
    assert played.result.reply.outcomes == {KEY: Outcome(204)}
    assert [0.5 <= pause <= 1 for pause in played.pauses[:1]] + [1 <= pause <= 2 for pause in played.pauses[1:]] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("failure", "kind", "in_doubt"),
    [(TIMEOUT, OutcomeUnknown, True), (REFUSED, Unreachable, False), (503, Unavailable, True)],
)
def test_what_does_not_pass_is_told_with_its_doubt(failure, kind, in_doubt, stage_of: Callable, http: Callable):
    stage = stage_of(retries=RetryPolicy.of(1))
    given = failure if isinstance(failure, NoAnswer) else http(failure)
    error = stage.play(call_once(stage.session, DELETE), given, given).error
    assert (type(error), error.may_have_applied) == (kind, in_doubt)


def test_a_doubt_outlives_later_refusals(stage_of: Callable, http: Callable):
    stage = stage_of()
    error = stage.play(call_once(stage.session, DELETE), TIMEOUT, http(403)).error
    assert isinstance(error, Forbidden) and error.may_have_applied


def test_a_doubt_outlives_a_lost_token(stage_of: Callable, http: Callable):
    stage = stage_of()

    def refuse_from_now_on(request):
        stage.token_answers.append(http(400, {"error": "invalid_client_id"}))
        return http(401)

    played = stage.play(call_once(stage.session, DELETE), TIMEOUT, refuse_from_now_on)
    assert isinstance(played.error, Unauthorized) and played.error.may_have_applied


def test_with_retries_off_there_is_one_request(stage_of: Callable, http: Callable):
    stage = stage_of(retries=RetryPolicy.of(0))
    for failure in (TIMEOUT, REFUSED, http(503), http(409), http(429)):
        played = stage.play(call_once(stage.session, DELETE), failure)
        assert played.error is not None and played.pauses == []


def test_a_conflict_is_tried_once_more(stage_of: Callable, http: Callable):
    stage = stage_of()
    assert isinstance(stage.play(call_once(stage.session, DELETE), http(409), http(409)).error, Conflict)


def test_the_pauses_of_a_throttle(stage_of: Callable, http: Callable):
    stage = stage_of()
    played = stage.play(call_once(stage.session, DELETE), *[http(429)] * 4)
    assert isinstance(played.error, Throttled)
    assert played.error.until == 1_767_787_200_000 + DAY_MS // 2
    first, *minutes = played.pauses
    assert 1 <= first < 2 and all(57 <= pause < 61 for pause in minutes) and len(minutes) == 2


def test_a_single_throttle_promises_nothing(stage_of: Callable, http: Callable):
    stage = stage_of(retries=RetryPolicy.of(0))
    assert stage.play(call_once(stage.session, DELETE), http(429)).error.until is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(status: int, stage_of: Callable, http: Callable):
    stage = stage_of()
    played = stage.play(call_once(stage.session, DELETE), http(status, None, Retry_After="17"), http(200, DONE))
    assert played.pauses == [17.0]


def test_an_end_that_is_near_is_not_waited_past(stage_of: Callable, http: Callable):
    stage = stage_of(total_timeout=10.0)
    played = stage.play(call_once(stage.session, DELETE), http(503, None, Retry_After="17"))
    assert isinstance(played.error, Unavailable) and played.pauses == []


def test_each_request_gets_what_is_left_of_the_whole(stage_of: Callable, http: Callable):
    stage = stage_of(total_timeout=10.0, timeout=8.0)

    def slow(request):
        stage.clock.advance(4)
        return http(503)

    played = stage.play(call_once(stage.session, DELETE), slow, http(200, DONE))
    first, second = [effect.timeout_s for effect in played.effects if hasattr(effect, "timeout_s")]
    assert first == 8.0 and second == pytest.approx(6.0 - played.pauses[0])


def test_a_call_whose_time_is_over_is_not_sent(stage_of: Callable, http: Callable):
    stage = stage_of(total_timeout=5.0)

    def slow_401(request):
        stage.clock.advance(6)
        return http(401)

    played = stage.play(call_once(stage.session, DELETE), slow_401)
    assert isinstance(played.error, Unreachable) and "the time for the whole call was over" in str(played.error)


@pytest.mark.parametrize(("failure", "kind"), [(TIMEOUT, OutcomeUnknown), (503, Unavailable), (409, Conflict)])
def test_what_must_not_be_done_twice_is_sent_once(failure, kind, stage_of: Callable, http: Callable):
    stage = stage_of()
    given = failure if isinstance(failure, NoAnswer) else http(failure)
    assert isinstance(stage.play(call_once(stage.session, CREATE), given).error, kind)


@pytest.mark.parametrize("failure", [REFUSED, 429])
def test_what_certainly_was_not_done_is_sent_again(failure, stage_of: Callable, http: Callable):
    stage = stage_of()
    given = failure if isinstance(failure, NoAnswer) else http(failure)
    played = stage.play(call_once(stage.session, CREATE), given, http(201, {"key": "urn:li:developerApplication:1"}))
    assert played.error is None


def test_a_refused_token_is_renewed_once(stage_of: Callable, http: Callable):
    stage = stage_of()
    stage.token_answers += [http(200, {"access_token": name, "expires_in": "1800"}) for name in ("T1", "T2")]
    played = stage.play(call_once(stage.session, DELETE), http(401), http(200, DONE))
    assert [request.headers.get("Authorization") for request in played.requests] == [
        None,
        "Bearer T1",
        None,
        "Bearer T2",
    ]
    assert (
        stage.play(call_once(stage.session, DELETE), http(200, DONE)).requests[0].headers.get("Authorization")
        == "Bearer T2"
    )


def test_a_token_refused_twice_is_an_error(stage_of: Callable, http: Callable):
    stage = stage_of()
    played = stage.play(call_once(stage.session, DELETE), http(401), http(401, {"code": "REVOKED_ACCESS_TOKEN"}))
    assert isinstance(played.error, Unauthorized) and played.error.code == "REVOKED_ACCESS_TOKEN"


@pytest.mark.parametrize("body", [None, "text", {"results": []}, {"results": {KEY_TEXT: {}}}])
def test_a_success_that_cannot_be_read_is_no_success(body, stage_of: Callable, http: Callable):
    stage = stage_of()
    error = stage.play(call_once(stage.session, DELETE), http(200, body, x_li_uuid="u")).error
    assert isinstance(error, ProtocolError) and error.may_have_applied and error.request_id == "u"


def test_a_redirect_is_not_followed(stage_of: Callable, http: Callable):
    stage = stage_of()
    error = stage.play(call_once(stage.session, DELETE), http(302, None, Location="https://evil.test/")).error
    assert isinstance(error, ProtocolError) and "https://evil.test/" in str(error) and not error.may_have_applied


def test_a_call_that_cannot_be_said_is_not_sent(stage_of: Callable):
    stage = stage_of()
    get = Call(APPLICATION_NOTES, Method.BATCH_GET, {KEY: None})
    error = stage.play(call_once(stage.session, get)).error
    assert isinstance(error, ConfigurationError) and "was not sent" in str(error)


def test_a_resource_of_one_generation_is_spoken_in_that(stage_of: Callable, http: Callable):
    stage = stage_of()
    request = stage.play(call_once(stage.session, CREATE), http(201)).requests[0]
    assert request.target == "/v2/provisionedApplications" and request.headers.get("LinkedIn-Version") is None


def test_the_ledger_tells_a_spent_day_from_a_full_minute(stage_of: Callable, http: Callable):
    stage = stage_of()
    for _ in range(100):
        stage.session.ledger.charge(APPLICATION_NOTES, 100, 200, stage.clock.now())
    played = stage.play(call_once(stage.session, DELETE), http(429), http(200, DONE))
    assert 60 <= played.pauses[0] < 61  # noon is the first second of its minute
    narrow = replace(APPLICATION_NOTES, limits=replace(APPLICATION_NOTES.limits, requests_per_day=3))
    played = stage.play(call_once(stage.session, replace(DELETE, resource=narrow)), http(429))
    assert isinstance(played.error, Throttled) and played.pauses == []
    assert played.error.until == Millis(1_767_787_200_000 + DAY_MS // 2) and "2026-01-08T00:00" in str(played.error)
