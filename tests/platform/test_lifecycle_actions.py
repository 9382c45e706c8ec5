"""``/v2/jobApplicationLifecycleActions``: fields, answers, batches, tenants and switches (decisions G-32 to G-37, G-47)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from hirewire.platform.rules import LimitRules, Rules
from tests.platform.applying import REJECTED, TARGET, VIEWED, action, apply, consent, create, create_many
from tests.platform.exchanges import curl_command, exchanges, with_token
from tests.platform.sandbox import NOON, ORGANIZATION, OTHER_ORGANIZATION, Sandbox
from tests.platform.served import Served

MANY = "lifecycle_actions"
UNKNOWN = "urn:li:jobApplication:12345678"


@pytest.mark.parametrize("protocol", ["1.0.0", "2.0.0"])
def test_a_create_is_answered_201_with_both_id_headers_and_nothing_else(each_sandbox: Sandbox, protocol: str):
    caller = each_sandbox.caller()
    answer = create(caller, action(UNKNOWN), X_RestLi_Protocol_Version=protocol)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert (answer.status, answer.body) == (201, b"")
    number = headers["x-restli-id"]
    assert number.isdecimal() and headers["x-linkedin-id"] == number
    assert headers["location"] == f"{TARGET}/{number}"
    assert "content-type" not in headers


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"jobApplicationId": None}, "MISSING_FIELD", "jobApplicationId"),
        ({"jobApplicationId": "app-1"}, "INVALID_URN_TYPE", "jobApplicationId"),
        ({"jobApplicationId": "urn:li:person:1"}, "INVALID_URN_TYPE", "jobApplicationId"),
        ({"jobApplicationId": "urn:li:jobApplication:x"}, "INVALID_URN_ID", "jobApplicationId"),
        ({"jobApplicationId": "urn:li:jobApplication:" + "9" * 20}, "INVALID_URN_ID", "jobApplicationId"),
        ({"jobApplicationId": 12345678}, "FIELD_INVALID", "jobApplicationId"),
        ({"action": None}, "MISSING_FIELD", "action"),
        ({"action": "APPLICATION_SUBMITTED"}, "INVALID_VALUE_FOR_FIELD", "action"),
        ({"action": "application_viewed"}, "INVALID_VALUE_FOR_FIELD", "action"),
        ({"performedAt": None}, "MISSING_FIELD", "performedAt"),
        ({"performedAt": 0}, "INVALID_VALUE_FOR_FIELD", "performedAt"),
        ({"performedAt": -1}, "INVALID_VALUE_FOR_FIELD", "performedAt"),
        ({"performedAt": "1604600000017"}, "FIELD_INVALID", "performedAt"),
        ({"performedAt": 2**63}, "FIELD_INVALID", "performedAt"),
        ({"integrationContext": None}, "MISSING_FIELD", "integrationContext"),
        ({"integrationContext": "urn:li:contract:1"}, "INVALID_URN_TYPE", "integrationContext"),
        ({"integrationContext": "urn:li:organization:x"}, "INVALID_URN_ID", "integrationContext"),
    ],
)
def test_a_field_that_breaks_a_rule_is_refused(sandbox: Sandbox, changes: dict[str, Any], code: str, field: str):
    answer = create(sandbox.caller(), {**action(UNKNOWN), **changes})
    assert (answer.status, answer.code) == (400, code)
    (fault,) = answer.json["errorDetails"]["inputErrors"]
    assert fault["input"]["inputPath"]["fieldPath"] == field


def test_the_future_and_bare_ids_are_accepted(sandbox: Sandbox):
    applied, caller = apply(sandbox, id="77"), sandbox.caller()
    assert create(caller, action("77", performedAt=NOON * 2)).status == 201
    (reported,) = applied.story()["actions"]
    assert (reported["job_application"], reported["performed_at"]) == ("urn:li:jobApplication:77", NOON * 2)
    assert (reported["received_at"], reported["client_id"]) == (NOON, caller.client_id)


def test_other_methods_are_not_offered(sandbox: Sandbox):
    caller = sandbox.caller()
    assert caller.send("GET", f"{TARGET}/1").status == 405
    assert caller.send("DELETE", f"{TARGET}/1").status == 405
    assert caller.send("POST", "/rest/jobApplicationLifecycleActions", action(UNKNOWN)).status == 404


# ---------------------------------------------------------------- tenants


def test_the_context_of_somebody_else_is_denied_and_nothing_happens(each_sandbox: Sandbox):
    applied = apply(each_sandbox, OTHER_ORGANIZATION)
    consent(each_sandbox, True, "678")
    caller = each_sandbox.caller()
    answer = create(caller, action(applied.urn, organization=OTHER_ORGANIZATION))
    assert (answer.status, answer.code, answer.json["serviceErrorCode"]) == (403, "ACCESS_DENIED", 100)
    assert "jobApplicationLifecycleActions.CREATE.NO_VERSION" in answer.json["message"]
    assert (applied.story()["actions"], applied.in_my_jobs()) == ([], ["SUBMITTED"])
    assert each_sandbox.usage(caller.client_id, MANY) == (1, 0)


def test_an_application_of_another_customer_is_as_unknown_as_any(each_sandbox: Sandbox):
    applied, caller = apply(each_sandbox, OTHER_ORGANIZATION), each_sandbox.caller()
    consent(each_sandbox, True)
    consent(each_sandbox, True, "678")
    assert create(caller, action(applied.urn)).status == 201
    assert applied.in_my_jobs() == ["SUBMITTED"]
    strict = each_sandbox.caller(client_id="strict", rules=Rules(require_job_application=True))
    assert create(strict, action(applied.urn)).code == create(strict, action(UNKNOWN)).code == "NOT_FOUND"


# ---------------------------------------------------------------- batches


def test_each_element_of_a_batch_is_answered_for_itself(each_sandbox: Sandbox):
    applied, caller = apply(each_sandbox), each_sandbox.caller()
    consent(each_sandbox, True)
    answer = create_many(
        caller,
        action(applied.urn),
        action(applied.urn, organization=OTHER_ORGANIZATION),
        {"jobApplicationId": UNKNOWN},
        "no object",
        action(UNKNOWN, REJECTED),
    )
    assert answer.status == 200
    elements = answer.json["elements"]
    assert [each["status"] for each in elements] == [201, 403, 400, 400, 201]
    first, foreign, faulty, _, last = elements
    assert first["location"] == f"{TARGET}/{first['id']}" and int(last["id"]) > int(first["id"])
    assert foreign["error"]["code"] == "ACCESS_DENIED" and "BATCH_CREATE" in foreign["error"]["message"]
    assert len(faulty["error"]["errorDetails"]["inputErrors"]) == 3
    assert [each["action"] for each in applied.story()["actions"]] == [VIEWED]
    assert each_sandbox.usage(caller.client_id, MANY) == (1, 5)
    (entry, *_) = each_sandbox.journal()
    assert (entry.method, entry.records, entry.failed) == ("batch_create", 5, 3)


def test_a_batch_holds_at_most_a_hundred_elements(sandbox: Sandbox):
    caller = sandbox.caller()
    answer = create_many(caller, *[action(UNKNOWN)] * 101)
    assert (answer.status, answer.code) == (400, "PARAM_INVALID") and "101" in answer.json["message"]
    assert {each["status"] for each in create_many(caller, *[action(UNKNOWN)] * 100).json["elements"]} == {201}
    assert create_many(caller).json == {"elements": []}


def test_elements_count_as_records_and_requests_as_requests(sandbox: Sandbox):
    limits = {MANY: LimitRules(requests_per_day=3, records_per_minute=4)}
    caller = sandbox.caller(rules=Rules(limits=limits))
    assert create_many(caller, *[action(UNKNOWN)] * 3).status == 200
    answer = create_many(caller, *[action(UNKNOWN)] * 2)
    assert answer.status == 429 and "MINUTE" in answer.json["message"]
    assert create(caller, action(UNKNOWN)).status == 201
    answer = create(caller, action(UNKNOWN))
    assert answer.status == 429 and "DAY" in answer.json["message"]


# ---------------------------------------------------------------- switches


def test_the_context_may_be_left_out_where_a_switch_says_so(each_sandbox: Sandbox):
    applied, foreign = apply(each_sandbox), apply(each_sandbox, OTHER_ORGANIZATION)
    for organization in ("12345", "678"):
        consent(each_sandbox, True, organization)
    caller = each_sandbox.caller(rules=Rules(optional_lifecycle_context=True))
    for each in (applied, foreign):
        assert create(caller, action(each.urn, organization=None)).status == 201
    assert applied.in_my_jobs() == ["SUBMITTED", VIEWED]
    assert foreign.in_my_jobs() == ["SUBMITTED"]
    assert applied.story()["actions"][0]["organization"] == ORGANIZATION
    assert foreign.story()["actions"][0]["organization"] is None
    assert create(caller, action(applied.urn, organization="urn:li:organization:9")).status == 403
    assert create_many(caller, action(UNKNOWN, organization=None)).json["elements"][0]["status"] == 201


def test_more_actions_are_accepted_where_a_switch_names_them(each_sandbox: Sandbox):
    applied = apply(each_sandbox)
    consent(each_sandbox, True)
    caller = each_sandbox.caller(rules=Rules(extra_lifecycle_actions=("APPLICANT_HIRED",)))
    assert create(caller, action(applied.urn, "APPLICANT_HIRED")).status == 201
    answer = create(caller, action(applied.urn, "APPLICANT_FIRED"))
    assert answer.status == 400 and "APPLICANT_HIRED" in answer.json["message"]
    each_sandbox.work()
    assert (applied.in_my_jobs(), applied.mails()) == (["SUBMITTED"], {"SUBMITTED": "kept"})


def test_the_switches_can_be_set_for_every_application(make_sandbox: Callable[..., Sandbox]):
    sandbox = make_sandbox(
        optional_lifecycle_context=True, extra_lifecycle_actions=("HIRED",), require_job_application=True
    )
    applied, caller = apply(sandbox), sandbox.caller()
    assert create(caller, action(applied.urn, "HIRED", organization=None)).status == 201
    answer = create_many(caller, action(UNKNOWN), action(applied.urn))
    assert [each["status"] for each in answer.json["elements"]] == [404, 201]
    own = Rules(optional_lifecycle_context=False, extra_lifecycle_actions=(), require_job_application=False)
    other = sandbox.caller(client_id="other", rules=own)
    assert create(other, action(UNKNOWN)).status == 201
    assert create(other, action(applied.urn, organization=None)).code == "MISSING_FIELD"
    assert create(other, action(applied.urn, "HIRED")).status == 400


# ---------------------------------------------------------------- repetition


def test_repeated_events_are_accepted_and_told_once(each_sandbox: Sandbox):
    applied, caller = apply(each_sandbox), each_sandbox.caller()
    consent(each_sandbox, True)
    ids = {create(caller, action(applied.urn)).headers["x-restli-id"] for _ in range(3)}
    answers = each_sandbox.send_together(
        [caller.request("POST", TARGET, action(applied.urn), X_RestLi_Method="create") for _ in range(8)]
    )
    assert [answer.status for answer in answers] == [201] * 8 and len(ids) == 3
    create_many(caller, *[action(applied.urn)] * 5)
    each_sandbox.work()
    assert applied.in_my_jobs() == applied.on_posting() == ["SUBMITTED", VIEWED]
    story = applied.story()
    assert len(story["actions"]) == 16
    assert [mail["event"] for mail in story["mails"]] == [VIEWED, "SUBMITTED"]


def test_an_action_on_an_unknown_application_means_nothing_also_later(each_sandbox: Sandbox):
    consent(each_sandbox, True)
    caller = each_sandbox.caller()
    for name in (VIEWED, REJECTED):
        assert create(caller, action("77", name)).status == 201
    applied = apply(each_sandbox, id="77")
    each_sandbox.clock.advance(100 * 3600)
    each_sandbox.work()
    assert (applied.in_my_jobs(), applied.mails()) == (["SUBMITTED"], {"SUBMITTED": "kept"})
    assert len(applied.story()["actions"]) == 2


# ---------------------------------------------------------------- as printed


(SAMPLE,) = exchanges("lifecycle_actions")


def test_the_documented_sample_is_answered(each_sandbox: Sandbox):
    applied, caller = apply(each_sandbox, id="12345678"), each_sandbox.caller()
    consent(each_sandbox, True)
    request = SAMPLE.request
    headers = with_token(request.headers, caller.token)
    answer = each_sandbox.send(request.verb, request.target, headers, request.body)
    assert (answer.status, answer.body) == (SAMPLE.status, b"")
    assert applied.in_my_jobs() == ["SUBMITTED", VIEWED]
    assert applied.story()["actions"][0]["performed_at"] == 1_604_600_000_017


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_sample_sent_with_curl(served: Served):
    command = curl_command(SAMPLE, served.url, served.token())
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode().lower().splitlines()
    assert lines[0].split()[1] == "201" and body == b""
    assert {line.partition(":")[0] for line in lines} >= {"x-restli-id", "x-linkedin-id", "location"}
