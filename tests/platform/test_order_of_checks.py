"""Decision G-4: which of several faults is answered, and which requests are charged."""

from __future__ import annotations

import json

import pytest

from hirewire.platform.applications import State
from hirewire.platform.rules import LimitRules, Rules
from tests.platform.sandbox import OTHER_ORGANIZATION, Sandbox, rest_ids, rest_key, v2_path

GOOD = f"/rest/applicationNotes?{rest_ids([rest_key('app', 'n')])}"
ENTITIES = json.dumps({"entities": {rest_key("app", "n"): {}}})
TOO_MANY = "/rest/applicationNotes?" + rest_ids(rest_key("a", str(n)) for n in range(30))

# Each request is at fault in its own step and in the steps named behind it; the first one is answered.
# (what, verb, target, changed headers, body, status, code, charged)
EARLY = [
    ("1 path", "PUT", "/rest/nothing", {"Authorization": ""}, "", 404, "RESOURCE_NOT_FOUND"),
    ("1 double slash", "PUT", "/rest//applicationNotes", {}, "", 404, "RESOURCE_NOT_FOUND"),
    ("1 deeper path", "PUT", "/v2/atsApplications/a/b/c", {}, "", 404, "RESOURCE_NOT_FOUND"),
    ("2 no token", "PUT", GOOD, {"Authorization": "", "LinkedIn-Version": "x"}, "", 401, "EMPTY_ACCESS_TOKEN"),
    ("2 empty bearer", "PUT", GOOD, {"Authorization": "Bearer  "}, "", 401, "EMPTY_ACCESS_TOKEN"),
    ("2 basic", "PUT", GOOD, {"Authorization": "Basic eDp5"}, "", 401, "UNKNOWN_AUTHENTICATION_SCHEME"),
    ("2 unknown token", "PUT", GOOD, {"Authorization": "Bearer x"}, "", 401, "INVALID_ACCESS_TOKEN"),
    ("3 no version", "PUT", GOOD + "&x=" + "y" * 5000, {"LinkedIn-Version": ""}, "", 400, "VERSION_MISSING"),
    ("3 malformed version", "PUT", GOOD, {"LinkedIn-Version": "2026-03"}, "", 400, "VERSION_INVALID"),
    ("3 eight digits", "PUT", GOOD, {"LinkedIn-Version": "20260301"}, "", 400, "VERSION_INVALID"),
    ("3 unknown version", "PUT", GOOD, {"LinkedIn-Version": "202601"}, "", 426, "NONEXISTENT_VERSION"),
    ("3 protocol", "PUT", GOOD, {"X-RestLi-Protocol-Version": "2.0"}, "", 400, "ILLEGAL_ARGUMENT"),
    ("3 future protocol", "PUT", GOOD, {"X-RestLi-Protocol-Version": "3.0.0"}, "", 400, "ILLEGAL_ARGUMENT"),
    ("3 accept", "PUT", GOOD, {"Accept": "text/xml"}, "", 406, "NOT_ACCEPTABLE"),
    ("4 long query", "PUT", GOOD + "&x=" + "y" * 4096, {}, "", 414, "URI_TOO_LONG"),
    ("4 long segment", "PUT", f"/v2/atsApplications/{'y' * 4097}/notes?ids=1", {}, "", 414, "URI_TOO_LONG"),
    ("4 long headers", "PUT", GOOD, {"X-Filler": "y" * 28_700}, "", 414, "URI_TOO_LONG"),
    ("4 declared length", "PUT", GOOD, {"Content-Length": "10000001"}, "", 413, "REQUEST_ENTITY_TOO_LARGE"),
]

CHARGED = [
    ("7 override verb", "PUT", GOOD, {"X-HTTP-Method-Override": "put"}, "", 400, "ILLEGAL_ARGUMENT"),
    ("7 tunnelled type", "PUT", GOOD, {"X-HTTP-Method-Override": "PUT", "Content-Type": "text/plain"}, "x", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("7 query", "PUT", "/rest/applicationNotes?ids[x].a=1", {}, "", 400, "ILLEGAL_ARGUMENT"),
    ("8 not inferable", "PUT", "/rest/applicationNotes", {}, "", 400, "ILLEGAL_ARGUMENT"),
    ("8 unknown method", "PUT", GOOD, {"X-RestLi-Method": "batch_upsert"}, "", 400, "ILLEGAL_ARGUMENT"),
    ("8 contradiction", "PUT", GOOD, {"X-RestLi-Method": "batch_delete"}, "", 400, "ILLEGAL_ARGUMENT"),
    ("8 not offered", "GET", GOOD, {}, "", 405, "METHOD_NOT_ALLOWED"),
    ("8 PATCH", "PATCH", GOOD, {}, "", 405, "METHOD_NOT_ALLOWED"),
    ("8 HEAD", "HEAD", GOOD, {}, "", 405, "METHOD_NOT_ALLOWED"),
    ("8 OPTIONS", "OPTIONS", GOOD, {}, "", 405, "METHOD_NOT_ALLOWED"),
    ("8 TRACE", "TRACE", GOOD, {}, "", 405, "METHOD_NOT_ALLOWED"),
    ("9 too many", "DELETE", TOO_MANY, {}, "", 400, "PARAM_INVALID"),
    ("10 context in the path", "PUT", f"/v2/atsApplications/{v2_path('a', OTHER_ORGANIZATION)}/notes?ids=1", {}, "", 403, "ACCESS_DENIED"),
    ("12 no body", "PUT", GOOD, {}, "", 400, "ILLEGAL_ARGUMENT"),
    ("12 no JSON", "PUT", GOOD, {}, "{", 400, "ILLEGAL_ARGUMENT"),
    ("12 no entities", "PUT", GOOD, {}, "{}", 400, "MISSING_FIELD"),
    ("12 mismatch", "PUT", GOOD, {}, ENTITIES.replace("=n", "=m"), 400, "ILLEGAL_ARGUMENT"),
    ("12 repeated member", "PUT", GOOD, {}, '{"entities":{},"entities":{}}', 400, "ILLEGAL_ARGUMENT"),
]  # fmt: skip


@pytest.mark.parametrize("case", EARLY, ids=[case[0] for case in EARLY])
def test_what_fails_before_the_day_counter_is_free(sandbox: Sandbox, case):
    _, verb, target, headers, body, status, code = case
    caller = sandbox.caller()
    answer = caller.send(verb, target, body, **headers)
    assert (answer.status, answer.code) == (status, code)
    assert sandbox.usage(caller.client_id) == (0, 0)


@pytest.mark.parametrize("case", CHARGED, ids=[case[0] for case in CHARGED])
def test_what_fails_after_the_day_counter_is_charged_and_changes_nothing(sandbox: Sandbox, case):
    _, verb, target, headers, body, status, code = case
    caller = sandbox.caller(rules=Rules(limits={"application_notes": LimitRules(records_per_batch=29)}))
    answer = caller.send(verb, target, body, **headers)
    assert (answer.status, answer.code) == (status, code)
    assert sandbox.usage(caller.client_id)[0] == 1
    assert sandbox.notes() == []


@pytest.mark.parametrize("case", CHARGED, ids=[case[0] for case in CHARGED])
def test_a_spent_day_is_answered_before_what_fails_later(sandbox: Sandbox, case):
    _, verb, target, headers, body, *_ = case
    caller = sandbox.caller(rules=Rules(limits={"application_notes": LimitRules(requests_per_day=0)}))
    answer = caller.send(verb, target, body, **headers)
    assert (answer.status, answer.json["serviceErrorCode"]) == (429, 101)
    assert sandbox.usage(caller.client_id) == (0, 0)


def test_a_blocked_application_is_told_so_after_sizes_and_before_the_counter(sandbox: Sandbox):
    caller = sandbox.caller()
    sandbox.administration.set_state(caller.client_id, State.BLOCKED)
    assert caller.send("PUT", GOOD + "&x=" + "y" * 4096).status == 414
    answer = caller.send("PUT", GOOD)
    assert (answer.status, answer.code, answer.json["serviceErrorCode"]) == (403, "ACCESS_DENIED", 100)
    assert "applicationNotes.PUT.20260301" in answer.json["message"]
    assert sandbox.usage(caller.client_id) == (0, 0)


def test_the_record_counter_comes_after_the_tenant_and_before_the_body(sandbox: Sandbox):
    caller = sandbox.caller(rules=Rules(limits={"application_notes": LimitRules(records_per_minute=0)}))
    path = f"/v2/atsApplications/{v2_path('a', OTHER_ORGANIZATION)}/notes?ids=1"
    assert caller.send("PUT", path, "{").status == 403
    answer = caller.send("PUT", GOOD, "{")
    assert (answer.status, answer.code) == (429, "TOO_MANY_REQUESTS")
    assert "APPLICATION MINUTE" in answer.json["message"]
    # The request is charged (it came after step 6), its records are not.
    assert sandbox.usage(caller.client_id) == (2, 0)


def test_a_post_must_say_how_long_its_body_is(sandbox: Sandbox):
    caller = sandbox.caller()
    _, _, headers, _ = caller.request("POST", GOOD)
    answer = sandbox.send("POST", GOOD, headers, declare_length=False)
    assert (answer.status, answer.code) == (411, "LENGTH_REQUIRED")
    assert sandbox.send("POST", GOOD, {**headers, "Content-Length": "0"}).status == 405


def test_a_body_that_grows_too_long_is_413(make_sandbox):
    sandbox = make_sandbox(body_bytes_max=1_000)
    caller = sandbox.caller()
    _, _, headers, _ = caller.request("PUT", GOOD)
    answer = sandbox.send("PUT", GOOD, headers, pieces=[b"x" * 600, b"x" * 600, b"x" * 600])
    assert (answer.status, answer.code) == (413, "REQUEST_ENTITY_TOO_LARGE")
    assert sandbox.usage(caller.client_id) == (1, 0)


def test_every_answer_says_who_answered_and_in_which_protocol(sandbox: Sandbox):
    caller = sandbox.caller()
    for protocol, marker in (("1.0.0", "x-linkedin-error-response"), ("2.0.0", "x-restli-error-response")):
        answer = caller.send("GET", "/rest/applicationNotes?ids=List()", X_RestLi_Protocol_Version=protocol)
        assert answer.headers["x-restli-protocol-version"] == protocol
        assert answer.headers[marker] == "true"
        assert len(answer.headers["x-li-request-id"]) == 32
        assert answer.headers["x-li-uuid"] and answer.headers["x-li-fabric"] == "hirewire"
        assert answer.headers["date"] == "Sun, 15 Mar 2026 12:00:00 GMT"
        assert answer.headers["content-type"] == "application/json"


def test_a_405_names_what_is_offered(sandbox: Sandbox):
    answer = sandbox.caller().send("GET", GOOD)
    assert answer.headers["allow"] == "DELETE, PUT"
    assert "batch_delete, batch_update" in answer.json["message"]


def test_versions_end_by_the_platforms_clock(sandbox: Sandbox):
    caller = sandbox.caller()
    assert caller.put({"id": "n"}, LinkedIn_Version="202504").status == 200
    sandbox.clock.advance(400 * 86_400)  # past April 2027
    caller.token = sandbox.token(caller.made)
    answer = caller.put({"id": "n"}, LinkedIn_Version="202504")
    assert (answer.status, answer.json["message"]) == (426, "Requested version 20250401 is not active")
    assert caller.put({"id": "n"}, LinkedIn_Version="202508.02").status == 200


def test_v2_ignores_a_version(sandbox: Sandbox):
    caller = sandbox.caller()
    answer = caller.send(
        "PUT", f"/v2/atsApplications/{v2_path('a')}/notes?ids=1", '{"entities":{"1":{}}}', LinkedIn_Version="x"
    )
    assert answer.json == {"results": {"1": {"status": 204}}, "errors": {}}
